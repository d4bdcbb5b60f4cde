"""Counts of an account by closed ledger day, which the job `roll_up_activity` fills in for existing accounts.

Until it has, and after a change by a release that does not know them, days are read from the rows they count.
"""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_28_0026"
down_revision: str | None = "2026_11_28_0025"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add a table, and columns without defaults: no row is rewritten."""
    op.execute(
        """
        CREATE TABLE activity_days (
          account_id uuid NOT NULL,
          date date NOT NULL,
          currency varchar NOT NULL,
          uploaded integer NOT NULL,
          cancelled integer NOT NULL,
          delivered integer NOT NULL,
          on_time integer NOT NULL,
          late integer NOT NULL,
          rejected integer NOT NULL,
          lead_microseconds bigint NOT NULL,
          saved_milliseconds bigint NOT NULL,
          spend numeric NOT NULL,
          CONSTRAINT activity_days_pkey PRIMARY KEY (account_id, date, currency),
          CONSTRAINT activity_days_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id)
        )
        """
    )
    op.execute("ALTER TABLE account_heads ADD COLUMN activity_until timestamptz")
    op.execute("ALTER TABLE account_heads ADD COLUMN activity_sequence bigint")
