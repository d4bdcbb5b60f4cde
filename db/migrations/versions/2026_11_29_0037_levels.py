"""Counts of images in 6 h and of delivery plans, in rollups, which the job `roll_up_activity` fills in.

Until it has, and after a change by a release that does not know them, they are read from the images.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_29_0037"
down_revision: str | None = "2026_11_29_0036"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add columns with constant defaults: no row is rewritten. All ledger days are to be counted again."""
    op.execute(
        """
        ALTER TABLE rollups
          ADD COLUMN met_expedited_additional integer NOT NULL DEFAULT 0,
          ADD COLUMN met_delivery_plan integer NOT NULL DEFAULT 0,
          ADD COLUMN late_expedited_additional integer NOT NULL DEFAULT 0,
          ADD COLUMN late_delivery_plan integer NOT NULL DEFAULT 0
        """
    )
    op.execute("ALTER TABLE account_heads ADD COLUMN rollups_sequence bigint")
    op.execute("UPDATE account_heads SET activity_until = NULL WHERE activity_until IS NOT NULL")
