"""The catalogue of retouching steps, which belongs to no account."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import PrimaryKeyConstraint, UniqueConstraint

from db.tables.base import Table


class RetouchingStep(Table, table=True):
    """A step that specifications can have: the time of a median human retoucher and the price, per image.

    All prices are in one currency. A step is archived, never deleted: specifications follow it.
    """

    __tablename__ = "retouching_steps"
    __table_args__ = (PrimaryKeyConstraint("id"), UniqueConstraint("step"))
    id: UUID
    step: str
    milliseconds: int
    price: Decimal
    currency: str
    archived: bool
