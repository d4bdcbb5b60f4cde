"""The runs at midnight: by zone and job, in batches of accounts, and one by one where an account of a batch fails."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from app.services.commands import with_retries
from app.services.jobs import runs as job_runs
from app.services.jobs.cursors import DueGroup, due_accounts, due_groups, postpone
from app.services.jobs.isolation import isolate_failures
from app.services.jobs.runs import Claim, RunKey
from db.failures import is_locked
from db.readers import PoolReader
from db.writer import Writer, unit_of_work
from jobs.context import AT_ONCE, LEASE, WorkerContext, gather_all
from jobs.counts import Work
from jobs.registry import MidnightJob

BATCH: Final = 200
"""How many accounts a batch has at most: what bounds memory, and the time that heads are locked."""


async def run_midnights(context: WorkerContext, jobs: Sequence[MidnightJob], at: datetime | None) -> dict[str, Work]:
    """Do what is due at an instant (UTC), or by now, until nothing of it is left that can be claimed.

    Oldest first: each round does a day of every account that is behind. Returns what was done, by job.
    """
    works = {job.name: Work() for job in jobs}
    before: list[tuple[MidnightJob, DueGroup]] = []
    while not context.drained.is_set():
        now = context.clock.now()
        due = await _due(context, jobs, at or now, now)
        done = _done(works)
        claimed = await _round(context, due, now, works)
        # Others may just have done all that was claimed; then something else is due by now, or nothing.
        if not claimed or (due == before and done == _done(works)):
            break
        before = due
    return works


def _done(works: Mapping[str, Work]) -> int:
    return sum(work.accounts + work.failures for work in works.values())


async def _due(
    context: WorkerContext, jobs: Sequence[MidnightJob], until: datetime, now: datetime
) -> list[tuple[MidnightJob, DueGroup]]:
    reader = PoolReader(context.pool)
    due = [(job, group) for job in jobs for group in await due_groups(reader, job.name, until, now)]
    return sorted(due, key=lambda each: each[1].due_at)


async def _round(
    context: WorkerContext, due: Sequence[tuple[MidnightJob, DueGroup]], now: datetime, works: Mapping[str, Work]
) -> bool:
    """Do groups from the oldest on; say whether any could be claimed."""
    left = deque(due)

    async def take() -> bool:
        claimed = False
        while left and not context.drained.is_set():
            job, group = left.popleft()
            claimed |= await _run_group(context, job, group, now, works[job.name])
        return claimed

    return any(await gather_all(*(take() for _ in range(AT_ONCE))))


async def _run_group(context: WorkerContext, job: MidnightJob, group: DueGroup, now: datetime, work: Work) -> bool:
    """Do a run; say whether it could be claimed, which is not tried where others have done it meanwhile."""
    if not await due_accounts(PoolReader(context.pool), group, now, None, 1):
        return False
    run = RunKey(job.name, group.time_zone, None, group.date, group.due_at)
    async with context.claimed(run, again=True) as claim:
        if claim is None:
            return False
        work.runs += 1
        await _GroupRun(context, job, group, now, claim, work).do()
    return True


class _GroupRun:
    """A claimed run, done in batches by as many hands as there are."""

    def __init__(
        self, context: WorkerContext, job: MidnightJob, group: DueGroup, now: datetime, claim: Claim, work: Work
    ) -> None:
        self._shift = context
        self._job = job
        self._group = group
        self._now = now
        self._claim = claim
        self._work = work
        self._reading = asyncio.Lock()
        self._last: UUID | None = None

    async def do(self) -> None:
        """Do all batches; the rest is for whoever comes next, at once: of a drained context, or what others held."""
        await gather_all(*(self._do_batches() for _ in range(AT_ONCE)))
        async with unit_of_work(self._shift.pool) as writer:
            await self._end(writer, self._shift.clock.now())
            await writer.commit()

    async def _end(self, writer: Writer, now: datetime) -> None:
        failures = await job_runs.failing_accounts(writer, self._claim.run)
        if await due_accounts(writer, self._group, self._now, None, 1):
            await job_runs.renew(writer, self._claim, now)
        elif failures:
            await job_runs.fail(writer, self._claim, now, failures, f"It fails for some accounts: {failures}.", None)
        else:
            await job_runs.succeed(writer, self._claim, now)

    async def _do_batches(self) -> None:
        while True:
            async with self._shift.slots:
                batch = await self._next_batch()
                if not batch:
                    return
                await self._do(batch)

    async def _next_batch(self) -> list[UUID]:
        if self._shift.drained.is_set():
            return []
        async with self._reading:
            reader = PoolReader(self._shift.pool)
            batch = await due_accounts(reader, self._group, self._now, self._last, BATCH)
            self._last = batch[-1] if batch else self._last
            return batch

    async def _do(self, batch: Sequence[UUID]) -> None:
        """Do a batch, or its accounts one by one; one that others have in hand stays due, and is no failure."""
        for account_id, error in (await isolate_failures(self._job.name, batch, self._attempt)).items():
            if not is_locked(error):
                await self._note(account_id, error)

    async def _attempt(self, account_ids: Sequence[UUID]) -> None:
        context = self._shift
        if context.drained.is_set():
            return
        done = await with_retries(lambda: self._job.work(context.pool, context.clock, self._group.due_at, account_ids))
        now = context.clock.now()
        async with unit_of_work(context.pool) as writer:
            await job_runs.note_recovery(writer, self._job.name, account_ids, context.owner, now)
            await job_runs.renew(writer, self._claim, now + LEASE, done)
            await writer.commit()
        self._work.accounts += done

    async def _note(self, account_id: UUID, error: Exception) -> None:
        """Write down that an account failed, and let it wait."""
        run = replace(self._claim.run, account_id=account_id)
        now = self._shift.clock.now()
        async with unit_of_work(self._shift.pool) as writer:
            attempts = await job_runs.note_failure(writer, run, self._shift.owner, now, job_runs.told(error))
            await postpone(writer, self._job.name, account_id, now + job_runs.pause_after(attempts))
            await writer.commit()
        self._work.failures += 1
