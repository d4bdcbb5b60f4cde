"""The runs by nothing: every minute and every UTC day, once however many schedulers there are."""

from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from app.services.commands import with_retries
from app.services.jobs import runs as job_runs
from app.services.jobs.runs import Claim, RunKey
from db.failures import is_outage
from db.readers import PoolReader
from db.writer import unit_of_work
from jobs.context import WorkerContext
from jobs.counts import Work
from jobs.registry import Done, PeriodicJob

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_log: Final[structlog.stdlib.BoundLogger] = structlog.get_logger("loupe.jobs")


def beginning(at: datetime, period: timedelta) -> datetime:
    """Tell when the minute or UTC day that holds an instant began."""
    return at - (at - _EPOCH) % period


async def run_period(context: WorkerContext, job: PeriodicJob, at: datetime | None, work: Work) -> None:
    """Do a job for the period that holds an instant (UTC), or now, unless it is done or somebody has it in hand."""
    now = at or context.clock.now()
    run = RunKey(job.name, None, None, None, beginning(now, job.period))
    async with context.hand_for(job.period):
        if context.drained.is_set():
            return
        async with context.claimed(run, again=False) as claim:
            if claim is not None:
                work.runs += 1
                await _do(context, job, claim, work)


async def _do(context: WorkerContext, job: PeriodicJob, claim: Claim, work: Work) -> None:
    last = await job_runs.last_success(PoolReader(context.pool), job.name, claim.run.scheduled_for)
    try:
        done = await with_retries(lambda: job.work(context.pool, context.clock, context.settings, last))
    except Exception as error:
        if is_outage(error):
            raise
        work.failures += 1
        _log.warning("run_failed", job=job.name, exc_info=error)
        await _fail(context, claim, job_runs.told(error))
    else:
        work.failures += done.failures
        work.accounts += done.accounts
        await _end(context, job, claim, done)


async def _end(context: WorkerContext, job: PeriodicJob, claim: Claim, done: Done) -> None:
    if any(done.counts.values()):
        _log.info("job_done", job=job.name, **done.counts)
    if done.error is not None:
        await _fail(context, claim, done.error, done, claim.run.scheduled_for + job.period)
        return
    if done.failures:
        await _fail(context, claim, f"It failed for some accounts: {done.failures}.", done)
        return
    async with unit_of_work(context.pool) as writer:
        await job_runs.succeed(writer, claim, context.clock.now(), done.horizon, done.accounts)
        await writer.commit()


async def _fail(
    context: WorkerContext, claim: Claim, error: str, done: Done | None = None, retry_at: datetime | None = None
) -> None:
    """End a run that failed; without an instant (UTC) it is tried again after a pause."""
    now = context.clock.now()
    done = done or Done()
    again = retry_at or now + job_runs.pause_after(claim.attempts)
    async with unit_of_work(context.pool) as writer:
        await job_runs.fail(writer, claim, now, done.failures, error, again, done.accounts)
        await writer.commit()
