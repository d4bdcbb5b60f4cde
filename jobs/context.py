"""A context of a worker: what all its runs share, how they take part in the ledger, and how they end together."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, TypeVar

from app.clock import Clock
from app.services.jobs import runs as job_runs
from app.services.jobs.runs import Claim, RunKey
from app.settings import Settings
from db.connections import Pool
from db.writer import unit_of_work
from jobs.registry import DAY

AT_ONCE: Final = 2
"""How many batches of accounts, or runs of minutes, are in hand at most; beside them one run of a day."""

LEASE: Final = timedelta(minutes=1)
"""How long a run stays with a worker that is not heard of any more."""

GRACE: Final = 5.0
"""Seconds that a drained worker has to finish what it has in hand."""

_LAST_WORD: Final = 1.0  # seconds for what is broken off to be rolled back, if the server answers

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class WorkerContext:
    """Who works by which pool and clock. `drained` asks for no run and no batch to be begun any more."""

    pool: Pool
    clock: Clock
    settings: Settings
    owner: str
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    day_hand: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    drained: asyncio.Event = field(default_factory=asyncio.Event)

    def hand_for(self, period: timedelta) -> asyncio.Semaphore:
        """Return what a run of a period takes while it is done: that of a day may take long, and has its own."""
        return self.day_hand if period >= DAY else self.slots

    @asynccontextmanager
    async def claimed(self, run: RunKey, *, again: bool) -> AsyncGenerator[Claim | None]:
        """Hold a run as long as it takes, however long a batch of it does; None where it is not to be had."""
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
            await asyncio.gather(
                renewing, return_exceptions=True
            )  # if it failed, others may take the run over: no harm

    async def _keep_renewing(self, claim: Claim) -> None:
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            async with unit_of_work(self.pool) as writer:
                await job_runs.renew(writer, claim, self.clock.now() + LEASE)
                await writer.commit()


async def gather_all(*works: Coroutine[Any, Any, _Result]) -> list[_Result]:
    """Do all at once and each to its end; then raise the first error there was."""
    outcomes = await asyncio.gather(*works, return_exceptions=True)
    results: list[_Result] = []
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
        results.append(outcome)
    return results


async def in_time(work: Coroutine[Any, Any, _Result], drained: asyncio.Event) -> _Result | None:
    """Do work; once drained it has a few seconds left, then it is broken off and None is returned.

    What is broken off is rolled back, and done by whoever comes next.
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
