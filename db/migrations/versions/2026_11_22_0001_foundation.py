"""The foundation: accounts with their terms, specifications, orders, images, and their counts."""

from collections.abc import Sequence

from alembic import op

revision: str = "2026_11_22_0001"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

STATEMENTS = (
    """
    CREATE TABLE accounts (
        id uuid NOT NULL,
        ref varchar,
        name varchar NOT NULL,
        plan varchar NOT NULL,
        time_zone varchar NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT accounts_pkey PRIMARY KEY (id),
        CONSTRAINT accounts_ref_key UNIQUE (ref)
    )
    """,
    "CREATE INDEX accounts_by_name_idx ON accounts (lower(name) text_pattern_ops, id)",
    """
    CREATE TABLE account_heads (
        account_id uuid NOT NULL,
        next_order_number integer NOT NULL,
        next_event_sequence bigint NOT NULL,
        last_at timestamptz NOT NULL,
        frontier timestamptz NOT NULL,
        minutes_since timestamptz NOT NULL,
        CONSTRAINT account_heads_pkey PRIMARY KEY (account_id),
        CONSTRAINT account_heads_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id)
    )
    """,
    """
    CREATE TABLE events (
        account_id uuid NOT NULL,
        sequence bigint NOT NULL,
        at timestamptz NOT NULL,
        type varchar NOT NULL,
        order_id uuid,
        image_id uuid,
        data jsonb NOT NULL,
        CONSTRAINT events_pkey PRIMARY KEY (account_id, sequence),
        CONSTRAINT events_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id)
    )
    """,
    "CREATE INDEX events_of_order_idx ON events (account_id, order_id, at, sequence)",
    """
    CREATE TABLE import_lines (
        account_id uuid NOT NULL,
        kind varchar NOT NULL,
        ref varchar NOT NULL,
        digest bytea NOT NULL,
        subject_id uuid,
        CONSTRAINT import_lines_pkey PRIMARY KEY (account_id, kind, ref),
        CONSTRAINT import_lines_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id)
    )
    """,
    """
    CREATE TABLE ledger_days (
        account_id uuid NOT NULL,
        date date NOT NULL,
        opens_at timestamptz NOT NULL,
        closes_at timestamptz NOT NULL,
        sla_version integer NOT NULL,
        capacity integer NOT NULL,
        used integer NOT NULL,
        expedite_capacity integer NOT NULL,
        expedite_used integer NOT NULL,
        CONSTRAINT ledger_days_pkey PRIMARY KEY (account_id, date),
        CONSTRAINT ledger_days_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id)
    )
    """,
    """
    CREATE TABLE rollups (
        account_id uuid NOT NULL,
        grain smallint NOT NULL,
        bucket timestamptz NOT NULL,
        uploaded integer NOT NULL,
        delivered integer NOT NULL,
        rejected integer NOT NULL,
        lead_microseconds bigint NOT NULL,
        met_standard integer NOT NULL,
        met_expedited integer NOT NULL,
        met_additional integer NOT NULL,
        met_rejection integer NOT NULL,
        late_standard integer NOT NULL,
        late_expedited integer NOT NULL,
        late_additional integer NOT NULL,
        late_rejection integer NOT NULL,
        CONSTRAINT rollups_pkey PRIMARY KEY (account_id, grain, bucket),
        CONSTRAINT rollups_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id),
        CONSTRAINT rollups_grain_check CHECK (grain IN (1, 60, 1440))
    )
    """,
    """
    CREATE TABLE savings_rollups (
        account_id uuid NOT NULL,
        grain smallint NOT NULL,
        bucket timestamptz NOT NULL,
        specification_id uuid NOT NULL,
        specification_version integer NOT NULL,
        images integer NOT NULL,
        CONSTRAINT savings_rollups_pkey
            PRIMARY KEY (account_id, grain, bucket, specification_id, specification_version),
        CONSTRAINT savings_rollups_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id),
        CONSTRAINT savings_rollups_grain_check CHECK (grain IN (1, 60, 1440))
    )
    """,
    """
    CREATE TABLE sla_versions (
        account_id uuid NOT NULL,
        version integer NOT NULL,
        effective_date date NOT NULL,
        images_per_day integer,
        expedites_per_day integer,
        negotiated_at timestamptz NOT NULL,
        note varchar,
        CONSTRAINT sla_versions_pkey PRIMARY KEY (account_id, version),
        CONSTRAINT sla_versions_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id)
    )
    """,
    """
    CREATE TABLE specifications (
        account_id uuid NOT NULL,
        id uuid NOT NULL,
        current_version integer NOT NULL,
        created_at timestamptz NOT NULL,
        archived_at timestamptz,
        CONSTRAINT specifications_pkey PRIMARY KEY (account_id, id),
        CONSTRAINT specifications_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id)
    )
    """,
    """
    CREATE TABLE time_zone_periods (
        account_id uuid NOT NULL,
        starts_at timestamptz NOT NULL,
        time_zone varchar NOT NULL,
        CONSTRAINT time_zone_periods_pkey PRIMARY KEY (account_id, starts_at),
        CONSTRAINT time_zone_periods_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id)
    )
    """,
    """
    CREATE TABLE tokens (
        id uuid NOT NULL,
        account_id uuid,
        hash bytea NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT tokens_pkey PRIMARY KEY (id),
        CONSTRAINT tokens_hash_key UNIQUE (hash),
        CONSTRAINT tokens_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id)
    )
    """,
    """
    CREATE TABLE upload_weeks (
        account_id uuid NOT NULL,
        week date NOT NULL,
        images integer NOT NULL,
        CONSTRAINT upload_weeks_pkey PRIMARY KEY (account_id, week),
        CONSTRAINT upload_weeks_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id)
    )
    """,
    """
    CREATE TABLE specification_versions (
        account_id uuid NOT NULL,
        specification_id uuid NOT NULL,
        version integer NOT NULL,
        name varchar NOT NULL,
        price_per_image numeric NOT NULL,
        currency varchar NOT NULL,
        steps jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT specification_versions_pkey PRIMARY KEY (account_id, specification_id, version),
        CONSTRAINT specification_versions_account_id_specification_id_fkey
            FOREIGN KEY (account_id, specification_id) REFERENCES specifications (account_id, id)
    )
    """,
    """
    CREATE TABLE orders (
        account_id uuid NOT NULL,
        id uuid NOT NULL,
        number integer NOT NULL,
        name varchar NOT NULL,
        specification_id uuid NOT NULL,
        specification_version integer NOT NULL,
        service_level varchar NOT NULL,
        status varchar NOT NULL,
        placed_at timestamptz NOT NULL,
        deadline_status varchar NOT NULL,
        due_at timestamptz,
        late_at timestamptz,
        sla_version integer NOT NULL,
        first_position integer NOT NULL,
        last_position integer NOT NULL,
        expedited_at timestamptz,
        first_expedite_position integer,
        last_expedite_position integer,
        confirmed_at timestamptz,
        image_count integer NOT NULL,
        delivered_count integer NOT NULL,
        rejected_count integer NOT NULL,
        price numeric NOT NULL,
        currency varchar NOT NULL,
        delivered_at timestamptz,
        completed_at timestamptz,
        cancelled_at timestamptz,
        split_from uuid,
        CONSTRAINT orders_pkey PRIMARY KEY (account_id, id),
        CONSTRAINT orders_account_id_number_key UNIQUE (account_id, number),
        CONSTRAINT orders_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id),
        CONSTRAINT orders_account_id_specification_id_specification_version_fkey
            FOREIGN KEY (account_id, specification_id, specification_version)
            REFERENCES specification_versions (account_id, specification_id, version)
    )
    """,
    """
    CREATE INDEX orders_awaiting_deadline_idx
        ON orders (placed_at, id) WHERE deadline_status <> 'CONFIRMED' AND status = 'IN_PRODUCTION'
    """,
    """
    CREATE INDEX orders_by_kind_idx
        ON orders (account_id, status, service_level, deadline_status, placed_at DESC, number DESC)
    """,
    "CREATE INDEX orders_by_name_idx ON orders (account_id, lower(name) text_pattern_ops)",
    "CREATE INDEX orders_by_placing_idx ON orders (account_id, placed_at DESC, number DESC)",
    "CREATE INDEX orders_by_split_idx ON orders (account_id, split_from, number) WHERE split_from IS NOT NULL",
    """
    CREATE INDEX orders_late_idx
        ON orders (account_id, status, service_level, deadline_status, placed_at DESC, number DESC)
        WHERE late_at IS NOT NULL
    """,
    """
    CREATE TABLE images (
        account_id uuid NOT NULL,
        id uuid NOT NULL,
        order_id uuid NOT NULL,
        number integer NOT NULL,
        filename varchar NOT NULL,
        status varchar NOT NULL,
        service_level varchar NOT NULL,
        specification_id uuid NOT NULL,
        specification_version integer NOT NULL,
        uploaded_at timestamptz NOT NULL,
        position integer NOT NULL,
        expedite_position integer,
        price numeric NOT NULL,
        due_at timestamptz,
        late_at timestamptz,
        first_delivered_at timestamptz,
        delivered_at timestamptz,
        first_rejected_at timestamptz,
        rejected_at timestamptz,
        redo_due_at timestamptz,
        cancelled_at timestamptz,
        CONSTRAINT images_pkey PRIMARY KEY (account_id, id),
        CONSTRAINT images_account_id_order_id_fkey
            FOREIGN KEY (account_id, order_id) REFERENCES orders (account_id, id)
    )
    """,
    "CREATE INDEX images_by_filename_idx ON images (account_id, lower(filename) text_pattern_ops)",
    """
    CREATE INDEX images_cancelled_idx
        ON images (account_id, cancelled_at, uploaded_at) WHERE cancelled_at IS NOT NULL
    """,
    """
    CREATE INDEX images_delivered_idx
        ON images (account_id, coalesce(first_delivered_at <= due_at, false), first_delivered_at DESC, id DESC)
        WHERE first_delivered_at IS NOT NULL
    """,
    """
    CREATE INDEX images_first_rejected_idx
        ON images (account_id, first_rejected_at, first_delivered_at) WHERE first_rejected_at IS NOT NULL
    """,
    """
    CREATE INDEX images_late_idx
        ON images (account_id, service_level, late_at DESC, id DESC) WHERE late_at IS NOT NULL
    """,
    "CREATE INDEX images_of_order_idx ON images (account_id, order_id, number, id)",
    """
    CREATE INDEX images_rejected_idx
        ON images (account_id, first_delivered_at DESC, id DESC) WHERE first_rejected_at IS NOT NULL
    """,
    "CREATE INDEX images_uploaded_idx ON images (account_id, uploaded_at DESC, id DESC)",
    """
    CREATE TABLE rejections (
        account_id uuid NOT NULL,
        id uuid NOT NULL,
        image_id uuid NOT NULL,
        at timestamptz NOT NULL,
        reason varchar NOT NULL,
        due_at timestamptz NOT NULL,
        late_at timestamptz,
        redelivered_at timestamptz,
        sla_version integer NOT NULL,
        CONSTRAINT rejections_pkey PRIMARY KEY (account_id, id),
        CONSTRAINT rejections_account_id_image_id_fkey
            FOREIGN KEY (account_id, image_id) REFERENCES images (account_id, id)
    )
    """,
    "CREATE INDEX rejections_by_at_idx ON rejections (account_id, at)",
    "CREATE INDEX rejections_late_idx ON rejections (account_id, late_at DESC, id DESC) WHERE late_at IS NOT NULL",
    "CREATE INDEX rejections_met_idx ON rejections (account_id, redelivered_at) WHERE redelivered_at <= due_at",
    "CREATE INDEX rejections_of_image_idx ON rejections (account_id, image_id, at)",
)


def upgrade() -> None:
    """Make the tables and their indexes, a statement each."""
    for statement in STATEMENTS:
        op.execute(statement)
