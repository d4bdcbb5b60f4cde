"""Images with their past: the facts of one at its end, and after each change."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from app.domain.deadlines.lateness import late_at
from app.domain.orders.enums import ServiceLevel
from app.domain.pulse.rollups import ImageFacts, RejectionFacts


@dataclass(frozen=True, slots=True)
class PastRejection:
    at: datetime
    due_at: datetime
    redelivered_at: datetime | None = None

    @property
    def late_at(self) -> datetime | None:
        return late_at(self.due_at, self.redelivered_at, None)

    def states(self) -> Iterator[RejectionFacts]:
        """Yield its facts after each change."""
        yield RejectionFacts(self.at, self.due_at, self.due_at)
        if self.redelivered_at is not None:
            yield RejectionFacts(self.at, self.due_at, self.late_at, self.redelivered_at)


@dataclass(frozen=True, slots=True)
class PastReview:
    begun_at: datetime
    due_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PastImage:
    """The only image of an order; `specification` is 0 or 1, `version` counts from 1."""

    uploaded_at: datetime
    due_at: datetime | None = None
    first_delivered_at: datetime | None = None
    rejections: tuple[PastRejection, ...] = ()
    cancelled_at: datetime | None = None
    service_level: ServiceLevel = ServiceLevel.STANDARD
    specification: int = 0
    version: int = 1
    reviews: tuple[PastReview, ...] = ()

    @property
    def late_at(self) -> datetime | None:
        return late_at(self.due_at, self.first_delivered_at, self.cancelled_at)

    @property
    def promised_by(self) -> datetime | None:
        """The instant by which its open review is due."""
        is_owed = self.reviews and self.reviews[-1].ended_at is None and self.cancelled_at is None
        return self.reviews[-1].due_at if is_owed else None

    @property
    def ended_reviews(self) -> tuple[PastReview, ...]:
        return self.reviews if self.promised_by is None else self.reviews[:-1]

    @property
    def known_by(self) -> datetime:
        """The instant (UTC) of its last change."""
        changes = [rejection.redelivered_at or rejection.at for rejection in self.rejections]
        changes += [review.ended_at or review.begun_at for review in self.reviews]
        return max([self.first_delivered_at or self.cancelled_at or self.uploaded_at, *changes])

    def states(self) -> Iterator[ImageFacts]:
        """Yield its facts after each change."""
        facts = ImageFacts(self.service_level, specification_id(self.specification), self.version, self.uploaded_at)
        yield facts
        if self.due_at is not None:
            facts = replace(facts, due_at=self.due_at, late_at=self.due_at)
            yield facts
        if self.cancelled_at is not None:
            yield replace(facts, cancelled_at=self.cancelled_at, late_at=self.late_at)
        if self.first_delivered_at is not None:
            facts = replace(facts, first_delivered_at=self.first_delivered_at, late_at=self.late_at)
            yield facts
        if self.rejections:
            yield replace(facts, first_rejected_at=self.rejections[0].at)


def specification_id(number: int) -> UUID:
    return UUID(int=number)
