"""The instant at which work on each order began: the first claim of an image, or its first delivery."""

from collections.abc import Sequence
from typing import Final

from alembic import op
from sqlalchemy import text

from db.migrations.filling import fill_by_account

revision: str = "2026_11_28_0031"
down_revision: str | None = "2026_11_28_0030"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# Fills in the orders of one account, whose counters it locks; images_of_order_idx finds their images.
FILL: Final = text(
    """
    WITH head AS (
      SELECT account_id FROM account_heads WHERE account_id = :account FOR UPDATE
    ), begun AS MATERIALIZED (
      SELECT i.order_id, min(coalesce(i.first_claimed_at, i.first_delivered_at)) AS at
      FROM head, images i
      WHERE i.account_id = :account AND coalesce(i.first_claimed_at, i.first_delivered_at) IS NOT NULL
      GROUP BY i.order_id
    )
    UPDATE orders SET begun_at = begun.at
    FROM begun
    WHERE orders.account_id = :account AND orders.id = begun.order_id AND orders.begun_at IS NULL
    """
)


def upgrade() -> None:
    """Add the column, then fill in account by account, each in a transaction.

    Interrupted anywhere, it continues from there.
    """
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE orders ADD COLUMN IF NOT EXISTS begun_at timestamptz")
        fill_by_account(FILL)
