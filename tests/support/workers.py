"""Workers of jobs in tests: accounts by zone, a reset that can fail, pauses, and the rows of runs and cursors."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from app.clock import Clock
from app.services.jobs.cursors import RESET
from app.services.jobs.pauses import pause, resume
from app.services.midnight.resets import reset_guarantee
from app.settings import Settings
from db.connections import Pool, Record
from db.writer import unit_of_work
from jobs.kinds.midnight import MIDNIGHT, MidnightWork
from jobs.registry import Registry
from jobs.worker import Worker
from tests.support.studio import Studio, open_account

COPENHAGEN = "Europe/Copenhagen"


async def new_account(pool: Pool, at: datetime, zone: str = COPENHAGEN) -> UUID:
    """Open an account at an instant (UTC); return its id."""
    return (await open_account(pool, Studio(created_at=at, zone=zone))).id


class Midnight:
    """The reset of the guarantee, which raises for the accounts in `wrong` and records its batches."""

    def __init__(self) -> None:
        self.wrong: dict[UUID, Exception] = {}
        self.batches: list[tuple[datetime, list[UUID]]] = []

    async def __call__(self, pool: Pool, clock: Clock, closes_at: datetime, account_ids: Sequence[UUID]) -> int:
        self.batches.append((closes_at, list(account_ids)))
        for account_id in account_ids:
            if account_id in self.wrong:
                raise self.wrong[account_id]
        return await reset_guarantee(pool, clock, closes_at, account_ids)


def worker(pool: Pool, clock: Clock, work: MidnightWork, owner: str = "a") -> Worker:
    """Return a worker with one job, the reset of the guarantee."""
    jobs = Registry()
    jobs.register(MIDNIGHT, RESET)(work)
    return Worker(pool, clock, Settings(), owner, jobs)


async def runs(pool: Pool, *columns: str) -> list[tuple[Any, ...]]:
    """Read columns of all job runs, oldest first, each followed by those of its accounts."""
    rows: list[Record] = await pool.fetch(
        f"SELECT {', '.join(columns)} FROM job_runs ORDER BY scheduled_for, job, time_zone, account_id NULLS FIRST"  # noqa: S608
    )
    return [tuple(row) for row in rows]


async def next_days(pool: Pool) -> list[tuple[UUID, datetime]]:
    """Read the end (UTC) of the ledger day to be reset next, by account."""
    rows = await pool.fetch("SELECT account_id, due_at FROM job_cursors WHERE job = $1 ORDER BY account_id", RESET)
    return [tuple(row) for row in rows]


async def pause_job(pool: Pool, job: str, at: datetime) -> None:
    """Pause a job from an instant (UTC) on."""
    async with unit_of_work(pool) as writer:
        await pause(writer, job, at)
        await writer.commit()


async def resume_job(pool: Pool, job: str) -> None:
    """Resume a job."""
    async with unit_of_work(pool) as writer:
        await resume(writer, job)
        await writer.commit()
