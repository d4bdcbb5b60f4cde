"""The tables: the one definition that migrations, typed writes and tests share.

Every instant is `timestamptz` in UTC with microseconds. `account_id` leads every key of a distributed table, so that
the same schema runs on one PostgreSQL and on Citus; `accounts`, `tokens` and `token_uses` are reference tables there.
Rows are persistence only: no rule lives here, and SQLModel table classes do not validate.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Identity,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

NAMING = {
    "pk": "%(table_name)s_pkey",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "ck": "%(table_name)s_%(constraint_name)s_check",
}
Instant = DateTime(timezone=True)
PERIOD_LENGTH = "'06:00:00'::interval"
PERIOD = f"date_bin({PERIOD_LENGTH}, {{0}}, '1970-01-01 00:00:00+00'::timestamp with time zone)"
"""The beginning of the stretch of time that a search goes through at a time."""


class Table(SQLModel):
    """What all tables share: one metadata with a naming convention."""

    # SQLModel declares both so loosely that the type checkers would reject every table's name and the metadata.
    __tablename__: ClassVar[str]  # pyright: ignore[reportIncompatibleVariableOverride]
    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMING)  # pyright: ignore[reportIncompatibleVariableOverride]


class Account(Table, table=True):
    """A client of the service. `time_zone` is the one in force now; `time_zone_periods` has all."""

    __tablename__ = "accounts"
    __table_args__ = (
        PrimaryKeyConstraint("id"),
        UniqueConstraint("ref"),
        Index("accounts_by_name_idx", text("lower(name) text_pattern_ops"), "id"),
    )
    id: UUID
    ref: str | None
    name: str
    plan: str
    time_zone: str
    created_at: datetime = Field(sa_type=Instant)


class ApiKey(Table, table=True):
    """A client's key: the SHA-256 of its secret, whose text names the account; `prefix` is how that text begins.

    Numbers are those of `tokens`, one sequence for both tables.
    """

    __tablename__ = "api_keys"
    __table_args__ = (
        PrimaryKeyConstraint("account_id", "id"),
        UniqueConstraint("account_id", "hash"),
        ForeignKeyConstraint(["account_id"], ["accounts.id"]),
    )
    account_id: UUID
    id: UUID
    hash: bytes
    number: int = Field(sa_type=BigInteger)
    name: str | None
    prefix: str
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime | None = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(sa_type=Instant)


class ApiKeyUse(Table, table=True):
    """When a client's key was last used, give or take a minute; apart from the key, which every request reads.

    No foreign key: a key that was deleted by hand must not keep the uses of others from being written.
    """

    __tablename__ = "api_key_uses"
    __table_args__ = (PrimaryKeyConstraint("account_id", "key_id"),)
    account_id: UUID
    key_id: UUID
    used_at: datetime = Field(sa_type=Instant)


class Token(Table, table=True):
    """A key whose text names no account: staff's, without an account, and all that are older than `api_keys`.

    It is kept as the SHA-256 of its text. Older ones have no prefix. That of a revoked one is replaced by the bytes of
    its id, which are no SHA-256, so that a release that does not know of revocations refuses it, too.
    """

    __tablename__ = "tokens"
    __table_args__ = (
        PrimaryKeyConstraint("id"),
        UniqueConstraint("hash"),
        UniqueConstraint("number"),
        ForeignKeyConstraint(["account_id"], ["accounts.id"]),
    )
    id: UUID
    account_id: UUID | None
    hash: bytes
    created_at: datetime = Field(sa_type=Instant)
    number: int = Field(sa_column=Column(BigInteger, Identity(), nullable=False))
    name: str | None
    prefix: str | None
    expires_at: datetime | None = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(sa_type=Instant)


class TokenUse(Table, table=True):
    """When a token was last used, as of `api_key_uses`."""

    __tablename__ = "token_uses"
    __table_args__ = (PrimaryKeyConstraint("token_id"),)
    token_id: UUID
    used_at: datetime = Field(sa_type=Instant)


class AccountCounters(Table, table=True):
    """The counters of an account; every writer locks this row first, so an account's writes are in one order.

    `last_at` is an instant after which every command to come is: the latest that a row carries, or that a job computed
    something as of. `frontier` is the instant of the last command: an import goes on from there, since the lines it
    read may tell deliveries that come later. Minute rollups are complete from `minutes_since` on; older cut points
    read raw rows instead. `import_run` is the run of `loupe import` that wrote to the account last and has not noted
    its end: while its session holds the advisory lock of that number, the events with it are not final.
    """

    __tablename__ = "account_heads"
    __table_args__ = (PrimaryKeyConstraint("account_id"), ForeignKeyConstraint(["account_id"], ["accounts.id"]))
    account_id: UUID
    next_order_number: int
    next_event_sequence: int = Field(sa_type=BigInteger)
    last_at: datetime = Field(sa_type=Instant)
    frontier: datetime = Field(sa_type=Instant)
    minutes_since: datetime = Field(sa_type=Instant)
    import_run: int | None = Field(default=None, sa_type=BigInteger)


class TimeZonePeriod(Table, table=True):
    """A zone and the instant since which it has been the account's; the first starts with the account."""

    __tablename__ = "time_zone_periods"
    __table_args__ = (
        PrimaryKeyConstraint("account_id", "starts_at"),
        ForeignKeyConstraint(["account_id"], ["accounts.id"]),
    )
    account_id: UUID
    starts_at: datetime = Field(sa_type=Instant)
    time_zone: str


