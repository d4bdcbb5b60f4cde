"""The job queue: jobs of accounts, the turns of accounts, and spreads over all accounts."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_28_0018"
down_revision: str | None = "2026_11_28_0017"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

STATEMENTS = (
    """
    CREATE TABLE queued_jobs (
        account_id uuid NOT NULL,
        kind varchar NOT NULL,
        key varchar NOT NULL,
        payload jsonb NOT NULL,
        due_at timestamptz NOT NULL,
        attempts integer NOT NULL,
        retry_at timestamptz,
        given_up_at timestamptz,
        error varchar,
        claim_id uuid,
        CONSTRAINT queued_jobs_pkey PRIMARY KEY (account_id, kind, key),
        CONSTRAINT queued_jobs_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id)
    )
    """,
    """
    CREATE INDEX queued_jobs_due_idx ON queued_jobs (account_id, kind, (COALESCE(retry_at, due_at)), key)
        WHERE given_up_at IS NULL
    """,
    "CREATE INDEX queued_jobs_failing_idx ON queued_jobs (kind, due_at) WHERE error IS NOT NULL",
    """
    CREATE TABLE job_turns (
        account_id uuid NOT NULL,
        kind varchar NOT NULL,
        due_at timestamptz NOT NULL,
        served_at timestamptz,
        claim_id uuid,
        lease_until timestamptz,
        CONSTRAINT job_turns_pkey PRIMARY KEY (account_id, kind),
        CONSTRAINT job_turns_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id)
    )
    """,
    "CREATE INDEX job_turns_next_idx ON job_turns ((GREATEST(due_at, served_at)), account_id)",
    """
    CREATE TABLE spreads (
        kind varchar NOT NULL,
        key varchar NOT NULL,
        payload jsonb NOT NULL,
        due_at timestamptz NOT NULL,
        last_account_id uuid,
        CONSTRAINT spreads_pkey PRIMARY KEY (kind, key)
    )
    """,
)


def upgrade() -> None:
    """Make the tables and indexes, a statement each."""
    for statement in STATEMENTS:
        op.execute(statement)
