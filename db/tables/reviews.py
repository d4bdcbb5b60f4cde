"""Reviews: the times in which staff owe images a deadline."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    SmallInteger,
    text,
)
from sqlmodel import Field

from db.tables.base import Instant, Table


class Review(Table, table=True):
    """An ended review: the time from `begun_at` in which staff owed an image a deadline, promised by `due_at`.

    `number` counts the reviews of an image, from 1: one that got a deadline has another review at the plan level.
    It ended at `ended_at`, when the image got its deadline or was delivered; null if it was cancelled. `late_at` is as
    of images: the review was missed before T exactly when `late_at < T`; null also if the image was cancelled not after
    `due_at`. An open review has no row: it is the `review_by` of its image.
    """

    __tablename__ = "reviews"
    __table_args__ = (
        PrimaryKeyConstraint("account_id", "image_id", "number"),
        ForeignKeyConstraint(["account_id", "image_id"], ["images.account_id", "images.id"]),
        Index(
            "reviews_late_idx",
            "account_id",
            text("late_at DESC"),
            text("image_id DESC"),
            postgresql_where=text("late_at IS NOT NULL"),
        ),
        Index("reviews_missed_idx", "due_at", "account_id", "image_id", postgresql_where=text("late_at IS NOT NULL")),
        Index(
            "reviews_met_idx",
            "account_id",
            text("ended_at DESC"),
            text("image_id DESC"),
            postgresql_where=text("ended_at <= due_at"),
        ),
    )
    account_id: UUID
    image_id: UUID
    number: int = Field(sa_type=SmallInteger)
    begun_at: datetime = Field(sa_type=Instant)
    due_at: datetime = Field(sa_type=Instant)
    late_at: datetime | None = Field(sa_type=Instant)
    ended_at: datetime | None = Field(sa_type=Instant)
