"""Erasures that have erased texts, and whose event is not written yet."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_29_0051"
down_revision: str | None = "2026_11_29_0050"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Make the table."""
    op.execute(
        """
        CREATE TABLE unfinished_erasures (
            account_id uuid NOT NULL,
            before timestamptz NOT NULL,
            CONSTRAINT unfinished_erasures_pkey PRIMARY KEY (account_id, before),
            CONSTRAINT unfinished_erasures_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id)
        )
        """
    )
