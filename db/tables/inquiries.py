"""Inquiries of clients, and the answers to them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, PrimaryKeyConstraint
from sqlalchemy import text as sql
from sqlmodel import Field

from db.tables.base import Instant, Table

_NOT_IN_TIME = sql("answered_at IS NULL OR answered_at > due_at")
_OPEN = sql("answered_at IS NULL")


class Inquiry(Table, table=True):
    """A question of a client to the service, maybe about an order, to be answered by `due_at`.

    `answer` and `answered_at` are null until staff answer. `alerted` is true once an event says that it was not
    answered in time.
    """

    __tablename__ = "inquiries"
    __table_args__ = (
        PrimaryKeyConstraint("account_id", "id"),
        ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        ForeignKeyConstraint(["account_id", "order_id"], ["orders.account_id", "orders.id"]),
        Index("inquiries_by_creation_idx", "account_id", "created_at", "id"),
        Index("inquiries_open_idx", "account_id", "created_at", "id", postgresql_where=_OPEN),
        Index("inquiries_met_idx", "account_id", "answered_at", postgresql_where=sql("answered_at <= due_at")),
        Index("inquiries_missed_idx", "account_id", "due_at", "id", postgresql_where=_NOT_IN_TIME),
        Index("all_inquiries_by_deadline_idx", "due_at", "id"),
        Index("all_inquiries_open_idx", "due_at", "id", postgresql_where=_OPEN),
        Index(
            "inquiries_to_alert_idx",
            "due_at",
            "account_id",
            "id",
            postgresql_where=sql("NOT alerted AND (answered_at IS NULL OR answered_at > due_at)"),
        ),
    )
    account_id: UUID
    id: UUID
    order_id: UUID | None
    topic: str
    text: str
    created_at: datetime = Field(sa_type=Instant)
    due_at: datetime = Field(sa_type=Instant)
    answer: str | None
    answered_at: datetime | None = Field(sa_type=Instant)
    alerted: bool = Field(default=False, sa_column_kwargs={"server_default": sql("false")})
