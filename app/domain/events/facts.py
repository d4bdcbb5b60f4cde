"""The facts of orders that several kinds of events have in common (domain rules, section 5)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, Generic, NamedTuple, TypeVar
from uuid import UUID

from app.domain.deadlines.enums import DeadlineStatus
from app.domain.orders.enums import OrderStatus, RejectionCategory, ServiceLevel

Value = TypeVar("Value")

ERASED: Final = "erased"
"""The text in place of an erased one that cannot be None."""


@dataclass(frozen=True, slots=True)
class Change(Generic[Value]):
    """A value before and after an event."""

    before: Value
    after: Value


class OrderFacts(NamedTuple):
    """A new order; deliveries have events of their own. `price` is that of all its images. Instants are UTC."""

    number: int
    name: str
    status: OrderStatus
    specification_id: UUID
    specification_version: int
    service_level: ServiceLevel
    deadline_status: DeadlineStatus
    due_at: datetime | None
    sla_version: int
    image_count: int
    price: Decimal
    currency: str
    placed_at: datetime
    expedited_at: datetime | None
    confirmed_at: datetime | None
    completed_at: datetime | None
    cancelled_at: datetime | None
    split_from: UUID | None
    external_reference: str | None = None
    instructions: str | None = None


@dataclass(frozen=True, slots=True)
class OrderChanges:
    """The fields of an order that an event changed; None for a field that it left as it was. Instants are UTC."""

    status: Change[OrderStatus] | None = None
    service_level: Change[ServiceLevel] | None = None
    deadline_status: Change[DeadlineStatus] | None = None
    due_at: Change[datetime | None] | None = None
    sla_version: Change[int] | None = None
    image_count: Change[int] | None = None
    price: Change[Decimal] | None = None
    expedited_at: Change[datetime | None] | None = None
    confirmed_at: Change[datetime | None] | None = None
    completed_at: Change[datetime | None] | None = None
    cancelled_at: Change[datetime | None] | None = None


class Progress(NamedTuple):
    """The progress of an order: images delivered, and images that await their redo. `completed_at` is UTC."""

    status: OrderStatus
    delivered_count: int
    rejected_count: int
    completed_at: datetime | None


class PlacedImage(NamedTuple):
    """An image of a new order: its file's name, the client's own reference and instructions, and a preview, if any."""

    id: UUID
    filename: str
    external_reference: str | None = None
    instructions: str | None = None
    preview_url: str | None = None


class ExpeditedImage(NamedTuple):
    """An image and its position in the day's expedites, counted from 1; None where the day has none."""

    id: UUID
    expedite_position: int | None


@dataclass(frozen=True, slots=True)
class RejectedImage:
    """An image that the client sent back: the rejection, and the deadline (UTC) of the redo by an SLA version."""

    id: UUID
    rejection_id: UUID
    reason: str
    due_at: datetime
    sla_version: int
    category: RejectionCategory | None = None


@dataclass(frozen=True, slots=True)
class SplitOff:
    """An order that was split off from another one, a portion of it with its `images`.

    An order that was placed or expedited as it was split off has an event of its own with all its facts. A portion has
    the facts of the order that it was split off from, but for its number, external reference and price.
    """

    id: UUID
    number: int
    service_level: ServiceLevel
    images: tuple[UUID, ...] = ()
