"""Jobs that operators have paused.

Processes of the release before do not know the table, and run these jobs all the same.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_29_0049"
down_revision: str | None = "2026_11_29_0048"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Make the table."""
    op.execute(
        """
        CREATE TABLE paused_jobs (
            job varchar NOT NULL,
            paused_at timestamptz NOT NULL,
            CONSTRAINT paused_jobs_pkey PRIMARY KEY (job)
        )
        """
    )
