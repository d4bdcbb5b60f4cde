"""The instants and days of which an account is asked for (domain rules, sections 1.1 and 1.6)."""

from datetime import date, datetime, timedelta
from typing import Annotated, Final

import strawberry

from api.context import Context
from app.domain.bounds import YEARS
from app.domain.errors import DateOutOfRange
from app.domain.instants import rfc3339
from db.queries.accounts import AccountRow
from engine.arguments import or_none
from engine.errors import bad_input

_AHEAD: Final = timedelta(seconds=5)
"""The greatest lead of an `asOf` over PostgreSQL's clock; it then means the settled one."""

AsOf = Annotated[
    datetime | None,
    strawberry.argument(
        description="The instant to look back to, neither before the account's creation nor in the future; now by"
        " default."
    ),
]


def instant_asked(context: Context, row: AccountRow, as_of: datetime | None) -> datetime:
    """Return the instant (UTC) as of which a field is asked for, the account's now by default.

    Raises BAD_USER_INPUT for one before the account's creation or in the future.
    """
    now = context.instant(row.id)
    at = or_none(as_of) or now
    if at > max(now, context.now + _AHEAD):
        raise bad_input("asOf", f"{rfc3339(at)} is yet to come.")
    at = min(at, now)
    if at < row.created_at:
        raise bad_input("asOf", f"The account began at {rfc3339(row.created_at)}.")
    return at


def require_years(*days: tuple[str, date | None]) -> None:
    """Raise ApiError, naming its argument, for a day outside the supported years."""
    for argument, day in days:
        if day is not None and day.year not in YEARS:
            raise bad_input(argument, str(DateOutOfRange(day.year)))
