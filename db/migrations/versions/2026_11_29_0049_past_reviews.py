"""Reviews of orders that were placed before there were any."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_29_0049"
down_revision: str | None = "2026_11_29_0048"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Have all ledger days counted again: the job fills in the reviews of the orders placed in them."""
    op.execute("UPDATE account_heads SET activity_until = NULL WHERE activity_until IS NOT NULL")
