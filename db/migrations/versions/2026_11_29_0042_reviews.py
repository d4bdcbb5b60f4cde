"""Reviews: the times in which staff owe images a deadline."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_29_0042"
down_revision: str | None = "2026_11_29_0041"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Add the table, and to orders and images the instant by which staff have promised a deadline."""
    op.execute(
        """
        CREATE TABLE reviews (
          account_id uuid NOT NULL,
          image_id uuid NOT NULL,
          number smallint NOT NULL,
          begun_at timestamptz NOT NULL,
          due_at timestamptz NOT NULL,
          late_at timestamptz,
          ended_at timestamptz,
          CONSTRAINT reviews_pkey PRIMARY KEY (account_id, image_id, number),
          CONSTRAINT reviews_account_id_image_id_fkey FOREIGN KEY (account_id, image_id)
            REFERENCES images (account_id, id)
        )
        """
    )
    op.execute(
        "CREATE INDEX reviews_late_idx ON reviews (account_id, late_at DESC, image_id DESC) WHERE late_at IS NOT NULL"
    )
    op.execute(
        "CREATE INDEX reviews_met_idx ON reviews (account_id, ended_at DESC, image_id DESC) WHERE ended_at <= due_at"
    )
    op.execute("ALTER TABLE orders ADD COLUMN review_by timestamptz")
    op.execute("ALTER TABLE images ADD COLUMN review_by timestamptz")
