"""A column for the negotiated terms of an SLA version beside its images and expedites a day.

Versions from before have none of them: each of these terms is the plan's.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_29_0036"
down_revision: str | None = "2026_11_29_0035"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add a column."""
    op.execute("ALTER TABLE sla_versions ADD COLUMN other_terms jsonb")
