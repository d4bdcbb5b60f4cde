"""Loupe's custom scalars as Python's values, which gql reads from answers and writes into variables.

LocalTime is the timedelta from midnight on the wall clock, since 24:00, the end of a day, is no `time`:
`datetime.combine(day, time(), zone) + local_time` is its instant on a day.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from graphql import GraphQLScalarType

_DURATION: Final = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")


def write_instant(instant: datetime) -> str:
    """Write an aware instant in UTC; a naive one is refused, since nobody knows which instant it is."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no time zone.")
    return instant.astimezone(UTC).isoformat()


def read_duration(text: str) -> timedelta:
    """Read a duration in ISO 8601, of days, hours, minutes and seconds."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError(f"{text} is no duration.")
    days, hours, minutes, seconds = (int(amount or 0) for amount in found.groups())
    return timedelta(days, seconds, hours=hours, minutes=minutes)


def write_duration(duration: timedelta) -> str:
    """Write a duration of whole seconds."""
    return f"PT{duration // timedelta(seconds=1)}S"


def read_local_time(text: str) -> timedelta:
    """Read a time on a wall clock, HH:MM or HH:MM:SS, as the time from midnight."""
    hours, minutes, *seconds = map(int, text.split(":"))
    return timedelta(hours=hours, minutes=minutes, seconds=sum(seconds))


def write_local_time(local_time: timedelta) -> str:
    """Write a time on a wall clock, given as the time from midnight."""
    minutes, seconds = divmod(local_time // timedelta(seconds=1), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")


def write_decimal(number: Decimal) -> str:
    """Write a number without an exponent."""
    return f"{number:f}"


_FORMS: Final[Mapping[str, tuple[type, Callable[..., str], Callable[[str], object]]]] = {
    "Currency": (str, str, str),
    "Date": (date, date.isoformat, date.fromisoformat),
    "DateTime": (datetime, write_instant, datetime.fromisoformat),
    "Decimal": (Decimal, write_decimal, Decimal),
    "Duration": (timedelta, write_duration, read_duration),
    "LocalTime": (timedelta, write_local_time, read_local_time),
    "TimeZone": (ZoneInfo, str, ZoneInfo),
    "URL": (str, str, str),
}

PYTHON_TYPES: Final[Mapping[str, type]] = {name: python for name, (python, _, _) in _FORMS.items()}

SCALARS: Final = [
    GraphQLScalarType(name, serialize=write, parse_value=read) for name, (_, write, read) in _FORMS.items()
]
