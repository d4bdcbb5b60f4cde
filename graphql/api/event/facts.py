"""Fields and values that several types of events share."""

from asyncio import gather
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Annotated, Final, Protocol, TypeAlias, TypeVar, cast
from uuid import UUID

import strawberry

from api.context import Context, Info
from api.ids import NodeType
from api.image.types import Image, Rejection, image, rejection
from api.money import Money, money_of
from app.domain.events import facts, kinds
from app.domain.events.facts import Change
from app.domain.ledger.quota import RecordedDay
from app.domain.orders.enums import OrderStatus, RejectionCategory, ServiceLevel
from db.queries.events import EventRow
from db.queries.images import ImageRow
from db.queries.orders import OrderRow
from db.queries.pages import Page, Slice, Span, page
from engine.connections import DEFAULT_SIZE, After, Connection, First, Listing, known
from engine.cursors import NUMBER, CursorKind
from engine.decorators import field, object_type
from engine.ids import GlobalId
from engine.nodes import existing_node
from engine.weights import LOOK_UP

if TYPE_CHECKING:
    from api.order.types import Order

Value = TypeVar("Value")
Fact = TypeVar("Fact")
Item = TypeVar("Item")
OfImages: TypeAlias = (
    kinds.OrderPlaced
    | kinds.OrderExpedited
    | kinds.ImagesClaimed
    | kinds.ClaimExpired
    | kinds.ImagesDelivered
    | kinds.ImagesRejected
    | kinds.DeadlineConfirmed
    | kinds.DeadlineAtRisk
    | kinds.DeadlineMissed
    | kinds.ImagesCancelled
    | kinds.DeadlineRevised
    | kinds.ReviewOverdue
    | kinds.OperationsRecorded
)

_IMAGE_CURSORS: Final = CursorKind("imagesOfEvent", (NUMBER,))
_REJECTED_CURSORS: Final = CursorKind("rejectedImagesOfEvent", (NUMBER,))


class EventOfImages(Protocol):
    """An event that concerns images."""

    row: EventRow

    @property
    def details(self) -> OfImages:
        """The typed event."""
        ...


@object_type
class OrderProgress:
    """The progress of an order at an instant."""

    status: OrderStatus = strawberry.field(description="The status of the order.")
    delivered_count: int = strawberry.field(description="The number of delivered images, not counting rejected ones.")
    rejected_count: int = strawberry.field(description="The number of rejected images that waited for their redo.")
    completed_at: datetime | None = strawberry.field(
        description="The instant at which the client had completed the order; null if not completed."
    )


@object_type
class SplitOffOrder:
    """An order split off from another one."""

    number: int = strawberry.field(description="The number of the order.")
    service_level: ServiceLevel = strawberry.field(description="The service level for which the order was split off.")
    key: strawberry.Private[tuple[UUID, UUID]]

    @field(cost=LOOK_UP)
    async def order(self, info: Info) -> Annotated["Order", strawberry.lazy("api.order.types")]:
        """The order in its current state."""
        return await read_order(info, self.key)


async def read_order(info: Info, key: tuple[UUID, UUID]) -> "Order":
    """Read the order that an event refers to, by its account and id."""
    return cast("Order", await existing_node(info.context, GlobalId(NodeType.ORDER, *key)))


@object_type
class GuaranteeDay:
    """A ledger day of an account at the event, with the use of its allowance."""

    day: date = strawberry.field(name="date", description="The local date at the opening of the day, which names it.")
    opens_at: datetime = strawberry.field(description="The opening of the day: a midnight, user time.")
    closes_at: datetime = strawberry.field(
        description="The close of the day, at which the next one opens, as known at the event."
    )
    sla_version: int = strawberry.field(description="The version of the SLA in force at the opening of the day.")
    capacity: int = strawberry.field(description="The number of images guaranteed.")
    used: int = strawberry.field(
        description="The number of images uploaded, expedited or not; may exceed the capacity."
    )
    expedite_capacity: int = strawberry.field(
        description="The number of images that can be expedited at the shortest turnaround."
    )
    expedite_used: int = strawberry.field(description="The number of images expedited; may exceed the capacity.")


@object_type
class RejectedImage:
    """An image that the client rejected, as recorded by the event."""

    reason: str = strawberry.field(description="The reason, in the client's words; `erased` after its erasure.")
    category: RejectionCategory | None = strawberry.field(
        description="The kind of fault; null if the client named none."
    )
    due_at: datetime = strawberry.field(description="The deadline of the redo.")
    sla_version: int = strawberry.field(description="The version of the SLA under which that deadline was made.")
    image: Image = strawberry.field(description="The image in its current state.")
    rejection: Rejection | None = strawberry.field(
        description="The rejection in its current state; null if an import changed it since."
    )


