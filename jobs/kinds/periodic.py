"""The runs by nothing: every minute and every UTC day, once however many schedulers there are."""

from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from app.services.commands import patiently
from app.services.jobs import runs as job_runs
from app.services.jobs.runs import Claim, RunKey
from db.connections import PoolReader, is_outage, unit_of_work
from jobs.context import Shift
from jobs.counts import Work
from jobs.registry import Done, PeriodicJob

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_log: Final[structlog.stdlib.BoundLogger] = structlog.get_logger("loupe.jobs")


def beginning(at: datetime, period: timedelta) -> datetime:
    """Tell when the minute or UTC day that holds an instant began."""
    return at - (at - _EPOCH) % period


async def run_period(shift: Shift, job: PeriodicJob, at: datetime | None, work: Work) -> None:
    """Do a job for the period that holds an instant (UTC), or now, unless it is done or somebody has it in hand."""
    now = at or shift.clock.now()
    run = RunKey(job.name, None, None, None, beginning(now, job.period))
    async with shift.hand_for(job.period):
        if shift.drained.is_set():
            return
        async with shift.claimed(run, again=False) as claim:
            if claim is not None:
                work.runs += 1
                await _do(shift, job, claim, work)


async def _do(shift: Shift, job: PeriodicJob, claim: Claim, work: Work) -> None:
    last = await job_runs.last_success(PoolReader(shift.pool), job.name, claim.run.scheduled_for)
    try:
        done = await patiently(lambda: job.work(shift.pool, shift.clock, shift.settings, last))
    except Exception as error:
        if is_outage(error):
            raise
        work.failures += 1
        _log.warning("run_failed", job=job.name, exc_info=error)
        await _fail(shift, claim, job_runs.told(error))
    else:
        work.failures += done.failures
        work.accounts += done.accounts
        await _end(shift, job, claim, done)


async def _end(shift: Shift, job: PeriodicJob, claim: Claim, done: Done) -> None:
    if any(done.counts.values()):
        _log.info("job_done", job=job.name, **done.counts)
    if done.error is not None:
        await _fail(shift, claim, done.error, done, claim.run.scheduled_for + job.period)
        return
    if done.failures:
        await _fail(shift, claim, f"It failed for some accounts: {done.failures}.", done)
        return
    async with unit_of_work(shift.pool) as writer:
        await job_runs.succeed(writer, claim, shift.clock.now(), done.horizon, done.accounts)
        await writer.commit()


async def _fail(
    shift: Shift, claim: Claim, error: str, done: Done | None = None, retry_at: datetime | None = None
) -> None:
    """End a run that failed; without an instant (UTC) it is tried again after a pause."""
    now = shift.clock.now()
    done = done or Done()
    again = retry_at or now + job_runs.pause_after(claim.attempts)
    async with unit_of_work(shift.pool) as writer:
        await job_runs.fail(writer, claim, now, done.failures, error, again, done.accounts)
        await writer.commit()
