"""Events: what happened to an order, the audit trail."""

from collections.abc import Awaitable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Final, cast
from uuid import UUID

import strawberry

from api.connections import Listing
from api.context import Context, Info
from api.cursors import INSTANT, SEQUENCE, CursorKind
from api.describing import field, object_type
from api.ids import GlobalId, NodeType, numbered
from api.images import Image, image
from api.nodes import Node
from api.scalars import JSON
from app.domain.instants import rfc3339
from app.domain.vocabulary import EventType
from db.queries.events import EVENT_SPAN, EventRow
from db.queries.orders import OrderRow
from db.queries.pages import Page, Slice

if TYPE_CHECKING:
    from api.orders import Order

_CURSORS: Final = CursorKind("events", (INSTANT, SEQUENCE))

# What the ids in the data of events name: those under a key, and below it those under `id`.
_NODE_TYPES: Final[Mapping[str, NodeType]] = {
    "images": NodeType.IMAGE,
    "into": NodeType.ORDER,
    "rejection": NodeType.REJECTION,
    "specificationId": NodeType.SPECIFICATION,
    "splitFrom": NodeType.ORDER,
}
_INSTANT: Final = ("At", "Until")  # so end the keys of instants


@object_type
class Event(Node):
    """Something that happened; never changed afterwards."""

    at: datetime = strawberry.field(description="When it happened.")
    type: EventType = strawberry.field(description="What happened.")
    row: strawberry.Private[EventRow]

    @field
    def data(self) -> JSON:
        """The facts: what was before and after; ids and instants in it are written as everywhere else."""
        row = self.row
        about = NodeType.SPECIFICATION if row.type is EventType.SPECIFICATION_CHANGED else None
        return JSON({key: _written(key, value, row.account_id, about) for key, value in row.data.items()})

    @field
    async def order(self, info: Info) -> Annotated["Order", strawberry.lazy("api.orders")] | None:
        """The order it happened to; null when it happened to none."""
        from api.orders import read_order  # noqa: PLC0415 - orders list their events, which so can meet them only now

        row = self.row
        return None if row.order_id is None else await read_order(info.context, (row.account_id, row.order_id))

    @field
    async def image(self, info: Info) -> Image | None:
        """The image it happened to; null when it happened to none, or to several."""
        if self.row.image_id is None:
            return None
        row = await info.context.loaders.images.load((self.row.account_id, self.row.image_id))
        return None if row is None else image(row, info.context)


def event(row: EventRow) -> Event:
    """Show an event."""
    return Event(
        name_in_api=numbered(NodeType.EVENT, row.account_id, row.sequence),
        at=row.at,
        type=row.type,
        row=row,
    )


def events_of(context: Context, order: OrderRow) -> Listing[EventRow, Event]:
    """List what happened to an order, oldest first."""
    loaders = context.loaders
    key = (order.account_id, order.id)

    def read(part: Slice) -> Awaitable[Page[EventRow]]:
        return loaders.events_of_orders.load((key, part))

    return Listing(_CURSORS, EVENT_SPAN, read, partial(loaders.event_counts.load, (key,)), event)


def _written(key: str, value: object, account_id: UUID, about: NodeType | None) -> object:
    """Write what stands under a key for clients; `about` is what an `id` names here."""
    about = _NODE_TYPES.get(key, about)
    if isinstance(value, list):
        return [_written(key, each, account_id, about) for each in cast("list[object]", value)]
    if isinstance(value, dict):
        parts = cast("dict[str, object]", value)
        return {name: _written(name, part, account_id, about) for name, part in parts.items()}
    if not isinstance(value, str):
        return value
    if about is not None and (key == "id" or key in _NODE_TYPES):
        return str(GlobalId(about, account_id, UUID(value)))
    return rfc3339(datetime.fromisoformat(value)) if key.endswith(_INSTANT) else value
