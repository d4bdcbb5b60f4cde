"""Spreads: a job for each account, added in batches of accounts, each with the spread's new position in a transaction.

So a spread that is interrupted anywhere continues at the account where it was, and no account gets its job twice.
"""

from datetime import datetime
from typing import Final

from app.services.job_queue.adding import add_jobs
from app.services.jobs import runs as job_runs
from app.services.jobs.runs import Claim
from db.connections import Pool, Statement
from db.queries.job_queue import NEXT_ACCOUNTS, DueSpread
from db.queries.pages import LEAST_UUID
from db.writer import unit_of_work

BATCH: Final = 500
"""Accounts of a batch: it bounds the time for which commands of these accounts that add a job wait."""

# Locks a spread; the primary key.
_LOCK: Final = Statement(
    "lock_spread", "SELECT payload, due_at, last_account_id FROM spreads WHERE kind = $1 AND key = $2 FOR UPDATE"
)

# Advances the position of a spread; the primary key.
_MOVE: Final = Statement("move_spread", "UPDATE spreads SET last_account_id = $3 WHERE kind = $1 AND key = $2")

# Ends a spread; the primary key.
_END: Final = Statement("end_spread", "DELETE FROM spreads WHERE kind = $1 AND key = $2")


async def spread_batch(pool: Pool, spread: DueSpread, claim: Claim, lease_until: datetime) -> int:
    """Add a spread's job for its next accounts, and renew the run's lease (UTC); return their number, 0 at the end.

    Then the spread is removed. Other workers with the same spread wait, or find it at a later position.
    """
    async with unit_of_work(pool) as writer:
        row = await writer.fetch_row(_LOCK, spread.kind, spread.key)
        found = [] if row is None else await writer.fetch(NEXT_ACCOUNTS, row["last_account_id"] or LEAST_UUID, BATCH)
        if row is not None and found:
            accounts = [each["id"] for each in found]
            await add_jobs(writer, accounts, spread.kind, row["due_at"], spread.key, row["payload"])
            await writer.execute(_MOVE, spread.kind, spread.key, accounts[-1])
            await job_runs.renew(writer, claim, lease_until, len(accounts))
        else:
            await writer.execute(_END, spread.kind, spread.key)
        await writer.commit()
    return len(found)
