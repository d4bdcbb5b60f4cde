"""The accounts that a run of `loupe import` writes to, which are few."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_28_0025"
down_revision: str | None = "2026_11_28_0024"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Make an index, which has a row only while an import runs."""
    op.execute(
        "CREATE INDEX account_heads_importing_idx ON account_heads (account_id, import_run)"
        " WHERE import_run IS NOT NULL"
    )
