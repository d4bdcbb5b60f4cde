"""Periods: indexes that lead a search to its matches, and separate late orders from others."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_22_0002"
down_revision: str | None = "2026_11_22_0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

STATEMENTS = (
    """
    CREATE INDEX orders_by_period_idx ON orders
        (account_id, date_bin('6 hours', placed_at, 'epoch'), lower(name) text_pattern_ops)
    """,
    """
    CREATE INDEX images_by_period_idx ON images
        (account_id, date_bin('6 hours', uploaded_at, 'epoch'), lower(filename) text_pattern_ops)
    """,
    "DROP INDEX orders_late_idx",
    "DROP INDEX orders_by_kind_idx",
    """
    CREATE INDEX orders_by_kind_idx ON orders
        (account_id, (late_at IS NOT NULL), status, service_level, deadline_status, placed_at DESC, number DESC)
    """,
    "DROP INDEX orders_awaiting_deadline_idx",
    """
    CREATE INDEX orders_awaiting_deadline_idx ON orders (placed_at, id)
        WHERE deadline_status <> 'CONFIRMED' AND status = 'IN_PRODUCTION'
            AND delivered_count + rejected_count < image_count
    """,
)


def upgrade() -> None:
    """Change the indexes, a statement each."""
    for statement in STATEMENTS:
        op.execute(statement)
