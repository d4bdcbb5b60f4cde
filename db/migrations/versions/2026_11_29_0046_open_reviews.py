"""Open reviews in the rows of their images alone, found by those of their orders: placing images adds no more rows."""

from collections.abc import Sequence
from typing import Final

from alembic import op

revision: str = "2026_11_29_0046"
down_revision: str | None = "2026_11_29_0045"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

INDEXES: Final = {
    "all_orders_by_review_idx": "(review_by, placed_at, id) WHERE review_by IS NOT NULL",
    "orders_by_review_idx": "(account_id, review_by DESC, id) WHERE review_by IS NOT NULL",
}


def upgrade() -> None:
    """Delete the rows of open reviews, and build the indexes while others write; interrupted, it continues."""
    with op.get_context().autocommit_block():
        op.execute(
            """
            DELETE FROM reviews w USING images i
            WHERE i.account_id = w.account_id AND i.id = w.image_id AND w.ended_at IS NULL AND i.cancelled_at IS NULL
            """
        )
        for name, definition in INDEXES.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON orders {definition}")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS images_by_review_idx")
