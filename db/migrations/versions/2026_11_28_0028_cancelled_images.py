"""Images of an order that were cancelled before the last ones."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_28_0028"
down_revision: str | None = "2026_11_28_0027"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add a count that is 0 for all orders so far: they were only cancelled as a whole."""
    op.execute("ALTER TABLE orders ADD COLUMN cancelled_count integer NOT NULL DEFAULT 0")
