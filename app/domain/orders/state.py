"""Orders and images as they stand, and all that follows from it (domain rules, sections 3, 5 and 6).

States never change: a command (`order_changes`) answers with new ones, so that what was before stays at hand for events
and rollups. What can be told from other facts, as a status or a count, is not kept but told.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from app.domain.deadlines.enums import DeadlineStatus
from app.domain.deadlines.lateness import late_at
from app.domain.orders.enums import ImageStatus, OrderStatus, ServiceLevel
from app.domain.pulse.rollups import ImageFacts, RejectionFacts, Tally


@dataclass(frozen=True, slots=True)
class OrderedSpecification:
    """The version of a specification an order was placed with; `price` is per image, in `currency`."""

    id: UUID
    version: int
    price: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class RejectionState:
    """A delivery sent back at `at`, due again at `due_at`, and when it came again; `sla_version` set the deadline."""

    id: UUID
    at: datetime
    reason: str
    due_at: datetime
    sla_version: int
    redelivered_at: datetime | None

    @property
    def late_at(self) -> datetime | None:
        """The instant from which the redo is late, as in the table `rejections`."""
        return late_at(self.due_at, self.redelivered_at, None)


@dataclass(frozen=True, slots=True)
class Claim:
    """An image that production works on: a lease of the worker's, which the clock ends at `until` (UTC)."""

    worker: str
    until: datetime


@dataclass(frozen=True, slots=True)
class ImageState:
    """One photo of an order, with its deliveries and rejections in the order in which they happened.

    `number` is its place in the list it was uploaded in; the positions are its places in the day's guarantee and, once
    expedited, in the day's expedite quota; all count from 1. `claim` is the latest one without a delivery; it may have
    run out. `first_claimed_at` is when work on the image first began.
    """

    id: UUID
    number: int
    filename: str
    position: int
    expedite_position: int | None
    price: Decimal
    due_at: datetime | None
    first_delivered_at: datetime | None = None
    rejections: tuple[RejectionState, ...] = ()
    claim: Claim | None = None
    first_claimed_at: datetime | None = None

    def claim_at(self, at: datetime) -> Claim | None:
        """Return the claim that runs at an instant (UTC)."""
        return self.claim if self.claim is not None and at < self.claim.until else None

    @property
    def delivered_at(self) -> datetime | None:
        """The latest delivery, also when it was rejected since."""
        for rejection in reversed(self.rejections):
            if rejection.redelivered_at is not None:
                return rejection.redelivered_at
        return self.first_delivered_at

    @property
    def first_rejected_at(self) -> datetime | None:
        """When its first delivery was rejected."""
        return self.rejections[0].at if self.rejections else None

    @property
    def open_rejection(self) -> RejectionState | None:
        """The rejection that awaits its redelivery; there is one at most, the last."""
        last = self.rejections[-1] if self.rejections else None
        return last if last is not None and last.redelivered_at is None else None


@dataclass(frozen=True, slots=True)
class KeptDeadline:
    """The deadline (UTC) that images at the plan level had until staff set an earlier one; `sla_version` made it."""

    due_at: datetime
    sla_version: int


@dataclass(frozen=True, slots=True)
class OrderState:
    """Images of one specification at one service level, in the order of their numbers.

    Its images were uploaded at `placed_at`. `due_at` is the delivery deadline they share and `confirmed_at` when staff
    set it; an image may be without, or have the `kept` one, having been delivered before.
    """

    id: UUID
    number: int
    name: str
    specification: OrderedSpecification
    service_level: ServiceLevel
    placed_at: datetime
    deadline_status: DeadlineStatus
    due_at: datetime | None
    sla_version: int
    images: tuple[ImageState, ...]
    expedited_at: datetime | None = None
    confirmed_at: datetime | None = None
    completed_at: datetime | None = None
    cancelled_at: datetime | None = None
    split_from: UUID | None = None
    kept: KeptDeadline | None = None


@dataclass(frozen=True, slots=True)
class OrderFigures:
    """What an order's row says of its images: columns of the table `orders`, of the same names."""

    status: OrderStatus
    late_at: datetime | None
    first_position: int
    last_position: int
    first_expedite_position: int | None
    last_expedite_position: int | None
    delivered_count: int
    rejected_count: int
    price: Decimal
    delivered_at: datetime | None


def image_late_at(order: OrderState, image: ImageState) -> datetime | None:
    """Return the instant from which the image is late, as in the table `images`."""
    return late_at(image.due_at, image.first_delivered_at, order.cancelled_at)


def image_status(order: OrderState, image: ImageState) -> ImageStatus:
    """Tell where the image stands, claims left aside: IN_PRODUCTION is one that is claimed at the instant asked."""
    if order.cancelled_at is not None:
        return ImageStatus.CANCELLED
    if image.first_delivered_at is None:
        return ImageStatus.QUEUED
    return ImageStatus.DELIVERED if image.open_rejection is None else ImageStatus.REJECTED


def order_figures(order: OrderState) -> OrderFigures:
    """Tell what follows from the images of an order."""
    images = order.images
    lates = [at for image in images if (at := image_late_at(order, image)) is not None]
    expedites = [image.expedite_position for image in images if image.expedite_position is not None]
    positions = [image.position for image in images]
    rejected = sum(image.open_rejection is not None for image in images)
    deliveries = [at for image in images if (at := image.delivered_at) is not None]
    delivered = len(deliveries) - rejected
    return OrderFigures(
        status=order_status(order, delivered),
        late_at=min(lates, default=None),
        first_position=min(positions),
        last_position=max(positions),
        first_expedite_position=min(expedites, default=None),
        last_expedite_position=max(expedites, default=None),
        delivered_count=delivered,
        rejected_count=rejected,
        price=order_price(order),
        delivered_at=max(deliveries) if delivered == len(images) else None,
    )


def order_status(order: OrderState, delivered_count: int) -> OrderStatus:
    """Tell where the order stands when so many of its images are delivered and not sent back."""
    if order.cancelled_at is not None:
        return OrderStatus.CANCELLED
    if delivered_count < len(order.images):
        return OrderStatus.IN_PRODUCTION
    return OrderStatus.READY_FOR_DOWNLOAD if order.completed_at is None else OrderStatus.COMPLETED


def order_price(order: OrderState) -> Decimal:
    """Return the sum over the order's images, in the currency of its specification."""
    price = order.images[0].price
    if all(image.price is price for image in order.images):  # nearly always, and much faster than adding
        return price * len(order.images)
    return sum((image.price for image in order.images), Decimal(0))


def tally_order(tally: Tally, order: OrderState, sign: int = 1) -> None:
    """Count all images and rejections of an order in the rollups, or with sign -1 take back what they counted for."""
    specification = order.specification
    alike = Counter((image.due_at, image.first_delivered_at, image.first_rejected_at) for image in order.images)
    for (due_at, first_delivered_at, first_rejected_at), count in alike.items():
        facts = ImageFacts(
            service_level=order.service_level,
            specification_id=specification.id,
            specification_version=specification.version,
            uploaded_at=order.placed_at,
            due_at=due_at,
            late_at=late_at(due_at, first_delivered_at, order.cancelled_at),
            first_delivered_at=first_delivered_at,
            first_rejected_at=first_rejected_at,
            cancelled_at=order.cancelled_at,
        )
        tally.add_images(facts, sign * count)
    for rejection in (each for image in order.images for each in image.rejections):
        redo = RejectionFacts(rejection.at, rejection.due_at, rejection.late_at, rejection.redelivered_at)
        tally.add_rejection(redo, sign)
