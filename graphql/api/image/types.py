"""Images and their rejections."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, cast

import strawberry
from graphql.pyutils import AwaitableOrValue

from api.actions import Action, actions
from api.context import Context, Info
from api.ids import NodeType
from api.money import Money, money_of
from api.order.deadlines import Deadline, image_deadline, is_late
from app.domain.deadlines.lateness import late_by, on_time
from app.domain.orders.enums import ImageStatus, RejectionCategory
from app.domain.orders.rules import image_actions
from app.domain.production.operations import Performer
from app.domain.specifications import MILLISECONDS
from db.queries.images import ImageRow
from db.queries.rejections import RejectionRow
from engine.decorators import attribute, field, object_type
from engine.ids import GlobalId
from engine.nodes import Node, existing_node
from engine.scalars import Url
from engine.weights import LOOK_UP

if TYPE_CHECKING:
    from api.order.types import Order


@object_type
class Rejection(Node):
    """The rejection of a delivered image by the client; the image is redone for free."""

    at: datetime = strawberry.field(description="The instant of the rejection.")
    reason: str = strawberry.field(description="The reason, in the client's words; `erased` after its erasure.")
    category: RejectionCategory | None = strawberry.field(
        description="The kind of fault; null if the client named none."
    )
    due_at: datetime = strawberry.field(description="The deadline of the redo.")
    redelivered_at: datetime | None = strawberry.field(description="The instant of the redelivery; null until then.")


@object_type
class CompletedStep:
    """A retouching step that is done on an image."""

    step: str = strawberry.field(description="The name of the step.")
    performed_by: Performer = strawberry.field(description="The kind of performer.")
    at: datetime = strawberry.field(
        description="The instant at which production recorded the step; of an imported one, the instant at which it"
        " was done."
    )
    seconds: float | None = attribute("The seconds that the step took, for staff only.", staff=True)


@object_type(count=LOOK_UP)
class Image(Node):
    """A photo of an order."""

    filename: str = strawberry.field(description="The name of the image's file; `erased` after its erasure.")
    external_reference: str | None = strawberry.field(
        description="The client's own reference of the image, unique in the account; null without one, or after its"
        " erasure."
    )
    instructions: str | None = strawberry.field(
        description="The client's instructions for the image; null without any, or after their erasure."
    )
    position: int = strawberry.field(
        description="The position of the image in the list that it was uploaded in, from 1; kept in every order that it"
        " moves to."
    )
    status: ImageStatus = strawberry.field(description="The status of the image.")
    price: Money = strawberry.field(
        description="The price of the image: a multiple of the specification's price, twice it by default, with an"
        " expedited deadline, by rule or by a delivery plan."
    )
    uploaded_at: datetime = strawberry.field(description="The instant of the upload.")
    deadline: Deadline = strawberry.field(
        description="The image's deadline: of the redo while the image is rejected, else of the delivery."
    )
    first_delivered_at: datetime | None = strawberry.field(
        description="The instant of the first delivery; null until then."
    )
    delivered_at: datetime | None = strawberry.field(
        description="The instant of the latest delivery; null before the first one."
    )
    cancelled_at: datetime | None = strawberry.field(
        description="The instant of the cancellation; null unless the image is cancelled."
    )
    on_time: bool | None = strawberry.field(
        description="True if the first delivery met the deadline, false from the moment it is missed; null while it is"
        " open, or without a deadline."
    )
    late_by_seconds: float | None = strawberry.field(
        description="The seconds from the deadline to the first delivery, or until now if there was none; null unless"
        " the deadline was missed."
    )
    preview_url: Url | None = strawberry.field(
        description="The address of a preview: of the result once there is one, else of the upload. Null without one,"
        " or after its erasure."
    )
    result_url: Url | None = strawberry.field(
        description="The address of the picture of the latest delivery, even if rejected since; null before a delivery,"
        " if production gave none, or after its erasure."
    )
    row: strawberry.Private[ImageRow]

    @field(length=3)
    def actions(self, info: Info) -> AwaitableOrValue[list[Action]]:
        """The commands on the image alone: EXPEDITE, REJECT and CANCEL.

        An allowed command succeeds if it is called at the instant of this answer.
        """
        now, rejection_period = info.context.instant(self.row.account_id), info.context.settings.rejection_period
        return info.context.with_history(
            self.row.account_id,
            lambda account: actions(
                account.account_id, image_actions(self.row.summary, account, now, rejection_period)
            ),
        )

    @field(cost=LOOK_UP)
    async def order(self, info: Info) -> Annotated["Order", strawberry.lazy("api.order.types")]:
        """The order of the image."""
        return cast(
            "Order", await existing_node(info.context, GlobalId(NodeType.ORDER, self.row.account_id, self.row.order_id))
        )

    @field(cost=LOOK_UP, length=2)
    async def rejections(self, info: Info) -> list[Rejection]:
        """The rejections of the image, oldest first."""
        if self.row.first_rejected_at is None:
            return []
        key = (self.row.account_id, self.row.id)
        rows = await info.context.loaders.rejections_of_images.load(key)
        return [rejection(row) for row in rows or ()]

    @field(cost=LOOK_UP, length=5)
    async def completed_steps(self, info: Info) -> list[CompletedStep]:
        """The retouching steps done on the image since its last rejection: each once, the latest last."""
        rows = await info.context.loaders.completed_steps.load((self.row.account_id, self.row.id))
        return [
            CompletedStep(
                step=row.step,
                performed_by=row.performed_by,
                at=row.at,
                seconds=row.milliseconds / MILLISECONDS,
            )
            for row in rows or ()
        ]


def image(row: ImageRow, context: Context) -> Image:
    """Return the API's image of a row, as of its account's settled instant."""
    now = context.instant(row.account_id)
    late = is_late(row.late_at, now)
    return Image(
        name_in_api=GlobalId(NodeType.IMAGE, row.account_id, row.id),
        filename=row.filename,
        external_reference=row.external_reference,
        instructions=row.instructions,
        position=row.number,
        status=row.status(now),
        price=money_of(row.price, row.currency),
        uploaded_at=row.uploaded_at,
        deadline=image_deadline(row, now),
        first_delivered_at=row.first_delivered_at,
        delivered_at=row.delivered_at,
        cancelled_at=row.cancelled_at,
        on_time=False if late else on_time(row.due_at, row.first_delivered_at),
        late_by_seconds=_late_by_seconds(row, now) if late else None,
        preview_url=None if row.preview_url is None else Url(row.preview_url),
        result_url=None if row.result_url is None else Url(row.result_url),
        row=row,
    )


def rejection(row: RejectionRow) -> Rejection:
    """Return the API's rejection of a row."""
    return Rejection(
        name_in_api=GlobalId(NodeType.REJECTION, row.account_id, row.id),
        at=row.at,
        reason=row.reason,
        category=None if row.category is None else RejectionCategory(row.category),
        due_at=row.due_at,
        redelivered_at=row.redelivered_at,
    )


def _late_by_seconds(row: ImageRow, now: datetime) -> float | None:
    ended_at = row.first_delivered_at or row.cancelled_at or now
    late = late_by(row.due_at, ended_at)
    return None if late is None else late.total_seconds()
