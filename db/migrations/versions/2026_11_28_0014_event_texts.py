"""Texts of events that may hold a person's data, beside the event: they can be erased without touching it."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_28_0014"
down_revision: str | None = "2026_11_28_0013"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add a column without a default: no row is rewritten; events already there keep their texts in `data`."""
    op.execute("ALTER TABLE events ADD COLUMN texts jsonb")
