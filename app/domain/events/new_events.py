"""New events of orders, for commands and for histories (domain rules, section 5.15). Instants are UTC."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.events.enums import EventType
from app.domain.events.facts import Progress, RejectedImage
from app.domain.events.kinds import (
    DeadlineConfirmed,
    DeadlineMet,
    Event,
    ImagesRejected,
)
from app.domain.orders.fields import order_changes
from app.domain.orders.state import ImageState, OrderState, RejectionState, image_late_at


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event without a number in its account's sequence yet, and the order and the single image that it concerns.

    `at` is UTC. An event of several images, or of none, has no `image_id`; one of the account has no `order_id`.
    """

    at: datetime
    order_id: UUID | None
    image_id: UUID | None
    event: Event

    @property
    def type(self) -> EventType:
        """The type of the event."""
        return self.event.type


def event_of_order(order: OrderState, at: datetime, images: Sequence[ImageState], event: Event) -> NewEvent:
    """Return an event of an order; one that concerns a single image names it."""
    return NewEvent(at, order.id, images[0].id if len(images) == 1 else None, event)


def ids_of(images: Iterable[ImageState]) -> tuple[UUID, ...]:
    """Return the ids of images, in their order."""
    return tuple(image.id for image in images)


def deadline_confirmed(
    before: OrderState,
    after: OrderState,
    at: datetime,
    images: Sequence[ImageState],
    note: str | None = None,
    message: str | None = None,
) -> NewEvent:
    """Return the event of a deadline that staff set for images, with their note and their message to the client."""
    price = images[0].price if images else None
    event = DeadlineConfirmed(order_changes(before, after), ids_of(images), price, note, message)
    return event_of_order(after, at, images, event)


def images_rejected(
    order: OrderState,
    at: datetime,
    rejected: Sequence[tuple[ImageState, RejectionState]],
    before: Progress,
    after: Progress,
) -> NewEvent:
    """Return the event of rejections, with the progress of the order before and after them."""
    images = tuple(
        RejectedImage(image.id, each.id, each.reason, each.due_at, each.sla_version, each.category)
        for image, each in rejected
    )
    return event_of_order(order, at, [image for image, _ in rejected], ImagesRejected(before, after, images))


def deadline_met(order: OrderState, at: datetime) -> Iterator[NewEvent]:
    """Yield the event of an order's deadline met at `at`, if it has one."""
    if order.due_at is not None:
        yield event_of_order(order, at, (), DeadlineMet(order.due_at))


def met_at_of(order: OrderState) -> datetime | None:
    """Return the latest first delivery (UTC) of the images with a deadline, None unless all of them met it.

    Those cancelled in time are left out.
    """
    if any(image_late_at(image) is not None for image in order.images):
        return None
    deliveries = (image.first_delivered_at for image in order.images if image.due_at is not None)
    return max((at for at in deliveries if at is not None), default=None)
