"""Summaries of orders and images: the facts that decide which commands on them are possible, by `orders.rules`.

A command makes them of the states that it changes, an answer of the rows of its page; both are equal.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.deadlines.enums import DeadlineStatus
from app.domain.orders.enums import OrderStatus
from app.domain.orders.state import ImageState, OrderState, order_figures


@dataclass(frozen=True, slots=True)
class OrderSummary:
    """An order; instants are UTC.

    `due_at` is the deadline that its undelivered images share, `confirmed_at` when staff set it. Its production began
    at `begun_at`, with the first claim of an image, or in imported history with the first operation or delivery.
    `last_delivered_at` is the latest delivery of the images that are delivered and not rejected since.
    """

    number: int
    status: OrderStatus
    deadline_status: DeadlineStatus
    due_at: datetime | None
    confirmed_at: datetime | None
    expedited_at: datetime | None
    begun_at: datetime | None
    cancelled_at: datetime | None
    image_count: int
    delivered_count: int
    rejected_count: int
    last_delivered_at: datetime | None

    @property
    def undelivered_count(self) -> int:
        """The number of its images that were never delivered."""
        return self.image_count - self.delivered_count - self.rejected_count

    @property
    def is_delivered(self) -> bool:
        """True if each of its images was delivered before."""
        return self.undelivered_count == 0


@dataclass(frozen=True, slots=True)
class ImageSummary:
    """An image, with the instant at which its order was expedited; instants are UTC.

    `delivered_at` is the latest delivery, `is_rejected` True if it was rejected since.
    """

    id: UUID
    filename: str
    due_at: datetime | None
    expedited_at: datetime | None
    begun_at: datetime | None
    cancelled_at: datetime | None
    delivered_at: datetime | None
    is_rejected: bool

    @property
    def is_delivered(self) -> bool:
        """True if it was delivered before."""
        return self.delivered_at is not None


def summary_of(order: OrderState) -> OrderSummary:
    """Return the summary of an order."""
    figures = order_figures(order)
    return OrderSummary(
        number=order.number,
        status=figures.status,
        deadline_status=order.deadline_status,
        due_at=order.due_at,
        confirmed_at=order.confirmed_at,
        expedited_at=order.expedited_at,
        begun_at=figures.begun_at,
        cancelled_at=order.cancelled_at,
        image_count=figures.image_count,
        delivered_count=figures.delivered_count,
        rejected_count=figures.rejected_count,
        last_delivered_at=figures.last_delivered_at,
    )


def image_summary_of(order: OrderState, image: ImageState) -> ImageSummary:
    """Return the summary of an image of an order."""
    return ImageSummary(
        id=image.id,
        filename=image.filename,
        due_at=image.due_at,
        expedited_at=order.expedited_at,
        begun_at=image.begun_at,
        cancelled_at=image.cancelled_at,
        delivered_at=image.delivered_at,
        is_rejected=image.open_rejection is not None,
    )
