"""The addresses of pictures."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_29_0039"
down_revision: str | None = "2026_11_29_0038"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add columns that may stay null: no picture has an address so far."""
    op.execute("ALTER TABLE images ADD COLUMN preview_url varchar, ADD COLUMN result_url varchar")
    op.execute("ALTER TABLE images ADD COLUMN result_preview_url varchar")
    op.execute("ALTER TABLE orders ADD COLUMN thumbnail_url varchar")
