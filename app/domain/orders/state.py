"""The states of orders and images, and the figures that follow from them (domain rules, sections 3, 5 and 6).

States are immutable: a command (`changes`) returns new ones, so that those before it remain for events and rollups.
Figures that follow from other facts, such as a status or a count, are computed, not kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from app.domain.deadlines.enums import DeadlineStatus
from app.domain.deadlines.lateness import late_at
from app.domain.orders.enums import ImageStatus, OrderStatus, RejectionCategory, ServiceLevel
from app.domain.orders.results import NO_RESULT, ImageResult


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
    category: RejectionCategory | None = None

    @property
    def late_at(self) -> datetime | None:
        """The instant from which the redo is late, as in the table `rejections`."""
        return late_at(self.due_at, self.redelivered_at, None)


@dataclass(frozen=True, slots=True)
class ReviewState:
    """The time in which staff owe an image a deadline: from `begun_at`, promised by `due_at`, given at `dated_at`.

    Staff give it or an expedite does; it also ends with the delivery of the image. Instants are UTC.
    """

    begun_at: datetime
    due_at: datetime
    dated_at: datetime | None = None

    @classmethod
    def begun(cls, at: datetime, promised_by: datetime, kept_due_at: datetime | None) -> "ReviewState":
        """Begin a review at an instant; it is never due after the deadline that the image keeps."""
        return cls(at, promised_by if kept_due_at is None else min(promised_by, kept_due_at))


@dataclass(frozen=True, slots=True)
class Claim:
    """An image that production works on: a lease of the worker's, which the clock ends at `until` (UTC)."""

    worker: str
    until: datetime


@dataclass(frozen=True, slots=True)
class ImageState:
    """One photo of an order, with its deliveries, rejections and reviews in the order in which they happened.

    `number` is its position in the uploaded list, `position` that in the day's guarantee and `expedite_position`, once
    expedited, that in the day's expedite quota; all count from 1. `claim` is the latest one without a delivery; it may
    have run out. `first_claimed_at` is the instant (UTC) of its first claim; an imported image with operations
    counts as claimed at the first of them, or at its delivery if that was earlier. The client may have given it an
    external reference, instructions and a preview. `result` and the worker `delivered_by` are those of the latest
    delivery, even if rejected since; imported ones have no worker.
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
    cancelled_at: datetime | None = None
    external_reference: str | None = None
    instructions: str | None = None
    preview_url: str | None = None
    result: ImageResult = NO_RESULT
    delivered_by: str | None = None
    reviews: tuple[ReviewState, ...] = ()

    def claim_at(self, at: datetime) -> Claim | None:
        """Return the claim that runs at an instant (UTC)."""
        return self.claim if self.claim is not None and at < self.claim.until else None

    @property
    def begun_at(self) -> datetime | None:
        """The instant at which its production began: its first claim or, imported without one, its first delivery."""
        return self.first_claimed_at or self.first_delivered_at

    @property
    def delivered_at(self) -> datetime | None:
        """The instant of the latest delivery, even if rejected since."""
        for rejection in reversed(self.rejections):
            if rejection.redelivered_at is not None:
                return rejection.redelivered_at
        return self.first_delivered_at

    @property
    def latest_preview_url(self) -> str | None:
        """The preview of the result once there is one, else of the upload."""
        return self.result.preview_url or self.preview_url

    @property
    def first_rejected_at(self) -> datetime | None:
        """The instant of the rejection of its first delivery."""
        return self.rejections[0].at if self.rejections else None

    def dated(self, at: datetime) -> tuple[ReviewState, ...]:
        """Return the reviews of the image, the last of which ends at an instant at which it gets a deadline."""
        last = self.reviews[-1] if self.reviews else None
        return self.reviews if last is None or last.dated_at else (*self.reviews[:-1], replace(last, dated_at=at))

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
class Revision:
    """The last revision of a deadline that staff set, at `at`, and the deadline `first_due_at` that they set first."""

    at: datetime
    first_due_at: datetime


@dataclass(frozen=True, slots=True)
class OrderState:
    """Images of one specification at one service level, in the order of their numbers.

    Its images were uploaded at `placed_at`. They share the deadline `due_at`, which staff set at `confirmed_at` where
    the rules give none; an image delivered or cancelled before that has none, or the `kept` one. It is cancelled with
    the last of its images. `updated_at` is the instant of the last command on the order or its images, but for claims;
    it is set as the command is written. Of a placement the first order has the client's external reference, all have
    the instructions. Instants are UTC.
    """

    id: UUID
    number: int
    name: str
    specification: OrderedSpecification
    service_level: ServiceLevel
    placed_at: datetime
    updated_at: datetime
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
    revision: Revision | None = None
    external_reference: str | None = None
    instructions: str | None = None

    @property
    def counted(self) -> Sequence[ImageState]:
        """The images that its figures count: those not cancelled or, in a cancelled order, those cancelled last."""
        return [image for image in self.images if image.cancelled_at == self.cancelled_at]


@dataclass(frozen=True, slots=True)
class OrderFigures:
    """The columns of the table `orders` that follow from an order's images."""

    status: OrderStatus
    late_at: datetime | None
    first_position: int
    last_position: int
    first_expedite_position: int | None
    last_expedite_position: int | None
    image_count: int
    delivered_count: int
    rejected_count: int
    price: Decimal
    delivered_at: datetime | None
    cancelled_count: int
    begun_at: datetime | None
    last_delivered_at: datetime | None
    thumbnail_url: str | None


