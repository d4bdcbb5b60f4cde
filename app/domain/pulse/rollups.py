"""Contributions of images, rejections and ended reviews to the rollups of their account (domain rules, section 6).

A rollup counts an account's facts in UTC buckets of a minute, an hour and a day. Each fact is counted at its own
instant by the present state, so a change subtracts what was added before and adds the new counts. Lateness is counted
at the deadline, which may lie in the future: time that passes changes no rollup.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from operator import add
from typing import Final, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.local_time import local_day, week_start
from app.domain.orders.enums import ServiceLevel

RollupRow: TypeAlias = tuple[int, datetime, *tuple[int, ...]]
"""Grain in minutes, bucket, then the amounts in the order of the table's columns."""
SavingsRow: TypeAlias = tuple[int, datetime, UUID, int, int]
"""Grain in minutes, bucket, specification, its version, images."""

MINUTE: Final = 1
HOUR: Final = 60
DAY: Final = 1440
GRAINS: Final = (MINUTE, HOUR, DAY)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTES_KEPT: Final = timedelta(days=61)
_ONE_MINUTE: Final = timedelta(minutes=1)
_ONE_MICROSECOND: Final = timedelta(microseconds=1)

# Indexes of the amounts, in the order of the columns of the table `rollups`.
_UPLOADED, _DELIVERED, _REJECTED, _LEAD, _MET_REJECTION, _LATE_REJECTION = 0, 1, 2, 3, 7, 11
_MET_REVIEW, _LATE_REVIEW, _AMOUNTS = 16, 17, 18
_MET: Final[Mapping[ServiceLevel, tuple[int, ...]]] = {
    ServiceLevel.STANDARD: (4,),
    ServiceLevel.ADDITIONAL: (6,),
    ServiceLevel.EXPEDITED: (5,),
    ServiceLevel.EXPEDITED_ADDITIONAL: (5, 12),  # all expedited images, and those in 6 h
    ServiceLevel.EXPEDITED_PLAN: (5, 13),
}
_LATE: Final[Mapping[ServiceLevel, tuple[int, ...]]] = {
    ServiceLevel.STANDARD: (8,),
    ServiceLevel.ADDITIONAL: (10,),
    ServiceLevel.EXPEDITED: (9,),
    ServiceLevel.EXPEDITED_ADDITIONAL: (9, 14),
    ServiceLevel.EXPEDITED_PLAN: (9, 15),
}


def minutes_kept_since(now: datetime) -> datetime:
    """Return the instant (UTC) since which buckets of a minute are kept; older cut points are read from the rows."""
    return day_of(now) - _MINUTES_KEPT


def day_of(at: datetime) -> datetime:
    """Return the start of the UTC day of an instant (UTC)."""
    return datetime.combine(at.date(), time(0), UTC)


@dataclass(slots=True)
class ImageFacts:
    """The facts of an image that rollups count; all instants are UTC, `late_at` is as in the table `images`."""

    service_level: ServiceLevel
    specification_id: UUID
    specification_version: int
    uploaded_at: datetime
    due_at: datetime | None = None
    late_at: datetime | None = None
    first_delivered_at: datetime | None = None
    first_rejected_at: datetime | None = None
    cancelled_at: datetime | None = None


@dataclass(slots=True)
class RejectionFacts:
    """The facts of a rejection that rollups count; all instants are UTC, `late_at` is as in the table `rejections`."""

    at: datetime
    due_at: datetime
    late_at: datetime | None = None
    redelivered_at: datetime | None = None


@dataclass(slots=True)
class ReviewFacts:
    """The facts of an ended review that rollups count; all instants are UTC, `late_at` is as in the table `reviews`."""

    due_at: datetime
    late_at: datetime | None
    ended_at: datetime | None


