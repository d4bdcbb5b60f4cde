"""A mark of snapshots whose month and week are those of the last instant before their end; a job corrects others.

Stored rows are taken for right until the next step marks those that may be wrong. The default marks rows that the
release before still writes.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_28_0011"
down_revision: str | None = "2026_11_28_0010"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

STATEMENTS = (
    "ALTER TABLE pulse_snapshots ADD COLUMN by_last_instant boolean NOT NULL DEFAULT true",
    "ALTER TABLE pulse_snapshots ALTER COLUMN by_last_instant SET DEFAULT false",
)


def upgrade() -> None:
    """Add a column, true in all rows there are and false in those written without it; no row is rewritten."""
    for statement in STATEMENTS:
        op.execute(statement)
