"""The index by which the watch finds missed reviews."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_29_0047"
down_revision: str | None = "2026_11_29_0046"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Build the index while others write; interrupted anywhere, it continues from there."""
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS reviews_missed_idx")
        op.execute(
            "CREATE INDEX CONCURRENTLY reviews_missed_idx ON reviews (due_at, account_id, image_id)"
            " WHERE late_at IS NOT NULL"
        )
