"""Time as the figures are read from rollups: whole days, and the heads of the days that a cut goes through.

The windows and the calendar month of an instant T cut time at four instants. Between two cuts lie the whole days from
the one's day to the other's, less the first day's head, plus the last day's: the head of a cut is the time from 00:00
UTC of its day to the cut itself. A head is read as hours, minutes and the raw rows of the minute it ends in, or, where
that is less, as the whole bucket without its rest: never more than 12 hours and 30 minutes.

Minute rollups begin at an instant that differs from account to account and moves on. So the last hour of a head comes
twice, by minutes and by raw rows, and the statement takes the one that applies in the snapshot it reads.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from app.domain.local_time import Interval, just_before, local_day, midnight
from app.domain.pulse.rollups import DAY, HOUR, MINUTE

WINDOW: Final = timedelta(days=30)
"""Exactly 30 times 24 hours of elapsed time (domain rules, section 1)."""

RAW: Final = 0
"""The grain of a segment that is read from the rows themselves."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_BEGINNING: Final = datetime(1900, 1, 1, tzinfo=UTC)
_END: Final = datetime(9999, 1, 1, tzinfo=UTC)
_COARSER: Final = {HOUR: DAY, MINUTE: HOUR}


class Part(StrEnum):
    """What segments are parts of: the whole days between two cuts, or the head of a cut's day."""

    EARLIER_DAYS = "earlier_days"
    PREVIOUS_DAYS = "previous_days"
    CURRENT_DAYS = "current_days"
    MONTH_DAYS = "month_days"
    COMING_DAYS = "coming_days"
    PREVIOUS_HEAD = "previous_head"
    CURRENT_HEAD = "current_head"
    MONTH_HEAD = "month_head"
    LAST_HEAD = "last_head"


@dataclass(frozen=True, slots=True)
class Windows:
    """The two windows that are compared at an instant, the current one ending there."""

    current: Interval
    previous: Interval


@dataclass(frozen=True, slots=True)
class Segment:
    """A range of buckets of one grain, in minutes, or of raw rows, to be added (sign 1) or taken off (-1).

    `by_minutes` tells of the last hour of a head whether it is for accounts that have minute rollups of that `hour` or
    for those that have not; None where it is for all.
    """

    part: Part
    grain: int
    start: datetime
    end: datetime
    sign: int = 1
    hour: datetime | None = None
    by_minutes: bool | None = None


def windows(at: datetime) -> Windows:
    """Return the windows of an instant (domain rules, section 6); all UTC."""
    return Windows(Interval(at - WINDOW, at), Interval(at - 2 * WINDOW, at - WINDOW))


def month_start(at: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant, UTC, at which the calendar month at `at` began in the zone.

    At exactly a midnight that ends a month it is that month (domain rules, Time).
    """
    return midnight(local_day(just_before(at), zone).replace(day=1), zone)


def segments(at: datetime, month: datetime, *, coming: bool) -> Iterator[Segment]:
    """Yield what to read at an instant, when the calendar month, user time, began at `month`.

    `coming` asks for what lies after `at`, too.
    """
    previous = windows(at).previous
    first, second, month_day, last = (_floor(cut, DAY) for cut in (previous.start, previous.end, month, at))
    yield Segment(Part.EARLIER_DAYS, DAY, _BEGINNING, first)
    yield Segment(Part.PREVIOUS_DAYS, DAY, first, second)
    yield Segment(Part.CURRENT_DAYS, DAY, second, last)
    yield Segment(Part.MONTH_DAYS, DAY, month_day, last)
    if coming:
        yield Segment(Part.COMING_DAYS, DAY, last, _END)
    yield from _head(Part.PREVIOUS_HEAD, previous.start)
    yield from _head(Part.CURRENT_HEAD, previous.end)
    yield from _head(Part.MONTH_HEAD, month)
    yield from _head(Part.LAST_HEAD, at)


def _head(part: Part, cut: datetime) -> Iterator[Segment]:
    """Cover the time from 00:00 UTC to the cut."""
    hour, minute = _floor(cut, HOUR), _floor(cut, MINUTE)
    yield from _buckets(part, HOUR, hour)
    yield from _buckets(part, MINUTE, minute, hour, by_minutes=True)
    if minute < cut:
        yield Segment(part, RAW, minute, cut, hour=hour, by_minutes=True)
    if hour < cut:
        yield Segment(part, RAW, hour, cut, hour=hour, by_minutes=False)


def _buckets(
    part: Part, grain: int, end: datetime, hour: datetime | None = None, *, by_minutes: bool | None = None
) -> Iterator[Segment]:
    """Cover the time from the start of the coarser bucket that holds `end`, by whichever takes fewer buckets."""
    coarser = _COARSER[grain]
    start = _floor(end, coarser)
    close = start + timedelta(minutes=coarser)
    if start < end and end - start <= close - end:
        yield Segment(part, grain, start, end, 1, hour, by_minutes)
    elif start < end:
        yield Segment(part, coarser, start, close, 1, hour, by_minutes)
        yield Segment(part, grain, end, close, -1, hour, by_minutes)


def _floor(at: datetime, grain: int) -> datetime:
    return at - (at - _EPOCH) % timedelta(minutes=grain)
