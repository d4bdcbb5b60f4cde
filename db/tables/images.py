"""Images."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    text,
)
from sqlmodel import Field

from db.tables.base import PERIOD, Instant, Table, index_of_old_texts


class Image(Table, table=True):
    """One photo of an order.

    `status` ignores claims, for the clock ends them: an image is IN_PRODUCTION while `claimed_until` is ahead.

    `number` is its position in the uploaded list, from 1. `due_at` is the delivery deadline, frozen once passed
    or met. `late_at` equals it while the image is undelivered, or once it was delivered after it; null when delivered
    in time, cancelled not after it, or without one. So the image is late at T exactly when `late_at < T`, and open
    when `late_at >= T`. `review_by` is the instant by which staff have promised the deadline that they owe, of an image
    without one or at the plan level; null where they owe none, also once it was delivered or cancelled. `rejected_at`
    and `redo_due_at` are the open rejection's. `external_reference` is the client's own. `preview_url` is the address
    of a preview of the upload; `result_url`, `result_preview_url` and the worker `delivered_by` are those of the latest
    delivery; an imported one has no worker.
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
            "images_by_urgency_idx",
            text("coalesce(redo_due_at, due_at, 'infinity'::timestamp with time zone)"),
            text(  # as PostgreSQL prints it
                "coalesce(\nCASE\nWHEN due_at IS NULL THEN review_by\nELSE NULL::timestamp with time zone\nEND,"
                " '-infinity'::timestamp with time zone)"
            ),
            "uploaded_at",
            "id",
            text("coalesce(claimed_until, '-infinity'::timestamp with time zone)"),
            postgresql_where=text("status IN ('QUEUED', 'REJECTED')"),
        ),
        Index(
            "images_by_reference_key",
            "account_id",
            "external_reference",
            unique=True,
            postgresql_where=text("external_reference IS NOT NULL"),
        ),
        Index("images_by_lease_idx", "claimed_until", postgresql_where=text("claimed_until IS NOT NULL")),
        Index("images_by_filename_idx", "account_id", text("lower(filename) text_pattern_ops")),
        Index(
            "images_by_period_idx",
            "account_id",
            text(PERIOD.format("uploaded_at")),
            text("lower(filename) text_pattern_ops"),
        ),
        index_of_old_texts("images_by_old_filename_idx", "filename"),
        index_of_old_texts("images_by_old_period_idx", "filename", PERIOD.format("uploaded_at")),
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
    external_reference: str | None = None
    instructions: str | None = None
    preview_url: str | None = None
    result_url: str | None = None
    result_preview_url: str | None = None
    delivered_by: str | None = None
    review_by: datetime | None = Field(default=None, sa_type=Instant)
