"""The instant of the last command on each order, and the indexes that find orders and images by the new columns.

It is the instant of the order's last event of a command other than a claim, else the latest instant in its row.
"""

from collections.abc import Sequence
from typing import Final

from alembic import op
from sqlalchemy import text

from db.migrations.filling import fill_by_account

revision: str = "2026_11_28_0021"
down_revision: str | None = "2026_11_28_0020"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

# Fills in the orders of one account, whose counters it locks; events_of_order_idx finds their events.
FILL: Final = text(
    """
    WITH head AS (
      SELECT account_id FROM account_heads WHERE account_id = :account FOR UPDATE
    )
    UPDATE orders SET updated_at = coalesce(
      (SELECT max(e.at) FROM events e
       WHERE e.account_id = :account AND e.order_id = orders.id AND e.withdrawn_by IS NULL AND e.type IN (
         'ORDER_PLACED', 'ORDER_SPLIT', 'ORDER_EXPEDITED', 'ORDER_CANCELLED', 'ORDER_COMPLETED',
         'IMAGES_CANCELLED', 'IMAGES_DELIVERED', 'IMAGES_REJECTED', 'DEADLINE_CONFIRMED')),
      greatest(placed_at, expedited_at, confirmed_at, delivered_at, completed_at, cancelled_at))
    FROM head
    WHERE orders.account_id = :account AND orders.updated_at IS NULL
    """
)
INDEXES: Final = {
    "orders_by_reference_key": "UNIQUE INDEX {} ON orders (account_id, external_reference)"
    " WHERE external_reference IS NOT NULL",
    "images_by_reference_key": "UNIQUE INDEX {} ON images (account_id, external_reference)"
    " WHERE external_reference IS NOT NULL",
    "orders_by_update_idx": "INDEX {} ON orders (account_id, (COALESCE(updated_at, placed_at)))",
    "orders_by_delivery_idx": "INDEX {} ON orders (account_id, delivered_at) WHERE delivered_at IS NOT NULL",
}


def upgrade() -> None:
    """Fill in account by account, each in a transaction, then build indexes while others write.

    Interrupted anywhere, it continues from there.
    """
    with op.get_context().autocommit_block():
        fill_by_account(FILL)
        for name, definition in INDEXES.items():
            kind, rest = definition.split(" {} ")
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE {kind} CONCURRENTLY {name} {rest}")
