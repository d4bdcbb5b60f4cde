"""The events of an account, a class for each type. Instants are UTC; `images` are ids, in the order of their upload.

Workers, notes, messages and other texts that may hold a person's data can be erased: they are None then, or ERASED
where they cannot be None (domain rules, section 5.17).
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, TypeAlias
from uuid import UUID

from app.domain.deadlines.enums import DeadlineKind
from app.domain.events.account_kinds import (
    AccountClosed,
    AccountCreated,
    AccountRenamed,
    AccountReopened,
    ContactChanged,
    DashboardAccessChanged,
    GuaranteeReset,
    PlanChanged,
    SlaNegotiated,
    SlaWithdrawn,
    SpecificationChanged,
    SuccessManagerChanged,
    TextsErased,
    TimeZoneChanged,
)
from app.domain.events.enums import EventType
from app.domain.events.facts import (
    ExpeditedImage,
    OrderChanges,
    OrderFacts,
    PlacedImage,
    Progress,
    RejectedImage,
    SplitOff,
)
from app.domain.events.inquiry_kinds import InquiryAnswered, InquiryOpened, InquiryOverdue
from app.domain.orders.enums import ServiceLevel
from app.domain.orders.results import ImageResult


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    """An order was placed. Its images have consecutive numbers and positions, counted from 1."""

    type: ClassVar[EventType] = EventType.ORDER_PLACED
    order: OrderFacts
    first_number: int
    first_position: int
    first_expedite_position: int | None
    price_per_image: Decimal
    images: tuple[PlacedImage, ...]


@dataclass(frozen=True, slots=True)
class OrderSplit:
    """Images were split off from an order; nothing changed where that happened at placing."""

    type: ClassVar[EventType] = EventType.ORDER_SPLIT
    changes: OrderChanges
    into: tuple[SplitOff, ...]


@dataclass(frozen=True, slots=True)
class OrderExpedited:
    """An order was expedited; one that is new, split off for it, has `order` and no changes."""

    type: ClassVar[EventType] = EventType.ORDER_EXPEDITED
    order: OrderFacts | None
    changes: OrderChanges
    price_per_image: Decimal
    images: tuple[ExpeditedImage, ...]

    @property
    def service_level(self) -> ServiceLevel:
        """The service level after it."""
        if self.order is not None:
            return self.order.service_level
        if self.changes.service_level is None:
            raise ValueError(self)
        return self.changes.service_level.after


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    """An order was cancelled."""

    type: ClassVar[EventType] = EventType.ORDER_CANCELLED
    changes: OrderChanges


@dataclass(frozen=True, slots=True)
class OrderCompleted:
    """The client downloaded an order."""

    type: ClassVar[EventType] = EventType.ORDER_COMPLETED
    changes: OrderChanges


@dataclass(frozen=True, slots=True)
class ImagesClaimed:
    """A worker took images, until the lease ends."""

    type: ClassVar[EventType] = EventType.IMAGES_CLAIMED
    worker: str | None
    lease_until: datetime
    images: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class ClaimExpired:
    """The lease of a worker's images ended without a delivery."""

    type: ClassVar[EventType] = EventType.CLAIM_EXPIRED
    worker: str | None
    lease_until: datetime
    images: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class ImagesDelivered:
    """Images were delivered; `worker` is None in imported history, `results` are empty if none has an address."""

    type: ClassVar[EventType] = EventType.IMAGES_DELIVERED
    before: Progress
    after: Progress
    images: tuple[UUID, ...]
    worker: str | None = None
    results: tuple[ImageResult, ...] = ()


@dataclass(frozen=True, slots=True)
class ImagesRejected:
    """The client sent images back."""

    type: ClassVar[EventType] = EventType.IMAGES_REJECTED
    before: Progress
    after: Progress
    images: tuple[RejectedImage, ...]


@dataclass(frozen=True, slots=True)
class DeadlineConfirmed:
    """Staff set a deadline; `price_per_image` is None if there are no `images`."""

    type: ClassVar[EventType] = EventType.DEADLINE_CONFIRMED
    changes: OrderChanges
    images: tuple[UUID, ...]
    price_per_image: Decimal | None
    note: str | None = None
    message: str | None = None

    @property
    def due_at(self) -> datetime:
        """The deadline that staff set."""
        if self.changes.due_at is None or self.changes.due_at.after is None:
            raise ValueError(self)
        return self.changes.due_at.after


@dataclass(frozen=True, slots=True)
class DeadlineAtRisk:
    """A deadline was near with images open."""

    type: ClassVar[EventType] = EventType.DEADLINE_AT_RISK
    kind: DeadlineKind
    due_at: datetime
    images: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class DeadlineMissed:
    """A deadline passed with images open."""

    type: ClassVar[EventType] = EventType.DEADLINE_MISSED
    kind: DeadlineKind
    due_at: datetime
    images: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class DeadlineMet:
    """Every image of an order was delivered by the deadline."""

    type: ClassVar[EventType] = EventType.DEADLINE_MET
    due_at: datetime


@dataclass(frozen=True, slots=True)
class EventWithdrawn:
    """Another event of the account, named by its sequence, turned out to be untrue."""

    type: ClassVar[EventType] = EventType.EVENT_WITHDRAWN
    event: int


@dataclass(frozen=True, slots=True)
class ImagesCancelled:
    """Images were cancelled, while others of their order remain; with the last ones the order is cancelled."""

    type: ClassVar[EventType] = EventType.IMAGES_CANCELLED
    changes: OrderChanges
    images: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class DeadlineRevised:
    """Staff set an earlier deadline in place of one that they had set, for these images."""

    type: ClassVar[EventType] = EventType.DEADLINE_REVISED
    due_at: datetime
    previous: datetime
    images: tuple[UUID, ...]
    note: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class OperationsRecorded:
    """Production recorded operations on images: the `steps` done, each once, and the number of the operations."""

    type: ClassVar[EventType] = EventType.OPERATIONS_RECORDED
    images: tuple[UUID, ...]
    steps: tuple[str, ...]
    operation_count: int
    worker: str | None = None


@dataclass(frozen=True, slots=True)
class ReviewOverdue:
    """The deadline of these images was promised by `due_at`, and staff still owed it then."""

    type: ClassVar[EventType] = EventType.REVIEW_OVERDUE
    due_at: datetime
    images: tuple[UUID, ...]


Event: TypeAlias = (
    AccountCreated
    | OrderPlaced
    | OrderSplit
    | OrderExpedited
    | OrderCancelled
    | OrderCompleted
    | ImagesClaimed
    | ClaimExpired
    | ImagesDelivered
    | ImagesRejected
    | DeadlineConfirmed
    | DeadlineAtRisk
    | DeadlineMissed
    | DeadlineMet
    | SlaNegotiated
    | TimeZoneChanged
    | GuaranteeReset
    | SpecificationChanged
    | AccountRenamed
    | SuccessManagerChanged
    | AccountClosed
    | AccountReopened
    | SlaWithdrawn
    | PlanChanged
    | EventWithdrawn
    | ImagesCancelled
    | DeadlineRevised
    | ContactChanged
    | InquiryOpened
    | InquiryAnswered
    | InquiryOverdue
    | OperationsRecorded
    | DashboardAccessChanged
    | ReviewOverdue
    | TextsErased
)
