"""The table of clients' inquiries."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_29_0037"
down_revision: str | None = "2026_11_29_0036"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

STATEMENTS = (
    """
    CREATE TABLE inquiries (
        account_id uuid NOT NULL,
        id uuid NOT NULL,
        order_id uuid,
        topic varchar NOT NULL,
        text varchar NOT NULL,
        created_at timestamptz NOT NULL,
        due_at timestamptz NOT NULL,
        answer varchar,
        answered_at timestamptz,
        CONSTRAINT inquiries_pkey PRIMARY KEY (account_id, id),
        CONSTRAINT inquiries_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id),
        CONSTRAINT inquiries_account_id_order_id_fkey
            FOREIGN KEY (account_id, order_id) REFERENCES orders (account_id, id)
    )
    """,
    "CREATE INDEX inquiries_by_creation_idx ON inquiries (account_id, created_at, id)",
    "CREATE INDEX inquiries_open_idx ON inquiries (account_id, created_at, id) WHERE answered_at IS NULL",
    "CREATE INDEX all_inquiries_by_deadline_idx ON inquiries (due_at, id)",
    "CREATE INDEX all_inquiries_open_idx ON inquiries (due_at, id) WHERE answered_at IS NULL",
)


def upgrade() -> None:
    """Make the table and its indexes, a statement each."""
    for statement in STATEMENTS:
        op.execute(statement)
