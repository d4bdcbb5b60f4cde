"""Events."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from db.tables.base import Instant, Table


class Event(Table, table=True):
    """An event of an account in its sequence, with the state before and after.

    It is final, except those of an `import_run` that is still under way: these may be rewritten. A final event that
    turns out to be untrue stays, and `withdrawn_by` is the sequence number of the event that withdraws it.
    `recorded_at` is when it was written, null where that is `at`. `texts` may hold a person's data and can be erased;
    null where the event has none, or is of a release that kept them in `data`.
    """

    __tablename__ = "events"
    __table_args__ = (
        PrimaryKeyConstraint("account_id", "sequence"),
        ForeignKeyConstraint(["account_id"], ["accounts.id"]),
        Index("events_of_order_idx", "account_id", "order_id", "at", "sequence"),
        Index("events_of_type_idx", "account_id", "type", "sequence"),
        Index("events_by_type_idx", "type", text("coalesce(recorded_at, at)"), "account_id", "sequence"),
    )
    account_id: UUID
    sequence: int = Field(sa_type=BigInteger)
    at: datetime = Field(sa_type=Instant)
    type: str
    order_id: UUID | None
    image_id: UUID | None
    data: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    recorded_at: datetime | None = Field(default=None, sa_type=Instant)
    import_run: int | None = Field(default=None, sa_type=BigInteger)
    withdrawn_by: int | None = Field(default=None, sa_type=BigInteger)
    texts: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB))
