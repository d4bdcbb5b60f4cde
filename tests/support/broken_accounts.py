"""An account that cannot be written: the next sequence number of its events is taken."""

from uuid import UUID

from db.connections import Pool

_BREAK = """
    INSERT INTO events (account_id, sequence, at, type, data)
    SELECT account_id, next_event_sequence, last_at, 'GUARANTEE_RESET', '{}' FROM account_heads WHERE account_id = $1
    RETURNING sequence
"""
_REPAIR = """
    DELETE FROM events e USING account_heads h
    WHERE h.account_id = $1 AND e.account_id = h.account_id AND e.sequence = h.next_event_sequence
    RETURNING sequence
"""


async def break_account(pool: Pool, account_id: UUID) -> None:
    """Make every command fail that writes an event of an account."""
    assert len(await pool.fetch(_BREAK, account_id)) == 1


async def repair_account(pool: Pool, account_id: UUID) -> None:
    """Undo `break_account`."""
    assert len(await pool.fetch(_REPAIR, account_id)) == 1
