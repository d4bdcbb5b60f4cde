"""Statements that write rows, made from the tables: a column is named in its table and where it gets a value.

Those of one row are run for each of several by `Writer.execute_many`: so each is about one account, whose row an index
finds however large the account is. Those of arrays have an array for each column, by `Writer.execute_columns`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from db.columns import attributes_of, columns_by_attribute, columns_of, key_of, names_of
from db.connections import Statement

if TYPE_CHECKING:  # as in `db.columns`
    from db.tables.base import Table


def insert(table: type[Table]) -> Statement:
    """Return the statement that adds a row; its parameters are all columns, in the table's order."""
    return Statement(f"insert_{table.__tablename__}", _insert(table))


def insert_unless_known(name: str, table: type[Table], *unique: str) -> Statement:
    """Add a row unless there is one of its unique attributes, the primary key by default; parameters as in `insert`."""
    return Statement(name, f"{_insert(table)}\nON CONFLICT ({_named(table, unique or key_of(table))}) DO NOTHING")


def upsert(name: str, table: type[Table], *changes: str) -> Statement:
    """Return the statement that adds a row, or changes attributes if its key exists; parameters as in `insert`."""
    changed = ", ".join(f"{column} = excluded.{column}" for column in names_of(table, changes))
    return Statement(name, f"{_insert(table)}\nON CONFLICT ({_named(table, key_of(table))}) DO UPDATE SET {changed}")


def update(name: str, table: type[Table], *changes: str) -> Statement:
    """Return the statement that changes attributes of the row with a key; its parameters are the key, then these."""
    key = names_of(table, key_of(table))
    changed = ", ".join(f"{column} = ${at}" for at, column in enumerate(names_of(table, changes), len(key) + 1))
    found = " AND ".join(f"{column} = ${at}" for at, column in enumerate(key, 1))
    return Statement(name, f"UPDATE {table.__tablename__} SET {changed} WHERE {found}")  # noqa: S608 - as below


def update_columns(name: str, table: type[Table], *changes: str) -> Statement:
    """Return the statement that changes attributes of rows; its parameters are an array per column, keys first."""
    key, changed = names_of(table, key_of(table)), names_of(table, changes)
    assigned = ", ".join(f"{column} = c.{column}" for column in changed)
    found = " AND ".join(f"{table.__tablename__}.{column} = c.{column}" for column in key)
    arrays, names = _arrays(table, (*key_of(table), *changes), 1), ", ".join((*key, *changed))
    return Statement(
        name,
        f"UPDATE {table.__tablename__} SET {assigned}\nFROM unnest({arrays}) AS c ({names})\nWHERE {found}",  # noqa: S608
    )


def adding(table: type[Table], first: int) -> str:
    """Write the SQL that adds counts to rows of an account ($1) by primary key, or adds such rows.

    Parameters from `first` on are arrays of the other columns, in their order, written by `array_text`. All but the key
    are counts.
    """
    name, (account, *others) = table.__tablename__, attributes_of(table)
    counts = columns_of(table, key_of(table))
    added = ", ".join(f"{column} = {name}.{column} + excluded.{column}" for column in counts)
    rows = f"unnest({_arrays(table, others, first, of_texts=True)}) AS r ({_named(table, others)})"
    return f"""
      INSERT INTO {name} ({_named(table, (account, *others))})
      SELECT $1::uuid, r.* FROM {rows}
      ON CONFLICT ({_named(table, key_of(table))}) DO UPDATE SET {added}"""  # noqa: S608 - made of names of columns


def _insert(table: type[Table]) -> str:
    columns = columns_of(table)
    values = ", ".join(f"${at}" for at in range(1, len(columns) + 1))
    return f"INSERT INTO {table.__tablename__} ({', '.join(columns)}) VALUES ({values})"  # noqa: S608 - as above


def _named(table: type[Table], attributes: Iterable[str]) -> str:
    return ", ".join(names_of(table, attributes))


def _arrays(table: type[Table], attributes: Iterable[str], first: int, *, of_texts: bool = False) -> str:
    types = (columns_by_attribute(table)[attribute].type.compile(table.dialect) for attribute in attributes)
    text = "text::" if of_texts else ""
    return ", ".join(f"${at}::{text}{type_}[]" for at, type_ in enumerate(types, first))
