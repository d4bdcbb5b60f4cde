"""The access of accounts to their dashboards, where staff decided it."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_29_0044"
down_revision: str | None = "2026_11_29_0043"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add a column without a default: no row is rewritten."""
    op.execute("ALTER TABLE accounts ADD COLUMN dashboard_access boolean")
