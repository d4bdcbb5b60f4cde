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

from app.services.job_runs import pause_after
from db.connections import Pool, Reader, Statement, Writer, unit_of_work

# What is to be looked at again at an instant; the primary key, of which there are few.
ARREARS: Final = Statement(
    "deadlines_in_arrears",
    """
    SELECT account_id, due_at, retry_at, attempts > 0 AS failed FROM job_cursors
    WHERE job = 'watch_deadlines' AND coalesce(retry_at, '-infinity') <= $1
    ORDER BY due_at, account_id
    """,
)

# Moves what is to be looked at of an account on, unless it is another than expected; the primary key.
MOVE_ARREARS: Final = Statement(
    "move_arrears",
    """
    UPDATE job_cursors SET due_at = $4, attempts = 0, retry_at = $5
    WHERE account_id = $1 AND job = 'watch_deadlines' AND due_at = $2 AND retry_at IS NOT DISTINCT FROM $3
    RETURNING account_id
    """,
)

# Forgets what was to be looked at of an account, unless it is another than expected; the primary key.
SETTLE_ARREARS: Final = Statement(
    "settle_arrears",
    """
    DELETE FROM job_cursors
    WHERE account_id = $1 AND job = 'watch_deadlines' AND due_at = $2 AND retry_at IS NOT DISTINCT FROM $3
    RETURNING account_id
    """,
)

# How often the watch failed at an account; the primary key.
FAILED_ATTEMPTS: Final = Statement(
    "failed_watches", "SELECT attempts FROM job_cursors WHERE account_id = $1 AND job = 'watch_deadlines'"
)

# Lets an account be looked at again from an instant on, but not at once; primary keys.
PUT_OFF: Final = Statement(
    "put_off_watch",
    """
    INSERT INTO job_cursors (account_id, job, time_zone, date, due_at, attempts, retry_at)
    SELECT a.id, 'watch_deadlines', a.time_zone, NULL, $2, 1, $3 FROM accounts a WHERE a.id = $1
    ON CONFLICT (account_id, job) DO UPDATE SET
      due_at = least(job_cursors.due_at, excluded.due_at), attempts = job_cursors.attempts + 1,
      retry_at = excluded.retry_at
    """,
)


@dataclass(frozen=True, slots=True)
class Arrears:
    """An account whose deadlines are to be looked at again from `since` (UTC) on; `touched_at` tells its changes.

    `failed` says that the watch failed at it, and nothing was imported since.
    """

    account_id: UUID
    since: datetime
    touched_at: datetime | None
    failed: bool = False


async def arrears(reader: Reader, now: datetime) -> Sequence[Arrears]:
    """Read which accounts are to be looked at again by now, what is oldest first."""
    return [Arrears(*row) for row in await reader.fetch(ARREARS, now)]


async def go_on(writer: Writer, found: Arrears, after: Arrears | None) -> bool:
    """Put `after` in the place of what was found of an account, whose head is locked; None when nothing is left.

    Says False, and notes nothing, where the account has other arrears by now.
    """
    known = (found.account_id, found.since, found.touched_at)
    if after is None:
        return await writer.fetch_row(SETTLE_ARREARS, *known) is not None
    return await writer.fetch_row(MOVE_ARREARS, *known, after.since, after.touched_at) is not None


async def put_off(pool: Pool, account_id: UUID, since: datetime, now: datetime) -> None:
    """Let an account that the watch failed at be looked at again, after a minute, then two, four, up to an hour."""
    async with unit_of_work(pool) as writer:
        row = await writer.fetch_row(FAILED_ATTEMPTS, account_id)
        attempts = 1 if row is None else row["attempts"] + 1
        await writer.execute(PUT_OFF, account_id, since, now + pause_after(attempts))
        await writer.commit()
