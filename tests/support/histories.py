"""Histories of accounts for tests of figures: the rows of their end, and rollups written change by change."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count, cycle
from typing import Any, Final, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.deadlines.enums import DeadlineStatus
from app.domain.deadlines.lateness import late_at
from app.domain.ledger.days import ZonePeriod, first_ledger_day
from app.domain.local_time import time_zone
from app.domain.orders.enums import OrderStatus
from app.domain.pulse.rollups import ImageFacts, RejectionFacts, ReviewFacts, Tally
from app.domain.sla.enums import Plan
from app.services.rollups import write_rollups
from db.connections import Pool, Statement
from db.tables.accounts import Account, AccountCounters, SlaVersion, TimeZonePeriod
from db.tables.images import Image
from db.tables.orders import Order
from db.tables.rejections import Rejection
from db.writer import Writer, unit_of_work
from tests.support.past_images import PastImage, specification_id
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

    @property
    def periods(self) -> list[ZonePeriod]:
        """Its time zones, from its creation on."""
        moves = {CREATED_AT: self.first_zone} | {self.moved_at: self.zone}
        return [ZonePeriod(at, zone.key) for at, zone in moves.items()]

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
    await _write_terms(writer, history)
    specifications = [specification_row(account, specification_id(number), CREATED_AT) for number in (0, 1)]
    await writer.insert(specifications)
    await writer.insert(
        [
            version_row(specification, version=version, price_per_image=Decimal(1), steps=steps)
            for specification in specifications
            for version, steps in enumerate(STEPS, 1)
        ]
    )


async def _write_terms(writer: Writer, history: History) -> None:
    """Write the time zones, and an SLA version."""
    account = history.account_id
    await writer.insert([TimeZonePeriod(account_id=account, **asdict(period)) for period in history.periods])
    version = SlaVersion(
        account_id=account,
        version=1,
        effective_date=first_ledger_day(history.periods).date,
        images_per_day=9,
        expedites_per_day=3,
        negotiated_at=CREATED_AT,
        note=None,
        plan_terms=None,
        message=None,
    )
    await writer.insert([version])


def _deadline_status(image: PastImage) -> DeadlineStatus:
    is_owed = image.promised_by or not image.due_at
    return DeadlineStatus.TO_BE_CONFIRMED if is_owed else DeadlineStatus.CONFIRMED


def _order(history: History, number: int) -> Order:
    image = history.images[number]
    return order_row(
        history.account_id,
        UUID(int=number),
        image.uploaded_at,
        number=number + 1,
        specification_id=specification_id(image.specification),
        specification_version=image.version,
        service_level=image.service_level,
        status=OrderStatus.CANCELLED if image.cancelled_at else OrderStatus.IN_PRODUCTION,
        deadline_status=_deadline_status(image),
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
