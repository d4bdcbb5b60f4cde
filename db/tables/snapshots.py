"""Snapshots of the Pulse at midnight."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from db.tables.base import Instant, Table


class PulseSnapshot(Table, table=True):
    """The Pulse of an account as of the end of a ledger day: `figures` are its sums, `streak` its weeks, as JSON.

    `by_last_instant` is true if month and week are those of the last instant before `as_of`. A release that counted
    them at `as_of` does not know the column, and a job corrects its rows.
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
