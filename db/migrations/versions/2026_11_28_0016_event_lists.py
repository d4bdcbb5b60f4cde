"""Lists of an account's events: by type, and up to the first event of an import that is under way."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_28_0016"
down_revision: str | None = "2026_11_28_0015"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

STATEMENTS = (
    "ALTER TABLE account_heads ADD COLUMN import_from bigint",
    "CREATE INDEX events_of_type_idx ON events (account_id, type, sequence)",
)


def upgrade() -> None:
    """Add a column without a default, which imports of the release before leave null, and an index."""
    for statement in STATEMENTS:
        op.execute(statement)
