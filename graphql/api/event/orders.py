"""Events of an order's terms: placed, split, expedited, its deadline set, completed."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Protocol

import strawberry

from api.context import Info
from api.event.facts import (
    SplitOffOrder,
    after,
    before,
    count_images,
    images_of_event,
    money,
    money_or_none,
    order_row,
    read_order,
)
from api.event.types import Event
from api.money import Money, money_of
from api.specification.types import Specification, specification
from app.domain.deadlines.enums import DeadlineStatus
from app.domain.events import kinds
from app.domain.orders.changes import awaited_status
from app.domain.orders.enums import OrderStatus, ServiceLevel
from db.queries.events import EventRow
from engine.decorators import attribute, field, object_type
from engine.weights import LOOK_UP

if TYPE_CHECKING:
    from api.order.types import Order


class EventOfChanges(Protocol):
    """An event that changes an order."""

    row: EventRow

    @property
    def details(self) -> kinds.OrderSplit | kinds.OrderExpedited | kinds.DeadlineConfirmed | kinds.ImagesCancelled:
        """The typed event."""
        ...


async def previous_price(self: EventOfChanges, info: Info) -> Money | None:
    """The price of all images of the order before the event."""
    return await money_or_none(info, self.row, before(self.details.changes.price))


@object_type
class OrderPlaced(Event):
    """The placement of an order and the upload of its images."""

    details: strawberry.Private[kinds.OrderPlaced]
    images = field(images_of_event)
    image_count = field(count_images)
    number: int = attribute("The number of the order within the account.", of="details.order.number")
    name: str = attribute(
        "The name that the client gave the order; `erased` after its erasure.", of="details.order.name"
    )
    status: OrderStatus = attribute("The status of the new order.", of="details.order.status")

    @field(cost=LOOK_UP)
    async def specification(self, info: Info) -> Specification:
        """The specification of the order, in the version with which it was placed."""
        return specification((await order_row(info, self.row)).specification)

    specification_version: int = attribute(
        "The version of the specification.", of="details.order.specification_version"
    )
    external_reference: str | None = attribute(
        "The client's own reference of the order; null without one, or after its erasure.",
        of="details.order.external_reference",
    )
    instructions: str | None = attribute(
        "The client's instructions for the order; null without any, or after their erasure.",
        of="details.order.instructions",
    )
    service_level: ServiceLevel = attribute(
        "The promise made for the order's images.", of="details.order.service_level"
    )
    deadline_status: DeadlineStatus = attribute(
        "The status of the deadline: confirmed, or still to be set.", of="details.order.deadline_status"
    )
    deadline: datetime | None = attribute("The deadline; null if it was still to be set.", of="details.order.due_at")
    sla_version: int = attribute(
        "The version of the SLA under which the promise was made.", of="details.order.sla_version"
    )

    @field
    def price(self) -> Money:
        """The price of all images of the order."""
        return money_of(self.details.order.price, self.details.order.currency)

    @field
    def price_per_image(self) -> Money:
        """The price of each image of the order."""
        return money_of(self.details.price_per_image, self.details.order.currency)

    expedited_at: datetime | None = attribute(
        "The instant of the expedite; null if the order was placed without one.", of="details.order.expedited_at"
    )
    first_number: int = attribute(
        "The position of the first image in the uploaded list, from 1; the others follow.",
        of="details.first_number",
    )
    first_position: int = attribute(
        "The position of the first image in the day's guarantee, from 1; the others follow.",
        of="details.first_position",
    )
    first_expedite_position: int | None = attribute(
        "The position of the first image in the day's expedites, from 1; the others follow. Null without an expedite.",
        of="details.first_expedite_position",
    )

    @field(cost=LOOK_UP)
    async def split_from(self, info: Info) -> Annotated["Order", strawberry.lazy("api.order.types")] | None:
        """The order that this one was split off from at its placement; null if it was placed as it is."""
        origin = self.details.order.split_from
        return None if origin is None else await read_order(info, (self.row.account_id, origin))


@object_type
class OrderSplit(Event):
    """The split of an order: images moved to other orders. At its placement nothing changed: it never had them.

    New and previous values are null if unchanged.
    """

    details: strawberry.Private[kinds.OrderSplit]

    @field(length=2)
    def into(self) -> list[SplitOffOrder]:
        """The orders that were split off, by number."""
        account_id = self.row.account_id
        return [
            SplitOffOrder(number=each.number, service_level=each.service_level, key=(account_id, each.id))
            for each in self.details.into
        ]

    new_status: OrderStatus | None = attribute("The status after the event.", of="details.changes.status.after")
    previous_status: OrderStatus | None = attribute("The status before the event.", of="details.changes.status.before")
    new_image_count: int | None = attribute("The number of images that remain.", of="details.changes.image_count.after")
    previous_image_count: int | None = attribute(
        "The number of images before the event.", of="details.changes.image_count.before"
    )

    @field(cost=LOOK_UP)
    async def new_price(self, info: Info) -> Money | None:
        """The price of the remaining images."""
        return await money_or_none(info, self.row, after(self.details.changes.price))

    previous_price = field(cost=LOOK_UP)(previous_price)


@object_type
class OrderExpedited(Event):
    """The expedite of an order: of an existing one, or of a new one that was split off for it.

    A new order has no previous values. For an existing one, new and previous values are null if unchanged.
    """

    details: strawberry.Private[kinds.OrderExpedited]
    images = field(images_of_event)
    image_count = field(count_images)

    @field(cost=LOOK_UP)
    async def split_from(self, info: Info) -> Annotated["Order", strawberry.lazy("api.order.types")] | None:
        """The order that the new one was split off from; null for an existing order."""
        origin = None if self.details.order is None else self.details.order.split_from
        return None if origin is None else await read_order(info, (self.row.account_id, origin))

    service_level: ServiceLevel = attribute("The promise after the event.", of="details.service_level")
    previous_service_level: ServiceLevel | None = attribute(
        "The promise before the event.", of="details.changes.service_level.before"
    )

    @field
    def deadline_status(self) -> DeadlineStatus:
        """The status of the deadline: confirmed, or awaiting a delivery plan."""
        return awaited_status(self.details.service_level)

    previous_deadline_status: DeadlineStatus | None = attribute(
        "The status of the deadline before the event: confirmed, or still to be set.",
        of="details.changes.deadline_status.before",
    )

    @field
    def deadline(self) -> datetime | None:
        """The deadline after the event; null if there was none, or if unchanged."""
        new = self.details.order
        return after(self.details.changes.due_at) if new is None else new.due_at

    previous_deadline: datetime | None = attribute(
        "The deadline before the event; null if there was none, or if unchanged.", of="details.changes.due_at.before"
    )

    @field
    def confirmed_at(self) -> datetime | None:
        """The instant at which staff had set the deadline that a new order kept; null otherwise."""
        new = self.details.order
        return after(self.details.changes.confirmed_at) if new is None else new.confirmed_at

    previous_confirmed_at: datetime | None = attribute(
        "The instant at which staff had set the previous deadline; null if they had not, or if unchanged.",
        of="details.changes.confirmed_at.before",
    )

    @field
    def new_sla_version(self) -> int | None:
        """The version of the SLA under which the new promise was made; null if unchanged."""
        new = self.details.order
        return after(self.details.changes.sla_version) if new is None else new.sla_version

    previous_sla_version: int | None = attribute(
        "The version of the SLA under which the previous promise was made.", of="details.changes.sla_version.before"
    )

    @field(cost=LOOK_UP)
    async def new_price(self, info: Info) -> Money | None:
        """The price of all images after the event."""
        new = self.details.order
        return await money_or_none(info, self.row, after(self.details.changes.price) if new is None else new.price)

    previous_price = field(cost=LOOK_UP)(previous_price)

    @field(cost=LOOK_UP)
    async def price_per_image(self, info: Info) -> Money:
        """The price of each image after the event."""
        return await money(info, self.row, self.details.price_per_image)

    @field
    def first_expedite_position(self) -> int | None:
        """The position of the first image in the day's expedites, from 1; the others follow."""
        return self.details.images[0].expedite_position if self.details.images else None


