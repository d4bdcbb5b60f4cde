"""The customer success managers of accounts."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_28_0015"
down_revision: str | None = "2026_11_28_0014"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add columns without a default: no row is rewritten."""
    op.execute("ALTER TABLE accounts ADD COLUMN success_manager_name varchar, ADD COLUMN success_manager_email varchar")
