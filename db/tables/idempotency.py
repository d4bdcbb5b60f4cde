"""Commands by their idempotency keys, with their stored results."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from db.tables.base import Instant, Table


class IdempotencyKey(Table, table=True):
    """A client's command by its key: the operation, and the stored result in `answer`, null while it is not known.

    `digest` is the SHA-256 of the operation's input. An answer that was erased is empty.
    """

    __tablename__ = "idempotency_keys"
    __table_args__ = (
        PrimaryKeyConstraint("account_id", "key"),
        ForeignKeyConstraint(["account_id"], ["accounts.id"]),
    )
    account_id: UUID
    key: str
    operation: str
    digest: bytes
    answer: dict[str, Any] | None = Field(sa_column=Column(JSONB))
    created_at: datetime = Field(sa_type=Instant)


class StaffIdempotencyKey(Table, table=True):
    """A staff's command by the key it named; columns as in `idempotency_keys`."""

    __tablename__ = "staff_idempotency_keys"
    __table_args__ = (PrimaryKeyConstraint("key"),)
    key: str
    operation: str
    digest: bytes
    answer: dict[str, Any] | None = Field(sa_column=Column(JSONB))
    created_at: datetime = Field(sa_type=Instant)
