"""The indexes of the compliance of answers to inquiries."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_29_0045"
down_revision: str | None = "2026_11_29_0044"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

STATEMENTS = (
    "CREATE INDEX inquiries_met_idx ON inquiries (account_id, answered_at) WHERE answered_at <= due_at",
    """
    CREATE INDEX inquiries_missed_idx ON inquiries (account_id, due_at, id)
        WHERE answered_at IS NULL OR answered_at > due_at
    """,
)


def upgrade() -> None:
    """Make the indexes."""
    for statement in STATEMENTS:
        op.execute(statement)
