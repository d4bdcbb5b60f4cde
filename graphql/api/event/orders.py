"""The events of an order's terms: placed, split, expedited, its deadline set, cancelled, completed."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

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
from api.money import Money
from api.specification.types import Specification, specification
from app.domain.deadlines.enums import DeadlineStatus
from app.domain.events import kinds
from app.domain.orders.changes import awaited_status
from app.domain.orders.enums import OrderStatus, ServiceLevel
from engine.decorators import field, object_type
from engine.weights import LOOK_UP

if TYPE_CHECKING:
    from api.order.types import Order


@object_type
class OrderPlaced(Event):
    """An order was placed and its images were uploaded."""

    details: strawberry.Private[kinds.OrderPlaced]
    images = field(images_of_event)
    image_count = field(count_images)

    @field
    def number(self) -> int:
        """The number of the order within the account."""
        return self.details.order.number

    @field
    def name(self) -> str:
        """The name that the client gave it; `erased` once erased."""
        return self.details.order.name

    @field
    def status(self) -> OrderStatus:
        """The status of the new order."""
        return self.details.order.status

    @field(cost=LOOK_UP)
    async def specification(self, info: Info) -> Specification:
        """The retouching wanted, in the version with which it was placed."""
        return specification((await order_row(info, self.row)).specification)

    @field
    def specification_version(self) -> int:
        """The version of the specification."""
        return self.details.order.specification_version

    @field
    def service_level(self) -> ServiceLevel:
        """The promise made for its images."""
        return self.details.order.service_level

    @field
    def deadline_status(self) -> DeadlineStatus:
        """Whether the deadline was confirmed or was still to be set."""
        return self.details.order.deadline_status

    @field
    def deadline(self) -> datetime | None:
        """The deadline; null while it was still to be set."""
        return self.details.order.due_at

    @field
    def sla_version(self) -> int:
        """The version of the SLA that made the promise."""
        return self.details.order.sla_version

    @field
    def price(self) -> Money:
        """The price of all its images."""
        return Money(amount=self.details.order.price, currency=self.details.order.currency)

    @field
    def price_per_image(self) -> Money:
        """The price of each of its images."""
        return Money(amount=self.details.price_per_image, currency=self.details.order.currency)

    @field
    def expedited_at(self) -> datetime | None:
        """The instant of the expedite, if it was placed with one; else null."""
        return self.details.order.expedited_at

    @field
    def first_number(self) -> int:
        """The place of its first image in the list that was uploaded, from 1; the others follow."""
        return self.details.first_number

    @field
    def first_position(self) -> int:
        """The place of its first image in the day's guarantee, from 1; the others follow."""
        return self.details.first_position

    @field
    def first_expedite_position(self) -> int | None:
        """The place of its first image in the day's expedites, from 1; the others follow. Null if not expedited."""
        return self.details.first_expedite_position

    @field(cost=LOOK_UP)
    async def split_from(self, info: Info) -> Annotated["Order", strawberry.lazy("api.order.types")] | None:
        """The order it was split off from as it was placed; null when it was placed as it is."""
        origin = self.details.order.split_from
        return None if origin is None else await read_order(info, (self.row.account_id, origin))


