"""The instants at which coming versions of SLAs were withdrawn."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_28_0022"
down_revision: str | None = "2026_11_28_0021"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add a column without a default: no row is rewritten, and no version is withdrawn."""
    op.execute("ALTER TABLE sla_versions ADD COLUMN withdrawn_at timestamptz")
