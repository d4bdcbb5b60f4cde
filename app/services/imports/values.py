"""The values of the fields of import lines, each with its reader (docs/import-format.md)."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Final, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer
from pydantic_core import PydanticCustomError

from app.domain.bounds import (
    MAX_MULTIPLIER,
    MAX_PER_DAY,
    MAX_SECONDS,
    MIN_MULTIPLIER,
    MULTIPLIER_DECIMALS,
    PRICE_DECIMALS,
    PRICE_DIGITS,
    SECONDS_DECIMALS,
    TURNAROUNDS,
    YEARS,
    is_turnaround,
)
from app.domain.durations import BadDuration, DurationTooLong, iso8601, read_duration
from app.domain.instants import BadInstant, read_instant
from app.domain.local_time import TIME_ZONES
from app.domain.texts import composed, name_problem, prose_problem
from app.domain.urls import url_problem
from app.services.currencies import CURRENCIES

_CLOCK: Final = re.compile(r"\d\d:\d\d(:\d\d)?", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?", re.ASCII)


def _read_instant(value: object) -> datetime:
    """Read an RFC 3339 instant."""
    try:
        return read_instant(value)
    except BadInstant as error:
        raise PydanticCustomError("instant", "{problem}", {"problem": error.problem}) from None


def _checked(problem_of: Callable[[str], str | None]) -> AfterValidator:
    """Make a validator that refuses texts with a problem and returns others as written.

    The digests of old lines are of texts as written; texts are stored in NFC.
    """

    def check(text: str) -> str:
        problem = problem_of(composed(text))
        if problem is not None:
            raise PydanticCustomError("text", "{problem}", {"problem": problem})
        return text

    return AfterValidator(check)


def _read_currency(value: object) -> str:
    if not isinstance(value, str) or value not in CURRENCIES:
        raise PydanticCustomError("currency", "must be a currency of ISO 4217, like USD")
    return value


def _read_date(value: object) -> date:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise PydanticCustomError("date", "must be a date, like 2026-04-01")
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise PydanticCustomError("date", "is no date that exists: {value}", {"value": value}) from error
    if day.year not in YEARS:
        raise PydanticCustomError("date", "must be in the years 1970 to 2200")
    return day


def _read_number(value: object) -> Decimal:
    """Read a number, be it written as one or as a string."""
    if isinstance(value, bool) or not isinstance(value, int | float | str) or not _NUMBER.fullmatch(str(value)):
        raise PydanticCustomError("number", "must be a number")
    return Decimal(str(value))


def _tidied(price: Decimal) -> Decimal:
    """Return a price, not negative, without an exponent and superfluous decimals: 1.450 stays, 1E+3 does not."""
    decimals = -int(price.as_tuple().exponent)
    return abs(price) if 0 <= decimals <= PRICE_DECIMALS else Decimal(_plain(price))


def _plain(number: Decimal) -> str:
    """Write a number, not negative; equal ones are written alike."""
    return f"{abs(number.normalize()):f}"


def _read_clock(value: object) -> time:
    if not isinstance(value, str) or not _CLOCK.fullmatch(value):
        raise PydanticCustomError("time", "must be a time of the day, like 07:30 or 07:30:00")
    try:
        return time.fromisoformat(value)
    except ValueError as error:
        raise PydanticCustomError("time", "is no time that exists: {value}", {"value": value}) from error


def _read_turnaround(value: object) -> timedelta:
    try:
        duration = read_duration(value)
    except DurationTooLong as error:
        raise PydanticCustomError("duration", f"must be {TURNAROUNDS}") from error
    except BadDuration as error:
        raise PydanticCustomError("duration", "must be a duration in ISO 8601, like PT2H or PT90M") from error
    if not is_turnaround(duration):
        raise PydanticCustomError("duration", f"must be {TURNAROUNDS}")
    return duration


def _read_time_zone(value: object) -> str:
    if not isinstance(value, str) or value not in TIME_ZONES:
        raise PydanticCustomError("time_zone", "must be an IANA time zone, like Europe/Copenhagen")
    return value


Instant: TypeAlias = Annotated[datetime, BeforeValidator(_read_instant)]
Name: TypeAlias = Annotated[str, _checked(name_problem)]
Ref: TypeAlias = Annotated[str, _checked(name_problem)]
"""An identifier of the file's own, or of an account: kept as written, so that stored ones are found."""
Prose: TypeAlias = Annotated[str, _checked(prose_problem)]
Url: TypeAlias = Annotated[str, _checked(url_problem)]
ZoneName: TypeAlias = Annotated[str, BeforeValidator(_read_time_zone)]
Day: TypeAlias = Annotated[date, BeforeValidator(_read_date)]
PerDay: TypeAlias = Annotated[int, Field(ge=0, le=MAX_PER_DAY)]
Number: TypeAlias = Annotated[Decimal, BeforeValidator(_read_number), PlainSerializer(_plain)]
Price: TypeAlias = Annotated[
    Number, Field(ge=0, max_digits=PRICE_DIGITS, decimal_places=PRICE_DECIMALS), AfterValidator(_tidied)
]
Clock: TypeAlias = Annotated[time, BeforeValidator(_read_clock)]
Turnaround: TypeAlias = Annotated[timedelta, BeforeValidator(_read_turnaround), PlainSerializer(iso8601)]
Multiplier: TypeAlias = Annotated[
    Number,
    Field(ge=MIN_MULTIPLIER, le=MAX_MULTIPLIER, decimal_places=MULTIPLIER_DECIMALS),
    AfterValidator(lambda multiplier: Decimal(_plain(multiplier))),
]
Seconds: TypeAlias = Annotated[Number, Field(ge=0, le=MAX_SECONDS, decimal_places=SECONDS_DECIMALS)]
Currency: TypeAlias = Annotated[str, BeforeValidator(_read_currency)]