@object_type
class DeadlineConfirmed(Event):
    """A deadline set by support and production. New and previous values are null if unchanged."""

    details: strawberry.Private[kinds.DeadlineConfirmed]
    images = field(images_of_event)
    image_count = field(count_images)
    deadline: datetime | None = attribute(
        "The deadline that support and production set; never null.", of="details.due_at"
    )
    previous: datetime | None = attribute(
        "The deadline before the event; null if there was none.", of="details.changes.due_at.before"
    )
    previous_deadline_status: DeadlineStatus | None = attribute(
        "The status before the event: a deadline or a delivery plan still to be set.",
        of="details.changes.deadline_status.before",
    )
    new_sla_version: int | None = attribute(
        "The version of the SLA under which the deadline was set.", of="details.changes.sla_version.after"
    )
    previous_sla_version: int | None = attribute(
        "The version of the SLA under which the previous deadline was made.", of="details.changes.sla_version.before"
    )

    @field(cost=LOOK_UP)
    async def new_price(self, info: Info) -> Money | None:
        """The price of all images of the order after the event."""
        return await money_or_none(info, self.row, after(self.details.changes.price))

    previous_price = field(cost=LOOK_UP)(previous_price)

    @field(cost=LOOK_UP)
    async def new_price_per_image(self, info: Info) -> Money | None:
        """The price of each image with the new deadline; null if there is none."""
        return await money_or_none(info, self.row, self.details.price_per_image)

    note: str | None = attribute(
        "The note of staff, for staff only; null without one, or after its erasure.", of="details.note", staff=True
    )
    message: str | None = attribute(
        "The message of staff to the client; null without one, or after its erasure.", of="details.message"
    )


@object_type
class OrderCompleted(Event):
    """The completion of an order by the client's download."""

    details: strawberry.Private[kinds.OrderCompleted]

    previous_status: OrderStatus | None = attribute("The status before the event.", of="details.changes.status.before")
