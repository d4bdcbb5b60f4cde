"""Reads of accounts with rows that have expired."""

from typing import Final

from db.connections import Statement

ACCOUNTS_PAGE: Final = 25  # so that an account's commands wait for a moment only: each has up to 1,440 minutes a day

# Accounts with keys of an instant or before; all keys are read, of which there are those of two days.
OUTDATED_KEYS: Final = Statement(
    "accounts_with_outdated_keys",
    "SELECT DISTINCT account_id FROM idempotency_keys WHERE created_at <= $1 ORDER BY account_id",
    many="a job looks for expired rows",
)

# The next accounts after one that have minutes before an instant; primary keys.
ACCOUNTS_WITH_MINUTES: Final = Statement(
    "accounts_with_old_minutes",
    f"""
    SELECT h.account_id FROM account_heads h
    WHERE h.account_id > $1 AND h.minutes_since < $2 AND EXISTS (
      SELECT FROM rollups r WHERE r.account_id = h.account_id AND r.grain = 1 AND r.bucket < $2)
    ORDER BY h.account_id
    LIMIT {ACCOUNTS_PAGE}
    """,
    many="a job looks for expired rows",
)
