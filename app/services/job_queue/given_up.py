"""Jobs that were given up: operators have them tried again, or drop them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from app.services.job_queue.adding import ADD_TURN, notify
from db.connections import Pool, Statement
from db.queries.job_queue import GIVEN_UP_JOBS
from db.readers import Reader
from db.writer import unit_of_work

JobKey: TypeAlias = tuple[UUID, str, str]
"""The account, the kind and the key of a job."""

# Restarts a job that was given up; the primary key.
_RETRY: Final = Statement(
    "retry_queued_job",
    """
    UPDATE queued_jobs SET attempts = 0, retry_at = NULL, given_up_at = NULL
     WHERE account_id = $1 AND kind = $2 AND key = $3 AND given_up_at IS NOT NULL
    RETURNING key
    """,
)

# Drops a job that was given up; the primary key.
_DROP: Final = Statement(
    "drop_queued_job",
    """
    DELETE FROM queued_jobs WHERE account_id = $1 AND kind = $2 AND key = $3 AND given_up_at IS NOT NULL RETURNING key
    """,
)


async def given_up_jobs(reader: Reader, kind: str, account_id: UUID | None, key: str | None) -> list[JobKey]:
    """Return the jobs of a kind that were given up, of an account or of all, with a key or with any."""
    rows = await reader.fetch(GIVEN_UP_JOBS, kind)
    return [
        (row["account_id"], kind, row["key"])
        for row in rows
        if account_id in (None, row["account_id"]) and key in (None, row["key"])
    ]


async def retry(pool: Pool, jobs: Sequence[JobKey], now: datetime) -> int:
    """Restart given-up jobs, due at `now` (UTC); return the number of jobs that were still given up."""
    return sum([await _retry(pool, job, now) for job in jobs])


async def drop(pool: Pool, jobs: Sequence[JobKey]) -> int:
    """Drop given-up jobs; return the number of jobs that were still given up."""
    return sum([await _drop(pool, job) for job in jobs])


async def _retry(pool: Pool, job: JobKey, now: datetime) -> bool:
    account_id, kind, _ = job
    async with unit_of_work(pool) as writer:
        await writer.execute(ADD_TURN, account_id, kind, now)
        if await writer.fetch_row(_RETRY, *job) is None:
            return False
        await notify(writer)
        await writer.commit()
    return True


async def _drop(pool: Pool, job: JobKey) -> bool:
    async with unit_of_work(pool) as writer:
        row = await writer.fetch_row(_DROP, *job)
        await writer.commit()
    return row is not None
