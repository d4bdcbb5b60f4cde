"""Reads of the cursors of jobs, by which they find the accounts that are due."""

from typing import Final

from db.connections import Statement
from db.queries.paused_jobs import NOT_PAUSED
from db.readers import Reader

# True of accounts not compared since an instant, or compared by a clock that was ahead of now.
_WAITING_FOR_TURN: Final = "job = $1 AND (due_at < $2 OR due_at > $3)"

# The accounts, of all, that have waited longest and did not differ: job_cursors_due_idx.
NEXT_IN_TURN: Final = Statement(
    "next_in_turn",
    f"""
    SELECT account_id FROM job_cursors WHERE {_WAITING_FOR_TURN} AND attempts = 0
    ORDER BY due_at, time_zone, account_id LIMIT $4
    """,
    many="a job looks for the accounts that have waited longest",
)

# The accounts whose last comparison found a difference or failed; the same index.
STILL_DIFFERING: Final = Statement(
    "still_differing",
    f"""
    SELECT account_id FROM job_cursors WHERE {_WAITING_FOR_TURN} AND attempts > 0
    ORDER BY due_at, time_zone, account_id
    """,
    many="a job looks for all accounts that differ",
)

# Accounts without all cursors, those of a release that knew not all jobs: reads all accounts, by primary keys.
ACCOUNTS_WITHOUT_CURSORS: Final = Statement(
    "accounts_without_cursors",
    """
    SELECT h.account_id FROM account_heads h
     WHERE h.account_id > $1
       AND EXISTS (
         SELECT FROM unnest($2::text[]) AS j (job)
         WHERE NOT EXISTS (SELECT FROM job_cursors c WHERE c.account_id = h.account_id AND c.job = j.job))
     ORDER BY h.account_id LIMIT $3
    """,
    many="a job looks for accounts of a release before",
)

# The accounts of which a job at midnight did, or may be doing, a day that closed after an instant; the primary key.
ACCOUNTS_DONE_BEYOND: Final = Statement(
    "accounts_done_beyond",
    """
    SELECT DISTINCT c.account_id
    FROM unnest($1::uuid[], $2::timestamptz[]) AS a (account_id, since)
    JOIN job_cursors c ON c.account_id = a.account_id AND c.due_at > a.since AND c.date IS NOT NULL
    """,
)

# True of accounts that are not postponed, or for longer than possible, by a clock that went ahead.
_NOT_WAITING: Final = "(retry_at IS NULL OR retry_at <= $1 OR retry_at > $2)"

# The accounts for which a job is due, unless it is paused, by the zone and the midnight that closed their ledger days:
# job_cursors_due_idx.
DUE_GROUPS: Final = Statement(
    "due_groups",
    f"""
    SELECT job, time_zone, due_at, min(date) AS date FROM job_cursors
     WHERE job = $3 AND due_at <= $4 AND date IS NOT NULL AND {_NOT_WAITING} AND {NOT_PAUSED.format("$3")}
     GROUP BY job, time_zone, due_at ORDER BY due_at, time_zone
    """,
    many="a job looks for due accounts",
)

# The accounts of such a group after an account: job_cursors_due_idx.
DUE_ACCOUNTS: Final = Statement(
    "due_accounts",
    f"""
    SELECT account_id FROM job_cursors
     WHERE job = $3 AND due_at = $4 AND time_zone = $5 AND account_id > $6 AND {_NOT_WAITING}
     ORDER BY account_id LIMIT $7
    """,
    many="a job looks for due accounts",
)

# The zones that accounts have now: all accounts, a handful of which are on a page.
_ZONES_IN_USE: Final = Statement("zones_in_use", "SELECT DISTINCT time_zone FROM accounts ORDER BY time_zone")


async def zones_in_use(reader: Reader) -> list[str]:
    """Read the zones that accounts have now."""
    return [row["time_zone"] for row in await reader.fetch(_ZONES_IN_USE)]
