"""Counts by bucket of time."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    SmallInteger,
    text,
)
from sqlmodel import Field

from db.tables.base import Instant, Table


class Rollup(Table, table=True):
    """Counts of an account in one UTC bucket: `grain` 1 a minute, 60 an hour, 1440 a day; `bucket` is its start.

    `uploaded` leaves out cancelled images. `delivered`, `rejected` (ever) and `lead_microseconds` are by first
    delivery. `met_*` are by delivery in time, `late_*` by `late_at`, so they may lie in the future. `*_expedited` count
    all expedited images; of these `*_expedited_additional` are in 6 h and `*_delivery_plan` to be planned, which count
    only while `account_heads.rollups_sequence` says so. `*_review` count the rows of `reviews`.
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
    met_expedited_additional: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    met_delivery_plan: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    late_expedited_additional: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    late_delivery_plan: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    met_review: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    late_review: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})


class SavingsRollup(Table, table=True):
    """Images first delivered in one UTC bucket, per specification version; grains and buckets as in `rollups`."""

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


class ActivityDay(Table, table=True):
    """Counts of an account in a closed ledger day, of the images of one currency; `date` is the day's.

    All are as known now, each fact by its own instant. `uploaded` and `spend`, the sum of prices, leave out cancelled
    images; `cancelled` counts these at their upload. `delivered`, `on_time`, `lead_microseconds` and
    `saved_milliseconds` are by first delivery, `late` by `late_at`. The rows of an account are complete up to
    `account_heads.activity_until`; rows of later days do not count.
    """

    __tablename__ = "activity_days"
    __table_args__ = (
        PrimaryKeyConstraint("account_id", "date", "currency"),
        ForeignKeyConstraint(["account_id"], ["accounts.id"]),
    )
    account_id: UUID
    date: date
    currency: str
    uploaded: int
    cancelled: int
    delivered: int
    on_time: int
    late: int
    rejected: int
    lead_microseconds: int = Field(sa_type=BigInteger)
    saved_milliseconds: int = Field(sa_type=BigInteger)
    spend: Decimal
