"""The daily guarantee: the use of a ledger day's images and expedites (domain rules, sections 3 and 4)."""

from datetime import date, datetime
from uuid import UUID

import strawberry

from api.account.as_of import require_years
from api.context import Context
from app.domain.errors import DateOutOfRange
from app.domain.ledger.days import LedgerDay, ledger_day_of
from app.domain.ledger.guarantee import Allowance
from db.queries.accounts import AccountHistory
from engine.decorators import object_type
from engine.errors import bad_input


@object_type
class DailyGuarantee:
    """A ledger day of an account, with the use of its allowance."""

    day: date = strawberry.field(name="date", description="The local date at the opening of the day, which names it.")
    opens_at: datetime = strawberry.field(description="The opening of the day: a midnight, user time.")
    resets_at: datetime = strawberry.field(
        description="The close of the day, at which the next one opens with nothing used."
    )
    capacity: int = strawberry.field(description="The number of images guaranteed.")
    used: int = strawberry.field(
        description="The number of images uploaded, expedited or not; may exceed the capacity."
    )
    remaining: int = strawberry.field(description="The number of images still guaranteed.")
    additional: int = strawberry.field(description="The number of images uploaded beyond the guarantee.")
    expedite_capacity: int = strawberry.field(
        description="The number of images that can be expedited at the shortest turnaround."
    )
    expedite_used: int = strawberry.field(description="The number of images expedited; may exceed the capacity.")
    expedite_remaining: int = strawberry.field(
        description="The number of images that can still be expedited at the shortest turnaround."
    )


async def read_daily_guarantee(context: Context, account_id: UUID, day: date | None) -> DailyGuarantee | None:
    """Return the ledger day of a date, by default the running one; None if the account has no such day.

    Raises ApiError for a date that is out of range.
    """
    require_years(("date", day))
    history = await context.history(account_id)
    found = history.ledger_day_at(context.instant(account_id)) if day is None else _day_of(day, history)
    return None if found is None else await _with_use(context, history, found)


def daily_guarantee(day: LedgerDay, allowance: Allowance) -> DailyGuarantee:
    """Return a ledger day with the use of its allowance."""
    return DailyGuarantee(
        day=day.date,
        opens_at=day.opens_at,
        resets_at=day.closes_at,
        capacity=allowance.capacity,
        used=allowance.used,
        remaining=allowance.remaining,
        additional=allowance.additional,
        expedite_capacity=allowance.expedite_capacity,
        expedite_used=allowance.expedite_used,
        expedite_remaining=allowance.expedite_remaining,
    )


def _day_of(day: date, history: AccountHistory) -> LedgerDay | None:
    try:
        return ledger_day_of(day, history.zones)
    except DateOutOfRange as error:
        raise bad_input("date", str(error)) from error


async def _with_use(context: Context, history: AccountHistory, day: LedgerDay) -> DailyGuarantee:
    allowance = await context.loaders.allowances.load((history.account_id, day.date))
    if allowance is None:
        terms = history.terms_on(day.date).terms
        allowance = Allowance(terms.images_per_day, 0, terms.expedites_per_day, 0)
    return daily_guarantee(day, allowance)
