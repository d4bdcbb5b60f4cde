"""Commands: claims of images and the production queue, idempotency keys, and the key that signs quotes."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_22_0003"
down_revision: str | None = "2026_11_22_0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

STATEMENTS = (
    "ALTER TABLE images ADD COLUMN claimed_by varchar",
    "ALTER TABLE images ADD COLUMN claimed_until timestamptz",
    "ALTER TABLE images ADD COLUMN first_claimed_at timestamptz",
    """
    CREATE INDEX images_queue_idx ON images
        (coalesce(redo_due_at, due_at, 'infinity'), uploaded_at, id, coalesce(claimed_until, '-infinity'))
        WHERE status IN ('QUEUED', 'REJECTED')
    """,
    """
    CREATE TABLE idempotency_keys (
        account_id uuid NOT NULL,
        key varchar NOT NULL,
        operation varchar NOT NULL,
        digest bytea NOT NULL,
        answer jsonb,
        created_at timestamptz NOT NULL,
        CONSTRAINT idempotency_keys_pkey PRIMARY KEY (account_id, key),
        CONSTRAINT idempotency_keys_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id)
    )
    """,
    """
    CREATE TABLE staff_idempotency_keys (
        key varchar NOT NULL,
        operation varchar NOT NULL,
        digest bytea NOT NULL,
        answer jsonb,
        created_at timestamptz NOT NULL,
        CONSTRAINT staff_idempotency_keys_pkey PRIMARY KEY (key)
    )
    """,
    """
    CREATE TABLE signing_keys (
        purpose varchar NOT NULL,
        secret bytea NOT NULL,
        CONSTRAINT signing_keys_pkey PRIMARY KEY (purpose)
    )
    """,
)


def upgrade() -> None:
    """Make the columns, tables and indexes, a statement each."""
    for statement in STATEMENTS:
        op.execute(statement)
