"""Reads of events, each shown by its own type."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

import strawberry

from api.context import Context, Info
from api.event import accounts, cancellations, deadlines, inquiries, orders, production, specifications
from api.event.types import Event, EventTypes, Withdrawn
from api.ids import NodeType
from app.domain.events.enums import EventType
from app.domain.events.stored import from_json
from db.queries.all_events import ALL_EVENTS_SPAN, AllEventsFilter
from db.queries.event_lists import ACCOUNT_EVENT_SPAN
from db.queries.events import EVENT_SPAN, GREATEST_SEQUENCE, EventFilter, EventRow
from db.queries.import_runs import all_ended_imports
from db.queries.orders import OrderRow
from db.queries.pages import Page, Slice
from engine.arguments import or_none
from engine.connections import DEFAULT_SIZE, After, Connection, First, Listing
from engine.cursors import ID, INSTANT, SEQUENCE, CursorKind
from engine.decorators import field, object_type
from engine.ids import GlobalId, numbered
from engine.nodes import reads

_CURSORS: Final = CursorKind("events", (INSTANT, SEQUENCE))
_ACCOUNT_CURSORS: Final = CursorKind("accountEvents", (SEQUENCE,))
_ALL_EVENTS_CURSORS: Final = CursorKind("allEvents", (INSTANT, ID, SEQUENCE))

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
    EventType.SPECIFICATION_CHANGED: specifications.SpecificationChanged,
    EventType.ACCOUNT_RENAMED: accounts.AccountRenamed,
    EventType.SUCCESS_MANAGER_CHANGED: accounts.SuccessManagerChanged,
    EventType.ACCOUNT_CLOSED: accounts.AccountClosed,
    EventType.ACCOUNT_REOPENED: accounts.AccountReopened,
    EventType.SLA_WITHDRAWN: accounts.SlaWithdrawn,
    EventType.PLAN_CHANGED: accounts.PlanChanged,
    EventType.EVENT_WITHDRAWN: accounts.EventWithdrawn,
    EventType.IMAGES_CANCELLED: cancellations.ImagesCancelled,
    EventType.DEADLINE_REVISED: deadlines.DeadlineRevised,
    EventType.CONTACT_CHANGED: accounts.ContactChanged,
    EventType.INQUIRY_OPENED: inquiries.InquiryOpened,
    EventType.INQUIRY_ANSWERED: inquiries.InquiryAnswered,
    EventType.INQUIRY_OVERDUE: inquiries.InquiryOverdue,
    EventType.OPERATIONS_RECORDED: production.OperationsRecorded,
    EventType.DASHBOARD_ACCESS_CHANGED: accounts.DashboardAccessChanged,
    EventType.REVIEW_OVERDUE: production.ReviewOverdue,
    EventType.TEXTS_ERASED: accounts.TextsErased,
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

    async def wanted() -> EventFilter:
        return EventFilter(withdrawn, await context.view.ended_import(order.account_id))

    async def read(part: Slice) -> Page[EventRow]:
        return await loaders.events_of_orders.load((key, part, await wanted()))

    async def count() -> int:
        return await loaders.event_counts.load((key, await wanted()))

    return Listing(_CURSORS, EVENT_SPAN, read, count, event, key)


def events_of_account(
    context: Context, account_id: UUID, types: Sequence[EventType] | None, *, withdrawn: bool
) -> Listing[EventRow, Event]:
    """List the events of an account, newest first, of all types or of some; `withdrawn` is as in `events_of`."""
    loaders = context.loaders
    chosen = None if types is None else _in_order(types)

    async def wanted() -> EventFilter:
        return EventFilter(withdrawn, await context.view.ended_import(account_id), chosen)

    async def read(part: Slice) -> Page[EventRow]:
        return await loaders.events_of_accounts.load((account_id, part, await wanted()))

    async def count() -> int:
        return await loaders.account_event_counts.load((account_id, await wanted()))

    return Listing(_ACCOUNT_CURSORS, ACCOUNT_EVENT_SPAN, read, count, event, (account_id,))


def all_events(context: Context, wanted: AllEventsFilter) -> Listing[EventRow, Event]:
    """List the events of all accounts, newest recorded first."""
    loaders = context.loaders

    async def read(part: Slice) -> Page[EventRow]:
        found = await loaders.all_events.load((part, wanted))
        await context.view.include({row.account_id for _, row in found.rows})
        return found

    count = partial(loaders.all_events_count.load, (wanted,))
    return Listing(_ALL_EVENTS_CURSORS, ALL_EVENTS_SPAN, read, count, event)


@object_type
class EventQueries:
    """Query fields of events."""

    @field(staff=True)
    async def events(
        self,
        info: Info,
        first: First = DEFAULT_SIZE,
        after: After = strawberry.UNSET,
        types: EventTypes = strawberry.UNSET,
        withdrawn: Withdrawn = False,
    ) -> Connection[Event] | None:
        """Events of all accounts by the instant of their recording, newest first; for staff.

        Events of an import are listed once it has ended, by the instants of their recording. To follow an account, use
        its own `events`.
        """
        context = info.context
        chosen = or_none(types)
        ended: list[int] = []

        async def find_ended() -> None:
            ended.extend(await all_ended_imports(context.database))

        def cut() -> Connection[Event]:
            wanted = AllEventsFilter(_in_order(EventType if chosen is None else chosen), bool(withdrawn), tuple(ended))
            return all_events(context, wanted).first(first, after)

        return await context.page_of_all_accounts(cut, find_ended)


def _in_order(types: Iterable[EventType]) -> tuple[EventType, ...]:
    """Return types in the order of the enum, each once."""
    wanted = frozenset(types)
    return tuple(each for each in EventType if each in wanted)
