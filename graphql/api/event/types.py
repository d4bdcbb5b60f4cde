"""Events: what happened to an order, the audit trail."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias, cast
from uuid import UUID

import strawberry

from api.context import Context, Info
from api.image.types import Image, image
from app.domain.instants import rfc3339
from app.domain.vocabulary import EventType
from db.queries.events import EVENT_SPAN, EventRow, EventsWanted
from db.queries.orders import OrderRow
from db.queries.pages import Page, Slice
from engine.connections import Listing
from engine.cursors import INSTANT, SEQUENCE, CursorKind
from engine.decorators import field, object_type
from engine.ids import GlobalId, NodeType, numbered
from engine.nodes import Node, existing_node
from engine.scalars import JSON
from engine.weights import LOOK_UP

if TYPE_CHECKING:
    from api.order.types import Order

Withdrawn: TypeAlias = Annotated[
    bool | None,
    strawberry.argument(description="Whether events that turned out to be untrue are wanted, and what withdrew them."),
]
_CURSORS: Final = CursorKind("events", (INSTANT, SEQUENCE))

# What the ids in the data of events name: those under a key, and below it those under `id`.
_NODE_TYPES: Final[Mapping[str, NodeType]] = {
    "event": NodeType.EVENT,
    "images": NodeType.IMAGE,
    "into": NodeType.ORDER,
    "rejection": NodeType.REJECTION,
    "specificationId": NodeType.SPECIFICATION,
    "splitFrom": NodeType.ORDER,
}
_INSTANT: Final = ("At", "Until")  # so end the keys of instants


@object_type(count=LOOK_UP)
class Event(Node):
    """Something that happened; never changed afterwards. Where it was not so, an EVENT_WITHDRAWN says that later."""

    at: datetime = strawberry.field(description="When it happened.")
    recorded_at: datetime = strawberry.field(
        description="When it was written: later than `at` where it was found out or imported later."
    )
    type: EventType = strawberry.field(description="What happened.")
    row: strawberry.Private[EventRow]

    @field(cost=4 * LOOK_UP)
    def data(self) -> JSON:
        """The facts: what was before and after; ids and instants in it are written as everywhere else."""
        row = self.row
        about = NodeType.SPECIFICATION if row.type is EventType.SPECIFICATION_CHANGED else None
        return JSON({key: _written(key, value, row.account_id, about) for key, value in row.data.items()})

    @field(cost=LOOK_UP)
    async def order(self, info: Info) -> Annotated["Order", strawberry.lazy("api.order.types")] | None:
        """The order it happened to; null when it happened to none."""
        row = self.row
        if row.order_id is None:
            return None
        return cast("Order", await existing_node(info.context, GlobalId(NodeType.ORDER, row.account_id, row.order_id)))

    @field(cost=LOOK_UP)
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
        recorded_at=row.recorded_at,
        type=row.type,
        row=row,
    )


def events_of(context: Context, order: OrderRow, *, withdrawn: bool) -> Listing[EventRow, Event]:
    """List what happened to an order, oldest first; withdrawn events and their withdrawals only if wanted."""
    loaders = context.loaders
    key = (order.account_id, order.id)

    async def wanted() -> EventsWanted:
        return EventsWanted(withdrawn, await context.view.ended_import(order.account_id))

    async def read(part: Slice) -> Page[EventRow]:
        return await loaders.events_of_orders.load((key, part, await wanted()))

    async def count() -> int:
        return await loaders.event_counts.load((key, await wanted()))

    return Listing(_CURSORS, EVENT_SPAN, read, count, event)


def _written(key: str, value: object, account_id: UUID, about: NodeType | None) -> object:
    """Write what stands under a key for clients; `about` is what an `id` names here."""
    about = _NODE_TYPES.get(key, about)
    if about is NodeType.EVENT and isinstance(value, int):
        return str(numbered(about, account_id, value))
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
