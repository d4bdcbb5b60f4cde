"""The days, weeks and months of an account for which activity is counted (domain rules, section 6)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final

from app.domain.activity.enums import Grain
from app.domain.ledger.days import ZonePeriod, first_ledger_day, first_ledger_days_from, ledger_day_at
from app.domain.local_time import week_start

_DAYS: Final = {Grain.DAY: 1, Grain.WEEK: 7, Grain.MONTH: 32}  # a month from its first day on: one in the next month


@dataclass(frozen=True, slots=True)
class Bucket:
    """The ledger days of a date, or of the week or month that begins on it, from `start` until just before `end` (UTC).

    `is_complete` is true if all of them have closed.
    """

    date: date
    start: datetime
    end: datetime
    is_complete: bool


def bucket_date(day: date, grain: Grain) -> date:
    """Return the first date of the day, the ISO week or the month that holds a date."""
    match grain:
        case Grain.DAY:
            return day
        case Grain.WEEK:
            return week_start(day)
        case Grain.MONTH:
            return day.replace(day=1)


def count_buckets(first: date, last: date, grain: Grain) -> int:
    """Return the number of days, weeks or months that hold the dates from `first` to `last`."""
    if grain is Grain.MONTH:
        return (last.year - first.year) * 12 + last.month - first.month + 1
    return (bucket_date(last, grain) - bucket_date(first, grain)).days // _DAYS[grain] + 1


def buckets(first: date, last: date, grain: Grain, at: datetime, periods: Sequence[ZonePeriod]) -> list[Bucket]:
    """Return the days, weeks or months that hold the dates from `first` to `last`, as known at an instant (UTC).

    They are those from the account's first ledger day to the running one; a date without a ledger day is left out. A
    week or month is whole, whichever of its dates are asked for.
    """
    first, last = max(first, first_ledger_day(periods).date), min(last, ledger_day_at(at, periods).date)
    if last < first:
        return []
    dates = list(_dates(first, last, grain))
    days = first_ledger_days_from(dates, periods)
    return [
        Bucket(day, opening.opens_at, following.opens_at, following.opens_at <= at)
        for (day, end), (opening, following) in zip(pairwise(dates), pairwise(days), strict=True)
        if opening.date < end
    ]


def _dates(first: date, last: date, grain: Grain) -> Iterator[date]:
    """Yield the first date of each bucket, and of the one after the last."""
    day = bucket_date(first, grain)
    while day <= last:
        yield day
        day = bucket_date(day + timedelta(days=_DAYS[grain]), grain)
    yield day