class SlaVersion(Table, table=True):
    """The terms of an account from a ledger date on; a term left null continues from the version before."""

    __tablename__ = "sla_versions"
    __table_args__ = (
        PrimaryKeyConstraint("account_id", "version"),
        ForeignKeyConstraint(["account_id"], ["accounts.id"]),
    )
    account_id: UUID
    version: int
    effective_date: date
    images_per_day: int | None
    expedites_per_day: int | None
    negotiated_at: datetime = Field(sa_type=Instant)
    note: str | None


class LedgerDay(Table, table=True):
    """What of a day's guarantee is used. A day without use may have no row: the ledger decides by interval."""

    __tablename__ = "ledger_days"
    __table_args__ = (
        PrimaryKeyConstraint("account_id", "date"),
        ForeignKeyConstraint(["account_id"], ["accounts.id"]),
    )
    account_id: UUID
    date: date
    opens_at: datetime = Field(sa_type=Instant)
    closes_at: datetime = Field(sa_type=Instant)
    sla_version: int
    capacity: int
    used: int
    expedite_capacity: int
    expedite_used: int


class Specification(Table, table=True):
    """How an account wants its images retouched; what it says is in its versions."""

    __tablename__ = "specifications"
    __table_args__ = (
        PrimaryKeyConstraint("account_id", "id"),
        ForeignKeyConstraint(["account_id"], ["accounts.id"]),
    )
    account_id: UUID
    id: UUID
    current_version: int
    created_at: datetime = Field(sa_type=Instant)
    archived_at: datetime | None = Field(sa_type=Instant)


class SpecificationVersion(Table, table=True):
    """One wording of a specification. `steps` is a list of {"step": name, "milliseconds": integer}."""

    __tablename__ = "specification_versions"
    __table_args__ = (
        PrimaryKeyConstraint("account_id", "specification_id", "version"),
        ForeignKeyConstraint(["account_id", "specification_id"], ["specifications.account_id", "specifications.id"]),
    )
    account_id: UUID
    specification_id: UUID
    version: int
    name: str
    price_per_image: Decimal
    currency: str
    steps: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    created_at: datetime = Field(sa_type=Instant)


