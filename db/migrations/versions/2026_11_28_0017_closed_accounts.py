"""The instants since which accounts are closed."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_28_0017"
down_revision: str | None = "2026_11_28_0016"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add a column without a default: no row is rewritten, and every account is open."""
    op.execute("ALTER TABLE accounts ADD COLUMN closed_at timestamptz")
