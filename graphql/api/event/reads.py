"""Reads of events, each shown by its own type."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from api.context import Context
from api.event import accounts, cancellations, orders, production
from api.event.types import Event
from api.ids import NodeType
from app.domain.events.enums import EventType
from app.domain.events.stored import from_json
from db.queries.event_lists import ACCOUNT_EVENT_SPAN
from db.queries.events import EVENT_SPAN, GREATEST_SEQUENCE, EventRow, EventsWanted
from db.queries.orders import OrderRow
from db.queries.pages import Page, Slice
from engine.connections import Listing
from engine.cursors import INSTANT, SEQUENCE, CursorKind
from engine.ids import GlobalId, numbered
from engine.nodes import reads

_CURSORS: Final = CursorKind("events", (INSTANT, SEQUENCE))
_ACCOUNT_CURSORS: Final = CursorKind("accountEvents", (SEQUENCE,))

EVENT_TYPES: Final[Mapping[EventType, Any]] = {
    EventType.ACCOUNT_CREATED: accounts.AccountCreated,
    EventType.ORDER_PLACED: orders.OrderPlaced,
    EventType.ORDER_SPLIT: orders.OrderSplit,
    EventType.ORDER_EXPEDITED: orders.OrderExpedited,
    EventType.ORDER_CANCELLED: cancellations.OrderCancelled,
    EventType.ORDER_COMPLETED: orders.OrderCompleted,
    EventType.IMAGES_CLAIMED: production.ImagesClaimed,
    EventType.CLAIM_EXPIRED: production.ClaimExpired,
    EventType.IMAGES_DELIVERED: production.ImagesDelivered,
    EventType.IMAGES_REJECTED: production.ImagesRejected,
    EventType.DEADLINE_CONFIRMED: orders.DeadlineConfirmed,
    EventType.DEADLINE_AT_RISK: production.DeadlineAtRisk,
    EventType.DEADLINE_MISSED: production.DeadlineMissed,
    EventType.DEADLINE_MET: production.DeadlineMet,
    EventType.SLA_NEGOTIATED: accounts.SlaNegotiated,
    EventType.TIME_ZONE_CHANGED: accounts.TimeZoneChanged,
    EventType.GUARANTEE_RESET: accounts.GuaranteeReset,
    EventType.SPECIFICATION_CHANGED: accounts.SpecificationChanged,
    EventType.ACCOUNT_RENAMED: accounts.AccountRenamed,
    EventType.SUCCESS_MANAGER_CHANGED: accounts.SuccessManagerChanged,
    EventType.ACCOUNT_CLOSED: accounts.AccountClosed,
    EventType.ACCOUNT_REOPENED: accounts.AccountReopened,
    EventType.EVENT_WITHDRAWN: accounts.EventWithdrawn,
    EventType.IMAGES_CANCELLED: cancellations.ImagesCancelled,
}
"""The schema's type for each type of event; the schema lists them, since no field has one as its own type."""


def event(row: EventRow) -> Event:
    """Return the API's event of a row."""
    shown: Event = EVENT_TYPES[row.type](
        name_in_api=numbered(NodeType.EVENT, row.account_id, row.sequence),
        at=row.at,
        recorded_at=row.recorded_at,
        type=row.type,
        row=row,
        details=from_json(row.type, row.data, row.texts),
    )
    return shown


@reads(NodeType.EVENT)
async def event_node(context: Context, named: GlobalId) -> Event | None:
    """Return the event with this id; None if it does not exist."""
    return await read_event(context, named.account_id, named.number)


async def read_event(context: Context, account_id: UUID, sequence: int) -> Event | None:
    """Read an event by its number in an account's sequence; None without one, or while an import may rewrite it."""
    if sequence > GREATEST_SEQUENCE:
        return None
    ended = await context.view.ended_import(account_id)
    row = await context.loaders.events.load((account_id, sequence, ended))
    return None if row is None else event(row)


def events_of(context: Context, order: OrderRow, *, withdrawn: bool) -> Listing[EventRow, Event]:
    """List the events of an order, oldest first; with `withdrawn`, also withdrawn events and their withdrawals."""
    loaders = context.loaders
    key = (order.account_id, order.id)

    async def wanted() -> EventsWanted:
        return EventsWanted(withdrawn, await context.view.ended_import(order.account_id))

    async def read(part: Slice) -> Page[EventRow]:
        return await loaders.events_of_orders.load((key, part, await wanted()))

    async def count() -> int:
        return await loaders.event_counts.load((key, await wanted()))

    return Listing(_CURSORS, EVENT_SPAN, read, count, event)


def events_of_account(
    context: Context, account_id: UUID, types: Sequence[EventType] | None, *, withdrawn: bool
) -> Listing[EventRow, Event]:
    """List the events of an account, newest first, all or those of some types; `withdrawn` as in `events_of`."""
    loaders = context.loaders
    chosen = None if types is None else tuple(each for each in EventType if each in types)

    async def wanted() -> EventsWanted:
        return EventsWanted(withdrawn, await context.view.ended_import(account_id), chosen)

    async def read(part: Slice) -> Page[EventRow]:
        return await loaders.events_of_accounts.load((account_id, part, await wanted()))

    async def count() -> int:
        return await loaders.account_event_counts.load((account_id, await wanted()))

    return Listing(_ACCOUNT_CURSORS, ACCOUNT_EVENT_SPAN, read, count, event)