class Order(Table, table=True):
    """Images of one specification at one service level.

    `due_at` is the delivery deadline the images share. `late_at` is the instant from which the order is late, as far as
    is known: the deadline while any image is undelivered or was delivered after it, else null. Positions are the first
    and last the images took in their day's guarantee and expedite quota. `delivered_at` is set while all are delivered.
    `price` is the sum over its images. `kept_due_at` is the deadline that images at the plan level had until staff set
    an earlier one, `kept_sla_version` the SLA version that made it.
    """

    __tablename__ = "orders"
    __table_args__ = (
        PrimaryKeyConstraint("account_id", "id"),
        UniqueConstraint("account_id", "number"),
        ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        ForeignKeyConstraint(
            ["account_id", "specification_id", "specification_version"],
            [
                "specification_versions.account_id",
                "specification_versions.specification_id",
                "specification_versions.version",
            ],
        ),
        Index("orders_by_placing_idx", "account_id", text("placed_at DESC"), text("number DESC")),
        Index(
            "orders_by_kind_idx",
            "account_id",
            text("(late_at IS NOT NULL)"),
            "status",
            "service_level",
            "deadline_status",
            text("placed_at DESC"),
            text("number DESC"),
        ),
        Index("orders_by_name_idx", "account_id", text("lower(name) text_pattern_ops")),
        Index(
            "orders_by_period_idx", "account_id", text(PERIOD.format("placed_at")), text("lower(name) text_pattern_ops")
        ),
        Index(
            "orders_by_split_idx",
            "account_id",
            "split_from",
            "number",
            postgresql_where=text("split_from IS NOT NULL"),
        ),
        Index("orders_by_deadline_idx", "due_at", "account_id", postgresql_where=text("due_at IS NOT NULL")),
        Index(
            "orders_awaiting_deadline_idx",
            "placed_at",
            "id",
            postgresql_where=text(
                "deadline_status <> 'CONFIRMED' AND status = 'IN_PRODUCTION'"
                " AND delivered_count + rejected_count < image_count"
            ),
        ),
    )
    account_id: UUID
    id: UUID
    number: int
    name: str
    specification_id: UUID
    specification_version: int
    service_level: str
    status: str
    placed_at: datetime = Field(sa_type=Instant)
    deadline_status: str
    due_at: datetime | None = Field(sa_type=Instant)
    late_at: datetime | None = Field(sa_type=Instant)
    sla_version: int
    first_position: int
    last_position: int
    expedited_at: datetime | None = Field(sa_type=Instant)
    first_expedite_position: int | None
    last_expedite_position: int | None
    confirmed_at: datetime | None = Field(sa_type=Instant)
    image_count: int
    delivered_count: int
    rejected_count: int
    price: Decimal
    currency: str
    delivered_at: datetime | None = Field(sa_type=Instant)
    completed_at: datetime | None = Field(sa_type=Instant)
    cancelled_at: datetime | None = Field(sa_type=Instant)
    split_from: UUID | None
    kept_due_at: datetime | None = Field(default=None, sa_type=Instant)
    kept_sla_version: int | None = None


