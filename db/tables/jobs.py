"""Cursors and runs of jobs, and the jobs that are paused."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    UniqueConstraint,
    text,
)
from sqlmodel import Field

from db.tables.base import Instant, Table


class JobCursor(Table, table=True):
    """The next work of a job for an account.

    For a midnight job that is the ledger day `date`, which closes at `due_at`; `time_zone` is the account's now, a
    midnight of which that is. For the watch it is a rescan request: to look at the account's deadlines from `due_at`
    on again, since it failed or history was `imported`; without a date, and deleted once done. `attempts` failed since
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
    """A run of a job: of a zone at its midnight, global every minute or day, of an account where it failed.

    It is claimed by insert; a worker that finds it RUNNING after `lease_until` takes it over. A global one that FAILED
    is tried again from its `lease_until` on. `accounts` were done, by this attempt and those before; for `failures` it
    still fails. `date` is the ledger day that closed at `scheduled_for`. `horizon` is the instant up to which a
    successful global run looked ahead, if the job does so.
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


class PausedJob(Table, table=True):
    """A job that operators paused at `paused_at`: no run of it begins."""

    __tablename__ = "paused_jobs"
    __table_args__ = (PrimaryKeyConstraint("job"),)
    job: str
    paused_at: datetime = Field(sa_type=Instant)
