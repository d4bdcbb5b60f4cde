"""The list of the events of all accounts, by the instant of their recording."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_28_0023"
down_revision: str | None = "2026_11_28_0022"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


INDEX = "events_by_type_idx ON events (type, coalesce(recorded_at, at), account_id, sequence)"


def upgrade() -> None:
    """Build an index while others write."""
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS events_by_type_idx")
        op.execute(f"CREATE INDEX CONCURRENTLY {INDEX}")