class Image(Table, table=True):
    """One photo of an order.

    `status` leaves claims aside, for the clock ends them: an image is IN_PRODUCTION while `claimed_until` is ahead.

    `number` is its place in the list it was uploaded in, from 1. `due_at` is the delivery deadline, frozen once passed
    or met. `late_at` equals it while the image is undelivered, or once it was delivered after it; null when delivered
    in time, cancelled not after it, or without one. So the image is late at T exactly when `late_at < T`, and open
    when `late_at >= T`. `rejected_at` and `redo_due_at` are the open rejection's.
    """

    __tablename__ = "images"
    __table_args__ = (
        PrimaryKeyConstraint("account_id", "id"),
        ForeignKeyConstraint(["account_id", "order_id"], ["orders.account_id", "orders.id"]),
        Index("images_of_order_idx", "account_id", "order_id", "number", "id"),
        Index("images_uploaded_idx", "account_id", text("uploaded_at DESC"), text("id DESC")),
        Index(
            "images_delivered_idx",
            "account_id",
            text("coalesce(first_delivered_at <= due_at, false)"),
            text("first_delivered_at DESC"),
            text("id DESC"),
            postgresql_where=text("first_delivered_at IS NOT NULL"),
        ),
        Index(
            "images_rejected_idx",
            "account_id",
            text("first_delivered_at DESC"),
            text("id DESC"),
            postgresql_where=text("first_rejected_at IS NOT NULL"),
        ),
        Index(
            "images_first_rejected_idx",
            "account_id",
            "first_rejected_at",
            "first_delivered_at",
            postgresql_where=text("first_rejected_at IS NOT NULL"),
        ),
        Index(
            "images_late_idx",
            "account_id",
            "service_level",
            text("late_at DESC"),
            text("id DESC"),
            postgresql_where=text("late_at IS NOT NULL"),
        ),
        Index(
            "images_cancelled_idx",
            "account_id",
            "cancelled_at",
            "uploaded_at",
            postgresql_where=text("cancelled_at IS NOT NULL"),
        ),
        Index(
            "images_queue_idx",
            text("coalesce(redo_due_at, due_at, 'infinity'::timestamp with time zone)"),
            "uploaded_at",
            "id",
            text("coalesce(claimed_until, '-infinity'::timestamp with time zone)"),
            postgresql_where=text("status IN ('QUEUED', 'REJECTED')"),
        ),
        Index("images_by_lease_idx", "claimed_until", postgresql_where=text("claimed_until IS NOT NULL")),
        Index("images_by_filename_idx", "account_id", text("lower(filename) text_pattern_ops")),
        Index(
            "images_by_period_idx",
            "account_id",
            text(PERIOD.format("uploaded_at")),
            text("lower(filename) text_pattern_ops"),
        ),
    )
    account_id: UUID
    id: UUID
    order_id: UUID
    number: int
    filename: str
    status: str
    service_level: str
    specification_id: UUID
    specification_version: int
    uploaded_at: datetime = Field(sa_type=Instant)
    position: int
    expedite_position: int | None
    price: Decimal
    due_at: datetime | None = Field(sa_type=Instant)
    late_at: datetime | None = Field(sa_type=Instant)
    first_delivered_at: datetime | None = Field(sa_type=Instant)
    delivered_at: datetime | None = Field(sa_type=Instant)
    first_rejected_at: datetime | None = Field(sa_type=Instant)
    rejected_at: datetime | None = Field(sa_type=Instant)
    redo_due_at: datetime | None = Field(sa_type=Instant)
    cancelled_at: datetime | None = Field(sa_type=Instant)
    claimed_by: str | None
    claimed_until: datetime | None = Field(sa_type=Instant)
    first_claimed_at: datetime | None = Field(sa_type=Instant)


class Rejection(Table, table=True):
    """A delivery the client sent back. `late_at` is as of images: late at T exactly when `late_at < T`."""

    __tablename__ = "rejections"
    __table_args__ = (
        PrimaryKeyConstraint("account_id", "id"),
        ForeignKeyConstraint(["account_id", "image_id"], ["images.account_id", "images.id"]),
        Index("rejections_of_image_idx", "account_id", "image_id", "at"),
        Index(
            "rejections_late_idx",
            "account_id",
            text("late_at DESC"),
            text("id DESC"),
            postgresql_where=text("late_at IS NOT NULL"),
        ),
        Index("rejections_by_at_idx", "account_id", "at"),
        Index("rejections_by_deadline_idx", "due_at", "account_id"),
        Index(
            "rejections_met_idx",
            "account_id",
            "redelivered_at",
            postgresql_where=text("redelivered_at <= due_at"),
        ),
    )
    account_id: UUID
    id: UUID
    image_id: UUID
    at: datetime = Field(sa_type=Instant)
    reason: str
    due_at: datetime = Field(sa_type=Instant)
    late_at: datetime | None = Field(sa_type=Instant)
    redelivered_at: datetime | None = Field(sa_type=Instant)
    sla_version: int