class Tally:
    """Changes to the rollups of one account, gathered before they are written in one go.

    Amounts that cancel out leave no row. Amounts of a row may be negative.
    """

    __slots__ = ("_amounts", "_saved", "_uploads")

    def __init__(self) -> None:
        self._amounts: defaultdict[int, list[int]] = defaultdict(_zeros)
        self._saved: dict[tuple[UUID, int], dict[int, list[int]]] = {}
        self._uploads: defaultdict[datetime, int] = defaultdict(int)

    def add_images(self, facts: ImageFacts, count: int = 1) -> None:
        """Add images that are alike; a negative count subtracts as many.

        A cancelled image is no upload, yet stays late where `late_at` says so.
        """
        if facts.cancelled_at is None:
            self._amounts[_minute(facts.uploaded_at)][_UPLOADED] += count
            self._uploads[facts.uploaded_at] += count
        if facts.first_delivered_at is not None:
            self._add_deliveries(facts, facts.first_delivered_at, count)
        if facts.late_at is not None:
            amounts = self._amounts[_minute(facts.late_at)]
            for column in _LATE[facts.service_level]:
                amounts[column] += count

    def add_rejection(self, facts: RejectionFacts, sign: int = 1) -> None:
        """Add a rejection by its own deadline, or subtract it with sign -1."""
        redelivered_at = facts.redelivered_at
        if redelivered_at is not None and redelivered_at <= facts.due_at:
            self._amounts[_minute(redelivered_at)][_MET_REJECTION] += sign
        if facts.late_at is not None:
            self._amounts[_minute(facts.late_at)][_LATE_REJECTION] += sign

    def add_reviews(self, facts: ReviewFacts, count: int = 1) -> None:
        """Add ended reviews that are alike; a negative count subtracts as many."""
        if facts.ended_at is not None and facts.ended_at <= facts.due_at:
            self._amounts[_minute(facts.ended_at)][_MET_REVIEW] += count
        if facts.late_at is not None:
            self._amounts[_minute(facts.late_at)][_LATE_REVIEW] += count

    def rollup_rows(self, minutes_since: datetime) -> list[RollupRow]:
        """Rows of `rollups` without the account, sorted by their key; minutes only from `minutes_since` on."""
        return [(grain, bucket, *amounts) for grain, bucket, amounts in _buckets(self._amounts, minutes_since)]

    def savings_rows(self, minutes_since: datetime) -> list[SavingsRow]:
        """Rows of `savings_rollups` without the account, sorted by their key; minutes as in `rollup_rows`."""
        return sorted(
            (grain, bucket, *specification, images)
            for specification, saved in self._saved.items()
            for grain, bucket, (images,) in _buckets(saved, minutes_since)
        )

    def week_rows(self, zone: ZoneInfo) -> list[tuple[date, int]]:
        """Rows of `upload_weeks` without the account: the Mondays of ISO weeks of this zone, ascending, and images."""
        weeks: defaultdict[date, int] = defaultdict(int)
        for at, amount in self._uploads.items():
            weeks[week_start(local_day(at, zone))] += amount
        return [(week, amount) for week, amount in sorted(weeks.items()) if amount]

    def _add_deliveries(self, facts: ImageFacts, at: datetime, count: int) -> None:
        minute = _minute(at)
        amounts = self._amounts[minute]
        amounts[_DELIVERED] += count
        amounts[_LEAD] += count * ((at - facts.uploaded_at) // _ONE_MICROSECOND)
        if facts.first_rejected_at is not None:
            amounts[_REJECTED] += count
        if facts.due_at is not None and at <= facts.due_at:
            for column in _MET[facts.service_level]:
                amounts[column] += count
        saved = self._saved.setdefault((facts.specification_id, facts.specification_version), {})
        saved.setdefault(minute, [0])[0] += count


def _zeros() -> list[int]:
    return [0] * _AMOUNTS


def _minute(at: datetime) -> int:
    """Return the minute of an instant, counted from 1970."""
    return (at - _EPOCH) // _ONE_MINUTE


def _buckets(
    minutes: Mapping[int, Sequence[int]], minutes_since: datetime
) -> Iterator[tuple[int, datetime, Sequence[int]]]:
    """Yield the grain, the start and the amounts of buckets that are not all zero, by grain, then by start."""
    first = -((_EPOCH - minutes_since) // _ONE_MINUTE)  # rounded up
    buckets = minutes
    for grain in GRAINS:
        buckets = _coarsened(buckets, grain)
        for minute, amounts in sorted(buckets.items()):
            if (grain != MINUTE or minute >= first) and any(amounts):
                yield grain, _EPOCH + timedelta(minutes=minute), amounts


def _coarsened(buckets: Mapping[int, Sequence[int]], grain: int) -> Mapping[int, Sequence[int]]:
    """Sum finer buckets to those of a grain; both are keyed by the minute they start in."""
    sums: dict[int, Sequence[int]] = {}
    for minute, amounts in buckets.items():
        start = minute // grain * grain
        known = sums.get(start)
        sums[start] = amounts if known is None else list(map(add, known, amounts))
    return sums
