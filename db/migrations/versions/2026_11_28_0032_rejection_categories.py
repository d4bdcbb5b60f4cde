"""The kinds of faults of rejections, and the latest delivery of each order that can be rejected."""

from collections.abc import Sequence
from typing import Final

from alembic import op
from sqlalchemy import text

from db.migrations.filling import fill_by_account

revision: str = "2026_11_28_0032"
down_revision: str | None = "2026_11_28_0031"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# Fills in the orders of one account, whose counters it locks; images_of_order_idx finds their images.
FILL: Final = text(
    """
    WITH head AS (
      SELECT account_id FROM account_heads WHERE account_id = :account FOR UPDATE
    ), delivered AS MATERIALIZED (
      SELECT i.order_id, max(i.delivered_at) AS at
      FROM head, images i
      WHERE i.account_id = :account AND i.status = 'DELIVERED'
      GROUP BY i.order_id
    )
    UPDATE orders SET last_delivered_at = delivered.at
    FROM delivered
    WHERE orders.account_id = :account AND orders.id = delivered.order_id AND orders.last_delivered_at IS NULL
    """
)


def upgrade() -> None:
    """Add columns that may stay null, then fill in account by account, each in a transaction.

    Interrupted anywhere, it continues from there.
    """
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE rejections ADD COLUMN IF NOT EXISTS category varchar")
        op.execute("ALTER TABLE orders ADD COLUMN IF NOT EXISTS last_delivered_at timestamptz")
        fill_by_account(FILL)
