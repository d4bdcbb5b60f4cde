"""Jobs: their cursors for each account, their runs, snapshots of the Pulse; indexes of deadlines and leases."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_22_0004"
down_revision: str | None = "2026_11_22_0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

STATEMENTS = (
    "CREATE INDEX orders_by_deadline_idx ON orders (due_at, account_id) WHERE due_at IS NOT NULL",
    "CREATE INDEX images_by_lease_idx ON images (claimed_until) WHERE claimed_until IS NOT NULL",
    "CREATE INDEX rejections_by_deadline_idx ON rejections (due_at, account_id)",
    """
    CREATE TABLE job_cursors (
        account_id uuid NOT NULL,
        job varchar NOT NULL,
        time_zone varchar NOT NULL,
        date date,
        due_at timestamptz NOT NULL,
        attempts integer NOT NULL,
        retry_at timestamptz,
        CONSTRAINT job_cursors_pkey PRIMARY KEY (account_id, job),
        CONSTRAINT job_cursors_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id)
    )
    """,
    "CREATE INDEX job_cursors_due_idx ON job_cursors (job, due_at, time_zone, account_id)",
    """
    CREATE TABLE job_runs (
        id uuid NOT NULL,
        job varchar NOT NULL,
        time_zone varchar,
        account_id uuid,
        date date,
        scheduled_for timestamptz NOT NULL,
        state varchar NOT NULL,
        attempts integer NOT NULL,
        owner varchar NOT NULL,
        lease_until timestamptz,
        started_at timestamptz NOT NULL,
        finished_at timestamptz,
        accounts integer NOT NULL,
        failures integer NOT NULL,
        error varchar,
        CONSTRAINT job_runs_pkey PRIMARY KEY (id),
        CONSTRAINT job_runs_job_time_zone_account_id_scheduled_for_key
          UNIQUE NULLS NOT DISTINCT (job, time_zone, account_id, scheduled_for),
        CONSTRAINT job_runs_state_check CHECK (state IN ('RUNNING', 'SUCCEEDED', 'FAILED'))
    )
    """,
    "CREATE INDEX job_runs_by_time_idx ON job_runs (scheduled_for DESC, id DESC)",
    "CREATE INDEX job_runs_by_job_idx ON job_runs (job, scheduled_for DESC, id DESC)",
    """
    CREATE INDEX job_runs_by_account_idx ON job_runs (account_id, scheduled_for DESC, id DESC)
        WHERE account_id IS NOT NULL
    """,
    "CREATE INDEX job_runs_running_idx ON job_runs (lease_until) WHERE state = 'RUNNING'",
    "CREATE INDEX job_runs_failed_idx ON job_runs (scheduled_for DESC, id DESC) WHERE state = 'FAILED'",
    """
    CREATE TABLE pulse_snapshots (
        account_id uuid NOT NULL,
        id uuid NOT NULL,
        date date NOT NULL,
        as_of timestamptz NOT NULL,
        recorded_at timestamptz NOT NULL,
        figures jsonb NOT NULL,
        streak jsonb NOT NULL,
        CONSTRAINT pulse_snapshots_pkey PRIMARY KEY (account_id, id),
        CONSTRAINT pulse_snapshots_account_id_date_key UNIQUE (account_id, date),
        CONSTRAINT pulse_snapshots_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id)
    )
    """,
)


def upgrade() -> None:
    """Make the tables and indexes, a statement each."""
    for statement in STATEMENTS:
        op.execute(statement)
