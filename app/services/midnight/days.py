"""Closed ledger days of a midnight job: their cursors are locked, so that each day is done once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.domain.ledger.days import LedgerDay, ZonePeriod, ledger_day_at
from db.connections import Pool, Statement
from db.queries.accounts import zones_of_accounts
from db.tables.jobs import JobCursor
from db.writer import Writer, unit_of_work
from db.writes import update

_MICROSECOND: Final = timedelta(microseconds=1)

# Locks the cursor of a job for an account, if it is at a day that closes at an instant; the primary key.
_LOCK_CURSOR: Final = Statement(
    "lock_cursor",
    "SELECT account_id FROM job_cursors WHERE account_id = $1 AND job = $2 AND due_at = $3 FOR UPDATE",
)
# Moves the cursor of a job for an account; the primary key.
_MOVE_CURSOR: Final = update("move_cursor", JobCursor, "time_zone", "date", "due_at", "attempts", "retry_at")


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A closed ledger day of an account, the day to which the job's cursor moves, and the account's zones."""

    account_id: UUID
    zones: tuple[ZonePeriod, ...]
    day: LedgerDay
    following: LedgerDay


async def lock_closed_days(
    writer: Writer, job: str, closes_at: datetime, account_ids: Sequence[UUID]
) -> list[ClosedDay]:
    """Lock the cursors of accounts that are at a day which closed at an instant (UTC), and read their zones.

    Accounts whose day was done, or whose cursor was set back, are left out. Until the transaction ends no zone changes,
    and nothing from before that instant is imported.
    """
    found = [
        account_id
        for account_id in sorted(set(account_ids))  # ascending and a statement each, as with counters
        if await writer.fetch_row(_LOCK_CURSOR, account_id, job, closes_at) is not None
    ]
    all_zones = await zones_of_accounts(writer, found)
    return [
        ClosedDay(
            account_id=account_id,
            zones=(zones := all_zones[account_id]),
            day=ledger_day_at(closes_at - _MICROSECOND, zones),
            following=ledger_day_at(closes_at, zones),
        )
        for account_id in found
    ]


async def move_on(writer: Writer, job: str, days: Sequence[ClosedDay]) -> None:
    """Move the cursors of a job from closed days to those that followed."""
    await writer.execute_many(
        _MOVE_CURSOR,
        (
            (each.account_id, job, each.zones[-1].time_zone, each.following.date, each.following.closes_at, 0, None)
            for each in days
        ),
    )


async def skip_days(pool: Pool, job: str, closes_at: datetime, account_ids: Sequence[UUID], oldest: datetime) -> int:
    """Skip days that closed before `oldest` (UTC); return the number of accounts whose cursors moved."""
    async with unit_of_work(pool) as writer:
        days = await lock_closed_days(writer, job, closes_at, account_ids)
        await move_on(writer, job, [replace(each, following=ledger_day_at(oldest, each.zones)) for each in days])
        await writer.commit()
    return len(days)
