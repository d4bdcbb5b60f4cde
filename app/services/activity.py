"""Writing the activity of closed ledger days (domain rules, section 6)."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple
from datetime import datetime
from itertools import islice
from typing import Final
from uuid import UUID

from app.domain.activity.changes import DayAmounts, DayKey
from app.domain.ledger.days import LedgerDay, ZonePeriod, closed_ledger_days
from app.services.accounts.counters import Counters
from app.services.orders.filling import fill_in_orders
from app.services.orders.review_filling import fill_in_reviews
from app.services.rollups import complete_rollups
from db.columns import columns_of
from db.connections import Statement
from db.queries.activity import FACTS_OF_DAYS, SUMS
from db.queries.pages import LATEST
from db.tables.rollups import ActivityDay
from db.writer import Writer

DAYS_AT_ONCE: Final = 10
"""The most ledger days of an account that are rolled up in a transaction, while its commands wait."""

_COLUMNS: Final = ", ".join(columns_of(ActivityDay))
_SUMMED: Final = columns_of(ActivityDay, ("account_id", "date", "currency"))
_ADDED: Final = ", ".join(f"{column} = activity_days.{column} + excluded.{column}" for column in _SUMMED)

# Adds amounts of specification versions to the closed ledger days of an account; the primary keys.
ADD_ACTIVITY: Final = Statement(
    "add_activity",
    f"""
    WITH facts AS (
      SELECT *
      FROM unnest(
        $2::date[], $3::uuid[], $4::int[], $5::int[], $6::int[], $7::int[], $8::int[], $9::int[], $10::int[],
        $11::bigint[], $12::numeric[]
      ) AS f (
        date, specification_id, version, uploaded, cancelled, delivered, on_time, late, rejected, lead_microseconds,
        spend
      )
    )
    INSERT INTO activity_days ({_COLUMNS})
    SELECT $1::uuid, s.* FROM ({SUMS}) AS s
    ON CONFLICT (account_id, date, currency) DO UPDATE SET {_ADDED}
    """,  # noqa: S608 - made of names of columns
)

# Deletes the rows of an account from a date on, which are not counted as complete; the primary key.
DELETE_ACTIVITY: Final = Statement("delete_activity", "DELETE FROM activity_days WHERE account_id = $1 AND date >= $2")

# Counts the facts of closed ledger days of an account from their rows.
ROLL_UP_ACTIVITY: Final = Statement(
    "roll_up_activity",
    f"""{FACTS_OF_DAYS}
    INSERT INTO activity_days ({_COLUMNS})
    SELECT $1::uuid, s.* FROM ({SUMS}) AS s
    """,  # noqa: S608 - made of names of columns
)


async def add_activity(writer: Writer, changes: Mapping[UUID, Mapping[DayKey, DayAmounts]]) -> None:
    """Add changes to the closed ledger days of accounts whose counters are locked."""
    for account_id, amounts in sorted(changes.items()):
        if amounts:
            rows = ((*key, *astuple(each)) for key, each in amounts.items())
            await writer.execute(ADD_ACTIVITY, account_id, *zip(*rows, strict=True))


async def roll_up(writer: Writer, counters: Counters, zones: Sequence[ZonePeriod], now: datetime) -> bool:
    """Count the next DAYS_AT_ONCE ledger days of an account that closed by `now` (UTC); return whether more are left.

    The counters are locked; the caller saves them. Existing rows from the first of these days on are from a former zone
    or an earlier release, and are deleted. After an earlier release has written, all days are counted again; so the
    orders placed in them, which it may have changed, are filled in again, too, and so are the rollups of these days.
    """
    days = list(islice(closed_ledger_days(counters.activity_until, now, zones), DAYS_AT_ONCE + 1))
    more, days = len(days) > DAYS_AT_ONCE, days[:DAYS_AT_ONCE]
    if days:
        await writer.execute(DELETE_ACTIVITY, counters.account_id, days[0].date)
        await writer.execute(ROLL_UP_ACTIVITY, counters.account_id, *zip(*map(astuple, days), strict=True))
        await fill_in_orders(writer, counters.account_id, days)
        await fill_in_reviews(writer, counters, days)
        await _complete_rollups(writer, counters, days, last=not more)
        counters.activity_until = days[-1].closes_at
        counters.last_at = max(counters.last_at, days[-1].closes_at)
    return more


async def _complete_rollups(writer: Writer, counters: Counters, days: Sequence[LedgerDay], *, last: bool) -> None:
    """Complete the rollups of ledger days, and with the last ones those of the running day and of the time to come.

    As long as they are not complete, all days before are: activity is counted again from the first day, too, once an
    earlier release has written.
    """
    if not counters.rollups_complete:
        await complete_rollups(writer, counters.account_id, days[0].opens_at, LATEST if last else days[-1].closes_at)
        counters.rollups_complete = last
