"""The worker: claims and runs due jobs, whoever wakes it."""

import asyncio
import os
import socket
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import uuid4

from app.clock import Clock
from app.services.jobs import runs as job_runs
from app.settings import Settings
from db.capacity import JOBS
from db.connections import LONGEST, PLANNED_ONCE, Pool, hang_up
from db.pools import open_pool
from db.readers import PoolReader
from jobs.context import WorkerContext, in_time
from jobs.counts import Counts
from jobs.kind import Kind
from jobs.registry import Registry

_KEPT: Final = 2  # a batch and its ledger
_SETTINGS: Final = {
    **PLANNED_ONCE,
    "lock_timeout": "2s",  # a batch that waits for an account keeps the commands of all its others waiting
    "idle_in_transaction_session_timeout": "5min",  # the network may lose a process that holds an account's lock
}
_Result = TypeVar("_Result")


class Worker:
    """Runs jobs until it is drained, at most two batches and two queued jobs at once.

    `owner` identifies it in the ledger.
    """

    def __init__(self, pool: Pool, clock: Clock, settings: Settings, owner: str, jobs: Registry) -> None:
        self._context = WorkerContext(pool, clock, settings, owner)
        self._jobs = jobs

    @property
    def kinds(self) -> list[Kind[Any]]:
        """The kinds of its jobs, in the order in which they run one after the other."""
        return sorted(self._jobs.kinds, key=lambda kind: kind.order)

    @property
    def drained(self) -> asyncio.Event:
        """The event that is set once no further work may begin."""
        return self._context.drained

    def drain(self) -> None:
        """Finish the batches under way and begin no more."""
        self._context.drained.set()

    async def run_due(self, at: datetime | None = None) -> dict[str, Counts]:
        """Run all jobs due at an instant (UTC), or by now, those that may take long last; return the counts by job.

        An instant in the past leaves out midnights since; the jobs themselves still read the clock.
        """
        counts: dict[str, Counts] = {}
        for kind in self.kinds:
            counts |= await self.run(kind, at)
        return counts

    async def run(self, kind: Kind[Any], at: datetime | None = None) -> dict[str, Counts]:
        """Run the due jobs of a kind at an instant (UTC), or by now; then end its orphaned runs."""
        jobs = self._jobs.of(kind)
        counts = await kind.run(self._context, jobs, at)
        for claim in await job_runs.orphaned_runs(PoolReader(self._context.pool), self._context.clock.now()):
            if claim.run.job in jobs:
                await kind.end_orphaned(self._context, claim)
        return counts

    async def in_time(self, work: Coroutine[Any, Any, _Result]) -> _Result | None:
        """Return the result of work; once drained, it is cancelled after a few seconds and None is returned."""
        return await in_time(work, self._context.drained)


@asynccontextmanager
async def working_pool(url: str, limit: timedelta = LONGEST) -> AsyncGenerator[Pool]:
    """Open a pool for one worker, whose statements take `limit` at most; raises DatabaseUnreachable.

    It begins with a few connections: jobs can wait for more, and most processes never need them.
    """
    pool = await open_pool(url, use="worker", min_size=_KEPT, max_size=JOBS, settings=_SETTINGS, limit=limit)
    try:
        yield pool
    finally:
        await hang_up(pool)


def new_owner() -> str:
    """Return a name for a worker of this process, unlike any other."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
