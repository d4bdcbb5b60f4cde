"""Queries of the status of jobs: their runs by job and by zone, and the next days of their cursors."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from db.connections import Statement
from db.readers import Reader

_ERRORS: Final = 100  # that are shown of all jobs

# The number of runs of a job by now, the newest one and the newest successful one; of a global job also the number of
# failures since that. Reads the runs of these jobs, a few weeks of them: people ask for it.
_LEDGER: Final = Statement(
    "runs_by_job",
    """
    WITH succeeded AS (
      SELECT job, max(scheduled_for) AS until FROM job_runs
       WHERE job = ANY($1::text[]) AND scheduled_for <= $2 AND account_id IS NULL AND state = 'SUCCEEDED' GROUP BY job
    )
    SELECT r.job, count(*) AS runs, max(r.scheduled_for) AS last_run, max(s.until) AS last_success,
           count(*) FILTER (WHERE r.state = 'FAILED' AND (s.until IS NULL OR r.scheduled_for > s.until)) AS failed_since
    FROM job_runs r LEFT JOIN succeeded s ON s.job = r.job
    WHERE r.job = ANY($1::text[]) AND r.scheduled_for <= $2 AND r.account_id IS NULL
    GROUP BY r.job
    """,
)

# The newest run of each job and zone; the unique index has them together.
_LAST_RUNS: Final = Statement(
    "last_runs_by_zone",
    """
    SELECT DISTINCT ON (job, time_zone) job, time_zone, scheduled_for, state FROM job_runs
     WHERE job = ANY($1::text[]) AND time_zone IS NOT NULL AND account_id IS NULL
     ORDER BY job, time_zone, scheduled_for DESC
    """,
)

# The next day of midnight jobs in each zone, with the numbers of accounts and of failing ones: all cursors.
_CURSORS: Final = Statement(
    "cursors_by_zone",
    """
    SELECT job, time_zone, count(*) AS accounts, min(due_at) AS next, count(*) FILTER (WHERE attempts > 0) AS failures
    FROM job_cursors WHERE job = ANY($1::text[]) AND date IS NOT NULL
    GROUP BY job, time_zone ORDER BY job, time_zone
    """,
    many="the status of jobs is that of all accounts",
)


# The accounts for which a job without midnights failed and will be tried again, and since when: job_cursors_due_idx.
_PUT_OFF: Final = Statement(
    "accounts_postponed",
    """
    SELECT job, count(*) AS accounts, min(due_at) AS since FROM job_cursors
    WHERE job = ANY($1::text[]) AND date IS NULL AND attempts > 0
    GROUP BY job
    """,
    many="the status of jobs is that of all accounts",
)


# The newest failed run of each job, zone and account; not of a job without zones that has succeeded since:
# job_runs_failed_idx, and job_runs_by_job_idx for the success.
_FAILED: Final = Statement(
    "failed_runs",
    f"""
    SELECT DISTINCT ON (r.job, r.time_zone, r.account_id) r.job, r.time_zone, r.account_id, r.scheduled_for, r.error
    FROM job_runs r
    WHERE r.state = 'FAILED' AND r.job = ANY($1::text[]) AND r.scheduled_for <= $2 AND (
      r.time_zone IS NOT NULL OR r.account_id IS NOT NULL OR NOT EXISTS (
        SELECT FROM job_runs s
        WHERE s.job = r.job AND s.scheduled_for > r.scheduled_for AND s.time_zone IS NULL AND s.account_id IS NULL
          AND s.state = 'SUCCEEDED'))
    ORDER BY r.job, r.time_zone, r.account_id, r.scheduled_for DESC
    LIMIT {_ERRORS}
    """,
)


@dataclass(frozen=True, slots=True)
class FailedRun:
    """A failed run without a later success: of a job, or of one zone or account of it.

    `key` is the key of a queued job of the account.
    """

    job: str
    time_zone: str | None
    account_id: UUID | None
    scheduled_for: datetime
    error: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class JobLedger:
    """The runs of a job in the ledger. Instants (UTC) are those that runs were scheduled for.

    `failed_since` are the runs that failed after the newest successful one, each for all of a zone or for no zone.
    """

    job: str
    runs: int
    last_run: datetime | None
    last_success: datetime | None
    failed_since: int


@dataclass(frozen=True, slots=True)
class ZoneRun:
    """The newest run of a job in a zone."""

    job: str
    time_zone: str
    scheduled_for: datetime
    state: str


@dataclass(frozen=True, slots=True)
class ZoneCursors:
    """The next day of a midnight job in a zone: the oldest one not done closes, or closed, at `next` (UTC)."""

    job: str
    time_zone: str
    accounts: int
    next: datetime
    failures: int


@dataclass(frozen=True, slots=True)
class PutOff:
    """The accounts that a global job fails for: their work is of `since` (UTC) or later."""

    job: str
    accounts: int
    since: datetime


async def job_ledgers(reader: Reader, jobs: Sequence[str], now: datetime) -> dict[str, JobLedger]:
    """Read the runs of jobs by now, by job."""
    never = {job: JobLedger(job, 0, None, None, 0) for job in jobs}
    return never | {row["job"]: JobLedger(*row) for row in await reader.fetch(_LEDGER, jobs, now)}


async def last_zone_runs(reader: Reader, jobs: Sequence[str]) -> dict[tuple[str, str], ZoneRun]:
    """Read the newest runs of jobs at midnight, by job and zone."""
    return {(row["job"], row["time_zone"]): ZoneRun(*row) for row in await reader.fetch(_LAST_RUNS, jobs)}


async def zone_cursors(reader: Reader, jobs: Sequence[str]) -> list[ZoneCursors]:
    """Return the next days of midnight jobs, by job and zone; only zones in use."""
    return [ZoneCursors(*row) for row in await reader.fetch(_CURSORS, jobs)]


async def failed_runs(reader: Reader, jobs: Sequence[str], now: datetime) -> list[FailedRun]:
    """Return the failures of jobs with their errors, at most a hundred."""
    return [FailedRun(*row) for row in await reader.fetch(_FAILED, jobs, now)]


async def accounts_put_off(reader: Reader, jobs: Sequence[str]) -> dict[str, PutOff]:
    """Return the global jobs that fail for accounts, by job."""
    return {row["job"]: PutOff(*row) for row in await reader.fetch(_PUT_OFF, jobs)}
