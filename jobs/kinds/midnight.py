"""Midnight jobs: runs by zone and day, in batches of accounts, and one by one if an account of a batch fails."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final, TypeAlias
from uuid import UUID

import structlog

from app.clock import Clock
from app.services.commands import with_retries
from app.services.jobs import runs as job_runs
from app.services.jobs.cursors import DueGroup, begin_missing_cursors, due_accounts, due_groups, postpone
from app.services.jobs.isolation import isolate_failures
from app.services.jobs.runs import Claim, RunKey
from db.connections import Pool
from db.failures import ServerError, is_locked
from db.queries.job_status import JobLedger, ZoneCursors, ZoneRun, job_ledgers, last_zone_runs, zone_cursors
from db.readers import PoolReader, Reader
from db.writer import unit_of_work
from jobs.context import AT_ONCE, LEASE, WorkerContext, gather_all
from jobs.counts import Counts
from jobs.kind import JobStatus, Kind, ZoneStatus

BATCH: Final = 200
"""Accounts of a batch: it bounds memory, and the time that counters are locked."""

_MISSING: Final = "missing cursors"
_MISSING_EVERY: Final = timedelta(hours=1)
_EVER: Final = datetime(9999, 1, 1, tzinfo=UTC)  # when no account is postponed any more
_NO_TIME: Final = timedelta()
_log: Final[structlog.stdlib.BoundLogger] = structlog.get_logger("loupe.jobs")


MidnightWork: TypeAlias = Callable[[Pool, Clock, datetime, Sequence[UUID]], Awaitable[int]]
"""Does the ledger day that closes at an instant (UTC) for accounts, each at most once; returns their number.

