"""Queued jobs: work for single accounts that commands add, and spreads, which add it for every account."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Final, TypeAlias

import structlog

from app.clock import Clock
from app.services.commands import with_retries
from app.services.job_queue import claims
from app.services.job_queue.adding import CHANNEL
from app.services.job_queue.claims import ClaimedJob, ClaimLost, about_key
from app.services.job_queue.spreading import spread_batch
from app.services.jobs import runs as job_runs
from app.services.jobs.runs import Claim, RunKey
from db.connections import Pool
from db.failures import is_locked, is_outage
from db.queries.job_queue import DueSpread, QueueOfKind, due_spreads, failing_jobs, queues_of_kinds
from db.queries.job_status import FailedRun, JobLedger, failed_runs, job_ledgers
from db.readers import PoolReader, Reader
from db.settled import settle
from db.writer import unit_of_work
from jobs.context import AT_ONCE, LEASE, WorkerContext
from jobs.counts import Counts
from jobs.kind import JobStatus, Kind

_NO_TIME: Final = timedelta()
_log: Final[structlog.stdlib.BoundLogger] = structlog.get_logger("loupe.jobs")


QueuedWork: TypeAlias = Callable[[Pool, Clock, ClaimedJob], Awaitable[None]]
"""Does a job in a transaction opened by `ending`, which also removes it: so it takes effect exactly once.

Its steps before that transaction may be repeated.
"""

_Jobs: TypeAlias = Mapping[str, QueuedWork]


class NotEnded(Exception):  # noqa: N818 - named by its case, like all errors here
    """Work that returned without a transaction by `ending`, so that its job would be done again and again."""

    def __init__(self) -> None:
        super().__init__("The work did not end its job.")


@dataclass(frozen=True)
class Queued(Kind[QueuedWork]):
    """Jobs that run once for an account each time a command adds them; a job's name is the kind of its rows."""

    @property
    def order(self) -> int:
        """Queued jobs run after midnight jobs and jobs of every minute, and before daily ones."""
        return 1

    @property
    def channel(self) -> str:
        """The channel on which added jobs and spreads are notified."""
        return CHANNEL

    @property
    def at_once(self) -> int:
        """The number of loops of a scheduler: a long job does not delay jobs of other accounts."""
        return AT_ONCE

    async def run(self, context: WorkerContext, jobs: _Jobs, at: datetime | None) -> dict[str, Counts]:
        """Run spreads and jobs due at an instant (UTC), or by now, until none can be claimed; accounts take turns."""
        counts = {name: Counts() for name in jobs}
        await _put_back_interrupted(context)
        while not context.drained.is_set():
            if not await _spread_due(context, jobs, at, counts) and not await _do_next(context, jobs, at, counts):
                break
        for name, done in counts.items():
            if done.runs:
                _log.info("job_done", job=name, runs=done.runs, accounts=done.accounts, failures=done.failures)
        return counts

    async def end_orphaned(self, context: WorkerContext, claim: Claim) -> None:
        """End the run of spreads that others have done; one that is under way is taken over by the next worker."""
        run = claim.run
        spreads = await due_spreads(PoolReader(context.pool), [run.job], run.scheduled_for)
        if all(spread.due_at != run.scheduled_for for spread in spreads):
            async with unit_of_work(context.pool) as writer:
                await job_runs.succeed(writer, claim, context.clock.now())
                await writer.commit()

    async def describe(self, reader: Reader, jobs: _Jobs, now: datetime) -> list[JobStatus]:
        """Return the status of each job at an instant (UTC), without its errors."""
        ledgers = await job_ledgers(reader, [*jobs], now)
        queues = await queues_of_kinds(reader, [*jobs])
        return [_status(ledgers[name], queues.get(name), now) for name in jobs]

    async def failures(self, reader: Reader, jobs: _Jobs, now: datetime) -> list[FailedRun]:
        """Return the failing jobs, each with its key, and the failing spreads."""
        failing = [
            FailedRun(job.kind, None, job.account_id, job.due_at, job.error, job.key)
            for job in await failing_jobs(reader, [*jobs])
        ]
        return failing + [run for run in await failed_runs(reader, [*jobs], now) if run.account_id is None]


QUEUED: Final = Queued()


async def _spread_due(context: WorkerContext, jobs: _Jobs, at: datetime | None, counts: Mapping[str, Counts]) -> bool:
    """Do due spreads, unless another loop of the worker does; return True if any was claimed.

    Spreads of a kind that are due at one instant share a run, in which none waits for another that fails.
    """
    if context.spreading.locked():
        return False
    async with context.spreading:
        reader = PoolReader(context.pool)
        now = (await settle(reader, context.clock, ())).now
        due = await due_spreads(reader, [*jobs], min(at or now, now))
        runs = groupby(due, lambda spread: RunKey(spread.kind, None, None, None, spread.due_at))
        return any([await _spread(context, run, [*spreads], counts[run.job]) for run, spreads in runs])


async def _spread(context: WorkerContext, run: RunKey, spreads: Sequence[DueSpread], counts: Counts) -> bool:
    """Claim the run of the spreads of a kind that are due at one instant, and do them; return False if it cannot be."""
    async with context.claimed(run, again=True) as claim:
        if claim is None:
            return False
        counts.runs += 1
        failures = [await _failure_of(context, spread, claim, counts) for spread in spreads]
        await _end_spreads(context, claim, "; ".join(filter(None, failures)))
    return True