class Event(Table, table=True):
    """Something that happened, with what was before and after, in the account's sequence (see `events/stored.py`).

    It is final, but for those of an `import_run` that is still under way: these may be rewritten. A final event that
    turns out to be untrue stays, and `withdrawn_by` is the place of the event that withdraws it. `recorded_at` is when
    it was written, null where that is `at`. `texts` may hold a person's data and can be erased; null where the event
    has none, or has them in `data`, as the releases before wrote it.
    """

    __tablename__ = "events"
    __table_args__ = (
        PrimaryKeyConstraint("account_id", "sequence"),
        ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        Index("events_of_order_idx", "account_id", "order_id", "at", "sequence"),
    )
    account_id: UUID
    sequence: int = Field(sa_type=BigInteger)
    at: datetime = Field(sa_type=Instant)
    type: str
    order_id: UUID | None
    image_id: UUID | None
    data: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    recorded_at: datetime | None = Field(default=None, sa_type=Instant)
    import_run: int | None = Field(default=None, sa_type=BigInteger)
    withdrawn_by: int | None = Field(default=None, sa_type=BigInteger)
    texts: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB))


class Rollup(Table, table=True):
    """Counts of an account in one UTC bucket: `grain` 1 a minute, 60 an hour, 1440 a day; `bucket` is its start.

    `uploaded` leaves out cancelled images. `delivered`, `rejected` (ever) and `lead_microseconds` are by first
    delivery. `met_*` are by delivery in time, `late_*` by `late_at`, so they may lie in the future.
    """

    __tablename__ = "rollups"
    __table_args__ = (
        PrimaryKeyConstraint("account_id", "grain", "bucket"),
        ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        CheckConstraint("grain IN (1, 60, 1440)", name="grain"),
    )
    account_id: UUID
    grain: int = Field(sa_type=SmallInteger)
    bucket: datetime = Field(sa_type=Instant)
    uploaded: int
    delivered: int
    rejected: int
    lead_microseconds: int = Field(sa_type=BigInteger)
    met_standard: int
    met_expedited: int
    met_additional: int
    met_rejection: int
    late_standard: int
    late_expedited: int
    late_additional: int
    late_rejection: int


class SavingsRollup(Table, table=True):
    """Images first delivered in one UTC bucket, per specification version; grains and buckets as of `rollups`."""

    __tablename__ = "savings_rollups"
    __table_args__ = (
        PrimaryKeyConstraint("account_id", "grain", "bucket", "specification_id", "specification_version"),
        ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        CheckConstraint("grain IN (1, 60, 1440)", name="grain"),
    )
    account_id: UUID
    grain: int = Field(sa_type=SmallInteger)
    bucket: datetime = Field(sa_type=Instant)
    specification_id: UUID
    specification_version: int
    images: int


class UploadWeek(Table, table=True):
    """Images uploaded and not cancelled in an ISO week of the zone in force now; `week` is its Monday."""

    __tablename__ = "upload_weeks"
    __table_args__ = (
        PrimaryKeyConstraint("account_id", "week"),
        ForeignKeyConstraint(["account_id"], ["accounts.id"]),
    )
    account_id: UUID
    week: date
    images: int


class ImportLine(Table, table=True):
    """A line of an import that took effect: its own name, its content's SHA-256, and what it made."""

    __tablename__ = "import_lines"
    __table_args__ = (
        PrimaryKeyConstraint("account_id", "kind", "ref"),
        ForeignKeyConstraint(["account_id"], ["accounts.id"]),
    )
    account_id: UUID
    kind: str
    ref: str
    digest: bytes
    subject_id: UUID | None


class IdempotencyKey(Table, table=True):
    """A client's command by the key it named: what was asked, and what it was answered, null while that is not known.

    `digest` is the SHA-256 of the operation's input.
    """

    __tablename__ = "idempotency_keys"
    __table_args__ = (
        PrimaryKeyConstraint("account_id", "key"),
        ForeignKeyConstraint(["account_id"], ["accounts.id"]),
    )
    account_id: UUID
    key: str
    operation: str
    digest: bytes
    answer: dict[str, Any] | None = Field(sa_column=Column(JSONB))
    created_at: datetime = Field(sa_type=Instant)


class StaffIdempotencyKey(Table, table=True):
    """A staff's command by the key it named; columns as of `idempotency_keys`."""

    __tablename__ = "staff_idempotency_keys"
    __table_args__ = (PrimaryKeyConstraint("key"),)
    key: str
    operation: str
    digest: bytes
    answer: dict[str, Any] | None = Field(sa_column=Column(JSONB))
    created_at: datetime = Field(sa_type=Instant)


