"""Claims of jobs: one worker at a time for an account and a kind, one job a turn, each with effect exactly once.

A worker claims the turn of an account by an update that only one wins, with a lease. It does the job in a transaction
that also removes it, and that is committed only if the worker still holds the turn, which is locked until the commit:
so a worker that takes over a turn, after its lease has ended, finds the job done or does it alone.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias
from uuid import UUID

from app.clock import Clock
from app.services.commands import live_unit_of_work
from app.services.ids import new_id
from app.services.job_queue.adding import Payload
from app.services.jobs import runs as job_runs
from app.services.jobs.runs import RunKey
from db.connections import Pool, Statement
from db.queries.job_queue import DUE_TURNS, FAILING_JOB, FREE, NEXT_DUE
from db.queries.paused_jobs import NOT_PAUSED
from db.settled import settle
from db.writer import Writer, unit_of_work

JobKey: TypeAlias = tuple[UUID, str, str]

ATTEMPTS: Final = 20
"""The attempts after which a job is given up: with the pauses between them that is half a day."""

LEASE: Final = timedelta(minutes=1)
"""The time for which a turn stays claimed by a worker that does not renew it."""

_BUSY: Final = timedelta(seconds=5)  # until the next attempt, if others had locked the account
_DIED: Final = "The workers that ran it died."

# Claims a turn that was due by $3, unless its kind is paused, another worker holds it or a command is adding a job; the
# primary key.
_CLAIM: Final = Statement(
    "claim_job_turn",
    f"""
    WITH free AS MATERIALIZED (
      SELECT FROM job_turns
       WHERE account_id = $1 AND kind = $2 AND due_at <= $3 AND {FREE.format(now="$4", longest="$7")}
         AND {NOT_PAUSED.format("$2")}
      FOR UPDATE SKIP LOCKED
    )
    UPDATE job_turns SET served_at = $4, lease_until = $5, claim_id = $6
     WHERE account_id = $1 AND kind = $2 AND EXISTS (SELECT FROM free)
    RETURNING kind
    """,  # noqa: S608 - made of fixed texts
)

# Begins the first job of a claimed turn that was due by an instant; queued_jobs_due_idx.
_BEGIN: Final = Statement(
    "begin_queued_job",
    """
    UPDATE queued_jobs SET attempts = attempts + 1, claim_id = $4
     WHERE account_id = $1 AND kind = $2 AND key = (
       SELECT key FROM queued_jobs
        WHERE account_id = $1 AND kind = $2 AND given_up_at IS NULL AND coalesce(retry_at, due_at) <= $3
        ORDER BY coalesce(retry_at, due_at), key LIMIT 1)
    RETURNING key, payload, due_at, attempts, error
    """,
)

# Renews the lease of a turn that is still claimed; the primary key.
_RENEW: Final = Statement(
    "renew_job_turn", "UPDATE job_turns SET lease_until = $4 WHERE account_id = $1 AND kind = $2 AND claim_id = $3"
)

# Locks a turn that is still claimed; the primary key.
_HOLD: Final = Statement(
    "hold_job_turn", "SELECT kind FROM job_turns WHERE account_id = $1 AND kind = $2 AND claim_id = $3 FOR UPDATE"
)

# Ends the claim of a turn, whose next job is due at an instant; the primary key.
_RETURN: Final = Statement(
    "return_job_turn",
    "UPDATE job_turns SET due_at = $3, claim_id = NULL, lease_until = NULL WHERE account_id = $1 AND kind = $2",
)

# Deletes a turn without jobs; the primary key.
_END_TURN: Final = Statement("end_job_turn", "DELETE FROM job_turns WHERE account_id = $1 AND kind = $2")

# Removes a job that is done, unless it was added again meanwhile; the primary key.
_REMOVE: Final = Statement(
    "remove_queued_job",
    "DELETE FROM queued_jobs WHERE account_id = $1 AND kind = $2 AND key = $3 AND claim_id = $4 RETURNING key",
)

# Clears the error of a job that was done and added again meanwhile, which restarted it; the primary key.
_CLEAR_ERROR: Final = Statement(
    "clear_job_error", "UPDATE queued_jobs SET error = NULL WHERE account_id = $1 AND kind = $2 AND key = $3"
)

# Records that an attempt failed, with the next one not before $4; the job is given up after $6 attempts; primary key.
_FAIL: Final = Statement(
    "fail_queued_job",
    """
    UPDATE queued_jobs SET
      retry_at = $4, error = $5, given_up_at = CASE WHEN attempts >= $6 THEN $7::timestamptz END,
      due_at = least(due_at, $8), claim_id = NULL
     WHERE account_id = $1 AND kind = $2 AND key = $3
    RETURNING given_up_at
    """,
)

# Subtracts an attempt that was begun, with the next one not before $4; the primary key.
_POSTPONE: Final = Statement(
    "postpone_queued_job",
    """
    UPDATE queued_jobs SET
      attempts = greatest(attempts - 1, 0), retry_at = $4, due_at = least(due_at, $5), claim_id = NULL
     WHERE account_id = $1 AND kind = $2 AND key = $3
    """,
)


class ClaimLost(Exception):  # noqa: N818 - named by its case, like all errors here
    """The lease of a turn has ended and another worker has taken the turn over: nothing may be written for its job."""


@dataclass(slots=True)
class ClaimedJob:
    """A job under a claim; `attempts` counts from 1, `error` is that of the last attempt that failed.

    `owner` is the worker. `ended` is True once the job is done and removed.
    """

    account_id: UUID
    kind: str
    key: str
    payload: Payload
    due_at: datetime
    attempts: int
    error: str | None
    claim_id: UUID
    owner: str
    ended: bool = False

    @property
    def primary_key(self) -> JobKey:
        """The account, the kind and the key."""
        return self.account_id, self.kind, self.key

    @property
    def turn(self) -> tuple[UUID, str]:
        """The primary key of its turn."""
        return self.account_id, self.kind

    @property
    def run(self) -> RunKey:
        """The key of its failures in the ledger of runs."""
        return RunKey(self.kind, None, self.account_id, None, self.due_at)


async def claim_next(
    pool: Pool, clock: Clock, owner: str, kinds: Sequence[str], at: datetime | None
) -> ClaimedJob | None:
    """Claim the turn of the account that waits longest, and begin its first job; None if none can be claimed.

    Only jobs due by now or, if that is earlier, by `at` (UTC) are. A job whose workers died too often is given up.
    """
    async with unit_of_work(pool) as writer:
        now = (await settle(writer, clock, ())).now
        until = min(at or now, now)
        job: ClaimedJob | None = None
        for row in await writer.fetch(DUE_TURNS, kinds, until, now, now + 2 * LEASE):
            job = await _claim(writer, (row["account_id"], row["kind"]), owner, until, now)
            if job is not None:
                break
        await writer.commit()
    return job


async def renew(pool: Pool, clock: Clock, job: ClaimedJob) -> None:
    """Renew the lease of a job's turn; one that was taken over stays as it is."""
    async with unit_of_work(pool) as writer:
        lease_until = (await settle(writer, clock, ())).now + LEASE
        await writer.execute(_RENEW, *job.turn, job.claim_id, lease_until)
        await writer.commit()


