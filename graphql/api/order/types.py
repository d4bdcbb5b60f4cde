"""Orders."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, cast

import strawberry
from graphql.pyutils import AwaitableOrValue

from api.actions import Action, actions
from api.context import Context, Info
from api.event.reads import events_of
from api.event.types import Event, Withdrawn
from api.ids import NodeType, named_account
from api.image.reads import images_of
from api.image.types import Image
from api.money import Money, money_of
from api.order.deadlines import Deadline, is_late, order_deadline
from api.specification.types import Specification, specification
from app.domain.orders.enums import ImageStatus, OrderStatus, ServiceLevel
from app.domain.orders.rules import order_actions
from app.domain.texts import composed
from db.queries.accounts import AccountHistory
from db.queries.images import OrderKey
from db.queries.orders import OrderRow
from engine.arguments import or_none
from engine.connections import DEFAULT_SIZE, After, Connection, First
from engine.decorators import field, object_type
from engine.ids import GlobalId
from engine.nodes import Node, existing_node
from engine.scalars import Url
from engine.weights import COUNT, LOOK_UP

if TYPE_CHECKING:
    from api.account.types import Account


@object_type
class StepProgress:
    """The progress of a retouching step in an order."""

    step: str = strawberry.field(description="The name of the step.")
    completed_count: int = strawberry.field(
        description="The number of images, not cancelled, on which the step is done since their last rejection."
    )
    image_count: int = strawberry.field(description="The number of images of the order, as `Order.imageCount`.")


@object_type(count=COUNT)
class Order(Node):
    """A set of images placed together, with one specification and one service level."""

    number: int = strawberry.field(
        description="The number of the order, counted from 1 within the account, without gaps."
    )
    name: str = strawberry.field(description="The name that the client gave the order; `erased` after its erasure.")
    external_reference: str | None = strawberry.field(
        description="The client's own reference of the order, unique in the account. Only the first order of a"
        " placement has it. Null without one, or after its erasure."
    )
    instructions: str | None = strawberry.field(
        description="The client's instructions for all images of the order; null without any, or after their erasure."
    )
    status: OrderStatus = strawberry.field(description="The status of the order.")
    service_level: ServiceLevel = strawberry.field(description="The promise made for the order's images.")
    late: bool = strawberry.field(
        description="True if any image missed the deadline, delivered or cancelled since or not."
    )
    specification: Specification = strawberry.field(
        description="The specification of the order's images, in the version in force at its placement."
    )
    placed_at: datetime = strawberry.field(
        description="The instant of the placement, which is the upload of the images."
    )
    updated_at: datetime = strawberry.field(
        description="The instant of the last command on the order or its images; claims and the passing of time do not"
        " count."
    )
    deadline: Deadline = strawberry.field(
        description="The delivery deadline that the order's images share, except those delivered or cancelled before it"
        " was set: `Image.deadline` is an image's own."
    )
    delivered_at: datetime | None = strawberry.field(
        description="The instant of the last image's delivery; null while any image that is not cancelled is"
        " undelivered. The cancellation of an image does not change it."
    )
    completed_at: datetime | None = strawberry.field(
        description="The instant at which the client completed the order; null until then, and again once an image is"
        " rejected."
    )
    cancelled_at: datetime | None = strawberry.field(
        description="The instant at which its last image was cancelled; null unless all are cancelled."
    )
    image_count: int = strawberry.field(
        description="The number of images that are not cancelled; in a cancelled order, the number cancelled last."
    )
    delivered_count: int = strawberry.field(description="The number of delivered images, not counting rejected ones.")
    rejected_count: int = strawberry.field(description="The number of rejected images that wait for their redo.")
    progress: float = strawberry.field(
        description="The delivered share, from 0 to 1, of the images that are not cancelled."
    )
    price: Money = strawberry.field(
        description="The price of the images that `imageCount` counts; in a cancelled order, of those cancelled last,"
        " which counts in no `Activity.spend`."
    )
    thumbnail_url: Url | None = strawberry.field(
        description="The address of the preview of the first image that `imageCount` counts: of the result once there"
        " is one. Null without a preview, or after its erasure."
    )
    url: str = strawberry.field(description="The URL of the order's page in the client's front end.")
    row: strawberry.Private[OrderRow]

    @field(cost=LOOK_UP)
    async def account(self, info: Info) -> Annotated["Account", strawberry.lazy("api.account.types")]:
        """The account that placed the order."""
        return cast("Account", await existing_node(info.context, named_account(self.row.account_id)))

    @field(length=5)
    def actions(self, info: Info) -> AwaitableOrValue[list[Action]]:
        """The commands on the order: for clients EXPEDITE, REJECT, COMPLETE and CANCEL; more for staff.

        EXPEDITE and REJECT apply to all images of the order that can be expedited or rejected. An allowed command
        succeeds if it is called at the instant of this answer.
        """
        account_id, by_staff = self.row.account_id, info.context.is_staff
        now, rejection_period = info.context.instant(account_id), info.context.settings.rejection_period

        def show(account: AccountHistory) -> list[Action]:
            return actions(
                account_id, order_actions(self.row.summary, account, now, rejection_period, by_staff=by_staff)
            )

        return info.context.with_history(account_id, show)

    @field(cost=COUNT, length=5)
    async def steps(self, info: Info) -> list[StepProgress]:
        """The progress of each retouching step of the order's specification, in its order."""
        key = (self.row.account_id, self.row.id)
        done = await info.context.loaders.steps_completed_in_orders.load(key) or {}
        names = [each.step for each in self.row.specification.terms.steps]
        counts = [done.get(composed(name), 0) for name in names]
        return [
            StepProgress(step=name, completed_count=count, image_count=self.row.image_count)
            for name, count in zip(names, counts, strict=True)
        ]

    @field
    def images(
        self,
        info: Info,
        first: First = DEFAULT_SIZE,
        after: After = strawberry.UNSET,
        status: Annotated[
            list[ImageStatus] | None,
            strawberry.argument(
                description="Only images with one of these statuses; all by default, none for an empty list."
            ),
        ] = strawberry.UNSET,
    ) -> Connection[Image] | None:
        """The order's images, cancelled ones included, in upload order."""
        return images_of(info.context, self.row, or_none(status)).first(first, after)

    @field(cost=LOOK_UP)
    async def split_from(self, info: Info) -> Annotated["Order", strawberry.lazy("api.order.types")] | None:
        """The order that this one was split off from; null if it was placed as it is."""
        if self.row.split_from is None:
            return None
        return await read_order(info.context, (self.row.account_id, self.row.split_from))

    @field(cost=2 * LOOK_UP, length=4)
    async def split_into(self, info: Info) -> list[Annotated["Order", strawberry.lazy("api.order.types")]]:
        """The orders that were split off from this one, by number."""
        rows = await info.context.loaders.orders_split_from.load((self.row.account_id, self.row.id))
        return [order(row, info.context) for row in rows or ()]

    @field
    def events(
        self,
        info: Info,
        first: First = DEFAULT_SIZE,
        after: After = strawberry.UNSET,
        withdrawn: Withdrawn = False,
    ) -> Connection[Event] | None:
        """The events of the order, oldest first."""
        return events_of(info.context, self.row, withdrawn=bool(withdrawn)).first(first, after)


