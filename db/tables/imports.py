"""Lines that imports have applied."""

from uuid import UUID

from sqlalchemy import (
    ForeignKeyConstraint,
    PrimaryKeyConstraint,
)

from db.tables.base import Table


class ImportLine(Table, table=True):
    """A line of an import that took effect: its key, its content's SHA-256, and the row it made."""

    __tablename__ = "import_lines"
    __table_args__ = (
        PrimaryKeyConstraint("account_id", "kind", "ref"),
        ForeignKeyConstraint(["account_id"], ["accounts.id"]),
    )
    account_id: UUID
    kind: str
    ref: str
    digest: bytes
    subject_id: UUID | None
