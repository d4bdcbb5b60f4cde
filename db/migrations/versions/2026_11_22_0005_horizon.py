"""The horizon of runs that look ahead: a longer lead between two runs leaves no gap."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_22_0005"
down_revision: str | None = "2026_11_22_0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add a column that may stay null: the release before does not write it."""
    op.execute("ALTER TABLE job_runs ADD COLUMN horizon timestamptz")
