"""The indexes of the list of the orders of all accounts."""

from collections.abc import Sequence
from typing import Final

from alembic import op

revision: str = "2026_11_28_0034"
down_revision: str | None = "2026_11_28_0033"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

INDEXES: Final = {
    "all_orders_by_kind_idx": "(status, service_level, (late_at IS NOT NULL), placed_at DESC, id DESC, late_at)",
    "all_orders_by_number_idx": "(number, placed_at DESC, id DESC)",
    "all_orders_by_reference_idx": "(external_reference, placed_at DESC, id DESC) WHERE external_reference IS NOT NULL",
}


def upgrade() -> None:
    """Build indexes while others write; interrupted anywhere, it continues from there."""
    with op.get_context().autocommit_block():
        for name, definition in INDEXES.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON orders {definition}")
