"""What tests of the worker share: accounts by zone, jobs that misbehave, and the rows of the ledger."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from app.clock import Clock
from app.domain.sla.enums import Plan
from app.services.accounts.opening import create_account
from app.services.jobs.cursors import RESET
from app.services.midnight.resets import reset_guarantee
from app.settings import Settings
from db.connections import Pool, Record
from db.writer import unit_of_work
from jobs.kinds.midnight import MIDNIGHT, MidnightWork
from jobs.registry import Registry
from jobs.worker import Worker

COPENHAGEN = "Europe/Copenhagen"


async def new_account(pool: Pool, at: datetime, zone: str = COPENHAGEN) -> UUID:
    async with unit_of_work(pool) as writer:
        account_id = await create_account(
            writer,
            at=at,
            name="ACME",
            plan=Plan.PROFESSIONAL,
            time_zone=zone,
            images_per_day=200,
            expedites_per_day=20,
        )
        await writer.commit()
    return account_id


class Midnight:
    """The reset of the guarantee, as long as nothing is wrong with an account."""

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
    """A worker that resets guarantees, and does nothing else."""
    jobs = Registry()
    jobs.register(MIDNIGHT, RESET)(work)
    return Worker(pool, clock, Settings(), owner, jobs)


async def runs(pool: Pool, *columns: str) -> list[tuple[Any, ...]]:
    """Columns of the ledger, oldest run first and then those of its accounts."""
    rows: list[Record] = await pool.fetch(
        f"SELECT {', '.join(columns)} FROM job_runs ORDER BY scheduled_for, job, time_zone, account_id NULLS FIRST"  # noqa: S608
    )
    return [tuple(row) for row in rows]


async def next_days(pool: Pool) -> list[tuple[UUID, datetime]]:
    """When the day closes that is to be reset next, by account."""
    rows = await pool.fetch("SELECT account_id, due_at FROM job_cursors WHERE job = $1 ORDER BY account_id", RESET)
    return [tuple(row) for row in rows]