@object_type
class OrderSplit(Event):
    """Images of an order were split off into others. As it was placed, that changed nothing: it never had them.

    What is new and what was previous are both null where it stayed.
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

    @field
    def new_status(self) -> OrderStatus | None:
        """The status after it."""
        return after(self.details.changes.status)

    @field
    def previous_status(self) -> OrderStatus | None:
        """The status before it."""
        return before(self.details.changes.status)

    @field
    def new_image_count(self) -> int | None:
        """The number of images left."""
        return after(self.details.changes.image_count)

    @field
    def previous_image_count(self) -> int | None:
        """The number of images before it."""
        return before(self.details.changes.image_count)

    @field(cost=LOOK_UP)
    async def new_price(self, info: Info) -> Money | None:
        """The price of the images left."""
        return await money_or_none(info, self.row, after(self.details.changes.price))

    @field(cost=LOOK_UP)
    async def previous_price(self, info: Info) -> Money | None:
        """The price of all images before it."""
        return await money_or_none(info, self.row, before(self.details.changes.price))


@object_type
class OrderExpedited(Event):
    """An order was expedited: one that was there before, or a new one that was split off for it.

    Of a new order nothing is previous. Of another one, a term and its previous value are both null where it stayed.
    """

    details: strawberry.Private[kinds.OrderExpedited]
    images = field(images_of_event)
    image_count = field(count_images)

    @field(cost=LOOK_UP)
    async def split_from(self, info: Info) -> Annotated["Order", strawberry.lazy("api.order.types")] | None:
        """The order it was split off from for this; null where it was there before."""
        origin = None if self.details.order is None else self.details.order.split_from
        return None if origin is None else await read_order(info, (self.row.account_id, origin))

    @field
    def service_level(self) -> ServiceLevel:
        """The promise from then on."""
        return self.details.service_level

    @field
    def previous_service_level(self) -> ServiceLevel | None:
        """The promise before it."""
        return before(self.details.changes.service_level)

    @field
    def deadline_status(self) -> DeadlineStatus:
        """Whether the deadline was confirmed, or a delivery plan was still to be made."""
        return awaited_status(self.details.service_level)

    @field
    def previous_deadline_status(self) -> DeadlineStatus | None:
        """Whether the deadline was confirmed or still to be set before it."""
        return before(self.details.changes.deadline_status)

    @field
    def deadline(self) -> datetime | None:
        """The deadline after it; null where there was none, or where it stayed."""
        new = self.details.order
        return after(self.details.changes.due_at) if new is None else new.due_at

    @field
    def previous_deadline(self) -> datetime | None:
        """The deadline before it; null where there was none, or where it stayed."""
        return before(self.details.changes.due_at)

    @field
    def confirmed_at(self) -> datetime | None:
        """The instant at which staff had set the deadline that a new order kept; else null."""
        new = self.details.order
        return after(self.details.changes.confirmed_at) if new is None else new.confirmed_at

    @field
    def previous_confirmed_at(self) -> datetime | None:
        """The instant at which staff had set the deadline before it; null where they had not, or where it stayed."""
        return before(self.details.changes.confirmed_at)

    @field
    def new_sla_version(self) -> int | None:
        """The version of the SLA that made the promise."""
        new = self.details.order
        return after(self.details.changes.sla_version) if new is None else new.sla_version

    @field
    def previous_sla_version(self) -> int | None:
        """The version of the SLA that made the promise before it."""
        return before(self.details.changes.sla_version)

    @field(cost=LOOK_UP)
    async def new_price(self, info: Info) -> Money | None:
        """The price of all its images after it."""
        new = self.details.order
        return await money_or_none(info, self.row, after(self.details.changes.price) if new is None else new.price)

    @field(cost=LOOK_UP)
    async def previous_price(self, info: Info) -> Money | None:
        """The price of all its images before it."""
        return await money_or_none(info, self.row, before(self.details.changes.price))

    @field(cost=LOOK_UP)
    async def price_per_image(self, info: Info) -> Money:
        """The price of each of its images after it."""
        return await money(info, self.row, self.details.price_per_image)

    @field
    def first_expedite_position(self) -> int | None:
        """The place of its first image in the day's expedites, from 1; the others follow."""
        return self.details.images[0].expedite_position if self.details.images else None


@object_type
class DeadlineConfirmed(Event):
    """Support and production set a deadline. A term and its previous value are both null where it stayed."""

    details: strawberry.Private[kinds.DeadlineConfirmed]
    images = field(images_of_event)
    image_count = field(count_images)

    @field
    def deadline(self) -> datetime | None:
        """The deadline that they set; never null."""
        return self.details.due_at

    @field
    def previous(self) -> datetime | None:
        """The deadline before it; null where there was none."""
        return before(self.details.changes.due_at)

    @field
    def previous_deadline_status(self) -> DeadlineStatus | None:
        """Whether a deadline or a delivery plan was still to be set."""
        return before(self.details.changes.deadline_status)

    @field
    def new_sla_version(self) -> int | None:
        """The version of the SLA under which they set it."""
        return after(self.details.changes.sla_version)

    @field
    def previous_sla_version(self) -> int | None:
        """The version of the SLA that made the deadline before it."""
        return before(self.details.changes.sla_version)

    @field(cost=LOOK_UP)
    async def new_price(self, info: Info) -> Money | None:
        """The price of all images of the order after it."""
        return await money_or_none(info, self.row, after(self.details.changes.price))

    @field(cost=LOOK_UP)
    async def previous_price(self, info: Info) -> Money | None:
        """The price of all images of the order before it."""
        return await money_or_none(info, self.row, before(self.details.changes.price))

    @field(cost=LOOK_UP)
    async def new_price_per_image(self, info: Info) -> Money | None:
        """The price of each image that got the deadline; null where none did."""
        return await money_or_none(info, self.row, self.details.price_per_image)

    @field(staff=True)
    def note(self) -> str | None:
        """The note of staff, for staff only; null without one, or once erased."""
        return self.details.note


@object_type
class OrderCancelled(Event):
    """The client cancelled an order."""

    details: strawberry.Private[kinds.OrderCancelled]

    @field
    def previous_status(self) -> OrderStatus | None:
        """The status before it."""
        return before(self.details.changes.status)


@object_type
class OrderCompleted(Event):
    """The client has downloaded an order."""

    details: strawberry.Private[kinds.OrderCompleted]

    @field
    def previous_status(self) -> OrderStatus | None:
        """The status before it."""
        return before(self.details.changes.status)
