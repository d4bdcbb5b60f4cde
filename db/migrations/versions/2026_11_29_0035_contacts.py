"""The contacts of accounts, whom the service writes to."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_29_0035"
down_revision: str | None = "2026_11_28_0034"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add columns without a default: no row is rewritten."""
    op.execute("ALTER TABLE accounts ADD COLUMN contact_name varchar, ADD COLUMN contact_email varchar")
