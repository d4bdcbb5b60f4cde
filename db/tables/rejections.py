"""Rejections of deliveries."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    text,
)
from sqlmodel import Field

from db.tables.base import Instant, Table


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
    category: str | None = None
