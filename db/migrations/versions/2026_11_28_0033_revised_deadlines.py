"""The revisions of deadlines that staff set."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_28_0033"
down_revision: str | None = "2026_11_28_0032"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add columns that may stay null: no deadline was revised so far."""
    op.execute("ALTER TABLE orders ADD COLUMN revised_at timestamptz, ADD COLUMN first_confirmed_due_at timestamptz")
