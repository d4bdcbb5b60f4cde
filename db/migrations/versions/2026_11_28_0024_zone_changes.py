"""The callers who changed time zones."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_28_0024"
down_revision: str | None = "2026_11_28_0023"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add a column without a default: null for the changes so far, which postpone no deadline."""
    op.execute("ALTER TABLE time_zone_periods ADD COLUMN changed_by varchar")
