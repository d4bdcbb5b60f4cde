"""Images, and what a client sent back of them."""

from collections.abc import Awaitable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Final

import strawberry

from api.context import Context, Info
from api.money import Money
from api.nodes import Node
from api.order.deadlines import Deadline, image_deadline, is_late
from app.domain.deadlines.lateness import late_by, on_time
from app.domain.vocabulary import ImageStatus
from db.queries.images import IMAGE_OF_ORDER_SPAN, ImageRow
from db.queries.orders import OrderRow
from db.queries.pages import Page, Slice
from db.queries.queue import QUEUE_SPAN
from db.queries.rejections import RejectionRow
from engine.connections import Listing, known
from engine.cursors import ID, INSTANT, NUMBER, CursorKind
from engine.decorators import field, object_type
from engine.ids import GlobalId, NodeType
from engine.weights import LOOK_UP

if TYPE_CHECKING:
    from api.order.types import Order

_CURSORS: Final = CursorKind("images", (NUMBER, ID))
_QUEUE_CURSORS: Final = CursorKind("productionQueue", (INSTANT, INSTANT, ID))


@object_type
class Rejection(Node):
    """A delivered image that the client sent back; it is done again for free."""

    at: datetime = strawberry.field(description="When the client rejected it.")
    reason: str = strawberry.field(description="What was wrong, in the client's words.")
    due_at: datetime = strawberry.field(description="When it is to be delivered again.")
    redelivered_at: datetime | None = strawberry.field(description="When it was delivered again; null while it is not.")


@object_type(count=LOOK_UP)
class Image(Node):
    """A photo of an order."""

    filename: str = strawberry.field(description="The name of its file.")
    status: ImageStatus = strawberry.field(description="Where it stands.")
    price: Money = strawberry.field(
        description="What it costs: twice the specification's price with an expedited deadline, by rule or by a"
        " delivery plan."
    )
    uploaded_at: datetime = strawberry.field(description="When it was uploaded.")
    deadline: Deadline = strawberry.field(
        description="Its deadline: of the redo while it is rejected, else of the delivery."
    )
    first_delivered_at: datetime | None = strawberry.field(
        description="When it was delivered for the first time; null before."
    )
    delivered_at: datetime | None = strawberry.field(description="When it was last delivered; null before.")
    on_time: bool | None = strawberry.field(
        description="Whether the first delivery kept the deadline: false from the moment it is missed, null while it is"
        " open or when there is none."
    )
    late_by_seconds: float | None = strawberry.field(
        description="How long after the deadline the first delivery came, or how long it is overdue by now; null unless"
        " the deadline was missed."
    )
    row: strawberry.Private[ImageRow]

    @field(cost=LOOK_UP)
    async def order(self, info: Info) -> Annotated["Order", strawberry.lazy("api.order.types")]:
        """The order it belongs to."""
        from api.order.types import read_order  # noqa: PLC0415 - orders are made of images, which so can meet them only now

        return await read_order(info.context, (self.row.account_id, self.row.order_id))

    @field(cost=LOOK_UP, length=2)
    async def rejections(self, info: Info) -> list[Rejection]:
        """Every time the client sent it back, oldest first."""
        if self.row.first_rejected_at is None:
            return []
        key = (self.row.account_id, self.row.id)
        rows = await info.context.loaders.rejections_of_images.load(key)
        return [rejection(row) for row in rows or ()]


def image(row: ImageRow, context: Context) -> Image:
    """Show an image as it stands at its account's instant."""
    now = context.instant(row.account_id)
    late = is_late(row.late_at, now)
    return Image(
        name_in_api=GlobalId(NodeType.IMAGE, row.account_id, row.id),
        filename=row.filename,
        status=row.status(now),
        price=Money(amount=row.price, currency=row.currency),
        uploaded_at=row.uploaded_at,
        deadline=image_deadline(row, now),
        first_delivered_at=row.first_delivered_at,
        delivered_at=row.delivered_at,
        on_time=False if late else on_time(row.due_at, row.first_delivered_at),
        late_by_seconds=_late_by_seconds(row, now) if late else None,
        row=row,
    )


def rejection(row: RejectionRow) -> Rejection:
    """Show a rejection."""
    return Rejection(
        name_in_api=GlobalId(NodeType.REJECTION, row.account_id, row.id),
        at=row.at,
        reason=row.reason,
        due_at=row.due_at,
        redelivered_at=row.redelivered_at,
    )


def images_of(context: Context, order: OrderRow, statuses: Sequence[ImageStatus] | None) -> Listing[ImageRow, Image]:
    """List the images of an order in the order of their upload, all of them or those of some statuses."""
    key = (order.account_id, order.id)
    now = context.instant(order.account_id)
    chosen = None if statuses is None else tuple(dict.fromkeys(statuses))

    def read(part: Slice) -> Awaitable[Page[ImageRow]]:
        return context.loaders.images_of_orders.load((key, part, chosen, now))

    count = known(order.image_count)
    if chosen is not None:
        count = partial(context.loaders.image_counts.load, (key, chosen, now))
    return Listing(_CURSORS, IMAGE_OF_ORDER_SPAN, read, count, partial(image, context=context))


def queue_of_production(context: Context) -> Listing[ImageRow, Image]:
    """List the images of all accounts that can be claimed now, most urgent first."""
    loaders = context.loaders

    async def read(part: Slice) -> Page[ImageRow]:
        found = await loaders.production_queue.load((context.now, part))
        await context.view.learn({row.account_id for _, row in found.rows})
        return found

    count = partial(loaders.queue_count.load, (context.now,))
    return Listing(_QUEUE_CURSORS, QUEUE_SPAN, read, count, partial(image, context=context))


def _late_by_seconds(row: ImageRow, now: datetime) -> float | None:
    ended_at = row.first_delivered_at or row.cancelled_at or now
    late = late_by(row.due_at, ended_at)
    return None if late is None else late.total_seconds()
