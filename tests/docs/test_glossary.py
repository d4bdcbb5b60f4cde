"""The names in `docs/glossary.md` are those of the tables, of the code and of the schema."""

import ast
import re
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from graphql import is_enum_type, is_input_object_type, is_interface_type, is_object_type

from db.tables.base import Table
from tests.support.committed_schema import SCHEMA

ROOT: Final = Path(__file__).parents[2]
ROW: Final = re.compile(r"\| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|")
CODE: Final = re.compile(r"`([^`]+)`")
WORD: Final = re.compile(r"[A-Za-z_]\w*")
NAMES: Final = ("name", "id", "attr", "arg", "module")
"""The attributes of nodes of Python's syntax that have a name."""


class Term(NamedTuple):
    """A row of the glossary."""

    term: str
    meaning: str
    tables: str
    python: str
    graphql: str


TERMS: Final = [Term(*row) for row in ROW.findall((ROOT / "docs" / "glossary.md").read_text())[2:]]
COLUMNS: Final = {column.name for table in Table.metadata.tables.values() for column in table.columns}
PYTHON: Final = {
    word
    for top in ("app", "db", "graphql", "jobs")
    for path in (ROOT / top).rglob("*.py")
    for node in ast.walk(ast.parse(path.read_text()))
    for name in (getattr(node, attribute, None) for attribute in NAMES)
    if isinstance(name, str)
    for word in name.split(".")
}


def _graphql_names() -> set[str]:
    names = {*SCHEMA.type_map}
    for type_ in SCHEMA.type_map.values():
        if is_object_type(type_) or is_interface_type(type_) or is_input_object_type(type_):
            names |= {*type_.fields}
        if is_enum_type(type_):
            names |= {*type_.values}
    return names


GRAPHQL: Final = _graphql_names()


def _is_stored(name: str) -> bool:
    """Return whether a table, a column, `table.column` or columns of a prefix (`met_*`) exist."""
    table, _, column = name.split(" = ", maxsplit=1)[0].rpartition(".")
    columns = {each.name for each in Table.metadata.tables[table].columns} if table else COLUMNS
    if column.endswith("*"):
        return any(each.startswith(column[:-1]) for each in columns)
    return column in columns or (not table and column in Table.metadata.tables)


def test_terms_are_sorted_and_unique() -> None:
    terms = [term.term for term in TERMS]
    assert terms == sorted({*terms}, key=lambda term: term.casefold().replace("(", ""))


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.term)
def test_names_of_a_term_exist(term: Term) -> None:
    assert [name for name in CODE.findall(term.tables) if not _is_stored(name)] == []
    assert [name for name in CODE.findall(term.python) if not {*WORD.findall(name)} <= PYTHON] == []
    assert [name for name in CODE.findall(term.graphql) if not {*WORD.findall(name)} <= GRAPHQL] == []


def test_every_table_has_a_term() -> None:
    named = {name.split(" ", maxsplit=1)[0].partition(".")[0] for term in TERMS for name in CODE.findall(term.tables)}
    assert {*Table.metadata.tables} - named == set()
