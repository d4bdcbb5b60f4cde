"""The job queue in tests: a kind whose work leaves a row for each time it was done, and the rows of the queue."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from app.clock import Clock
from app.services.accounts.counters import begin_command
from app.services.job_queue.adding import Payload, add_job, add_spread
from app.services.job_queue.claims import ATTEMPTS, ClaimedJob, claim_next, ending, fail
from app.services.jobs.runs import LONGEST_PAUSE
from app.settings import Settings
from db.connections import Pool
from db.tables.idempotency import IdempotencyKey
from db.writer import Writer, unit_of_work
from jobs.kinds.queued import QUEUED, QueuedWork
from jobs.registry import Registry
from jobs.worker import Worker
from tests.support.clock import FrozenClock

KIND = "stamp"
OTHER = "frank"
MINUTE = timedelta(minutes=1)
_SLOW = 0.005  # seconds


class Work:
    """Work that records its jobs, and leaves an effect in each one's transaction.

    It raises for accounts in `wrong`, and for accounts in `waiting` it waits before the transaction.
    """

    def __init__(self) -> None:
        self.wrong: dict[UUID, Exception] = {}
        self.jobs: list[ClaimedJob] = []
        self.waiting: dict[UUID, asyncio.Event] = {}

    def has_begun(self, count: int) -> bool:
        """Return True if it was called so often."""
        return len(self.jobs) == count

    async def __call__(self, pool: Pool, clock: Clock, job: ClaimedJob) -> None:
        self.jobs.append(job)
        if job.account_id in self.waiting:
            await self.waiting[job.account_id].wait()
        async with ending(pool, clock, job) as writer:
            await leave_effect(writer, clock, job)
            if job.account_id in self.wrong:
                raise self.wrong[job.account_id]


async def do_slowly(pool: Pool, clock: Clock, job: ClaimedJob) -> None:
    """Leave the effect of a job, and wait before its transaction and in it."""
    await asyncio.sleep(_SLOW)
    async with ending(pool, clock, job) as writer:
        await leave_effect(writer, clock, job)
        await asyncio.sleep(_SLOW)


async def leave_effect(writer: Writer, clock: Clock, job: ClaimedJob) -> None:
    """Write a row for a job that is done, as a command of its account."""
    counters = await begin_command(writer, clock, job.account_id)
    name = f"{job.key} {uuid4()}"
    key = IdempotencyKey(
        account_id=job.account_id, key=name, operation=job.kind, digest=b"", answer=None, created_at=counters.instant
    )
    await writer.insert([key])


async def effects(pool: Pool, account_id: UUID | None = None) -> list[str]:
    """Return the keys of the jobs that were done, of an account or of all, sorted: one for each time."""
    query = "SELECT key FROM idempotency_keys WHERE $1::uuid IS NULL OR account_id = $1 ORDER BY key"
    return [row["key"].split()[0] for row in await pool.fetch(query, account_id)]


def registry(work: QueuedWork, kinds: Sequence[str] = (KIND,)) -> Registry:
    """Return kinds of queued jobs that do the same."""
    jobs = Registry()
    for kind in kinds:
        jobs.register(QUEUED, kind)(work)
    return jobs


def worker(pool: Pool, clock: Clock, work: QueuedWork, owner: str = "a", kinds: Sequence[str] = (KIND,)) -> Worker:
    """Return a worker with kinds of queued jobs that do the same."""
    return Worker(pool, clock, Settings(), owner, registry(work, kinds))


async def add(
    pool: Pool,
    account_id: UUID,
    due_at: datetime,
    *keys: str,
    kind: str = KIND,
    payload: Payload | None = None,
) -> None:
    """Add jobs of an account, each in a transaction of its own."""
    for key in keys or ("k",):
        async with unit_of_work(pool) as writer:
            await add_job(writer, account_id, kind, due_at, key, payload)
            await writer.commit()


async def give_up(pool: Pool, clock: FrozenClock, account_id: UUID, key: str = "k") -> None:
    """Add a job of an account that fails until it is given up, half a day later."""
    await add(pool, account_id, clock.now(), key)
    for _ in range(ATTEMPTS):
        job = await claim_next(pool, clock, "a", [KIND], None)
        assert job is not None
        await fail(pool, clock, job, ValueError("x"))
        clock.advance(LONGEST_PAUSE)


async def spread(pool: Pool, due_at: datetime, key: str = "s", payload: Payload | None = None) -> None:
    """Add a spread in a transaction of its own."""
    async with unit_of_work(pool) as writer:
        await add_spread(writer, KIND, due_at, key, payload)
        await writer.commit()


async def queued(pool: Pool, *columns: str) -> list[tuple[Any, ...]]:
    """Read columns of all queued jobs, by account, kind and key."""
    rows = await pool.fetch(
        f"SELECT {', '.join(columns)} FROM queued_jobs ORDER BY account_id, kind, key"  # noqa: S608
    )
    return [tuple(row) for row in rows]


async def turns(pool: Pool) -> list[tuple[UUID, datetime]]:
    """Read the accounts that have turns, each with the instant (UTC) at which its next job is due."""
    rows = await pool.fetch("SELECT account_id, due_at FROM job_turns ORDER BY account_id, kind")
    return [tuple(row) for row in rows]
