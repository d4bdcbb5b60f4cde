"""Instants and dates in words, as the people of an account read them (domain rules, section 1, "user time")."""

from datetime import date, datetime, time, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

_HOUR: Final = timedelta(hours=1)
_MINUTE: Final = timedelta(minutes=1)
_SECOND: Final = timedelta(seconds=1)


def user_time(at: datetime, zone: ZoneInfo) -> str:
    """Return an instant, cut off to the second: "Friday 6 March 2026, 14:05 (UTC+01:00, Europe/Copenhagen)".

    Seconds are included unless they are zero.
    """
    local = at.astimezone(zone).replace(microsecond=0)
    # The zone UTC is its own offset.
    zone_in_words = ", ".join(dict.fromkeys((offset_in_words(at, zone), zone.key)))
    return f"{date_in_words(local)}, {time_in_words(local.time())} ({zone_in_words})"


def time_in_words(clock: time) -> str:
    """Return a time on a wall clock: "14:05", with seconds and microseconds unless they are zero."""
    return clock.isoformat() if clock.second or clock.microsecond else f"{clock:%H:%M}"


def offset_in_words(at: datetime, zone: ZoneInfo) -> str:
    """Return the offset of a zone from UTC at an instant in words: "UTC+05:45"."""
    return str(timezone(utc_offset(at, zone)))


def utc_offset(at: datetime, zone: ZoneInfo) -> timedelta:
    """Return the offset of a zone from UTC at an instant, positive east of it."""
    return at.astimezone(zone).utcoffset() or timedelta(0)


def date_in_words(day: date) -> str:
    """Return a date with its weekday: "Friday 6 March 2026"."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def duration_in_words(duration: timedelta) -> str:
    """Return a duration in whole hours, or else in minutes or seconds: "3 hours", "90 minutes", "75 seconds"."""
    units = ((_HOUR, "hour"), (_MINUTE, "minute"))
    unit, name = next((each for each in units if duration % each[0] == timedelta()), (_SECOND, "second"))
    count = duration // unit
    return f"{count:,} {name}" if count == 1 else f"{count:,} {name}s"
