"""Counts of ended reviews, in rollups.

None of before has to be counted: no release before this one writes reviews.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_29_0048"
down_revision: str | None = "2026_11_29_0047"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add columns with constant defaults: no row is rewritten."""
    op.execute(
        """
        ALTER TABLE rollups
          ADD COLUMN met_review integer NOT NULL DEFAULT 0,
          ADD COLUMN late_review integer NOT NULL DEFAULT 0
        """
    )
