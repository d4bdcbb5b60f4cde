"""References and instructions that clients give their orders and images, and when an order was updated.

They are null in all rows there are and in those that the release before writes.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_28_0020"
down_revision: str | None = "2026_11_28_0019"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

STATEMENTS = (
    """
    ALTER TABLE orders
      ADD COLUMN external_reference varchar, ADD COLUMN instructions varchar, ADD COLUMN updated_at timestamptz
    """,
    "ALTER TABLE images ADD COLUMN external_reference varchar, ADD COLUMN instructions varchar",
)


def upgrade() -> None:
    """Add columns without a default: no row is rewritten."""
    for statement in STATEMENTS:
        op.execute(statement)
