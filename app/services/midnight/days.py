"""Closed ledger days of a midnight job: their cursors are locked, so that each day is done once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.domain.ledger.days import LedgerDay, ledger_day_at
from db.connections import Pool, Statement
from db.queries.accounts import AccountHistory, account_histories
from db.tables.jobs import JobCursor
from db.writer import Writer, unit_of_work
from db.writes import update

_MICROSECOND: Final = timedelta(microseconds=1)

# Locks the cursor of a job for an account, if it stands at a day that closes at an instant; the primary key.
_LOCK_CURSOR: Final = Statement(
    "lock_cursor",
    "SELECT account_id FROM job_cursors WHERE account_id = $1 AND job = $2 AND due_at = $3 FOR UPDATE",
)
# Moves the cursor of a job for an account; the primary key.
_MOVE_CURSOR: Final = update("move_cursor", JobCursor, "time_zone", "date", "due_at", "attempts", "retry_at")


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A ledger day of an account that a job does, the one that followed, and the account's zones and terms."""

    history: AccountHistory
    day: LedgerDay
    following: LedgerDay

    @property
    def account_id(self) -> UUID:
        """The account."""
        return self.history.account_id


async def lock_closed_days(
    writer: Writer, job: str, closes_at: datetime, account_ids: Sequence[UUID]
) -> list[ClosedDay]:
    """Lock the cursors of accounts that are at a day which closed at an instant (UTC), and read their histories.

    Accounts whose day was done, or whose cursor was set back, are left out. Until the transaction ends no zone changes,
    and nothing from before that instant is imported.
    """
    found = [
        account_id
        for account_id in sorted(set(account_ids))  # ascending and a statement each, as with counters
        if await writer.fetch_row(_LOCK_CURSOR, account_id, job, closes_at) is not None
    ]
    histories = await account_histories(writer, found)
    return [
        ClosedDay(
            history=(history := histories[account_id]),
            day=ledger_day_at(closes_at - _MICROSECOND, history.zones),
            following=ledger_day_at(closes_at, history.zones),
        )
        for account_id in found
    ]


async def move_on(writer: Writer, job: str, days: Sequence[ClosedDay]) -> None:
    """Move the cursors of a job to the days that followed the closed ones."""
    await _move(writer, job, [(closed.history, closed.following) for closed in days])


async def skip_days(pool: Pool, job: str, closes_at: datetime, account_ids: Sequence[UUID], oldest: datetime) -> int:
    """Skip days that closed before `oldest` (UTC); return the number of accounts whose cursors moved."""
    async with unit_of_work(pool) as writer:
        days = await lock_closed_days(writer, job, closes_at, account_ids)
        await _move(writer, job, [(closed.history, ledger_day_at(oldest, closed.history.zones)) for closed in days])
        await writer.commit()
    return len(days)


async def _move(writer: Writer, job: str, days: Sequence[tuple[AccountHistory, LedgerDay]]) -> None:
    await writer.execute_many(
        _MOVE_CURSOR,
        (
            (history.account_id, job, history.zones[-1].time_zone, day.date, day.closes_at, 0, None)
            for history, day in days
        ),
    )