class SigningKey(Table, table=True):
    """A secret that something is signed with; `purpose` says what."""

    __tablename__ = "signing_keys"
    __table_args__ = (PrimaryKeyConstraint("purpose"),)
    purpose: str
    secret: bytes


class JobCursor(Table, table=True):
    """What a job does next for an account.

    For a job at midnight that is the ledger day `date`, which closes at `due_at`; `time_zone` is the account's now, a
    midnight of which that is. For the watch it is to look at the account's deadlines from `due_at` on again, since it
    failed or history was `imported`; without a date, and only as long as that is to be done. `attempts` failed since
    the last success; until `retry_at` there is no other.
    """

    __tablename__ = "job_cursors"
    __table_args__ = (
        PrimaryKeyConstraint("account_id", "job"),
        ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        Index("job_cursors_due_idx", "job", "due_at", "time_zone", "account_id"),
    )
    account_id: UUID
    job: str
    time_zone: str
    date: date | None
    due_at: datetime = Field(sa_type=Instant)
    attempts: int
    retry_at: datetime | None = Field(sa_type=Instant)
    imported: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})


class JobRun(Table, table=True):
    """A run of a job: by zone at its midnights, by nothing every minute or day, by account where one failed.

    It is claimed by insert; whoever finds it RUNNING after `lease_until` takes it over. One by nothing that FAILED is
    tried again from its `lease_until` on. `accounts` were done, by this attempt and those before; `failures` are still
    to be. `date` is the ledger day that closed at `scheduled_for`. `horizon` is how far ahead one by nothing looked
    that succeeded, if it does that at all.
    """

    __tablename__ = "job_runs"
    __table_args__ = (
        PrimaryKeyConstraint("id"),
        UniqueConstraint("job", "time_zone", "account_id", "scheduled_for", postgresql_nulls_not_distinct=True),
        CheckConstraint("state IN ('RUNNING', 'SUCCEEDED', 'FAILED')", name="state"),
        Index("job_runs_by_time_idx", text("scheduled_for DESC"), text("id DESC")),
        Index("job_runs_by_job_idx", "job", text("scheduled_for DESC"), text("id DESC")),
        Index(
            "job_runs_by_account_idx",
            "account_id",
            text("scheduled_for DESC"),
            text("id DESC"),
            postgresql_where=text("account_id IS NOT NULL"),
        ),
        Index("job_runs_running_idx", "lease_until", postgresql_where=text("state = 'RUNNING'")),
        Index(
            "job_runs_failed_idx",
            text("scheduled_for DESC"),
            text("id DESC"),
            postgresql_where=text("state = 'FAILED'"),
        ),
    )
    id: UUID
    job: str
    time_zone: str | None
    account_id: UUID | None
    date: date | None
    scheduled_for: datetime = Field(sa_type=Instant)
    state: str
    attempts: int
    owner: str
    lease_until: datetime | None = Field(sa_type=Instant)
    started_at: datetime = Field(sa_type=Instant)
    finished_at: datetime | None = Field(sa_type=Instant)
    accounts: int
    failures: int
    error: str | None
    horizon: datetime | None = Field(default=None, sa_type=Instant)


class PulseSnapshot(Table, table=True):
    """The Pulse of an account as of the end of a ledger day: `figures` are its sums, `streak` its weeks, as JSON.

    `by_last_instant` says that month and week are those of the last instant before `as_of`. A release that counted them
    at `as_of` does not know the column, and what it writes is corrected by a job.
    """

    __tablename__ = "pulse_snapshots"
    __table_args__ = (
        PrimaryKeyConstraint("account_id", "id"),
        UniqueConstraint("account_id", "date"),
        ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        Index("pulse_snapshots_to_correct_idx", "account_id", "date", postgresql_where=text("NOT by_last_instant")),
    )
    account_id: UUID
    id: UUID
    date: date
    as_of: datetime = Field(sa_type=Instant)
    recorded_at: datetime = Field(sa_type=Instant)
    figures: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    streak: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    by_last_instant: bool = Field(default=True, sa_column_kwargs={"server_default": text("false")})
