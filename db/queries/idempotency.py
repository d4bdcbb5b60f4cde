"""Reads of idempotency keys: the command that each came with, and its stored answer."""

from typing import Final

from db.connections import Statement

# A client's command by its key; the primary key.
KNOWN_KEY: Final = Statement(
    "known_key", "SELECT operation, digest, answer FROM idempotency_keys WHERE account_id = $1 AND key = $2"
)

# A command of staff by its key; the primary key.
KNOWN_STAFF_KEY: Final = Statement(
    "known_staff_key", "SELECT operation, digest, answer FROM staff_idempotency_keys WHERE key = $1"
)
