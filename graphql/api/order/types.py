"""Orders."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, TypeVar, cast

import strawberry

from api.context import Context, Info
from api.event.reads import events_of
from api.event.types import Event, Withdrawn
from api.ids import NodeType, account_global_id, named_account
from api.image.reads import images_of
from api.image.types import Image
from api.money import Money
from api.order.deadlines import Deadline, is_late, order_deadline
from api.specification.types import Specification, specification
from app.domain.vocabulary import DeadlineStatus, ImageStatus, OrderStatus, ServiceLevel
from db.queries.images import OrderKey
from db.queries.order_selection import OrderSelection
from db.queries.orders import OrderRow
from engine.arguments import or_none, text_or_none
from engine.connections import DEFAULT_SIZE, After, Connection, First
from engine.decorators import field, input_type, object_type
from engine.ids import GlobalId
from engine.nodes import Node, existing_node
from engine.weights import COUNT, LOOK_UP

if TYPE_CHECKING:
    from api.account.types import Account

Choice = TypeVar("Choice", bound=StrEnum)


@object_type(count=COUNT)
class Order(Node):
    """Images of one specification at one service level, placed together."""

    number: int = strawberry.field(description="Its number: counted from 1 within the account, without gaps.")
    name: str = strawberry.field(description="What the client called it.")
    status: OrderStatus = strawberry.field(description="Where it stands.")
    service_level: ServiceLevel = strawberry.field(description="What its images were promised.")
    late: bool = strawberry.field(description="Whether any of its images missed the deadline, delivered since or not.")
    specification: Specification = strawberry.field(
        description="What is to be done to its images, in the wording that was in force when it was placed."
    )
    placed_at: datetime = strawberry.field(description="When it was placed and its images were uploaded.")
    deadline: Deadline = strawberry.field(description="The delivery deadline that its images share.")
    delivered_at: datetime | None = strawberry.field(
        description="When its last image was delivered; null while any is not."
    )
    image_count: int = strawberry.field(description="How many images it has.")
    delivered_count: int = strawberry.field(description="How many of them are delivered, rejected ones not counted.")
    rejected_count: int = strawberry.field(description="How many of them were rejected and wait to be delivered again.")
    progress: float = strawberry.field(description="The share of its images that is delivered, from 0 to 1.")
    price: Money = strawberry.field(description="What all its images cost.")
    url: str = strawberry.field(description="Its page in the client's front end.")
    row: strawberry.Private[OrderRow]

    @field(cost=LOOK_UP)
    async def account(self, info: Info) -> Annotated["Account", strawberry.lazy("api.account.types")]:
        """The account that placed it."""
        return cast("Account", await existing_node(info.context, named_account(self.row.account_id)))

    @field
    def images(
        self,
        info: Info,
        first: First = DEFAULT_SIZE,
        after: After = strawberry.UNSET,
        status: Annotated[
            list[ImageStatus] | None,
            strawberry.argument(description="Only images with one of these statuses; all without, none when empty."),
        ] = strawberry.UNSET,
    ) -> Connection[Image]:
        """Its images, in the order in which they were uploaded."""
        return images_of(info.context, self.row, or_none(status)).first(first, after)

    @field(cost=LOOK_UP)
    async def split_from(self, info: Info) -> Annotated["Order", strawberry.lazy("api.order.types")] | None:
        """The order it was split off from; null when it was placed as it is."""
        if self.row.split_from is None:
            return None
        return await read_order(info.context, (self.row.account_id, self.row.split_from))

    @field(cost=2 * LOOK_UP, length=4)
    async def split_into(self, info: Info) -> list[Annotated["Order", strawberry.lazy("api.order.types")]]:
        """The orders that were split off from it, by number."""
        rows = await info.context.loaders.orders_split_from.load((self.row.account_id, self.row.id))
        return [order(row, info.context) for row in rows or ()]

    @field
    def events(
        self,
        info: Info,
        first: First = DEFAULT_SIZE,
        after: After = strawberry.UNSET,
        withdrawn: Withdrawn = False,
    ) -> Connection[Event]:
        """What happened to it, oldest first."""
        return events_of(info.context, self.row, withdrawn=bool(withdrawn)).first(first, after)


@input_type
class OrderFilter:
    """Which orders are wanted: those that fulfil all that is given.

    Null and an empty text ask for nothing special; an empty list is fulfilled by no order.
    """

    status: list[OrderStatus] | None = strawberry.field(
        default=strawberry.UNSET, description="Only orders with one of these statuses."
    )
    service_level: list[ServiceLevel] | None = strawberry.field(
        default=strawberry.UNSET, description="Only orders at one of these service levels."
    )
    deadline_status: list[DeadlineStatus] | None = strawberry.field(
        default=strawberry.UNSET, description="Only orders whose deadline has one of these statuses."
    )
    placed_from: datetime | None = strawberry.field(
        default=strawberry.UNSET, description="Only orders placed at this instant or later."
    )
    placed_before: datetime | None = strawberry.field(
        default=strawberry.UNSET, description="Only orders placed before this instant."
    )
    late: bool | None = strawberry.field(
        default=strawberry.UNSET, description="Only orders that are late, or only those that are not."
    )
    search: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="Only the order of this number, and those whose name, or the name of one of whose files, begins so,"
        " in capitals or not.",
    )

    def selection(self, now: datetime) -> OrderSelection:
        """Return what is to be selected; raises ApiError for what cannot be searched for."""
        return OrderSelection(
            now,
            statuses=_chosen(OrderStatus, self.status),
            service_levels=_chosen(ServiceLevel, self.service_level),
            deadline_statuses=_chosen(DeadlineStatus, self.deadline_status),
            placed_from=or_none(self.placed_from),
            placed_before=or_none(self.placed_before),
            late=or_none(self.late),
            search=text_or_none("filter.search", self.search),
        )


def order(row: OrderRow, context: Context) -> Order:
    """Show an order as it stands at its account's instant."""
    now = context.instant(row.account_id)
    return Order(
        name_in_api=GlobalId(NodeType.ORDER, row.account_id, row.id),
        number=row.number,
        name=row.name,
        status=row.status,
        service_level=row.service_level,
        late=is_late(row.late_at, now),
        specification=specification(row.specification),
        placed_at=row.placed_at,
        deadline=order_deadline(row, now),
        delivered_at=row.delivered_at,
        image_count=row.image_count,
        delivered_count=row.delivered_count,
        rejected_count=row.rejected_count,
        progress=row.delivered_count / row.image_count,
        price=Money(amount=row.price, currency=row.currency),
        url=context.settings.order_url.format(account=account_global_id(row.account_id), number=row.number),
        row=row,
    )


async def read_order(context: Context, key: OrderKey) -> Order:
    """Read an order that exists."""
    row = await context.loaders.orders.load(key)
    if row is None:
        raise LookupError(f"There is no order {key}.")
    return order(row, context)


def _chosen(every: type[Choice], wanted: list[Choice] | None) -> tuple[Choice, ...]:
    """Return the wanted values in the order of the enumeration, each once; all of them without a list."""
    named = or_none(wanted)
    return tuple(value for value in every if named is None or value in named)
