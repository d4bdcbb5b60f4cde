"""Specifications and their versions."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from db.tables.base import Instant, Table


class Specification(Table, table=True):
    """A specification of the retouching of an account's images; its content is in its versions."""

    __tablename__ = "specifications"
    __table_args__ = (
        PrimaryKeyConstraint("account_id", "id"),
        ForeignKeyConstraint(["account_id"], ["accounts.id"]),
    )
    account_id: UUID
    id: UUID
    current_version: int
    created_at: datetime = Field(sa_type=Instant)
    archived_at: datetime | None = Field(sa_type=Instant)


class SpecificationVersion(Table, table=True):
    """One version of a specification. `steps` is a list of {"step": name, "milliseconds": integer}.

    Its price and the times of its steps are its own, negotiated, unless `price_negotiated` or the key `negotiated` of a
    step is false: these are the catalogue's. A release that did not know the catalogue writes negotiated versions.
    """

    __tablename__ = "specification_versions"
    __table_args__ = (
        PrimaryKeyConstraint("account_id", "specification_id", "version"),
        ForeignKeyConstraint(["account_id", "specification_id"], ["specifications.account_id", "specifications.id"]),
    )
    account_id: UUID
    specification_id: UUID
    version: int
    name: str
    price_per_image: Decimal
    currency: str
    steps: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    created_at: datetime = Field(sa_type=Instant)
    price_negotiated: bool = Field(default=True, sa_column_kwargs={"server_default": text("true")})
    instructions: str | None = None
