"""Local days and wall-clock instants of any zone: where instants and dates meet (domain rules, section 1).

Instants are aware UTC datetimes. The rules of all zones come from the pinned `tzdata` package, never from the machine:
copies differ, and every machine has to agree on a deadline.
"""

import zoneinfo
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from app.domain.errors import DateOutOfRange, UnknownTimeZone

# Before any zone is made: no folder of the machine is searched, and zones read from one earlier are dropped.
zoneinfo.reset_tzpath(to=())
ZoneInfo.clear_cache()

TIME_ZONES: Final = frozenset(zoneinfo.available_timezones() - {"Factory"})  # which says that a zone is to be set
"""The name of every zone of the tzdata package."""

_ONE_DAY: Final = timedelta(days=1)
_ONE_SECOND: Final = timedelta(seconds=1)
_MICROSECOND: Final = timedelta(microseconds=1)
_MIDNIGHT: Final = time(0)
# 1970 to 2200 are supported; a deadline or the end of a day may reach the days just outside.
_YEARS: Final = range(1969, 2202)
_CACHED_READINGS: Final = 2**15


@dataclass(frozen=True, slots=True)
class Interval:
    """The time from `start` until just before `end`, both UTC."""

    start: datetime
    end: datetime

    def contains(self, at: datetime) -> bool:
        """Return True if the interval contains `at`; its end does not belong to it."""
        return self.start <= at < self.end


@cache
def time_zone(name: str) -> ZoneInfo:
    """Return the zone of this IANA name, in its exact spelling; raises UnknownTimeZone."""
    if name not in TIME_ZONES:
        raise UnknownTimeZone(name)
    return ZoneInfo(name)


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """Return the local day whose interval contains the instant; raises DateOutOfRange outside 1970 to 2200.

    It is the date on the wall, except where a clock set back across midnight shows the old date again: the new day has
    begun by then and continues.
    """
    if at.year not in _YEARS:
        raise DateOutOfRange(at.year)
    day = at.astimezone(zone).date()
    following = day + _ONE_DAY
    return day if at < _wall_clock(following, _MIDNIGHT, zone) else following


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant of the local day, UTC; DateOutOfRange outside 1970 to 2200.

    A date the zone skipped whole, as Samoa did 30 December 2011, shares it with the next one.
    """
    return _wall_clock(day, _MIDNIGHT, zone)


def local_day_interval(day: date, zone: ZoneInfo) -> Interval:
    """Return the interval of the local day, 22 to 26 hours long; empty for a date the zone skipped whole."""
    return Interval(midnight(day, zone), midnight(day + _ONE_DAY, zone))


def next_local_day(day: date, zone: ZoneInfo) -> date:
    """Return the local day that starts as this one ends: the next date, unless the zone skipped it whole."""
    return local_day(midnight(day + _ONE_DAY, zone), zone)


def wall_clock(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return the instant, UTC, at which the clock on the wall shows this date and time in the zone.

    Where it jumps over that time it is the instant of the jump, where it shows it twice the first one. DateOutOfRange
    outside 1970 to 2200.
    """
    return _wall_clock(day, clock, zone)


def just_before(at: datetime) -> datetime:
    """Return the last instant before this one, UTC.

    Its month, its week and its zone are those at `at`, since `at` itself is not yet known then (domain rules, Time).
    """
    return at - _MICROSECOND


def week_start(day: date) -> date:
    """Return the Monday of the day's ISO week."""
    return day - timedelta(days=day.weekday())


def clock_change(start: datetime, end: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the instant, UTC, after `start` at which the zone left the offset it had then.

    None when `end` has the same offset as `start`.
    """
    before = start.astimezone(zone).utcoffset()
    if end.astimezone(zone).utcoffset() == before:
        return None
    # Clocks change on whole seconds, so halving down to one finds the change itself.
    still, changed = start.replace(microsecond=0), end.replace(microsecond=0)
    while changed - still > _ONE_SECOND:
        middle = still + (changed - still) // _ONE_SECOND // 2 * _ONE_SECOND
        if middle.astimezone(zone).utcoffset() == before:
            still = middle
        else:
            changed = middle
    return changed


@lru_cache(maxsize=_CACHED_READINGS)
def _wall_clock(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Compute `wall_clock`; cached, since an import needs few days thousands of times a second."""
    if day.year not in _YEARS:
        raise DateOutOfRange(day.year)
    reading = datetime.combine(day, clock, tzinfo=zone)
    first, last = (reading.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    # The two are equal, or in order where the clock is set back. Where it jumps over the reading, each counts with the
    # offset of the jump's other side, so that they enclose it in reverse.
    return first if first <= last else clock_change(last, first, zone) or first