def order(row: OrderRow, context: Context) -> Order:
    """Return the API's order of a row, as of its account's settled instant."""
    now = context.instant(row.account_id)
    return Order(
        name_in_api=GlobalId(NodeType.ORDER, row.account_id, row.id),
        number=row.number,
        name=row.name,
        external_reference=row.external_reference,
        instructions=row.instructions,
        status=row.status,
        service_level=row.service_level,
        late=is_late(row.late_at, now),
        specification=specification(row.specification),
        placed_at=row.placed_at,
        updated_at=row.updated_at,
        deadline=order_deadline(row, now),
        delivered_at=row.delivered_at,
        completed_at=row.completed_at,
        cancelled_at=row.cancelled_at,
        image_count=row.image_count,
        delivered_count=row.delivered_count,
        rejected_count=row.rejected_count,
        progress=row.delivered_count / row.image_count,
        price=money_of(row.price, row.currency),
        thumbnail_url=None if row.thumbnail_url is None else Url(row.thumbnail_url),
        url=context.settings.order_url.format(account=named_account(row.account_id), number=row.number),
        row=row,
    )


async def read_order(context: Context, key: OrderKey) -> Order:
    """Return an order that exists; raises LookupError otherwise."""
    row = await context.loaders.orders.load(key)
    if row is None:
        raise LookupError(f"There is no order {key}.")
    return order(row, context)
