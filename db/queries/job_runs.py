"""Reads of the runs of jobs, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Final
from uuid import UUID

from app.domain.job_runs import JobRunState
from db.connections import Record, Statement
from db.queries.pages import (
    EARLIEST,
    GREATEST_UUID,
    LATEST,
    LEAST_UUID,
    WALKED,
    Key,
    Page,
    Slice,
    Span,
    Walk,
    page,
    walk,
)
from db.queries.paused_jobs import NOT_PAUSED
from db.readers import Reader

# The number of accounts for which a run still fails; job_runs_failed_idx has the failures of its instant.
FAILING_ACCOUNTS: Final = Statement(
    "failing_accounts",
    """
    SELECT count(*) AS accounts FROM job_runs
     WHERE state = 'FAILED' AND scheduled_for = $3 AND job = $1 AND time_zone = $2 AND account_id IS NOT NULL
    """,
)

# The instant since which a job fails for an account; job_runs_by_account_idx.
FAILING_SINCE: Final = Statement(
    "failing_since",
    """
    SELECT scheduled_for FROM job_runs
     WHERE account_id = $1 AND job = $2 AND state = 'FAILED'
     ORDER BY scheduled_for, id LIMIT 1
    """,
)

# The newest successful run of a global job; job_runs_by_job_idx ends the search at the first one.
LAST_SUCCESS: Final = Statement(
    "last_success",
    """
    SELECT started_at, horizon FROM job_runs
     WHERE job = $1 AND scheduled_for <= $2 AND time_zone IS NULL AND account_id IS NULL AND state = 'SUCCEEDED'
     ORDER BY scheduled_for DESC, id DESC LIMIT 1
    """,
)

# Runs of zones and global runs whose lease is over, of jobs that are not paused, oldest first: job_runs_running_idx has
# the few that run.
LAPSED_RUNS: Final = Statement(
    "lapsed_runs",
    f"""
    SELECT id, job, time_zone, date, scheduled_for, owner, attempts FROM job_runs
     WHERE state = 'RUNNING' AND lease_until <= $1 AND {NOT_PAUSED.format("job_runs.job")}
     ORDER BY scheduled_for, id
    """,
)


@dataclass(slots=True)
class JobRunRow:
    """A run as in the table `job_runs`."""

    id: UUID
    job: str
    time_zone: str | None
    account_id: UUID | None
    date: date | None
    scheduled_for: datetime
    state: JobRunState
    attempts: int
    started_at: datetime
    finished_at: datetime | None
    accounts: int
    failures: int
    error: str | None


@dataclass(frozen=True, slots=True)
class RunFilter:
    """A filter of runs by job, account and failure; None matches all."""

    job: str | None = None
    account_id: UUID | None = None
    failed: bool | None = None


_COLUMNS: Final = """
      r.id, r.job, r.time_zone, r.account_id, r.date, r.scheduled_for, r.state, r.attempts, r.started_at,
      r.finished_at, r.accounts, r.failures, r.error"""

# Runs by id: the primary key.
_BY_ID: Final = Statement("job_runs_by_id", f"SELECT {_COLUMNS} FROM job_runs r WHERE r.id = ANY($1::uuid[])")

RUN_SPAN: Final = Span(least=(EARLIEST, LEAST_UUID), greatest=(LATEST, GREATEST_UUID), descending=True)


async def job_runs_by_id(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, JobRunRow]:
    """Read runs by id; those that do not exist are left out."""
    return {row.id: row for row in map(_row, await reader.fetch(_BY_ID, ids))}


async def job_runs(reader: Reader, part: Slice, wanted: RunFilter) -> Page[JobRunRow]:
    """Read a page of runs, newest first."""
    lower, upper = RUN_SPAN.within(part)
    statement = _listed(_conditions(wanted, 6)).towards(part)
    records = await reader.fetch(statement, *lower, *upper, part.size + 1, *_values(wanted))
    return page([_keyed(record) for record in records], part)


async def count_job_runs(reader: Reader, wanted: RunFilter) -> int:
    """Count runs; the cost grows with them."""
    record = await reader.fetch_row(_counted(_conditions(wanted, 1)), *_values(wanted))
    return 0 if record is None else record[0]


@cache
def _listed(conditions: str) -> Walk:
    """Make the statement that lists runs under conditions: job_runs_by_time_idx or the filter's index, from a bound."""
    return walk(
        "job_runs",
        f"""
    SELECT {_COLUMNS}
    FROM (
      SELECT * FROM job_runs
      WHERE (scheduled_for, id) > ($1, $2) AND (scheduled_for, id) < ($3, $4) AND {conditions}
      ORDER BY scheduled_for {{desc}}, id {{desc}}
      LIMIT {WALKED}
    ) AS r
    ORDER BY r.scheduled_for {{desc}}, r.id {{desc}}
    LIMIT $5
    """,
    )


@cache
def _counted(conditions: str) -> Statement:
    """Make the statement that counts runs under conditions: the index of the filter, or the whole table."""
    return Statement("job_runs_count", f"SELECT count(*) FROM job_runs WHERE {conditions}")


def _conditions(wanted: RunFilter, first: int) -> str:
    """Return a filter as SQL, its values being parameters from the first on; so each index serves its own."""
    parts = ["TRUE"]
    for column, value in (("job", wanted.job), ("account_id", wanted.account_id)):
        if value is not None:
            parts.append(f"{column} = ${first}")
            first += 1
    if wanted.failed is not None:
        parts.append("state = 'FAILED'" if wanted.failed else "state <> 'FAILED'")
    return " AND ".join(parts)


def _values(wanted: RunFilter) -> list[object]:
    return [value for value in (wanted.job, wanted.account_id) if value is not None]


def _row(record: Record) -> JobRunRow:
    row = JobRunRow(*record)
    row.state = JobRunState(row.state)
    return row


def _keyed(record: Record) -> tuple[Key, JobRunRow]:
    row = _row(record)
    return (row.scheduled_for, row.id), row
