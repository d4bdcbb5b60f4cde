"""The kinds of faults for which clients reject images."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_28_0030"
down_revision: str | None = "2026_11_28_0029"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add a column that may stay null: clients need not name a kind."""
    op.execute("ALTER TABLE rejections ADD COLUMN category varchar")
