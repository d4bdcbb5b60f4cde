"""The ledger of runs: claims, leases and outcomes of the runs of jobs (domain rules, section 7).

A run is claimed by insert and held by a lease; once that is over, the run is orphaned and the next worker claims it. So
any number of schedulers may run. The jobs' cursors, not the ledger, decide which work is due: a run may be claimed
again as long as some of it is.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from app.domain.job_runs import JobRunState
from app.services.ids import new_id
from db.connections import Statement
from db.queries.job_runs import FAILING_ACCOUNTS, FAILING_SINCE, LAPSED_RUNS, LAST_SUCCESS
from db.queries.paused_jobs import NOT_PAUSED
from db.readers import Reader
from db.writer import Writer

ERROR_LENGTH: Final = 500
"""Characters of an error that are stored."""

_FIRST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=1)
"""The longest pause before a failed run is tried again."""

_DOUBLINGS: Final = 6  # after which a pause is the longest

# Claims a run unless its job is paused or another worker has it: it is RUNNING with a lease that is not over. A lease
# of more than twice the length is by a clock that went ahead, and does not count; one's own run was interrupted by an
# outage. A FAILED run is claimed from `lease_until` on, a SUCCEEDED one if it may be done again. The unique index finds
# it.
_CLAIM: Final = Statement(
    "claim_run",
    f"""
    INSERT INTO job_runs (id, job, time_zone, account_id, date, scheduled_for, state, attempts, owner, lease_until,
                          started_at, finished_at, accounts, failures, error)
    SELECT $1, $2, $3, $4, $5, $6, 'RUNNING', 1, $7, $8, $9, NULL, 0, 0, NULL WHERE {NOT_PAUSED.format("$2::varchar")}
    ON CONFLICT (job, time_zone, account_id, scheduled_for) DO UPDATE SET
      state = excluded.state, attempts = job_runs.attempts + 1, owner = excluded.owner,
      lease_until = excluded.lease_until, started_at = excluded.started_at, finished_at = NULL, error = NULL
    WHERE CASE job_runs.state
      WHEN 'SUCCEEDED' THEN $10
      WHEN 'FAILED' THEN coalesce(job_runs.lease_until <= $9, true)
      ELSE job_runs.lease_until <= $9 OR job_runs.lease_until > $8 + ($8 - $9) OR job_runs.owner = $7
    END
    RETURNING id, attempts
    """,
)

# Renews the lease of a run that is still claimed, and adds the accounts processed since; the primary key.
_RENEW: Final = Statement(
    "renew_run",
    """
    UPDATE job_runs SET lease_until = $3, accounts = accounts + $4 WHERE id = $1 AND owner = $2 AND state = 'RUNNING'
    """,
)

# Ends a run that is still claimed; the primary key.
_FINISH: Final = Statement(
    "finish_run",
    """
    UPDATE job_runs SET state = $3, lease_until = $4, finished_at = $5, failures = $6, error = $7, horizon = $8,
                        accounts = accounts + $9
     WHERE id = $1 AND owner = $2 AND state = 'RUNNING'
    """,
)

# Records that a run failed for one account, or failed again; the unique index finds it.
_NOTE_FAILURE: Final = Statement(
    "note_failure",
    """
    INSERT INTO job_runs (id, job, time_zone, account_id, date, scheduled_for, state, attempts, owner, lease_until,
                          started_at, finished_at, accounts, failures, error)
    VALUES ($1, $2, $3, $4, $5, $6, 'FAILED', 1, $7, NULL, $8, $8, 0, 1, $9)
    ON CONFLICT (job, time_zone, account_id, scheduled_for) DO UPDATE SET
      state = excluded.state, attempts = job_runs.attempts + 1, owner = excluded.owner,
      started_at = excluded.started_at, finished_at = excluded.finished_at, accounts = 0, failures = 1,
      error = excluded.error
    RETURNING attempts
    """,
)

# Records that a job has succeeded for accounts for which it had failed; job_runs_by_account_idx.
_NOTE_RECOVERY: Final = Statement(
    "note_recovery",
    """
    UPDATE job_runs SET state = 'SUCCEEDED', attempts = attempts + 1, owner = $3, finished_at = $4, accounts = 1,
                        failures = 0, error = NULL
     WHERE account_id = ANY($1::uuid[]) AND job = $2 AND state = 'FAILED'
    RETURNING id
    """,
)

# Ends the runs of zones that failed for accounts all of which have succeeded since: job_runs_failed_idx. The group of
# such an account is done once more and ends its own, but the account may have gone to another zone.
_END_RECOVERED: Final = Statement(
    "end_recovered_runs",
    """
    UPDATE job_runs r SET state = 'SUCCEEDED', lease_until = NULL, finished_at = $2, failures = 0, error = NULL
     WHERE state = 'FAILED' AND job = $1 AND time_zone IS NOT NULL AND account_id IS NULL AND NOT EXISTS (
       SELECT FROM job_runs f
       WHERE f.state = 'FAILED' AND f.scheduled_for = r.scheduled_for AND f.job = r.job AND f.time_zone = r.time_zone
         AND f.account_id IS NOT NULL)
    """,
)


# Deletes the global runs that were scheduled for after an instant: job_runs_by_time_idx.
_DELETE_AHEAD: Final = Statement(
    "delete_runs_ahead",
    "DELETE FROM job_runs WHERE scheduled_for > $1 AND time_zone IS NULL AND account_id IS NULL RETURNING id",
)


@dataclass(frozen=True, slots=True)
class RunKey:
    """The identity of a run: a job and an instant (UTC), for a zone, for an account of a zone, or global.

    `date` is the ledger day that closed then, of a midnight job.
    """

    job: str
    time_zone: str | None
    account_id: UUID | None
    date: date | None
    scheduled_for: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """A run that `owner` holds until its lease is over; `attempts` counts from 1."""

    id: UUID
    run: RunKey
    owner: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Success:
    """A global run that succeeded, and the instant (UTC) at which it had begun.

    `horizon` is the instant (UTC) up to which a job looked that looks ahead; None in runs of an early release.
    """

    began_at: datetime
    horizon: datetime | None


async def claim(
    writer: Writer, run: RunKey, owner: str, now: datetime, lease: timedelta, *, again: bool
) -> Claim | None:
    """Claim a run until `now` + `lease`; None if another worker has it, its job is paused or it has to wait.

    A run that failed has to wait. `again` allows to claim one that succeeded, since more of it has become due. The
    caller commits.
    """
    key = astuple(run)
    row = await writer.fetch_row(_CLAIM, new_id(now), *key, owner, now + lease, now, again)
    return None if row is None else Claim(row["id"], run, owner, row["attempts"])


async def renew(writer: Writer, claimed: Claim, until: datetime, accounts: int = 0) -> None:
    """Renew a lease until an instant (UTC) and add processed accounts; a run that was taken over stays as it is."""
    await writer.execute(_RENEW, claimed.id, claimed.owner, until, accounts)


async def succeed(
    writer: Writer, claimed: Claim, now: datetime, horizon: datetime | None = None, accounts: int = 0
) -> None:
    """End a run that succeeded up to its horizon; a run that was taken over stays as it is.

    `accounts` were processed since the last renewal.
    """
    ended = (JobRunState.SUCCEEDED, None, now, 0, None, horizon, accounts)
    await writer.execute(_FINISH, claimed.id, claimed.owner, *ended)


async def fail(
    writer: Writer,
    claimed: Claim,
    now: datetime,
    failures: int,
    error: str,
    retry_at: datetime | None,
    accounts: int = 0,
) -> None:
    """End a run that failed, until it is tried again from `retry_at` on; a run that was taken over stays as it is.

    `accounts` were processed since the last renewal.
    """
    ended = (JobRunState.FAILED, retry_at, now, failures, error[:ERROR_LENGTH], None, accounts)
    await writer.execute(_FINISH, claimed.id, claimed.owner, *ended)


async def orphaned_runs(reader: Reader, now: datetime) -> list[Claim]:
    """Return the runs whose lease is over: their workers died, or lost the database. Paused jobs are left out."""
    rows = await reader.fetch(LAPSED_RUNS, now)
    return [
        Claim(
            row["id"],
            RunKey(row["job"], row["time_zone"], None, row["date"], row["scheduled_for"]),
            row["owner"],
            row["attempts"],
        )
        for row in rows
    ]


async def note_failure(writer: Writer, run: RunKey, owner: str, now: datetime, error: str) -> int:
    """Record that the run of an account failed; return its failed attempts."""
    [row] = await writer.fetch(_NOTE_FAILURE, new_id(now), *astuple(run), owner, now, error[:ERROR_LENGTH])
    attempts: int = row["attempts"]
    return attempts


async def note_recovery(writer: Writer, job: str, account_ids: Sequence[UUID], owner: str, now: datetime) -> None:
    """Record that a job succeeded for those of the accounts for which it had failed."""
    if await writer.fetch(_NOTE_RECOVERY, account_ids, job, owner, now):
        await writer.execute(_END_RECOVERED, job, now)


async def failing_accounts(reader: Reader, run: RunKey) -> int:
    """Count the accounts for which the run of a zone still fails."""
    row = await reader.fetch_row(FAILING_ACCOUNTS, run.job, run.time_zone, run.scheduled_for)
    return 0 if row is None else row["accounts"]


async def failing_since(reader: Reader, job: str, account_id: UUID) -> datetime | None:
    """Return the instant (UTC) of the oldest run of a job that still fails for an account; None if none does."""
    row = await reader.fetch_row(FAILING_SINCE, account_id, job)
    return None if row is None else row["scheduled_for"]


async def last_success(reader: Reader, job: str, now: datetime) -> Success | None:
    """Return the newest successful run of a global job; None if there is none.

    Runs scheduled for after `now` do not count: they were made by a process whose clock was set ahead.
    """
    row = await reader.fetch_row(LAST_SUCCESS, job, now)
    return None if row is None else Success(row["started_at"], row["horizon"])


async def delete_runs_ahead(writer: Writer, until: datetime) -> int:
    """Delete the global runs scheduled for after an instant (UTC), and return their number.

    A process whose clock was ahead made them, too early: their periods are still to come.
    """
    return len(await writer.fetch(_DELETE_AHEAD, until))


def error_text(error: BaseException) -> str:
    """Return an error in one line, for the ledger."""
    return f"{type(error).__name__}: {error}"


def pause_after(attempts: int) -> timedelta:
    """Return the pause after a number of failed attempts: 1, 2, 4 minutes and so on, at most an hour."""
    return min(_FIRST_PAUSE * (1 << min(attempts - 1, _DOUBLINGS)), LONGEST_PAUSE)
