"""The list of all accounts, by their creation."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_28_0029"
down_revision: str | None = "2026_11_28_0028"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Make an index."""
    op.execute("CREATE INDEX accounts_by_creation_idx ON accounts (created_at, id)")
