"""Events of cancellations: of orders, and of single images."""

import strawberry

from api.context import Info
from api.event.facts import after, count_images, images_of_event, money_or_none
from api.event.orders import previous_price
from api.event.types import Event
from api.money import Money
from app.domain.events import kinds
from app.domain.orders.enums import OrderStatus
from engine.decorators import attribute, field, object_type
from engine.weights import LOOK_UP


@object_type
class OrderCancelled(Event):
    """The cancellation of an order by the client: of all its images, or of the last ones."""

    details: strawberry.Private[kinds.OrderCancelled]

    previous_status: OrderStatus | None = attribute("The status before the event.", of="details.changes.status.before")


@object_type
class ImagesCancelled(Event):
    """The cancellation of images by the client, while others of their order remain.

    New and previous values are null if unchanged.
    """

    details: strawberry.Private[kinds.ImagesCancelled]
    images = field(images_of_event)
    image_count = field(count_images)
    new_status: OrderStatus | None = attribute(
        "The status after the event: READY_FOR_DOWNLOAD if all that remain are delivered.",
        of="details.changes.status.after",
    )
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
