"""The instant of recording, the import and the withdrawal of each event; the import that is under way."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_28_0007"
down_revision: str | None = "2026_11_22_0006"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

STATEMENTS = (
    "ALTER TABLE account_heads ADD COLUMN import_run bigint",
    "ALTER TABLE events ADD COLUMN recorded_at timestamptz",
    "ALTER TABLE events ADD COLUMN import_run bigint",
    "ALTER TABLE events ADD COLUMN withdrawn_by bigint",
)


def upgrade() -> None:
    """Add columns without defaults: no row is rewritten, and the release before still writes without them."""
    for statement in STATEMENTS:
        op.execute(statement)
