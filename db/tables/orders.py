"""Orders."""

from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import (
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    UniqueConstraint,
    text,
)
from sqlmodel import Field

from db.tables.base import PERIOD, Instant, Table, index_of_old_texts

UPDATED_AT: Final = "COALESCE({0}updated_at, {0}placed_at)"
"""The instant of the last command on an order, of the table or alias {0}."""


class Order(Table, table=True):
    """Images of one specification at one service level.

    `due_at` is the delivery deadline the images share. `late_at` is the instant from which the order is late, by the
    present facts: the deadline while any image is undelivered or was delivered after it, else null. Positions are the
    first and last the images took in their day's guarantee and expedite quota. `delivered_at` is set while all are
    delivered. `price` is the sum over its images. Figures but `late_at` are of the images that are not cancelled, or
    that were cancelled last and with them the order; `cancelled_count` is the number of the others. `kept_due_at` is
    the deadline that images at the plan level had until staff set an earlier one, `kept_sla_version` the SLA version
    that made it. `external_reference` is the client's own, of the first order of a placement. `updated_at` is the
    instant of the last command on the order or its images, claims left out; null in rows that the release before
    wrote, which count as updated at their placing. `begun_at` is the instant of the first claim of an image, or in
    imported history of the first operation or delivery. `last_delivered_at` is the latest delivery of the images that
    are delivered and not rejected since. `thumbnail_url` is the address of the preview of its first image. A job at
    midnight corrects these four where the release before has changed an order. `review_by` is the instant by which
    staff have promised the deadline that they owe; null where they owe none. `revised_at` is when staff last set an
    earlier deadline in place of `first_confirmed_due_at`, which they set first.
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
        index_of_old_texts("orders_by_old_name_idx", "name"),
        index_of_old_texts("orders_by_old_period_idx", "name", PERIOD.format("placed_at")),
        Index(
            "orders_by_split_idx",
            "account_id",
            "split_from",
            "number",
            postgresql_where=text("split_from IS NOT NULL"),
        ),
        Index(
            "orders_by_reference_key",
            "account_id",
            "external_reference",
            unique=True,
            postgresql_where=text("external_reference IS NOT NULL"),
        ),
        Index("orders_by_update_idx", "account_id", text(UPDATED_AT.format(""))),
        Index(
            "orders_by_delivery_idx",
            "account_id",
            "delivered_at",
            postgresql_where=text("delivered_at IS NOT NULL"),
        ),
        Index(
            "all_orders_by_kind_idx",
            "status",
            "service_level",
            text("(late_at IS NOT NULL)"),
            text("placed_at DESC"),
            text("id DESC"),
            "late_at",
        ),
        Index("all_orders_by_number_idx", "number", text("placed_at DESC"), text("id DESC")),
        Index(
            "all_orders_by_reference_idx",
            "external_reference",
            text("placed_at DESC"),
            text("id DESC"),
            postgresql_where=text("external_reference IS NOT NULL"),
        ),
        Index(
            "all_orders_by_review_idx",
            "review_by",
            "placed_at",
            "id",
            postgresql_where=text("review_by IS NOT NULL"),
        ),
        Index(
            "orders_by_review_idx",
            "account_id",
            text("review_by DESC"),
            "id",
            postgresql_where=text("review_by IS NOT NULL"),
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
    external_reference: str | None = None
    instructions: str | None = None
    updated_at: datetime | None = Field(default=None, sa_type=Instant)
    cancelled_count: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    begun_at: datetime | None = Field(default=None, sa_type=Instant)
    last_delivered_at: datetime | None = Field(default=None, sa_type=Instant)
    revised_at: datetime | None = Field(default=None, sa_type=Instant)
    first_confirmed_due_at: datetime | None = Field(default=None, sa_type=Instant)
    thumbnail_url: str | None = None
    review_by: datetime | None = Field(default=None, sa_type=Instant)
