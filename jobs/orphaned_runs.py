"""Runs that nobody ends: whoever had them in hand died, and others did what was left of them."""

from datetime import UTC, datetime
from typing import Final

from app.services.jobs import runs as job_runs
from app.services.jobs.cursors import DueGroup, due_accounts
from app.services.jobs.runs import Claim
from db.readers import PoolReader
from db.writer import unit_of_work
from jobs.context import WorkerContext
from jobs.kinds.periodic import beginning
from jobs.registry import Registry

_EVER: Final = datetime(9999, 1, 1, tzinfo=UTC)  # when nothing waits any more
_BROKEN_OFF: Final = "It was broken off. The next run did what was left."


async def end_orphaned_runs(context: WorkerContext, jobs: Registry) -> None:
    """End the runs of zones of which nothing is due any more, and those of minutes and days that are over.

    All others with a lease that is over are taken over by who does them next.
    """
    now = context.clock.now()
    for claim in await job_runs.lapsed(PoolReader(context.pool), now):
        run = claim.run
        if run.time_zone is not None and run.date is not None:
            if not await _has_due(context, DueGroup(run.job, run.time_zone, run.scheduled_for, run.date)):
                await _end(context, claim, failed=False)
        elif run.job in jobs.periodic and run.scheduled_for < beginning(now, jobs.periodic[run.job].period):
            await _end(context, claim, failed=True)


async def _has_due(context: WorkerContext, group: DueGroup) -> bool:
    """Say whether an account of a zone is still to be done, be it after a pause."""
    return bool(await due_accounts(PoolReader(context.pool), group, _EVER, None, 1))


async def _end(context: WorkerContext, claim: Claim, *, failed: bool) -> None:
    now = context.clock.now()
    async with unit_of_work(context.pool) as writer:
        if failed:
            await job_runs.fail(writer, claim, now, 0, _BROKEN_OFF, None)
        else:
            await job_runs.succeed(writer, claim, now)
        await writer.commit()
