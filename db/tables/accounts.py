"""Accounts: who they are, their counters, zones, terms and days."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from db.tables.base import Instant, Table


class Account(Table, table=True):
    """A client of the service.

    `time_zone` is the one in force now; `time_zone_periods` has all. `plan` is the first one; `sla_versions` has later
    ones. Its success manager, a person of the service, and its contact, a person of the client, are null without
    one; `closed_at` is null while it is open.
    `dashboard_access` is true or false where staff decided it, null where the plan decides.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        PrimaryKeyConstraint("id"),
        UniqueConstraint("ref"),
        Index("accounts_by_name_idx", text("lower(name) text_pattern_ops"), "id"),
        Index("accounts_by_creation_idx", "created_at", "id"),
    )
    id: UUID
    ref: str | None
    name: str
    plan: str
    time_zone: str
    created_at: datetime = Field(sa_type=Instant)
    success_manager_name: str | None = None
    success_manager_email: str | None = None
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    contact_name: str | None = None
    contact_email: str | None = None
    dashboard_access: bool | None = None


class AccountCounters(Table, table=True):
    """The counters of an account; every writer locks this row first, so an account's writes are in one order.

    Every future live command is after `last_at`: the latest instant in the account's rows, or a later one, set by a job
    or before a command began. `watermark` (the column `frontier`) is the instant of the last command on which an import
    depends: an import continues from there, since the lines it read may have later deliveries. Minute rollups are
    complete from `minutes_since` on; older cut points read raw rows instead. `import_run` is the run of `loupe import`
    that wrote to the account last and has not recorded its end: while its session holds the advisory lock of that
    number, the events with it are not final. The first of them has the sequence `import_from` or a later one; null
    where a release did not record it. Ledger days that closed by `activity_until` have their rows in `activity_days`;
    null: none has. It counts only while `activity_sequence` equals `next_event_sequence`, since a writer of a release
    without these rows sets neither. In the same way the columns of `rollups` that 0.1.0 does not write count only while
    `rollups_sequence` equals `next_event_sequence`.
    """

    __tablename__ = "account_heads"
    __table_args__ = (
        PrimaryKeyConstraint("account_id"),
        ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        Index(
            "account_heads_importing_idx", "account_id", "import_run", postgresql_where=text("import_run IS NOT NULL")
        ),
    )
    account_id: UUID
    next_order_number: int
    next_event_sequence: int = Field(sa_type=BigInteger)
    last_at: datetime = Field(sa_type=Instant)
    watermark: datetime = Field(sa_type=Instant, sa_column_kwargs={"name": "frontier"})
    minutes_since: datetime = Field(sa_type=Instant)
    import_run: int | None = Field(default=None, sa_type=BigInteger)
    import_from: int | None = Field(default=None, sa_type=BigInteger)
    activity_until: datetime | None = Field(default=None, sa_type=Instant)
    activity_sequence: int | None = Field(default=None, sa_type=BigInteger)
    rollups_sequence: int | None = Field(default=None, sa_type=BigInteger)


class TimeZonePeriod(Table, table=True):
    """A zone and the instant since which it has been the account's; the first starts with the account.

    `changed_by` is CLIENT or STAFF; null for the first and for changes that earlier releases recorded.
    """

    __tablename__ = "time_zone_periods"
    __table_args__ = (
        PrimaryKeyConstraint("account_id", "starts_at"),
        ForeignKeyConstraint(["account_id"], ["accounts.id"]),
    )
    account_id: UUID
    starts_at: datetime = Field(sa_type=Instant)
    time_zone: str
    changed_by: str | None = None


class SlaVersion(Table, table=True):
    """The terms of an account from a ledger date on; a term left null continues from the version before.

    `other_terms` has the negotiated terms without a column of their own, by name; null for none. `plan_terms` is the
    whole set of the plan's terms that a version begins with; null where it continues, too. A
    version that was withdrawn before its first day, at `withdrawn_at`, counts nowhere. `plan` is the plan that begins
    with a version, from `plan_starts_at` on as far as the zones known say; both are null where the plan continues, and
    in the first version, whose plan is in the account's row.
    """

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
    plan_terms: dict[str, Any] | None = Field(sa_type=JSONB)
    message: str | None
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)
    plan: str | None = None
    plan_starts_at: datetime | None = Field(default=None, sa_type=Instant)
    other_terms: dict[str, Any] | None = Field(default=None, sa_type=JSONB)


class LedgerDay(Table, table=True):
    """The use of a day's guarantee. A day without use may have no row: the ledger decides by interval."""

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
