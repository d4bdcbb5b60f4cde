"""Accounts whose deadlines the watch has to look at again from an instant on: rows of `job_cursors`, without a date.

An import writes one for history that it adds, the watch for an account that it failed at. While the watch works through
an account, `retry_at` is when it last went on: an import that comes in between takes that away, and the watch stops, to
begin anew from where the import says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from app.services.jobs.cursors import WATCH
from app.services.jobs.runs import LONGEST_PAUSE, RunKey, failing_since, note_failure, note_recovery, pause_after, told
from db.connections import Pool, Statement
from db.queries.deadlines import FAILED_ATTEMPTS, RESCAN_REQUESTS
from db.readers import Reader
from db.writer import Writer, unit_of_work

# Moves what is to be looked at of an account on, unless it is another than expected; what an import made untrue was
# taken back before, and what failed goes on to be what failed until all is settled. The primary key.
MOVE_RESCAN: Final = Statement(
    "move_rescan",
    """
    UPDATE job_cursors SET due_at = $5, retry_at = $6, imported = false
    WHERE account_id = $1 AND job = $2 AND due_at = $3 AND retry_at IS NOT DISTINCT FROM $4
    RETURNING account_id
    """,
)

# Forgets what was to be looked at of an account, unless it is another than expected; the primary key.
END_RESCAN: Final = Statement(
    "end_rescan",
    """
    DELETE FROM job_cursors
    WHERE account_id = $1 AND job = $2 AND due_at = $3 AND retry_at IS NOT DISTINCT FROM $4
    RETURNING account_id
    """,
)


# Lets an account be looked at again from an instant on, but not at once; primary keys.
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
    """An account whose deadlines are to be looked at again from `since` (UTC) on; `touched_at` tells its changes.

    `imported` says that history was imported, and what was told may be untrue by it.
    """

    account_id: UUID
    since: datetime
    touched_at: datetime | None
    imported: bool = False


async def rescan_requests(reader: Reader, now: datetime) -> Sequence[RescanRequest]:
    """Read which accounts are to be looked at again by now, what is oldest first."""
    return [RescanRequest(*row) for row in await reader.fetch(RESCAN_REQUESTS, now, now + LONGEST_PAUSE, WATCH)]


async def go_on(writer: Writer, found: RescanRequest, since: datetime | None, now: datetime) -> bool:
    """Let an account, whose head is locked, be looked at from `since` on instead; None when nothing is left.

    Says False, and notes nothing, where the account has other arrears by now.
    """
    known = (found.account_id, WATCH, found.since, found.touched_at)
    if since is not None:
        return await writer.fetch_row(MOVE_RESCAN, *known, since, now) is not None
    if await writer.fetch_row(END_RESCAN, *known) is None:
        return False
    await note_recovery(writer, WATCH, [found.account_id], WATCH, now)
    return True


async def put_off(pool: Pool, account_id: UUID, since: datetime, now: datetime, error: Exception) -> None:
    """Let an account that the watch failed at be looked at again, after a minute, then two, four, up to an hour.

    The ledger has it as a run that fails since where it failed first, until nothing of it is left.
    """
    async with unit_of_work(pool) as writer:
        row = await writer.fetch_row(FAILED_ATTEMPTS, account_id, WATCH)
        attempts = 1 if row is None else row["attempts"] + 1
        [put] = await writer.fetch(PUT_OFF, account_id, WATCH, since, now + pause_after(attempts))
        fails_since = await failing_since(writer, WATCH, account_id) or put["due_at"]
        run = RunKey(WATCH, None, account_id, None, fails_since)
        await note_failure(writer, run, WATCH, now, told(error))
        await writer.commit()
