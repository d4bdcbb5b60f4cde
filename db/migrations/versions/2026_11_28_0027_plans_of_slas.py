"""The plans that begin with versions of SLAs."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_28_0027"
down_revision: str | None = "2026_11_28_0026"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add columns without a default: no row is rewritten, and every plan is the one in `accounts`."""
    op.execute("ALTER TABLE sla_versions ADD COLUMN plan varchar, ADD COLUMN plan_starts_at timestamptz")
