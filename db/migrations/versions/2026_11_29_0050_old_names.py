"""Indexes of the names and filenames that the first release stored as written, not in NFC."""

from collections.abc import Sequence
from typing import Final

from alembic import op

revision: str = "2026_11_29_0050"
down_revision: str | None = "2026_11_29_0049"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_PERIOD: Final = "date_bin('6 hours', {0}, 'epoch'), "
INDEXES: Final = {
    "orders_by_old_name_idx": ("orders", "name", ""),
    "orders_by_old_period_idx": ("orders", "name", _PERIOD.format("placed_at")),
    "images_by_old_filename_idx": ("images", "filename", ""),
    "images_by_old_period_idx": ("images", "filename", _PERIOD.format("uploaded_at")),
}


def upgrade() -> None:
    """Build indexes while others write; interrupted anywhere, it continues from there."""
    with op.get_context().autocommit_block():
        for name, (table, column, period) in INDEXES.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(
                f"CREATE INDEX CONCURRENTLY {name} ON {table}"
                f" (account_id, {period}lower(normalize({column}, NFC)) text_pattern_ops)"
                f" WHERE {column} IS NOT NFC NORMALIZED"
            )
