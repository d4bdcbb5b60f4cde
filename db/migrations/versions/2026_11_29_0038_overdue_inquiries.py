"""Whether an inquiry has the event that it was not answered in time."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_29_0038"
down_revision: str | None = "2026_11_29_0037"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

STATEMENTS = (
    "ALTER TABLE inquiries ADD COLUMN alerted boolean NOT NULL DEFAULT false",
    """
    CREATE INDEX inquiries_to_alert_idx ON inquiries (due_at, account_id, id)
        WHERE NOT alerted AND (answered_at IS NULL OR answered_at > due_at)
    """,
)


def upgrade() -> None:
    """Add the column, without rewriting rows, and the index of those to be alerted."""
    for statement in STATEMENTS:
        op.execute(statement)
