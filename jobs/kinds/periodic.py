"""Periodic jobs: global runs, once every minute or every UTC day, however many schedulers there are."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

import structlog

from app.clock import Clock
from app.services.commands import with_retries
from app.services.jobs import runs as job_runs
from app.services.jobs.runs import Claim, RunKey, Success
from app.settings import Settings
from db.connections import Pool
from db.failures import is_outage
from db.queries.job_status import JobLedger, PutOff, accounts_put_off, job_ledgers
from db.readers import PoolReader, Reader
from db.writer import unit_of_work
from jobs.context import WorkerContext
from jobs.counts import Counts
from jobs.kind import JobStatus, Kind

MINUTE: Final = timedelta(minutes=1)
DAY: Final = timedelta(days=1)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NO_TIME: Final = timedelta()
_ORPHANED: Final = "The worker that ran it died. The next run did the rest."
_log: Final[structlog.stdlib.BoundLogger] = structlog.get_logger("loupe.jobs")


@dataclass(frozen=True, slots=True)
class Done:
    """The result of a global run: the number of accounts it failed for, and counts for the log.

    `horizon` is the instant (UTC) up to which a job looked that looks ahead. `accounts` are those it processed, of a
    job that counts them. `error` describes a failure that the number does not; a run with an error ends so, and is not
    tried again in its period.
    """

    failures: int = 0
    counts: Mapping[str, int] = field(default_factory=dict[str, int])
    horizon: datetime | None = None
    accounts: int = 0
    error: str | None = None


PeriodicWork: TypeAlias = Callable[[Pool, Clock, Settings, Success | None], Awaitable[Done]]
"""Does the work due since its last successful run, which is None at first."""


@dataclass(frozen=True)
class Periodic(Kind[PeriodicWork]):
    """Jobs that run once every minute or UTC day, for all accounts."""

    period: timedelta

    @property
    def order(self) -> int:
        """Jobs of shorter periods than a day are first, daily jobs last."""
        return 0 if self.period < DAY else 2

    async def run(
        self, context: WorkerContext, jobs: Mapping[str, PeriodicWork], at: datetime | None
    ) -> dict[str, Counts]:
        """Run each job for the period that holds an instant (UTC), or now, unless it is done or claimed."""
        if self.period < DAY:
            await _delete_runs_ahead(context)
        counts = {name: Counts() for name in jobs}
        for name, work in jobs.items():
            run = RunKey(name, None, None, None, period_start(at or context.clock.now(), self.period))
            async with context.slots if self.period < DAY else context.long_slots:
                if context.drained.is_set():
                    break
                async with context.claimed(run, again=False) as claim:
                    if claim is not None:
                        counts[name].runs += 1
                        await self._do(context, work, claim, counts[name])
        return counts

    async def end_orphaned(self, context: WorkerContext, claim: Claim) -> None:
        """End the run of a period that is over; that of the current one is taken over by the next worker."""
        now = context.clock.now()
        if claim.run.scheduled_for < period_start(now, self.period):
            async with unit_of_work(context.pool) as writer:
                await job_runs.fail(writer, claim, now, 0, _ORPHANED, None)
                await writer.commit()

    async def describe(self, reader: Reader, jobs: Mapping[str, PeriodicWork], now: datetime) -> list[JobStatus]:
        """Return the status of each job at an instant (UTC), without its errors."""
        ledgers = await job_ledgers(reader, [*jobs], now)
        put_off = await accounts_put_off(reader, [*jobs])
        return [_status(ledgers[name], put_off.get(name), self.period, now) for name in jobs]

    async def _do(self, context: WorkerContext, work: PeriodicWork, claim: Claim, counts: Counts) -> None:
        job = claim.run.job
        last = await job_runs.last_success(PoolReader(context.pool), job, claim.run.scheduled_for)
        try:
            done = await with_retries(lambda: work(context.pool, context.clock, context.settings, last))
        except Exception as error:
            if is_outage(error):
                raise
            counts.failures += 1
            _log.warning("run_failed", job=job, exc_info=error)
            await _fail(context, claim, job_runs.error_text(error))
        else:
            counts.failures += done.failures
            counts.accounts += done.accounts
            await _end(context, claim, done, claim.run.scheduled_for + self.period)


EVERY_MINUTE: Final = Periodic(MINUTE)
DAILY: Final = Periodic(DAY)


def period_start(at: datetime, period: timedelta) -> datetime:
    """Return the instant at which the minute or UTC day that holds an instant began (UTC)."""
    return at - (at - _EPOCH) % period


async def _delete_runs_ahead(context: WorkerContext) -> None:
    """Delete the runs of future minutes, made by a clock that was ahead; clocks may differ by up to a minute."""
    async with unit_of_work(context.pool) as writer:
        deleted = await job_runs.delete_runs_ahead(writer, context.clock.now() + MINUTE)
        await writer.commit()
    if deleted:
        _log.warning("runs_ahead_of_the_clock_deleted", runs=deleted)


async def _end(context: WorkerContext, claim: Claim, done: Done, period_ends_at: datetime) -> None:
    if any(done.counts.values()):
        _log.info("job_done", job=claim.run.job, **done.counts)
    if done.error is not None:
        await _fail(context, claim, done.error, done, period_ends_at)
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
    """End a run that failed; it is tried again at an instant (UTC), or after a pause."""
    now = context.clock.now()
    done = done or Done()
    again = retry_at or now + job_runs.pause_after(claim.attempts)
    async with unit_of_work(context.pool) as writer:
        await job_runs.fail(writer, claim, now, done.failures, error, again, done.accounts)
        await writer.commit()


def _status(ledger: JobLedger, put_off: PutOff | None, period: timedelta, now: datetime) -> JobStatus:
    following = ledger.last_success + period if ledger.last_success else None
    due = [] if following is None else [following, put_off.since] if put_off else [following]
    return JobStatus(
        job=ledger.job,
        runs=ledger.runs,
        failures=ledger.failed_since + (put_off.accounts if put_off else 0),
        lag=max(now - min(due), _NO_TIME) if due else None,
        last_run=ledger.last_run,
        next=following,
    )
