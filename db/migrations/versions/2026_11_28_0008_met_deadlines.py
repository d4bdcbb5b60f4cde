"""The deadlines that imported orders met: imports of the releases before wrote no event of them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from alembic import op
from sqlalchemy import text

from db.migrations.filling import fill_by_account

revision: str = "2026_11_28_0008"
down_revision: str | None = "2026_11_28_0007"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# Adds the missing events of one account, whose counters it locks: an event for each order all of whose images with a
# deadline were first delivered by it, at the last of these deliveries. Commands that commit while it waits for the
# counters are not seen, and wrote their events themselves. Instants are written as in all events.
ADD_MISSING: Final = text(
    """
    WITH head AS (
      SELECT next_event_sequence, last_at FROM account_heads WHERE account_id = :account FOR UPDATE
    ), met AS (
      SELECT o.id, o.due_at, max(i.first_delivered_at) AS at
      FROM orders o
      JOIN images i ON i.account_id = :account AND i.order_id = o.id AND i.due_at IS NOT NULL
      WHERE o.account_id = :account AND o.due_at IS NOT NULL AND o.late_at IS NULL AND o.cancelled_at IS NULL
        AND NOT EXISTS (
          SELECT FROM events e WHERE e.account_id = :account AND e.order_id = o.id AND e.type = 'DEADLINE_MET')
      GROUP BY o.id, o.due_at
      HAVING count(i.first_delivered_at) = count(*)
    ), added AS (
      INSERT INTO events (account_id, sequence, at, type, order_id, image_id, data, recorded_at)
      SELECT :account, head.next_event_sequence + row_number() OVER (ORDER BY met.at, met.id) - 1, met.at,
        'DEADLINE_MET', met.id, NULL,
        jsonb_build_object('before', NULL, 'after', jsonb_build_object('dueAt', replace(
          to_char(met.due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'), '.000000', ''))),
        greatest(:now, head.last_at)
      FROM met, head
      RETURNING 1
    )
    UPDATE account_heads SET next_event_sequence = next_event_sequence + (SELECT count(*) FROM added)
    WHERE account_id = :account AND EXISTS (SELECT FROM added)
    """
)


def upgrade() -> None:
    """Add the events account by account, each in a transaction: interrupted anywhere, it continues from there."""
    with op.get_context().autocommit_block():
        fill_by_account(ADD_MISSING, now=datetime.now(UTC))
