"""Operations of production on images."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, PrimaryKeyConstraint, text
from sqlmodel import Field

from db.tables.base import Instant, Table


class Operation(Table, table=True):
    """A retouching step done on an image, recorded at `at`; it never changes."""

    __tablename__ = "operations"
    __table_args__ = (
        PrimaryKeyConstraint("account_id", "id"),
        ForeignKeyConstraint(["account_id", "image_id"], ["images.account_id", "images.id"]),
        Index("operations_of_image_idx", "account_id", "image_id", "at"),
        Index(
            "operations_by_retouchers_idx",
            "step",
            "at",
            "milliseconds",
            postgresql_where=text("performed_by = 'RETOUCHER'"),
        ),
    )
    account_id: UUID
    id: UUID
    image_id: UUID
    at: datetime = Field(sa_type=Instant)
    step: str
    performed_by: str
    milliseconds: int