@asynccontextmanager
async def ending(pool: Pool, clock: Clock, job: ClaimedJob) -> AsyncGenerator[Writer]:
    """Open the transaction of a job's work, for live commands too; at its end the job is removed, and all is committed.

    A job that was added again meanwhile stays, and is done once more. Raises ClaimLost.
    """
    async with live_unit_of_work(pool) as writer:
        yield writer
        await _hold(writer, job)
        if await writer.fetch_row(_REMOVE, *job.turn, job.key, job.claim_id) is None:
            await writer.execute(_CLEAR_ERROR, *job.turn, job.key)
        if job.error is not None and await writer.fetch_row(FAILING_JOB, *job.turn) is None:
            now = (await settle(writer, clock, ())).now
            await job_runs.note_recovery(writer, job.kind, [job.account_id], job.owner, now)
        await _return_turn(writer, job.turn)
        await writer.commit()
    job.ended = True


async def fail(pool: Pool, clock: Clock, job: ClaimedJob, error: Exception) -> bool:
    """Record that an attempt failed, and return the turn; return True if the job was given up. Raises ClaimLost."""
    async with unit_of_work(pool) as writer:
        now = (await settle(writer, clock, ())).now
        await _hold(writer, job)
        is_given_up = await _fail(writer, job, now, job_runs.error_text(error))
        await _return_turn(writer, job.turn)
        await writer.commit()
    return is_given_up


async def postpone(pool: Pool, clock: Clock, job: ClaimedJob, pause: timedelta = _BUSY) -> None:
    """Return the turn of a job that was not done, and did not fail: it is tried again soon. Raises ClaimLost."""
    async with unit_of_work(pool) as writer:
        retry_at = (await settle(writer, clock, ())).now + pause
        await _hold(writer, job)
        await writer.execute(_POSTPONE, *job.turn, job.key, retry_at, job.due_at)
        await _return_turn(writer, job.turn)
        await writer.commit()


def about_key(key: str, error: str) -> str:
    """Return an error of a job or a spread for the ledger, which has no keys."""
    return f"{key}: {error}" if key else error


async def _claim(
    writer: Writer, turn: tuple[UUID, str], owner: str, until: datetime, now: datetime
) -> ClaimedJob | None:
    """Claim a turn and begin its first job; None if another worker was faster, or no job is left to be tried."""
    claim_id = new_id(now)
    if await writer.fetch_row(_CLAIM, *turn, until, now, now + LEASE, claim_id, now + 2 * LEASE) is None:
        return None
    begun = await writer.fetch_row(_BEGIN, *turn, until, claim_id)
    if begun is not None:
        job = ClaimedJob(*turn, **begun, claim_id=claim_id, owner=owner)
        if job.attempts <= ATTEMPTS:
            return job
        await _fail(writer, job, now, _DIED)
    await _return_turn(writer, turn)
    return None


async def _hold(writer: Writer, job: ClaimedJob) -> None:
    """Lock the turn of a job, so that no worker takes it over before the commit; raises ClaimLost."""
    if await writer.fetch_row(_HOLD, *job.turn, job.claim_id) is None:
        raise ClaimLost


async def _fail(writer: Writer, job: ClaimedJob, now: datetime, error: str) -> bool:
    shown = error[: job_runs.ERROR_LENGTH]
    retry_at = now + job_runs.pause_after(job.attempts)
    row = await writer.fetch_row(_FAIL, *job.turn, job.key, retry_at, shown, ATTEMPTS, now, job.due_at)
    await job_runs.note_failure(writer, job.run, job.owner, now, about_key(job.key, error))
    return row is not None and row["given_up_at"] is not None


async def _return_turn(writer: Writer, turn: tuple[UUID, str]) -> None:
    """End the claim of a turn, which is locked, so that no command adds a job meanwhile."""
    row = await writer.fetch_row(NEXT_DUE, *turn)
    if row is None or row["due_at"] is None:
        await writer.execute(_END_TURN, *turn)
    else:
        await writer.execute(_RETURN, *turn, row["due_at"])
