"""Pruning: deletes idempotency keys, rollups of minutes and runs of jobs that are past their retention.

Events and snapshots are kept for ever, and all figures stay the same: cut points older than the minutes read the rows
themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from app.clock import Clock
from app.domain.pulse.rollups import minutes_kept_since
from app.services.accounts.counters import lock_counters, save_counters
from app.services.commands import KEPT
from app.services.jobs.isolation import BatchWork, isolate_failures
from db.connections import Pool, Statement
from db.queries.outdated import ACCOUNTS_PAGE, ACCOUNTS_WITH_MINUTES, OUTDATED_KEYS
from db.queries.pages import LEAST_UUID
from db.readers import PoolReader
from db.writer import unit_of_work

PRUNE: Final = "prune"
_FREQUENT_RUNS_KEPT: Final = timedelta(days=1)


# Deletes the keys of an account of an instant or before, unless they were taken again meanwhile; the primary key.
PRUNE_KEYS: Final = Statement(
    "prune_keys",
    "DELETE FROM idempotency_keys WHERE account_id = $1 AND created_at <= $2 RETURNING account_id",
)

# Deletes the keys of staff of an instant or before; all are read.
PRUNE_STAFF_KEYS: Final = Statement(
    "prune_staff_keys", "DELETE FROM staff_idempotency_keys WHERE created_at <= $1 RETURNING key"
)


# Deletes the minutes of an account before an instant, in both tables; primary keys.
PRUNE_MINUTES: Final = (
    Statement("prune_minutes", "DELETE FROM rollups WHERE account_id = $1 AND grain = 1 AND bucket < $2"),
    Statement("prune_saved_minutes", "DELETE FROM savings_rollups WHERE account_id = $1 AND grain = 1 AND bucket < $2"),
)

# Deletes runs that ended before $1, and global ones, some every minute, that succeeded before $2. The last success of a
# global job stays, for the next run continues from there. job_runs_by_time_idx, as no run ends before it was to begin;
# job_runs_by_job_idx.
PRUNE_RUNS: Final = Statement(
    "prune_runs",
    """
    DELETE FROM job_runs r
    WHERE r.state <> 'RUNNING' AND r.scheduled_for < greatest($1::timestamptz, $2) AND (
      r.finished_at < $1
      OR r.finished_at < $2 AND r.state = 'SUCCEEDED' AND r.time_zone IS NULL AND r.account_id IS NULL
    ) AND NOT (r.state = 'SUCCEEDED' AND r.time_zone IS NULL AND r.account_id IS NULL AND NOT EXISTS (
      SELECT FROM job_runs l
      WHERE l.job = r.job AND l.scheduled_for > r.scheduled_for AND l.state = 'SUCCEEDED' AND l.time_zone IS NULL
        AND l.account_id IS NULL))
    RETURNING id
    """,
)


@dataclass(frozen=True, slots=True)
class Pruned:
    """Numbers of deleted keys and runs, of accounts whose minutes were pruned, and of accounts that failed."""

    keys: int
    runs: int
    accounts: int
    failed: int = 0


async def prune(pool: Pool, clock: Clock, retention: timedelta) -> Pruned:
    """Delete runs of jobs after `retention`, and the rest after retentions of their own.

    Several prunings at once, or one that was interrupted, are harmless.
    """
    now = clock.now()
    pruning = _Pruning(pool)
    await pruning.prune_keys(now - KEPT)
    runs = await _delete(pool, PRUNE_RUNS, now - retention, now - _FREQUENT_RUNS_KEPT)
    await pruning.prune_minutes(minutes_kept_since(now))
    return Pruned(pruning.keys, runs, pruning.accounts, len(pruning.failed))


@dataclass(slots=True)
class _Pruning:
    """A running pruning, of some accounts at a time."""

    pool: Pool
    keys: int = 0
    accounts: int = 0
    failed: set[UUID] = field(default_factory=set[UUID])

    async def prune_keys(self, before: datetime) -> None:
        """Delete the idempotency keys of an instant (UTC) or before: of clients by account, then of staff."""
        accounts = [row["account_id"] for row in await PoolReader(self.pool).fetch(OUTDATED_KEYS, before)]
        for start in range(0, len(accounts), ACCOUNTS_PAGE):
            await self._isolate(accounts[start : start + ACCOUNTS_PAGE], partial(self._prune_keys_of, before))
        self.keys += await _delete(self.pool, PRUNE_STAFF_KEYS, before)

    async def prune_minutes(self, before: datetime) -> None:
        """Delete the rollups of minutes before an instant (UTC) at which an hour begins."""
        last = LEAST_UUID
        while rows := await PoolReader(self.pool).fetch(ACCOUNTS_WITH_MINUTES, last, before):
            found = [row["account_id"] for row in rows]
            await self._isolate(found, partial(self._prune_minutes_of, before))
            last = found[-1]

    async def _isolate(self, account_ids: Sequence[UUID], work: BatchWork) -> None:
        self.failed |= (await isolate_failures(PRUNE, account_ids, work)).keys()

    async def _prune_keys_of(self, before: datetime, account_ids: Sequence[UUID]) -> None:
        for account_id in account_ids:
            self.keys += await _delete(self.pool, PRUNE_KEYS, account_id, before)

    async def _prune_minutes_of(self, before: datetime, account_ids: Sequence[UUID]) -> None:
        """Delete minutes of accounts and move `minutes_since`, so that nobody reads or writes earlier ones."""
        async with unit_of_work(self.pool) as writer:
            all_counters = await lock_counters(writer, account_ids)
            for statement in PRUNE_MINUTES:
                await writer.execute_many(statement, [(account_id, before) for account_id in sorted(account_ids)])
            for counters in all_counters.values():
                counters.minutes_since = max(counters.minutes_since, before)
            await save_counters(writer, all_counters.values())
            await writer.commit()
        self.accounts += len(account_ids)


async def _delete(pool: Pool, statement: Statement, *args: object) -> int:
    """Delete in a transaction; return the number of rows."""
    async with unit_of_work(pool) as writer:
        rows = await writer.fetch(statement, *args)
        await writer.commit()
    return len(rows)