def order_progress(progress: facts.Progress) -> OrderProgress:
    """Show the progress of an order."""
    return OrderProgress(
        status=progress.status,
        delivered_count=progress.delivered_count,
        rejected_count=progress.rejected_count,
        completed_at=progress.completed_at,
    )


def guarantee_day(day: RecordedDay) -> GuaranteeDay:
    """Return the API's ledger day of an event."""
    return GuaranteeDay(
        day=day.day.date,
        opens_at=day.day.opens_at,
        closes_at=day.day.closes_at,
        sla_version=day.sla_version,
        capacity=day.allowance.capacity,
        used=day.allowance.used,
        expedite_capacity=day.allowance.expedite_capacity,
        expedite_used=day.allowance.expedite_used,
    )


def images_of_event(
    self: EventOfImages, info: Info, first: First = DEFAULT_SIZE, after: After = strawberry.UNSET
) -> Connection[Image] | None:
    """The images of the event, in upload order."""
    account_id, context = self.row.account_id, info.context

    async def read(id_: UUID) -> ImageRow | None:
        return await context.loaders.images.load((account_id, id_))

    show = partial(image, context=context)
    return _listed(_IMAGE_CURSORS, self.row, _ids(self.details), read, show).first(first, after)


def count_images(self: EventOfImages) -> int:
    """The number of images of the event."""
    return len(self.details.images)


def rejected_images(
    context: Context, row: EventRow, details: kinds.ImagesRejected
) -> Listing[RejectedImage, RejectedImage]:
    """List the images that an event records as rejected."""
    loaders = context.loaders

    async def read(rejected: facts.RejectedImage) -> RejectedImage | None:
        image_row, rejection_row = await gather(
            loaders.images.load((row.account_id, rejected.id)),
            loaders.rejections.load((row.account_id, rejected.rejection_id)),
        )
        if image_row is None:
            return None
        return RejectedImage(
            reason=rejected.reason,
            category=rejected.category,
            due_at=rejected.due_at,
            sla_version=rejected.sla_version,
            image=image(image_row, context),
            rejection=None if rejection_row is None else rejection(rejection_row),
        )

    return _listed(_REJECTED_CURSORS, row, details.images, read, lambda each: each)


async def order_row(info: Info, row: EventRow) -> OrderRow:
    """Return the order of an event that has one; raises LookupError otherwise."""
    found = None
    if row.order_id is not None:
        found = await info.context.loaders.orders.load((row.account_id, row.order_id))
    if found is None:
        raise LookupError(f"There is no order of the event {row.account_id} {row.sequence}.")
    return found


async def money(info: Info, row: EventRow, amount: Decimal) -> Money:
    """Return an amount in the currency of the event's order, which never changes."""
    return money_of(amount, (await order_row(info, row)).currency)


async def money_or_none(info: Info, row: EventRow, amount: Decimal | None) -> Money | None:
    """Return an amount as `money` does; None for None."""
    return None if amount is None else await money(info, row, amount)


def before(change: Change[Value] | None) -> Value | None:
    """Return the value before the event; None if it did not change."""
    return None if change is None else change.before


def after(change: Change[Value] | None) -> Value | None:
    """Return the value after the event; None if it did not change."""
    return None if change is None else change.after


def _ids(details: OfImages) -> list[UUID]:
    return [each if isinstance(each, UUID) else each.id for each in details.images]


def _listed(
    cursors: CursorKind,
    event: EventRow,
    found: Sequence[Fact],
    read: Callable[[Fact], Awaitable[Value | None]],
    show: Callable[[Value], Item],
) -> Listing[Value, Item]:
    """List items of an event by position from 0; the items of a page are read together."""
    span = Span(least=(-1,), greatest=(len(found),))

    async def read_slice(part: Slice) -> Page[Value]:
        (lower,), (upper,) = span.within(part)
        walked = range(lower + 1, upper)[::-1] if part.backwards else range(lower + 1, upper)
        positions = walked[: part.size + 1]
        values = await gather(*(read(found[position]) for position in positions))
        rows = [((position,), each) for position, each in zip(positions, values, strict=True) if each is not None]
        return page(rows, part)

    owner = event.account_id, event.sequence
    return Listing(cursors, span, read_slice, known(len(found)), show, owner)
