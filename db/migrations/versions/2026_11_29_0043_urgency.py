"""The order of the queue: images without a deadline by when staff have promised it, after all others."""

from collections.abc import Sequence
from typing import Final

from alembic import op

revision: str = "2026_11_29_0043"
down_revision: str | None = "2026_11_29_0042"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

INDEXES: Final = {
    "images_by_urgency_idx": """(
        coalesce(redo_due_at, due_at, 'infinity'::timestamptz),
        coalesce(CASE WHEN due_at IS NULL THEN review_by END, '-infinity'::timestamptz),
        uploaded_at, id, coalesce(claimed_until, '-infinity'::timestamptz)
      ) WHERE status IN ('QUEUED', 'REJECTED')""",
    "images_by_review_idx": "(review_by, uploaded_at, id) WHERE review_by IS NOT NULL",
}


def upgrade() -> None:
    """Build the indexes while others write, then drop the former one; interrupted anywhere, it continues from there.

    The release before reads the queue by the new one, too: dated images have the same promise.
    """
    with op.get_context().autocommit_block():
        for name, definition in INDEXES.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON images {definition}")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS images_queue_idx")
