"""A mark of accounts with history imported since the watch looked at them: only their alerts may be untrue."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_22_0006"
down_revision: str | None = "2026_11_22_0005"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add a column with a default, for the release before writes rows without it."""
    op.execute("ALTER TABLE job_cursors ADD COLUMN imported boolean NOT NULL DEFAULT false")
