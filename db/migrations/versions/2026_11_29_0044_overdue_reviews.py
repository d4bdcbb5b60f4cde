"""The index by which the watch finds missed reviews."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_29_0044"
down_revision: str | None = "2026_11_29_0043"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Build the index while others write, and have all ledger days of accounts counted again, with their reviews."""
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS reviews_by_due_idx")
        op.execute(
            "CREATE INDEX CONCURRENTLY reviews_by_due_idx ON reviews (due_at, account_id, image_id)"
            " WHERE late_at IS NOT NULL"
        )
        op.execute("UPDATE account_heads SET activity_until = NULL WHERE activity_until IS NOT NULL")
