"""The custom scalars: the forms of their values in answers and arguments."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from app.domain import durations
from app.domain.instants import BadInstant, read_instant, rfc3339
from app.domain.user_time import time_in_words

LocalTime = NewType("LocalTime", str)
"""HH:MM or HH:MM:SS on a wall clock; 24:00 is the end of the day."""
TimeZone = NewType("TimeZone", str)
"""An IANA name."""
Currency = NewType("Currency", str)
"""A code of ISO 4217."""

Url = NewType("Url", str)
"""The address of a picture."""

_DECIMAL: Final = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_MAX_DIGITS: Final = 40
_LOCAL_TIME: Final = re.compile(r"\d\d:\d\d(:\d\d)?", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class MalformedValue(ValueError):  # noqa: N818 - named by the problem, as all errors here
    """The value of an argument that its scalar does not accept; the text is one sentence for people."""


def parse_instant(value: object) -> datetime:
    """Read an instant, UTC, from RFC 3339 text; raises MalformedValue."""
    try:
        return read_instant(value)
    except BadInstant as error:
        raise MalformedValue(str(error)) from None


def read_date(value: object) -> date:
    """Read a date from YYYY-MM-DD; raises MalformedValue."""
    if not isinstance(value, str) or _DATE.fullmatch(value) is None:
        raise MalformedValue("A date is written as 2026-03-06.")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise MalformedValue(f"There is no date {value}.") from None


def read_currency(value: object) -> Currency:
    """Read the code of a currency, which may not exist; raises MalformedValue for a value that is no text."""
    if not isinstance(value, str):
        raise MalformedValue("A currency is written as USD.")
    return Currency(value)


def read_time_zone(value: object) -> TimeZone:
    """Read the name of a time zone, which may not exist; raises MalformedValue for a value that is no text."""
    if not isinstance(value, str):
        raise MalformedValue("A time zone is written as Europe/Copenhagen.")
    return TimeZone(value)


def read_url(value: object) -> Url:
    """Read an address, which may not be allowed; raises MalformedValue for a value that is no text."""
    if not isinstance(value, str):
        raise MalformedValue("A URL is written as https://pictures.example/a.jpg.")
    return Url(value)


def read_decimal(value: object) -> Decimal:
    """Read an exact number from a text without an exponent, or from a whole number; raises MalformedValue."""
    text = str(value) if type(value) is int else value
    if not isinstance(text, str):
        raise MalformedValue('A decimal number is written as a text, "1.45", so that it stays exact.')
    if len(text) > _MAX_DIGITS:
        raise MalformedValue(f"A decimal number has at most {_MAX_DIGITS} characters.")
    if _DECIMAL.fullmatch(text) is None:
        raise MalformedValue("A decimal number is written in digits, with a point and without an exponent: 1.45.")
    return Decimal(text)


def write_local_time(value: time) -> LocalTime:
    """Write a time on a wall clock."""
    return LocalTime(time_in_words(value))


def read_local_time(value: object) -> LocalTime:
    """Read a time on a wall clock, which may not exist; raises MalformedValue for a value of another form."""
    if not isinstance(value, str) or _LOCAL_TIME.fullmatch(value) is None:
        raise MalformedValue("A time on a wall clock is written as 07:30 or 07:30:00.")
    return LocalTime(value)


def read_duration(value: object) -> timedelta:
    """Read a duration in ISO 8601; raises MalformedValue."""
    try:
        return durations.read_duration(value)
    except durations.BadDuration as error:
        raise MalformedValue(str(error)) from None


def write_decimal(value: Decimal) -> str:
    """Write a decimal number with all its places and no exponent."""
    return f"{value:f}"


SCALARS: Final[Mapping[object, ScalarDefinition]] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant in RFC 3339, to the microsecond, in the years 1970 to 2200. Results are in UTC with Z;"
        " arguments need an offset, and digits after the microseconds are cut off.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=rfc3339,
        parse_value=parse_instant,
    ),
    date: strawberry.scalar(
        name="Date",
        description="A calendar date: YYYY-MM-DD.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339#section-5.6",
        serialize=date.isoformat,
        parse_value=read_date,
    ),
    LocalTime: strawberry.scalar(
        name="LocalTime",
        description="A wall-clock time in user time, from 00:00 to 24:00: HH:MM, or HH:MM:SS.",
        specified_by_url="https://www.iso.org/iso-8601-date-and-time-format.html",
        serialize=str,
        parse_value=read_local_time,
    ),
    TimeZone: strawberry.scalar(
        name="TimeZone",
        description="The IANA name of a time zone, such as Europe/Copenhagen.",
        specified_by_url="https://www.iana.org/time-zones",
        serialize=str,
        parse_value=read_time_zone,
    ),
    timedelta: strawberry.scalar(
        name="Duration",
        description="A duration in ISO 8601, such as PT3H.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339#appendix-A",
        serialize=durations.iso8601,
        parse_value=read_duration,
    ),
    Decimal: strawberry.scalar(
        name="Decimal",
        description="An exact decimal number without an exponent, as a string.",
        specified_by_url="https://www.w3.org/TR/xmlschema-2/#decimal",
        serialize=write_decimal,
        parse_value=read_decimal,
    ),
    Currency: strawberry.scalar(
        name="Currency",
        description="The ISO 4217 code of a currency, such as USD.",
        specified_by_url="https://www.iso.org/iso-4217-currency-codes.html",
        serialize=str,
        parse_value=read_currency,
    ),
    Url: strawberry.scalar(
        name="URL",
        description="The absolute address of a picture, of at most 2,048 characters: https, or http where the host is"
        " loopback.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3986",
        serialize=str,
        parse_value=read_url,
    ),
}
