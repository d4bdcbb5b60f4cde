"""Messages of staff to clients about the terms of an SLA version."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_28_0019"
down_revision: str | None = "2026_11_28_0018"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add a column without a default: no row is rewritten."""
    op.execute("ALTER TABLE sla_versions ADD COLUMN message varchar")
