"""Reads of an account's activity."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from api.account.as_of import require_years
from api.activity.types import Activity
from api.context import Context
from api.money import Money, money_of
from app.domain.activity.buckets import Bucket, buckets, count_buckets
from app.domain.activity.enums import Grain
from app.domain.activity.figures import ActivityFigures
from db.queries.accounts import AccountRow
from db.queries.activity import ActivitySource, read_activity
from engine.errors import bad_input

LONGEST: Final = 400
"""The most days, weeks or months of an answer."""

_DECIMALS: Final = 2
_NOTHING: Final = ActivityFigures()


async def activity_between(
    context: Context, account: AccountRow, first: date, last: date, grain: Grain
) -> list[Activity]:
    """Return the activity in the days, weeks or months that hold the dates from `first` to `last`, oldest first.

    Raises ApiError for more than 400 of them, or none.
    """
    require_years(("from", first), ("to", last))
    if last < first:
        raise bad_input("to", f"{last} is before {first}.")
    count = count_buckets(first, last, grain)
    if count > LONGEST:
        raise bad_input(
            "to", f"From {first} to {last} there are {count:,} {grain.lower()}s; {LONGEST} are allowed at once."
        )
    at = context.instant(account.id)
    history = await context.history(account.id)
    wanted = buckets(first, last, grain, at, history.zones)
    if not wanted:
        return []
    of = ActivitySource(account.id, history.zones, history.activity_until, at)
    figures = await read_activity(context.loaders.reader, of, wanted, grain)
    return [_activity(bucket, figures.get(bucket.date, _NOTHING)) for bucket in wanted]


def _activity(bucket: Bucket, figures: ActivityFigures) -> Activity:
    return Activity(
        day=bucket.date,
        start=bucket.start,
        end=bucket.end,
        complete=bucket.is_complete,
        uploaded_count=figures.uploaded,
        cancelled_count=figures.cancelled,
        delivered_count=figures.delivered,
        on_time_count=figures.on_time,
        late_count=figures.late,
        rejected_count=figures.rejected,
        hours_saved=figures.hours_saved,
        average_lead_seconds=figures.average_lead_seconds,
        spend=_spend(figures.spend),
    )


def _spend(amounts: Mapping[str, Decimal]) -> list[Money]:
    """Return amounts with two decimals or as many more as needed: sums differ in trailing zeros otherwise."""
    return [
        money_of(max(round(amount, _DECIMALS), amount.normalize(), key=_decimals), currency)
        for currency, amount in sorted(amounts.items())
    ]


def _decimals(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0
