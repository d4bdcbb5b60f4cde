"""Adding jobs to the queue, and spreads, in the transaction of the command that causes them.

A job is unique by account, kind and key. Adding a waiting job again changes it: it gets the new payload and the earlier
of both due instants. Adding a job that a worker is doing, or that was given up, restarts it with the new due instant:
so the work is always done once more after the transaction that added it.

Locks are taken in this order: a spread, the counters of accounts, then turns and jobs, each ascending by account.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from db.connections import Statement
from db.writer import Writer

CHANNEL: Final = "loupe_queued_jobs"
"""The channel of notifications of new jobs and spreads; they only save waiting for the next minute."""

Payload: TypeAlias = Mapping[str, Any]
"""The details of a job, as JSON: small, and nothing that the tables have."""

# Adds the turn of an account for a kind, or makes it due earlier; the primary key. It waits for a worker that is ending
# a job of it.
ADD_TURN: Final = Statement(
    "add_job_turn",
    """
    INSERT INTO job_turns (account_id, kind, due_at, served_at, claim_id, lease_until)
    VALUES ($1, $2, $3, NULL, NULL, NULL)
    ON CONFLICT (account_id, kind) DO UPDATE SET due_at = least(job_turns.due_at, excluded.due_at)
    """,
)

# Adds a job, changes a waiting one, or restarts one that a worker is doing or that was given up; the primary key.
_ADD_JOB: Final = Statement(
    "add_queued_job",
    """
    INSERT INTO queued_jobs (account_id, kind, key, payload, due_at, attempts, retry_at, given_up_at, error, claim_id)
    VALUES ($1, $2, $3, $4, $5, 0, NULL, NULL, NULL, NULL)
    ON CONFLICT (account_id, kind, key) DO UPDATE SET
      payload = excluded.payload,
      due_at = CASE WHEN queued_jobs.claim_id IS NULL AND queued_jobs.given_up_at IS NULL
        THEN least(queued_jobs.due_at, excluded.due_at) ELSE excluded.due_at END,
      attempts = CASE WHEN queued_jobs.claim_id IS NULL AND queued_jobs.given_up_at IS NULL
        THEN queued_jobs.attempts ELSE 0 END,
      retry_at = CASE WHEN queued_jobs.claim_id IS NULL AND queued_jobs.given_up_at IS NULL
        THEN queued_jobs.retry_at END,
      given_up_at = NULL,
      claim_id = NULL
    """,
)

# Adds a spread, or begins one again at the first account; the primary key.
_ADD_SPREAD: Final = Statement(
    "add_spread",
    """
    INSERT INTO spreads (kind, key, payload, due_at, last_account_id) VALUES ($1, $2, $3, $4, NULL)
    ON CONFLICT (kind, key) DO UPDATE SET
      payload = excluded.payload, due_at = least(spreads.due_at, excluded.due_at), last_account_id = NULL
    """,
)

# Notifies workers of new jobs, once the transaction is committed.
_NOTIFY: Final = Statement("notify_queued_jobs", "SELECT pg_notify($1, '')")


async def add_job(
    writer: Writer, account_id: UUID, kind: str, due_at: datetime, key: str = "", payload: Payload | None = None
) -> None:
    """Add a job of an account, due at an instant (UTC); the caller commits."""
    await add_jobs(writer, [account_id], kind, due_at, key, payload)


async def add_jobs(
    writer: Writer,
    account_ids: Sequence[UUID],
    kind: str,
    due_at: datetime,
    key: str = "",
    payload: Payload | None = None,
) -> None:
    """Add a job for each of some accounts, due at an instant (UTC); the caller commits."""
    accounts = sorted(account_ids)
    await writer.execute_many(ADD_TURN, [(account_id, kind, due_at) for account_id in accounts])
    await writer.execute_many(_ADD_JOB, [(account_id, kind, key, payload or {}, due_at) for account_id in accounts])
    await notify(writer)


async def add_spread(
    writer: Writer, kind: str, due_at: datetime, key: str = "", payload: Payload | None = None
) -> None:
    """Add a spread: a job of the kind for every account, due at an instant (UTC); the caller commits.

    An account gets its job if its opening is committed when the spread reaches its id. An account opened later is
    missed, but its transactions after the opening see the changes of the transaction that added the spread.
    """
    await writer.execute(_ADD_SPREAD, kind, key, payload or {}, due_at)
    await notify(writer)


async def notify(writer: Writer) -> None:
    """Notify workers that something was added, once the transaction is committed."""
    await writer.execute(_NOTIFY, CHANNEL)
