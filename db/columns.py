"""Columns of tables and the attributes of rows in Python: the one place that maps these."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:  # whoever has tables has imported them, and a command without them need not
    from sqlalchemy import Column

    from db.tables.base import Table

Function = TypeVar("Function", bound=Callable[..., Any])


def _cached(function: Function) -> Function:
    """Cache a function of tables, which a type checker takes to be unhashable, as their rows are."""
    return cast("Function", cache(function))


@_cached
def columns_by_attribute(table: type[Table]) -> dict[str, Column[Any]]:
    """Return the columns of a table by attribute, in their order."""
    columns = table.metadata.tables[str(table.__tablename__)].columns
    return {each.key: columns[each.columns[0].name] for each in table.__mapper__.column_attrs}


@_cached
def attributes_of(table: type[Table], but: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the attributes of a table's rows, in the order of its columns, but for some."""
    return tuple(attribute for attribute in columns_by_attribute(table) if attribute not in but)


def key_of(table: type[Table]) -> tuple[str, ...]:
    """Return the attributes of a table's primary key."""
    return tuple(attribute for attribute, column in columns_by_attribute(table).items() if column.primary_key)


def names_of(table: type[Table], attributes: Iterable[str]) -> tuple[str, ...]:
    """Return the names that attributes have as columns."""
    return tuple(columns_by_attribute(table)[attribute].name for attribute in attributes)


@_cached
def columns_of(table: type[Table], but: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the names of a table's columns, in their order, but for those of some attributes."""
    return tuple(column.name for attribute, column in columns_by_attribute(table).items() if attribute not in but)


def selected(table: type[Table], alias: str, but: tuple[str, ...] = ()) -> str:
    """Write the list of columns that selects attributes of a table, each by its name."""
    named = ((attribute, *names_of(table, [attribute])) for attribute in attributes_of(table, but))
    return ", ".join(f"{alias}.{name}" + ("" if name == attribute else f" AS {attribute}") for attribute, name in named)
