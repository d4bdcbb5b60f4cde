"""Erasures of texts that are not finished."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, PrimaryKeyConstraint
from sqlmodel import Field

from db.tables.base import Instant, Table


class UnfinishedErasure(Table, table=True):
    """An erasure that has erased texts of an account, and whose event is not written yet.

    `before` is the opening of its ledger day. That of a worker's name, which is not stored, has the latest instant.
    """

    __tablename__ = "unfinished_erasures"
    __table_args__ = (
        PrimaryKeyConstraint("account_id", "before"),
        ForeignKeyConstraint(["account_id"], ["accounts.id"]),
    )
    account_id: UUID
    before: datetime = Field(sa_type=Instant)
