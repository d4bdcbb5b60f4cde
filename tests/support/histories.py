"""Histories of accounts for tests of figures: the rows of their end, and rollups written change by change."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count, cycle
from typing import Any, Final, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.deadlines.enums import DeadlineStatus
from app.domain.deadlines.lateness import late_at
from app.domain.local_time import time_zone
from app.domain.orders.enums import OrderStatus, ServiceLevel
from app.domain.pulse.rollups import ImageFacts, RejectionFacts, ReviewFacts, Tally
from app.domain.sla.enums import Plan
from app.services.rollups import write_rollups
from db.connections import Pool, Statement
from db.tables.accounts import Account, AccountCounters
from db.tables.images import Image
from db.tables.orders import Order
from db.tables.rejections import Rejection
from db.writer import Writer, unit_of_work
from tests.support.rows import image_row, order_row, rejection_row, review_row, specification_row, version_row

MICROSECOND: Final = timedelta(microseconds=1)
DAY: Final = timedelta(days=1)
CREATED_AT: Final = datetime(2026, 1, 1, 9, 30, 15, tzinfo=UTC)
ZONES: Final = [
    time_zone(name) for name in ("Africa/Cairo", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland", "UTC")
]
Facts = TypeVar("Facts", ImageFacts, RejectionFacts)

STEPS: Final[list[list[dict[str, Any]]]] = [
    [{"step": "CLIPPING", "milliseconds": 180_000}, {"step": "SHADOW", "milliseconds": 95_500}],
    [{"step": "CLIPPING", "milliseconds": 1}, {"step": "CLIPPING", "milliseconds": 2}],
    [],
]
"""The steps of the versions of each specification."""

FORGET_LEVELS: Final = Statement(
    "forget_levels",
    """
    UPDATE rollups SET met_expedited_additional = 0, met_delivery_plan = 0, late_expedited_additional = 0,
      late_delivery_plan = 0
    WHERE account_id = $1
    """,
)
"""Leaves the rollups of an account as release 0.1.0 would have written them."""

_ids: Final = count(1)


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
        facts = ImageFacts(self.service_level, _specification(self.specification), self.version, self.uploaded_at)
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


@dataclass(frozen=True, slots=True)
class History:
    """An account whose zone changed from `first_zone` to `zone` at `moved_at`.

    If not `rollups_complete`, its rollups are those of release 0.1.0.
    """

    images: tuple[PastImage, ...]
    zone: ZoneInfo = ZONES[-1]
    first_zone: ZoneInfo = ZONES[-1]
    moved_at: datetime = CREATED_AT
    minutes_since: datetime = CREATED_AT
    rollups_complete: bool = True
    account_id: UUID = field(default_factory=lambda: UUID(int=next(_ids)))

    def zone_before(self, at: datetime) -> ZoneInfo:
        """Return the zone of the months and weeks just before an instant."""
        return self.zone if at > self.moved_at else self.first_zone


async def write_history(pool: Pool, history: History) -> UUID:
    """Write a history: rows as of its end, rollups change by change; return the account's id."""
    async with unit_of_work(pool) as writer:
        await _write_account(writer, history)
        orders = [_order(history, number) for number in range(len(history.images))]
        await writer.insert(orders)
        images = [_image(order, image) for order, image in zip(orders, history.images, strict=True)]
        await writer.insert(images)
        await writer.insert(_rejections(history))
        await writer.insert(
            [
                review_row(row, number, review.begun_at, review.due_at, review.ended_at)
                for row, image in zip(images, history.images, strict=True)
                for number, review in enumerate(image.ended_reviews, 1)
            ]
        )
        for tally in _tallies(history):
            await write_rollups(
                writer,
                {history.account_id: tally},
                {history.account_id: history.minutes_since},
                {history.account_id: history.zone},
            )
        if not history.rollups_complete:
            await writer.execute(FORGET_LEVELS, history.account_id)
        await writer.commit()
    return history.account_id


def _tallies(history: History) -> tuple[Tally, Tally]:
    """Return the tallies of two transactions with every other change each, so the second adds to the first's rows."""
    tallies = Tally(), Tally()
    for image in history.images:
        _add_by_turns([tally.add_images for tally in tallies], image.states())
        for rejection in image.rejections:
            _add_by_turns([tally.add_rejection for tally in tallies], rejection.states())
        for tally, review in zip(cycle(tallies), image.ended_reviews, strict=False):
            late = late_at(review.due_at, review.ended_at, image.cancelled_at)
            tally.add_reviews(ReviewFacts(review.due_at, late, review.ended_at))
    return tallies


def _add_by_turns(adders: Sequence[Callable[[Facts, int], None]], states: Iterator[Facts]) -> None:
    before: Facts | None = None
    for add, after in zip(cycle(adders), states, strict=False):
        if before is not None:
            add(before, -1)
        add(after, 1)
        before = after


async def _write_account(writer: Writer, history: History) -> None:
    account = history.account_id
    await writer.insert(
        [
            Account(
                id=account,
                ref=None,
                name="Studio",
                plan=Plan.PROFESSIONAL,
                time_zone=history.zone.key,
                created_at=CREATED_AT,
            )
        ]
    )
    await writer.insert(
        [
            AccountCounters(
                account_id=account,
                next_order_number=len(history.images) + 1,
                next_event_sequence=1,
                last_at=CREATED_AT,
                watermark=CREATED_AT,
                minutes_since=history.minutes_since,
                rollups_sequence=1 if history.rollups_complete else None,
            )
        ]
    )
    specifications = [specification_row(account, _specification(number), CREATED_AT) for number in (0, 1)]
    await writer.insert(specifications)
    await writer.insert(
        [
            version_row(specification, version=version, price_per_image=Decimal(1), steps=steps)
            for specification in specifications
            for version, steps in enumerate(STEPS, 1)
        ]
    )


def _order(history: History, number: int) -> Order:
    image = history.images[number]
    return order_row(
        history.account_id,
        UUID(int=number),
        image.uploaded_at,
        number=number + 1,
        specification_id=_specification(image.specification),
        specification_version=image.version,
        service_level=image.service_level,
        status=OrderStatus.CANCELLED if image.cancelled_at else OrderStatus.IN_PRODUCTION,
        deadline_status=DeadlineStatus.TO_BE_CONFIRMED
        if image.promised_by or not image.due_at
        else DeadlineStatus.CONFIRMED,
        review_by=image.promised_by,
        due_at=image.due_at,
        late_at=image.late_at,
        delivered_count=int(image.first_delivered_at is not None),
        price=Decimal(1),
        delivered_at=image.first_delivered_at,
        cancelled_at=image.cancelled_at,
    )


def _image(order: Order, image: PastImage) -> Image:
    return image_row(
        order,
        order.id,
        1,
        price=Decimal(1),
        first_delivered_at=image.first_delivered_at,
        delivered_at=image.first_delivered_at,
        first_rejected_at=image.rejections[0].at if image.rejections else None,
    )


def _rejections(history: History) -> list[Rejection]:
    past = [(number, rejection) for number, image in enumerate(history.images) for rejection in image.rejections]
    return [
        rejection_row(
            history.account_id,
            UUID(int=position),
            UUID(int=number),
            at=rejection.at,
            due_at=rejection.due_at,
            redelivered_at=rejection.redelivered_at,
        )
        for position, (number, rejection) in enumerate(past)
    ]


def _specification(number: int) -> UUID:
    return UUID(int=number)
