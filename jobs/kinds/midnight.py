"""Midnight jobs: runs by zone and day, in batches of accounts, and one by one where an account of a batch fails."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
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
from db.writer import Writer, unit_of_work
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
"""Does the ledger day that closes at an instant (UTC) for accounts, each at most once; returns how many it did.

It raises where it cannot do one of them, and may be called again at any time, with the same accounts or some of them.
"""

_Jobs: TypeAlias = Mapping[str, MidnightWork]


@dataclass(frozen=True)
class Midnight(Kind[MidnightWork]):
    """Jobs that run for each account and ledger day, as the day closes."""

    @property
    def order(self) -> int:
        """They come between the minutes and the days."""
        return 1

    async def run(self, context: WorkerContext, jobs: _Jobs, at: datetime | None) -> dict[str, Counts]:
        """Run the days that have closed until an instant (UTC), or by now, until nothing of it can be claimed.

        Oldest first: each round does a day of every account that is behind.
        """
        await _begin_missing(context)
        counts = {name: Counts() for name in jobs}
        before: list[DueGroup] = []
        while not context.drained.is_set():
            now = context.clock.now()
            due = await _due(context, jobs, at or now, now)
            processed = _processed(counts)
            claimed = await _round(context, jobs, due, now, counts)
            # Others may just have done all that was claimed; then something else is due by now, or nothing.
            if not claimed or (due == before and processed == _processed(counts)):
                break
            before = due
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


def _processed(counts: Mapping[str, Counts]) -> int:
    return sum(each.accounts + each.failures for each in counts.values())


async def _due(context: WorkerContext, jobs: _Jobs, until: datetime, now: datetime) -> list[DueGroup]:
    reader = PoolReader(context.pool)
    due = [group for name in jobs for group in await due_groups(reader, name, until, now)]
    return sorted(due, key=lambda group: group.due_at)


async def _round(
    context: WorkerContext, jobs: _Jobs, due: Sequence[DueGroup], now: datetime, counts: Mapping[str, Counts]
) -> bool:
    """Run groups from the oldest on; say whether any could be claimed."""
    left = deque(due)

    async def take() -> bool:
        claimed = False
        while left and not context.drained.is_set():
            group = left.popleft()
            claimed |= await _run_group(context, jobs[group.job], group, now, counts[group.job])
        return claimed

    return any(await gather_all(*(take() for _ in range(AT_ONCE))))


async def _run_group(
    context: WorkerContext, work: MidnightWork, group: DueGroup, now: datetime, counts: Counts
) -> bool:
    """Run a group; say whether it could be claimed, which is not tried where others have done it meanwhile."""
    if not await due_accounts(PoolReader(context.pool), group, now, None, 1):
        return False
    run = RunKey(group.job, group.time_zone, None, group.date, group.due_at)
    async with context.claimed(run, again=True) as claim:
        if claim is None:
            return False
        counts.runs += 1
        await _GroupRun(context, work, group, now, claim, counts).run()
    return True


class _GroupRun:
    """A claimed run, done in batches, as many at once as the worker has slots."""

    def __init__(
        self,
        context: WorkerContext,
        work: MidnightWork,
        group: DueGroup,
        now: datetime,
        claim: Claim,
        counts: Counts,
    ) -> None:
        self._context = context
        self._work = work
        self._group = group
        self._now = now
        self._claim = claim
        self._counts = counts
        self._reading = asyncio.Lock()
        self._last: UUID | None = None

    async def run(self) -> None:
        """Run all batches; accounts that others held, or that a drained worker left, are due at once for the next."""
        await gather_all(*(self._run_batches() for _ in range(AT_ONCE)))
        async with unit_of_work(self._context.pool) as writer:
            await self._end(writer, self._context.clock.now())
            await writer.commit()

    async def _end(self, writer: Writer, now: datetime) -> None:
        failures = await job_runs.failing_accounts(writer, self._claim.run)
        if await due_accounts(writer, self._group, self._now, None, 1):
            await job_runs.renew(writer, self._claim, now)
        elif failures:
            await job_runs.fail(writer, self._claim, now, failures, f"It fails for some accounts: {failures}.", None)
        else:
            await job_runs.succeed(writer, self._claim, now)

    async def _run_batches(self) -> None:
        while True:
            async with self._context.slots:
                batch = await self._next_batch()
                if not batch:
                    return
                await self._run_batch(batch)

    async def _next_batch(self) -> list[UUID]:
        if self._context.drained.is_set():
            return []
        async with self._reading:
            reader = PoolReader(self._context.pool)
            batch = await due_accounts(reader, self._group, self._now, self._last, BATCH)
            self._last = batch[-1] if batch else self._last
            return batch

    async def _run_batch(self, batch: Sequence[UUID]) -> None:
        """Run a batch, or its accounts one by one; an account that others have locked stays due, and is no failure."""
        for account_id, error in (await isolate_failures(self._group.job, batch, self._attempt)).items():
            if not is_locked(error):
                await self._note_failure(account_id, error)

    async def _attempt(self, account_ids: Sequence[UUID]) -> None:
        context = self._context
        if context.drained.is_set():
            return
        done = await with_retries(lambda: self._work(context.pool, context.clock, self._group.due_at, account_ids))
        now = context.clock.now()
        async with unit_of_work(context.pool) as writer:
            await job_runs.note_recovery(writer, self._group.job, account_ids, context.owner, now)
            await job_runs.renew(writer, self._claim, now + LEASE, done)
            await writer.commit()
        self._counts.accounts += done

    async def _note_failure(self, account_id: UUID, error: Exception) -> None:
        """Record that an account failed, and postpone it."""
        run = replace(self._claim.run, account_id=account_id)
        now = self._context.clock.now()
        async with unit_of_work(self._context.pool) as writer:
            attempts = await job_runs.note_failure(writer, run, self._context.owner, now, job_runs.error_text(error))
            await postpone(writer, self._group.job, account_id, now + job_runs.pause_after(attempts))
            await writer.commit()
        self._counts.failures += 1


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