async def _failure_of(context: WorkerContext, spread: DueSpread, claim: Claim, counts: Counts) -> str | None:
    """Do a spread until its end, the worker is drained or the job paused; return its error if it fails."""
    try:
        while await context.may_go_on(spread.kind) and await _spread_batch(context, spread, claim):
            pass
    except Exception as error:
        if is_outage(error):
            raise
        if not is_locked(error):
            counts.failures += 1
            _log.warning("spread_failed", job=spread.kind, key=spread.key, exc_info=error)
        return about_key(spread.key, job_runs.error_text(error))
    return None


async def _spread_batch(context: WorkerContext, spread: DueSpread, claim: Claim) -> int:
    return await with_retries(partial(spread_batch, context.pool, spread, claim, context.clock.now() + LEASE))


async def _end_spreads(context: WorkerContext, claim: Claim, error: str) -> None:
    """End the run of spreads; one that failed is never given up, one that had to stop is left to the next worker."""
    now = context.clock.now()
    had_to_stop = not await context.may_go_on(claim.run.job)
    pause = _NO_TIME if had_to_stop else job_runs.pause_after(claim.attempts)
    async with unit_of_work(context.pool) as writer:
        if error:
            await job_runs.fail(writer, claim, now, 0, error, now + pause)
        elif had_to_stop:
            await job_runs.renew(writer, claim, now)
        else:
            await job_runs.succeed(writer, claim, now)
        await writer.commit()


async def _do_next(context: WorkerContext, jobs: _Jobs, at: datetime | None, counts: Mapping[str, Counts]) -> bool:
    """Do the next job; return False if none is due that can be claimed."""
    job = await claims.claim_next(context.pool, context.clock, context.owner, [*jobs], at)
    if job is None:
        return False
    counts[job.kind].runs += 1
    try:
        async with _renewed(context, job):
            await _do(context, jobs[job.kind], job, counts[job.kind])
    except ClaimLost:
        _log.warning("claim_lost", job=job.kind, account=str(job.account_id), key=job.key)
    return True


async def _do(context: WorkerContext, work: QueuedWork, job: ClaimedJob, counts: Counts) -> None:
    """Do a job; it is put back if it fails, if others have its account locked, or if the worker is to end.

    After an outage it is put back once the database answers.
    """
    try:
        await _attempt(context, work, job)
        context.put_back.discard(job.primary_key)
        counts.accounts += 1
    except asyncio.CancelledError:
        with suppress(Exception):  # otherwise its lease ends by itself
            await claims.postpone(context.pool, context.clock, job)
        raise
    except ClaimLost:
        raise
    except Exception as error:  # noqa: BLE001 - the job fails by it, or it is raised again
        try:
            if is_outage(error) and job.primary_key not in context.put_back:
                raise
            await _end_attempt(context, job, error, counts)
        except Exception as outage:
            if is_outage(outage):
                context.interrupted[job.primary_key] = job, error
            raise


async def _end_attempt(context: WorkerContext, job: ClaimedJob, error: Exception, counts: Counts) -> None:
    if is_locked(error):
        await claims.postpone(context.pool, context.clock, job)
    else:
        counts.failures += 1
        await _fail(context, job, error)


async def _put_back_interrupted(context: WorkerContext) -> None:
    """Return the jobs that outages interrupted, unless others took them over meanwhile.

    Their attempts do not count, unless the one before was interrupted, too: the job may cause the outages.
    """
    for key, (job, error) in [*context.interrupted.items()]:
        try:
            if key in context.put_back:
                await _fail(context, job, error)
            else:
                await claims.postpone(context.pool, context.clock, job, pause=_NO_TIME)
                context.put_back.add(key)
        except ClaimLost:
            pass
        except Exception as failure:
            if is_locked(failure):
                continue  # until the next run
            raise
        context.interrupted.pop(key, None)


async def _attempt(context: WorkerContext, work: QueuedWork, job: ClaimedJob) -> None:
    await with_retries(partial(work, context.pool, context.clock, job))
    if not job.ended:
        raise NotEnded


async def _fail(context: WorkerContext, job: ClaimedJob, error: Exception) -> None:
    about = {"job": job.kind, "account": str(job.account_id), "key": job.key, "attempts": job.attempts}
    _log.warning("account_failed", **about, exc_info=error)
    if await claims.fail(context.pool, context.clock, job, error):
        _log.error("job_given_up", **about)


@asynccontextmanager
async def _renewed(context: WorkerContext, job: ClaimedJob) -> AsyncGenerator[None]:
    """Renew the lease of a job's turn until the end of the block."""
    renewing = asyncio.create_task(_keep_renewing(context, job))
    try:
        yield
    finally:
        renewing.cancel()
        # A failed renewal is harmless: another worker may take the turn over.
        await asyncio.gather(renewing, return_exceptions=True)


async def _keep_renewing(context: WorkerContext, job: ClaimedJob) -> None:
    while True:
        await asyncio.sleep(claims.LEASE.total_seconds() / 3)
        await claims.renew(context.pool, context.clock, job)


def _status(ledger: JobLedger, queue: QueueOfKind | None, now: datetime) -> JobStatus:
    since = None if queue is None else queue.since
    return JobStatus(
        job=ledger.job,
        runs=ledger.runs,
        failures=ledger.failed_since + (0 if queue is None else queue.failing),
        lag=_NO_TIME if since is None else max(now - since, _NO_TIME),
        last_run=ledger.last_run,
        next=None if queue is None else queue.next,
        queue=queue,
    )
