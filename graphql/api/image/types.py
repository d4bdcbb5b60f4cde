"""Images, and what a client sent back of them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, cast

import strawberry

from api.context import Context, Info
from api.ids import NodeType
from api.money import Money
from api.order.deadlines import Deadline, image_deadline, is_late
from app.domain.deadlines.lateness import late_by, on_time
from app.domain.vocabulary import ImageStatus
from db.queries.images import ImageRow
from db.queries.rejections import RejectionRow
from engine.decorators import field, object_type
from engine.ids import GlobalId
from engine.nodes import Node, existing_node
from engine.weights import LOOK_UP

if TYPE_CHECKING:
    from api.order.types import Order


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
        return cast(
            "Order", await existing_node(info.context, GlobalId(NodeType.ORDER, self.row.account_id, self.row.order_id))
        )

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


def _late_by_seconds(row: ImageRow, now: datetime) -> float | None:
    ended_at = row.first_delivered_at or row.cancelled_at or now
    late = late_by(row.due_at, ended_at)
    return None if late is None else late.total_seconds()
