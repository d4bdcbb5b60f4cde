"""Rescan requests: accounts whose deadlines the watch has to look at again, as rows of `job_cursors` without a date.

An import writes one for history that it adds, the watch for an account that it failed for. While the watch processes an
account, `retry_at` is the instant of its last step: an import meanwhile clears it, and the watch stops, to start again
from the instant that the import wrote.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from app.services.jobs.cursors import WATCH
from app.services.jobs.runs import (
    LONGEST_PAUSE,
    RunKey,
    error_text,
    failing_since,
    note_failure,
    note_recovery,
    pause_after,
)
from db.connections import Pool, Statement
from db.queries.deadlines import FAILED_ATTEMPTS, RESCAN_REQUESTS
from db.readers import Reader
from db.writer import Writer, unit_of_work

# Moves the rescan request of an account forward, unless it has changed; alerts that an import made untrue
# were retracted before, and failed attempts stay until the request is done. The primary key.
MOVE_RESCAN: Final = Statement(
    "move_rescan",
    """
    UPDATE job_cursors SET due_at = $5, retry_at = $6, imported = false
    WHERE account_id = $1 AND job = $2 AND due_at = $3 AND retry_at IS NOT DISTINCT FROM $4
    RETURNING account_id
    """,
)

# Deletes the rescan request of an account, unless it has changed; the primary key.
END_RESCAN: Final = Statement(
    "end_rescan",
    """
    DELETE FROM job_cursors
    WHERE account_id = $1 AND job = $2 AND due_at = $3 AND retry_at IS NOT DISTINCT FROM $4
    RETURNING account_id
    """,
)


# Requests a rescan of an account after a pause; primary keys.
PUT_OFF: Final = Statement(
    "postpone_watch",
    """
    INSERT INTO job_cursors (account_id, job, time_zone, date, due_at, attempts, retry_at)
    SELECT $1::uuid, $2, a.time_zone, NULL, $3, 1, $4 FROM accounts a WHERE a.id = $1
    ON CONFLICT (account_id, job) DO UPDATE SET
      due_at = least(job_cursors.due_at, excluded.due_at), attempts = job_cursors.attempts + 1,
      retry_at = excluded.retry_at
    RETURNING due_at
    """,
)


@dataclass(frozen=True, slots=True)
class RescanRequest:
    """An account whose deadlines are to be looked at again from `since` (UTC) on; `touched_at` changes with each step.

    `imported` is true if history was imported, so that alerts may have become untrue.
    """

    account_id: UUID
    since: datetime
    touched_at: datetime | None
    imported: bool = False


async def rescan_requests(reader: Reader, now: datetime) -> Sequence[RescanRequest]:
    """Return the rescan requests that are due, oldest first."""
    return [RescanRequest(*row) for row in await reader.fetch(RESCAN_REQUESTS, now, now + LONGEST_PAUSE, WATCH)]


async def go_on(writer: Writer, found: RescanRequest, since: datetime | None, now: datetime) -> bool:
    """Move a request of an account, whose counters are locked, to `since` (UTC), or delete it without one.

    Returns False, and changes nothing, if the account has another request by now.
    """
    known = (found.account_id, WATCH, found.since, found.touched_at)
    if since is not None:
        return await writer.fetch_row(MOVE_RESCAN, *known, since, now) is not None
    if await writer.fetch_row(END_RESCAN, *known) is None:
        return False
    await note_recovery(writer, WATCH, [found.account_id], WATCH, now)
    return True


async def put_off(pool: Pool, account_id: UUID, since: datetime, now: datetime, error: Exception) -> None:
    """Request a rescan of an account that the watch failed for, after a minute, then two, four, up to an hour.

    The ledger has a failed run of it, scheduled for where it failed first, until the request is done.
    """
    async with unit_of_work(pool) as writer:
        row = await writer.fetch_row(FAILED_ATTEMPTS, account_id, WATCH)
        attempts = 1 if row is None else row["attempts"] + 1
        [put] = await writer.fetch(PUT_OFF, account_id, WATCH, since, now + pause_after(attempts))
        fails_since = await failing_since(writer, WATCH, account_id) or put["due_at"]
        run = RunKey(WATCH, None, account_id, None, fails_since)
        await note_failure(writer, run, WATCH, now, error_text(error))
        await writer.commit()
