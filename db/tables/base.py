"""The base of all tables: names of constraints, types of columns, and indexes of old texts."""

from typing import Any, ClassVar

from sqlalchemy import DateTime, Dialect, Index, MetaData, make_url, text
from sqlalchemy.orm import Mapper
from sqlmodel import SQLModel

NAMING = {
    "pk": "%(table_name)s_pkey",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "ck": "%(table_name)s_%(constraint_name)s_check",
}
Instant = DateTime(timezone=True)
PERIOD_LENGTH = "'06:00:00'::interval"
PERIOD = f"date_bin({PERIOD_LENGTH}, {{0}}, '1970-01-01 00:00:00+00'::timestamp with time zone)"
"""The start of the period of time that a search goes through at a time."""


def index_of_old_texts(name: str, column: str, *first: str) -> Index:
    """Return the index of an account's texts that are not stored in NFC, as they are searched for; few are.

    `first` are expressions by which the account's are ordered before the text.
    """
    in_nfc = text(f"lower(NORMALIZE({column}, NFC)) text_pattern_ops")
    condition = text(f"{column} IS NOT NFC NORMALIZED")
    return Index(name, "account_id", *map(text, first), in_nfc, postgresql_where=condition)


class Table(SQLModel):
    """The base of all tables: one metadata with a naming convention."""

    # SQLModel declares these so loosely, or not at all, that the type checkers would reject their uses.
    __tablename__: ClassVar[str]  # pyright: ignore[reportIncompatibleVariableOverride]
    __mapper__: ClassVar[Mapper[Any]]
    dialect: ClassVar[Dialect] = make_url("postgresql+asyncpg://").get_dialect()()
    """The dialect in which types of columns are written."""
    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMING)  # pyright: ignore[reportIncompatibleVariableOverride]