def image_late_at(image: ImageState) -> datetime | None:
    """Return the instant from which the image is late, as in the table `images`."""
    return late_at(image.due_at, image.first_delivered_at, image.cancelled_at)


def image_status(image: ImageState) -> ImageStatus:
    """Return the status of the image, without regard to claims: IN_PRODUCTION is one with a claim that runs."""
    if image.cancelled_at is not None:
        return ImageStatus.CANCELLED
    if image.first_delivered_at is None:
        return ImageStatus.QUEUED
    return ImageStatus.DELIVERED if image.open_rejection is None else ImageStatus.REJECTED


def order_figures(order: OrderState) -> OrderFigures:
    """Return the figures of an order. It is late if any image is, also one cancelled after its deadline."""
    images = order.counted
    lates = [at for image in order.images if (at := image_late_at(image)) is not None]
    expedites = [image.expedite_position for image in images if image.expedite_position is not None]
    positions = [image.position for image in images]
    begun = [at for image in images if (at := image.begun_at) is not None]
    deliveries = [(image, at) for image in images if (at := image.delivered_at) is not None]
    present = [at for image, at in deliveries if image.open_rejection is None]
    delivered = len(present)
    return OrderFigures(
        status=order_status(order, delivered, len(images)),
        late_at=min(lates, default=None),
        first_position=min(positions),
        last_position=max(positions),
        first_expedite_position=min(expedites, default=None),
        last_expedite_position=max(expedites, default=None),
        image_count=len(images),
        delivered_count=delivered,
        rejected_count=len(deliveries) - delivered,
        price=price_of(images),
        delivered_at=max(present) if delivered == len(images) else None,
        cancelled_count=len(order.images) - len(images),
        begun_at=min(begun, default=None),
        last_delivered_at=max(present, default=None),
        thumbnail_url=images[0].latest_preview_url,
    )


def order_status(order: OrderState, delivered_count: int, image_count: int) -> OrderStatus:
    """Return the status of an order by its counted images, and how many of these are delivered and not rejected."""
    if order.cancelled_at is not None:
        return OrderStatus.CANCELLED
    if delivered_count < image_count:
        return OrderStatus.IN_PRODUCTION
    return OrderStatus.READY_FOR_DOWNLOAD if order.completed_at is None else OrderStatus.COMPLETED


def price_of(images: Sequence[ImageState]) -> Decimal:
    """Return the sum over images of one order, in the currency of its specification."""
    price = images[0].price
    if all(image.price is price for image in images):  # nearly always, and much faster than adding
        return price * len(images)
    return sum((image.price for image in images), Decimal(0))