It raises if it cannot do one of them, and may be called again at any time, with the same accounts or some of them.
"""

_Jobs: TypeAlias = Mapping[str, MidnightWork]


@dataclass(frozen=True)
class Midnight(Kind[MidnightWork]):
    """Jobs that run for each account and ledger day, as the day closes."""

    @property
    def order(self) -> int:
        """Midnight jobs run after jobs of shorter periods than a day, and before daily jobs."""
        return 1

    async def run(self, context: WorkerContext, jobs: _Jobs, at: datetime | None) -> dict[str, Counts]:
        """Run the days that have closed until an instant (UTC), or by now, until nothing of it can be claimed.

        Oldest first: each round does a day of every account that has closed days to do.
        """
        await _begin_missing(context)
        counts = {name: Counts() for name in jobs}
        before: tuple[list[DueGroup], int] | None = None
        while not context.drained.is_set():
            now = context.clock.now()
            due = await due_groups(PoolReader(context.pool), jobs, at or now, now)
            claimed = await _round(context, jobs, due, now, counts)
            state = due, sum(each.accounts + each.failures for each in counts.values())
            # Others may just have done all that was claimed; then something else is due by now, or nothing.
            if not claimed or state == before:
                break
            before = state
        for name, done in counts.items():
            if done.runs:
                _log.info("job_done", job=name, runs=done.runs, accounts=done.accounts, failures=done.failures)
        return counts

    async def end_orphaned(self, context: WorkerContext, claim: Claim) -> None:
        """End the run of a zone of which no account is due any more; others are taken over by the next worker."""
        run = claim.run
        if run.time_zone is None or run.date is None:
            return
        group = DueGroup(run.job, run.time_zone, run.scheduled_for, run.date)
        if await due_accounts(PoolReader(context.pool), group, _EVER, None, 1):
            return  # be it after a pause
        async with unit_of_work(context.pool) as writer:
            await job_runs.succeed(writer, claim, context.clock.now())
            await writer.commit()

    async def describe(self, reader: Reader, jobs: _Jobs, now: datetime) -> list[JobStatus]:
        """Return the status of each job at an instant (UTC) with its zones, without its errors."""
        ledgers = await job_ledgers(reader, [*jobs], now)
        runs = await last_zone_runs(reader, [*jobs])
        cursors = await zone_cursors(reader, [*jobs])
        zones = [(each.job, _zone_status(each, runs.get((each.job, each.time_zone)), now)) for each in cursors]
        return [_status(ledgers[name], tuple(zone for of, zone in zones if of == name)) for name in jobs]


MIDNIGHT: Final = Midnight()


async def _begin_missing(context: WorkerContext) -> None:
    """Add the cursors of accounts that were made by a release without these jobs: at first, and every hour."""
    now, done_at = context.clock.now(), context.upkeep.get(_MISSING)
    if done_at is not None and abs(now - done_at) < _MISSING_EVERY:
        return
    try:
        await begin_missing_cursors(context.pool)
    except ServerError as error:
        if not is_locked(error):
            raise
    else:
        context.upkeep[_MISSING] = now


async def _round(
    context: WorkerContext, jobs: _Jobs, due: Sequence[DueGroup], now: datetime, counts: Mapping[str, Counts]
) -> bool:
    """Run groups from the oldest on; return True if any could be claimed."""
    left = deque(_GroupRun(context, jobs[group.job], group, now, counts[group.job]) for group in due)

    async def run_next() -> bool:
        claimed = False
        while left and not context.drained.is_set():
            claimed |= await left.popleft().run()
        return claimed

    return any(await gather_all(*(run_next() for _ in range(AT_ONCE))))


@dataclass(slots=True)
class _GroupRun:
    """The run of a group, done in batches, as many at once as the worker has slots."""

    context: WorkerContext
    work: MidnightWork
    group: DueGroup
    now: datetime
    counts: Counts
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    last: UUID | None = None

    async def run(self) -> bool:
        """Claim the run and do all batches; return False if it cannot be claimed, or others have done it meanwhile.

        Accounts that others held, or that were left as the worker was drained or the job paused, are due at once for
        the next.
        """
        if not await due_accounts(PoolReader(self.context.pool), self.group, self.now, None, 1):
            return False
        run = RunKey(self.group.job, self.group.time_zone, None, self.group.date, self.group.due_at)
        async with self.context.claimed(run, again=True) as claim:
            if claim is None:
                return False
            self.counts.runs += 1
            await gather_all(*(self._run_batches(claim) for _ in range(AT_ONCE)))
            await self._end(claim)
        return True

    async def _end(self, claim: Claim) -> None:
        now = self.context.clock.now()
        async with unit_of_work(self.context.pool) as writer:
            failures = await job_runs.failing_accounts(writer, claim.run)
            if await due_accounts(writer, self.group, self.now, None, 1):
                await job_runs.renew(writer, claim, now)
            elif failures:
                await job_runs.fail(writer, claim, now, failures, f"It fails for some accounts: {failures}.", None)
            else:
                await job_runs.succeed(writer, claim, now)
            await writer.commit()

    async def _run_batches(self, claim: Claim) -> None:
        """Do batches, or their accounts one by one; an account that others have locked stays due, and is no failure."""
        while True:
            async with self.context.slots:
                batch = await self._next_batch()
                if not batch:
                    return
                errors = await isolate_failures(self.group.job, batch, partial(self._attempt, claim))
                for account_id, error in errors.items():
                    if not is_locked(error):
                        await self._note_failure(claim, account_id, error)

    async def _next_batch(self) -> list[UUID]:
        if not await self.context.may_go_on(self.group.job):
            return []
        async with self.reading:
            batch = await due_accounts(PoolReader(self.context.pool), self.group, self.now, self.last, BATCH)
            self.last = batch[-1] if batch else self.last
            return batch

    async def _attempt(self, claim: Claim, account_ids: Sequence[UUID]) -> None:
        context = self.context
        if context.drained.is_set():
            return
        done = await with_retries(partial(self.work, context.pool, context.clock, self.group.due_at, account_ids))
        now = context.clock.now()
        async with unit_of_work(context.pool) as writer:
            await job_runs.note_recovery(writer, self.group.job, account_ids, context.owner, now)
            await job_runs.renew(writer, claim, now + LEASE, done)
            await writer.commit()
        self.counts.accounts += done

    async def _note_failure(self, claim: Claim, account_id: UUID, error: Exception) -> None:
        """Record that an account failed, and postpone it."""
        run = replace(claim.run, account_id=account_id)
        now = self.context.clock.now()
        async with unit_of_work(self.context.pool) as writer:
            attempts = await job_runs.note_failure(writer, run, self.context.owner, now, job_runs.error_text(error))
            await postpone(writer, self.group.job, account_id, now + job_runs.pause_after(attempts))
            await writer.commit()
        self.counts.failures += 1


def _zone_status(cursors: ZoneCursors, last: ZoneRun | None, now: datetime) -> ZoneStatus:
    return ZoneStatus(
        time_zone=cursors.time_zone,
        accounts=cursors.accounts,
        last_run=last.scheduled_for if last else None,
        state=last.state if last else None,
        next=cursors.next,
        lag=max(now - cursors.next, _NO_TIME),
        failures=cursors.failures,
    )


def _status(ledger: JobLedger, zones: tuple[ZoneStatus, ...]) -> JobStatus:
    return JobStatus(
        job=ledger.job,
        runs=ledger.runs,
        failures=sum(zone.failures for zone in zones),
        lag=max((zone.lag for zone in zones), default=_NO_TIME),
        last_run=ledger.last_run,
        next=min((zone.next for zone in zones), default=None),
        zones=zones,
    )
