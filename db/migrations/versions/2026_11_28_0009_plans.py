"""The deadlines that images at the plan level had until staff set earlier ones."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_28_0009"
down_revision: str | None = "2026_11_28_0008"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add columns that may stay null: only the events have the deadlines that the release before replaced."""
    op.execute("ALTER TABLE orders ADD COLUMN kept_due_at timestamptz, ADD COLUMN kept_sla_version integer")
