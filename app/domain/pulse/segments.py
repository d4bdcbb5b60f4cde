"""Segments of time by which figures are read from rollups: whole days, and the partial days before cuts.

The windows and the calendar month of an instant T cut time at four instants. Between two cuts lie the whole days from
the day of the first to that of the second, less the first one's partial day, plus the second one's: the partial day of
a cut is the time from 00:00 UTC of its day to the cut itself. It is read as hours, minutes and the raw rows of the
minute it ends in, or, where that is less, as the whole bucket without its rest: never more than 12 hours and 30
minutes.

Minute rollups begin at an instant that differs between accounts and moves on. So the last hour of a partial day comes
twice, by minutes and by raw rows, and the statement takes the one that applies in the snapshot it reads.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from app.domain.local_time import Interval, just_before, local_day, midnight
from app.domain.pulse.rollups import DAY, HOUR, MINUTE

WINDOW: Final = timedelta(days=30)
"""Exactly 30 times 24 hours of elapsed time (domain rules, section 1)."""

RAW: Final = 0
"""The grain of a segment that is read from the rows themselves."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_OLDEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
_END: Final = datetime(9999, 1, 1, tzinfo=UTC)
_COARSER: Final = {HOUR: DAY, MINUTE: HOUR}


class Part(StrEnum):
    """A part of time made of segments: the whole days between two cuts, or the partial day (`head`) of a cut."""

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
    """The two windows that are compared at an instant; the current one ends there."""

    current: Interval
    previous: Interval


class Cuts(NamedTuple):
    """The instants (UTC) that cut the time of an instant T: the starts of both windows, the month's, and T."""

    previous: datetime
    current: datetime
    month: datetime
    at: datetime


class Segment(NamedTuple):
    """A range of buckets of one grain, in minutes, or of raw rows, to be added (sign 1) or subtracted (-1).

    `by_minutes` is for the last hour of a partial day: True for accounts that have minute rollups of that `hour`, False
    for those that do not, None for all.
    """

    part: Part
    sign: int
    grain: int
    start: datetime
    end: datetime
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


def cuts_at(at: datetime, zone: ZoneInfo) -> Cuts:
    """Return the cuts of an instant (UTC), with the calendar month of the zone."""
    return Cuts(at - 2 * WINDOW, at - WINDOW, month_start(at, zone), at)


def segments(cuts: Cuts, *, with_open: bool) -> Iterator[Segment]:
    """Yield the segments to read for an instant; with those after it, too, for open images and redos."""
    first, second, month, last = (_floor(cut, DAY) for cut in cuts)
    yield Segment(Part.EARLIER_DAYS, 1, DAY, _OLDEST, first)
    yield Segment(Part.PREVIOUS_DAYS, 1, DAY, first, second)
    yield Segment(Part.CURRENT_DAYS, 1, DAY, second, last)
    yield Segment(Part.MONTH_DAYS, 1, DAY, month, last)
    if with_open:
        yield Segment(Part.COMING_DAYS, 1, DAY, last, _END)
    heads = (Part.PREVIOUS_HEAD, Part.CURRENT_HEAD, Part.MONTH_HEAD, Part.LAST_HEAD)
    for head, cut in zip(heads, cuts, strict=True):
        yield from _partial_day(head, cut)


def _partial_day(part: Part, cut: datetime) -> Iterator[Segment]:
    """Yield segments that cover the time from 00:00 UTC to the cut."""
    hour, minute = _floor(cut, HOUR), _floor(cut, MINUTE)
    yield from _buckets(part, HOUR, hour)
    yield from _buckets(part, MINUTE, minute, hour, by_minutes=True)
    if minute < cut:
        yield Segment(part, 1, RAW, minute, cut, hour, by_minutes=True)
    if hour < cut:
        yield Segment(part, 1, RAW, hour, cut, hour, by_minutes=False)


def _buckets(
    part: Part, grain: int, end: datetime, hour: datetime | None = None, *, by_minutes: bool | None = None
) -> Iterator[Segment]:
    """Yield segments from the start of the coarser bucket that holds `end`, by whichever way takes fewer buckets."""
    coarser = _COARSER[grain]
    start = _floor(end, coarser)
    close = start + timedelta(minutes=coarser)
    if start < end and end - start <= close - end:
        yield Segment(part, 1, grain, start, end, hour, by_minutes)
    elif start < end:
        yield Segment(part, 1, coarser, start, close, hour, by_minutes)
        yield Segment(part, -1, grain, end, close, hour, by_minutes)


def _floor(at: datetime, grain: int) -> datetime:
    return at - (at - _EPOCH) % timedelta(minutes=grain)
