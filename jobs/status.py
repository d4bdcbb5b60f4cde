"""The status of all jobs, for operators."""

from dataclasses import replace
from datetime import datetime

from db.queries.paused_jobs import paused_jobs
from db.readers import Reader
from jobs.kind import JobStatus
from jobs.registry import Registry


async def job_statuses(reader: Reader, jobs: Registry, now: datetime) -> list[JobStatus]:
    """Return the status of each job at an instant (UTC), kind by kind, in the order of registration."""
    paused = await paused_jobs(reader)
    statuses: list[JobStatus] = []
    for kind in jobs.kinds:
        failed = await kind.failures(reader, jobs.of(kind), now)
        statuses += [
            replace(
                status,
                errors=tuple(each for each in failed if each.job == status.job),
                paused_since=paused.get(status.job),
            )
            for status in await kind.describe(reader, jobs.of(kind), now)
        ]
    return statuses
