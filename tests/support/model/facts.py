"""The facts of the model: images, orders, SLA versions and ledger days, and the reasons of refusals."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID


@dataclass(frozen=True)
class Reason:
    """A reason to refuse a command: the name of the refusal, and the image it is about, if any."""

    kind: str
    image_id: UUID | None = None


class Refused(Exception):  # noqa: N818 - a refusal is no error of the model
    """A command that the rules refuse, for all these reasons."""

    def __init__(self, reasons: Iterable[Reason]) -> None:
        self.reasons = frozenset(reasons)
        super().__init__(self.reasons)


@dataclass(frozen=True)
class Upload:
    """An image to upload."""

    filename: str
    external_reference: str | None = None
    instructions: str | None = None
    preview_url: str | None = None


@dataclass
class Rejection:
    """A rejected delivery."""

    at: datetime
    reason: str
    category: str | None
    due_at: datetime
    sla_version: int
    redelivered_at: datetime | None = None


class Operation(NamedTuple):
    """A step done on an image, recorded at `at`."""

    at: datetime
    step: str
    performed_by: str
    milliseconds: int


@dataclass
class Review:
    """A time in which staff owe a deadline, promised by `due_at`."""

    begun_at: datetime
    due_at: datetime
    ended_at: datetime | None = None


@dataclass(eq=False)
class Image:
    """An image; its id is the service's."""

    number: int
    filename: str
    uploaded_at: datetime
    position: int
    expedite_position: int | None
    price: Decimal
    due_at: datetime | None
    id: UUID = field(init=False, repr=False)
    delivered_at: list[datetime] = field(default_factory=list[datetime])
    rejections: list[Rejection] = field(default_factory=list[Rejection])
    reviews: list[Review] = field(default_factory=list[Review])
    external_reference: str | None = None
    instructions: str | None = None
    preview_url: str | None = None
    result: tuple[str | None, str | None] = (None, None)
    delivered_by: str | None = None
    operations: list[Operation] = field(default_factory=list[Operation])
    claimed_by: str | None = None
    claimed_until: datetime | None = None
    first_claimed_at: datetime | None = None
    cancelled_at: datetime | None = None

    @property
    def awaits_redelivery(self) -> bool:
        return bool(self.rejections) and self.rejections[-1].redelivered_at is None

    @property
    def is_delivered(self) -> bool:
        return bool(self.delivered_at) and not self.awaits_redelivery

    @property
    def open_review(self) -> Review | None:
        """The review that has not ended, unless the image is cancelled."""
        owed = [review for review in self.reviews if review.ended_at is None and self.cancelled_at is None]
        return owed[0] if owed else None

    @property
    def review_by(self) -> datetime | None:
        return None if self.open_review is None else self.open_review.due_at

    def begin_review(self, at: datetime, due_at: datetime) -> None:
        """Begin a review unless one is open; it is never due after the deadline of the image."""
        if self.open_review is None:
            self.reviews.append(Review(at, min(due_at, self.due_at or due_at)))

    def end_review(self, at: datetime) -> None:
        """End the open review, if there is one."""
        if self.open_review is not None:
            self.open_review.ended_at = at

    @property
    def next_due_at(self) -> datetime | None:
        return self.rejections[-1].due_at if self.awaits_redelivery else self.due_at


@dataclass(eq=False)
class Order:
    """Images of one level; its id is the service's."""

    number: int
    name: str
    level: str
    placed_at: datetime
    updated_at: datetime
    due_at: datetime | None
    deadline_status: str
    sla_version: int
    images: list[Image]
    kept: tuple[datetime, int] | None = None
    split_from: "Order | None" = None
    id: UUID = field(init=False, repr=False)
    expedited_at: datetime | None = None
    expedite_version: int | None = None
    confirmed_at: datetime | None = None
    completed_at: datetime | None = None
    revised_at: datetime | None = None
    first_confirmed_due_at: datetime | None = None
    external_reference: str | None = None
    instructions: str | None = None

    @property
    def cancelled_at(self) -> datetime | None:
        """The instant of the last image's cancellation, if all are cancelled."""
        instants = [image.cancelled_at for image in self.images if image.cancelled_at is not None]
        return max(instants) if len(instants) == len(self.images) else None

    @property
    def counted(self) -> list[Image]:
        """The images that are not cancelled; in a cancelled order, the images cancelled last."""
        return [image for image in self.images if image.cancelled_at == self.cancelled_at]

    @property
    def status(self) -> str:
        if self.cancelled_at is not None:
            return "CANCELLED"
        if not all(image.is_delivered for image in self.counted):
            return "IN_PRODUCTION"
        return "READY_FOR_DOWNLOAD" if self.completed_at is None else "COMPLETED"


@dataclass(eq=False)
class Inquiry:
    """An inquiry, maybe about an order; its id is the service's."""

    created_at: datetime
    due_at: datetime
    order_id: UUID | None
    id: UUID = field(init=False, repr=False)
    answered_at: datetime | None = None


@dataclass(frozen=True)
class Version:
    """Terms from a ledger day on; None keeps the term of the version before.

    `plan` are the images and expedites of the plan that begins then, None where it continues. `others` are other terms
    that are stated, by name.
    """

    number: int
    effective_date: date
    images: int | None
    expedites: int | None
    withdrawn: bool = False
    plan: tuple[int, int] | None = None
    others: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass
class Day:
    """A ledger day; `planned_end` is its end (UTC) as planned when it opened; `terms` are its other terms by name."""

    name: date
    opens_at: datetime
    closes_at: datetime
    planned_end: datetime
    sla_version: int
    capacity: int
    quota: int
    terms: Mapping[str, Any]
    used: int = 0
    expedited: int = 0
    written: bool = False

    def holds(self, at: datetime | None) -> bool:
        return at is not None and self.opens_at <= at < self.closes_at


def refuse(reasons: Iterable[Reason]) -> None:
    """Raise Refused if there are reasons."""
    found = list(reasons)
    if found:
        raise Refused(found)


def by_deadline(images: Sequence[Image], levels: Sequence[str]) -> list[tuple[str, list[Image]]]:
    """Group neighbours of the same level and deadline."""
    pairs = zip(levels, images, strict=True)
    groups = groupby(pairs, lambda pair: (pair[0], pair[1].due_at))
    return [(level, [image for _, image in group]) for (level, _), group in groups]
