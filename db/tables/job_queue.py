"""The job queue: jobs of accounts, the turns of accounts, and spreads over all accounts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, PrimaryKeyConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from db.tables.base import Instant, Table


class QueuedJob(Table, table=True):
    """Work of a kind that is to be done once for an account, from `due_at` on; deleted in the transaction that does it.

    `attempts` were begun since it was added or restarted, without those that were put back; after one that failed the
    next is not before `retry_at`. `error` is from the last attempt that ended. A job with `given_up_at` is not tried
    again. `claim_id` is the claim under which it was begun last: adding it again clears that, so the worker leaves the
    row.
    """

    __tablename__ = "queued_jobs"
    __table_args__ = (
        PrimaryKeyConstraint("account_id", "kind", "key"),
        ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        Index(
            "queued_jobs_due_idx",
            "account_id",
            "kind",
            text("COALESCE(retry_at, due_at)"),
            "key",
            postgresql_where=text("given_up_at IS NULL"),
        ),
        Index("queued_jobs_failing_idx", "kind", "due_at", postgresql_where=text("error IS NOT NULL")),
    )
    account_id: UUID
    kind: str
    key: str
    payload: dict[str, Any] = Field(sa_type=JSONB)
    due_at: datetime = Field(sa_type=Instant)
    attempts: int
    retry_at: datetime | None = Field(sa_type=Instant)
    given_up_at: datetime | None = Field(sa_type=Instant)
    error: str | None
    claim_id: UUID | None


class JobTurn(Table, table=True):
    """The turn of an account for its jobs of a kind, as long as it has any that were not given up.

    The first of them is due at `due_at`, or was. A worker claims the turn, does one job, and returns it: so one worker
    at a time does jobs of an account and a kind, and accounts take turns, by `due_at` or, if that is later, by
    `served_at`, at which the last turn began. Once `lease_until` is over, another worker may claim it.
    """

    __tablename__ = "job_turns"
    __table_args__ = (
        PrimaryKeyConstraint("account_id", "kind"),
        ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        Index("job_turns_next_idx", text("GREATEST(due_at, served_at)"), "account_id"),
    )
    account_id: UUID
    kind: str
    due_at: datetime = Field(sa_type=Instant)
    served_at: datetime | None = Field(sa_type=Instant)
    claim_id: UUID | None
    lease_until: datetime | None = Field(sa_type=Instant)


class Spread(Table, table=True):
    """A job of a kind to be added for each account, from `due_at` on; accounts up to `last_account_id` have it."""

    __tablename__ = "spreads"
    __table_args__ = (PrimaryKeyConstraint("kind", "key"),)
    kind: str
    key: str
    payload: dict[str, Any] = Field(sa_type=JSONB)
    due_at: datetime = Field(sa_type=Instant)
    last_account_id: UUID | None
