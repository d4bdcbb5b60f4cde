"""Lists of an account's events: by type, and up to the first event of an import that is under way."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_28_0016"
down_revision: str | None = "2026_11_28_0015"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add a column without a default, which older releases leave null, and build an index while others write."""
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE account_heads ADD COLUMN IF NOT EXISTS import_from bigint")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS events_of_type_idx")
        op.execute("CREATE INDEX CONCURRENTLY events_of_type_idx ON events (account_id, type, sequence)")
