"""The worker: does what is due, as far as nobody else has it in hand. What wakes it does not matter."""

import asyncio
import os
import socket
from collections.abc import AsyncGenerator, Coroutine, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import uuid4

import structlog

from app.clock import Clock
from app.services.jobs import runs as job_runs
from app.services.jobs.cursors import begin_missing_cursors
from app.settings import Settings
from db.connections import PLANNED_ONCE, Pool, hang_up, open_pool
from db.failures import ServerError, is_locked
from db.writer import unit_of_work
from jobs.context import WorkerContext, in_time
from jobs.counts import Work
from jobs.kinds.midnight import run_midnights
from jobs.kinds.periodic import run_period
from jobs.orphaned_runs import end_orphaned_runs
from jobs.registry import DAY, MINUTE, PeriodicJob, Registry

_CONNECTIONS: Final = 10  # at most: for two batches in hand and a day's run, their ledger and their renewals
_SETTINGS: Final = {
    **PLANNED_ONCE,
    "lock_timeout": "2s",  # a batch that waits for an account keeps the commands of all its others waiting
}
_MISSING_EVERY: Final = timedelta(hours=1)
_Result = TypeVar("_Result")
_log: Final[structlog.stdlib.BoundLogger] = structlog.get_logger("loupe.jobs")


class Worker:
    """Does jobs until it is drained, at most two batches at once. Its owner is how the ledger knows it from others."""

    def __init__(self, pool: Pool, clock: Clock, settings: Settings, owner: str, jobs: Registry) -> None:
        self._shift = WorkerContext(pool, clock, settings, owner)
        self._jobs = jobs
        self._looked_at: datetime | None = None

    @property
    def drained(self) -> asyncio.Event:
        """What is set once nothing is to be begun any more."""
        return self._shift.drained

    def drain(self) -> None:
        """Finish the batches in hand and begin nothing more."""
        self._shift.drained.set()

    async def run_due(self, at: datetime | None = None) -> dict[str, Work]:
        """Do all that is due at an instant (UTC), or by now, what may take long last; return what was done, by job.

        What an instant in the past leaves out is midnights since; the jobs themselves read the clock as ever.
        """
        return await self.run_minutes(at) | await self.run_midnights(at) | await self.run_days(at)

    async def run_midnights(self, at: datetime | None = None) -> dict[str, Work]:
        """Do the days that have closed until an instant (UTC), or by now, oldest first."""
        await self._begin_missing()
        works = await run_midnights(self._shift, list(self._jobs.midnight.values()), at)
        await end_orphaned_runs(self._shift, self._jobs)
        for name, work in works.items():
            if work.runs:
                _log.info("job_done", job=name, runs=work.runs, accounts=work.accounts, failures=work.failures)
        return works

    async def run_minutes(self, at: datetime | None = None) -> dict[str, Work]:
        """Do the jobs of the minute that holds an instant (UTC), or now."""
        await self._forget_ahead()
        return await self._run_each([job for job in self._jobs.periodic.values() if job.period < DAY], at)

    async def run_days(self, at: datetime | None = None) -> dict[str, Work]:
        """Do the jobs of the UTC day that holds an instant (UTC), or now; they may take long."""
        return await self._run_each([job for job in self._jobs.periodic.values() if job.period >= DAY], at)

    async def _run_each(self, jobs: Sequence[PeriodicJob], at: datetime | None) -> dict[str, Work]:
        works = {job.name: Work() for job in jobs}
        for job in jobs:
            await run_period(self._shift, job, at, works[job.name])
        return works

    async def _begin_missing(self) -> None:
        """Begin with accounts that a release made which knew no jobs, or not these: now, and every hour."""
        now = self._shift.clock.now()
        if self._looked_at is None or abs(now - self._looked_at) >= _MISSING_EVERY:
            try:
                await begin_missing_cursors(self._shift.pool)
            except ServerError as error:
                if not is_locked(error):
                    raise
            else:
                self._looked_at = now

    async def _forget_ahead(self) -> None:
        """Let the minutes to come be done, also those that a clock which was ahead did; clocks may differ a little."""
        async with unit_of_work(self._shift.pool) as writer:
            forgotten = await job_runs.forget_ahead(writer, self._shift.clock.now() + MINUTE)
            await writer.commit()
        if forgotten:
            _log.warning("runs_ahead_of_the_clock_forgotten", runs=forgotten)

    async def in_time(self, work: Coroutine[Any, Any, _Result]) -> _Result | None:
        """Do work; once drained it has a few seconds left, then it is broken off and None is returned."""
        return await in_time(work, self._shift.drained)


@asynccontextmanager
async def working_pool(url: str) -> AsyncGenerator[Pool]:
    """Open a pool for one worker; raises DatabaseUnreachable."""
    pool = await open_pool(url, max_size=_CONNECTIONS, settings=_SETTINGS)
    try:
        yield pool
    finally:
        await hang_up(pool)


def new_owner() -> str:
    """Name a worker of this process, unlike any other."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
