"""The context of a worker: resources that its runs share, their claims and leases, and how they end together."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, TypeVar

from app.clock import Clock
from app.services.job_queue.claims import ClaimedJob, JobKey
from app.services.jobs import runs as job_runs
from app.services.jobs.runs import Claim, RunKey
from app.settings import Settings
from db.connections import Pool
from db.queries.paused_jobs import paused_jobs
from db.readers import PoolReader
from db.writer import unit_of_work

AT_ONCE: Final = 2
"""Batches of accounts, or runs of minutes, that a worker does at once; beside them one long run."""

LEASE: Final = timedelta(minutes=1)
"""The lease of a run: the time it stays claimed by a worker that does not renew it."""

GRACE: Final = 5.0
"""Seconds that a drained worker has to finish its claims."""

_LAST_WORD: Final = 1.0  # seconds for cancelled work to be rolled back, if the server answers

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class WorkerContext:
    """A worker's pool, clock and name in the ledger. Once `drained` is set, no run and no batch begins any more."""

    pool: Pool
    clock: Clock
    settings: Settings
    owner: str
    slots: asyncio.Semaphore = field(default_factory=partial(asyncio.Semaphore, AT_ONCE))
    long_slots: asyncio.Semaphore = field(default_factory=partial(asyncio.Semaphore, 1))
    spreading: asyncio.Lock = field(default_factory=asyncio.Lock)
    drained: asyncio.Event = field(default_factory=asyncio.Event)
    upkeep: dict[str, datetime] = field(default_factory=dict[str, datetime])
    """The last instant (UTC) of each kind of upkeep, by name."""
    interrupted: dict[JobKey, tuple[ClaimedJob, Exception]] = field(
        default_factory=dict[JobKey, tuple[ClaimedJob, Exception]]
    )
    """The queued jobs that outages interrupted, each with its error, until they are put back."""
    put_back: set[JobKey] = field(default_factory=set[JobKey])
    """The queued jobs that were interrupted and put back, and not done since."""

    async def may_go_on(self, job: str) -> bool:
        """Return True if a further batch of a job may begin: the worker is not drained, and the job not paused."""
        return not self.drained.is_set() and job not in await paused_jobs(PoolReader(self.pool))

    @asynccontextmanager
    async def claimed(self, run: RunKey, *, again: bool) -> AsyncGenerator[Claim | None]:
        """Claim a run and renew its lease until the end of the block; None if it cannot be claimed."""
        async with unit_of_work(self.pool) as writer:
            claim = await job_runs.claim(writer, run, self.owner, self.clock.now(), LEASE, again=again)
            await writer.commit()
        if claim is None:
            yield None
            return
        renewing = asyncio.create_task(self._keep_renewing(claim))
        try:
            yield claim
        finally:
            renewing.cancel()
            # If it failed, others may take the run over: no harm.
            await asyncio.gather(renewing, return_exceptions=True)

    async def _keep_renewing(self, claim: Claim) -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            async with unit_of_work(self.pool) as writer:
                await job_runs.renew(writer, claim, self.clock.now() + LEASE)
                await writer.commit()


async def gather_all(*works: Coroutine[Any, Any, _Result]) -> list[_Result]:
    """Run all concurrently and each to its end; then raise the first error."""
    outcomes = await asyncio.gather(*works, return_exceptions=True)
    results: list[_Result] = []
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
        results.append(outcome)
    return results


async def in_time(work: Coroutine[Any, Any, _Result], drained: asyncio.Event) -> _Result | None:
    """Return the result of work; once drained, it is cancelled after a few seconds and None is returned.

    Cancelled work is rolled back, and done by the next worker.
    """
    task, end = asyncio.ensure_future(work), asyncio.ensure_future(drained.wait())
    try:
        await asyncio.wait({task, end}, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait({task}, timeout=GRACE)
    finally:
        task.cancel()
        end.cancel()
        await asyncio.wait({task, end}, timeout=_LAST_WORD)
    return task.result() if task.done() and not task.cancelled() else None
