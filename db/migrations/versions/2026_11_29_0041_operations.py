"""Operations of production, and who delivered an image."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_29_0041"
down_revision: str | None = "2026_11_29_0040"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add a table without rows, and a column that may stay null: who delivered is in the events of before."""
    op.execute("""
        CREATE TABLE operations (
          account_id uuid NOT NULL,
          id uuid NOT NULL,
          image_id uuid NOT NULL,
          at timestamptz NOT NULL,
          step varchar NOT NULL,
          performed_by varchar NOT NULL,
          milliseconds integer NOT NULL,
          CONSTRAINT operations_pkey PRIMARY KEY (account_id, id),
          CONSTRAINT operations_account_id_image_id_fkey
            FOREIGN KEY (account_id, image_id) REFERENCES images (account_id, id)
        )
    """)
    op.execute("CREATE INDEX operations_of_image_idx ON operations (account_id, image_id, at)")
    op.execute("""
        CREATE INDEX operations_by_retouchers_idx ON operations (step, at, milliseconds)
        WHERE performed_by = 'RETOUCHER'
    """)
    op.execute("ALTER TABLE images ADD COLUMN delivered_by varchar")
