"""The database of the previous release, unchanged and migrated, and its statements on both."""

import re
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - the package ships no types
import orjson

from tests.release import RELEASED
from tests.support.database import execute, temporary_database

MENDED: Final[Mapping[str, str]] = {
    "alembic_version": "names the migration itself",
    "account_heads": "counts the events that a migration adds",
    "events": "a migration may add events that were missing; none goes and none changes",
    "job_cursors": "a migration may have a job repeat a day",
    "pulse_snapshots": "derived: a migration may have the job take them again",
}
"""Tables whose rows migrations may correct: statements on them still work, with other rows."""
READ: Final[Mapping[str, Callable[[Any], object]]] = {
    "uuid": UUID,
    "timestamptz": datetime.fromisoformat,
    "date": date.fromisoformat,
    "numeric": Decimal,
    "bytea": bytes.fromhex,
    "jsonb": lambda value: orjson.dumps(value).decode(),
}
"""The readers of arguments from JSON, by type; others are used as they are."""


class Released(NamedTuple):
    """A statement of the previous release."""

    name: str
    sql: str
    types: list[str]
    arguments: list[Any]

    @property
    def values(self) -> list[object]:
        return [_value(*each) for each in zip(self.types, self.arguments, strict=True)]

    def answers_alike(self) -> bool:
        """Return whether its rows must be equal: those of corrected tables need not be."""
        return not any(re.search(rf"\b{table}\b", self.sql) for table in MENDED)


_ALL: Final = [Released(**orjson.loads(line)) for line in (RELEASED / "statements.jsonl").read_text().splitlines()]
INSERTS: Final = {each.name.removeprefix("insert_"): each for each in _ALL if each.name.startswith("insert_")}
STATEMENTS: Final = [each for each in _ALL if not each.name.startswith("insert_")]


class Databases(NamedTuple):
    """Two copies of the released database: unchanged, and migrated."""

    before: Any
    after: Any


def _value(type_: str, written: Any) -> object:  # noqa: ANN401 - of whatever type
    if written is None:
        return None
    if type_.endswith("[]"):
        return [_value(type_.removesuffix("[]"), each) for each in written]
    return READ[type_](written) if type_ in READ else written


@asynccontextmanager
async def released_database(server: str) -> AsyncGenerator[str]:
    """Create the database of the previous release; yields its URL."""
    async with temporary_database(server) as url:
        await execute(url, (RELEASED / "dump.sql").read_text())
        yield url


async def answer(
    connection: Any,  # noqa: ANN401
    released: Released,
    columns: Sequence[str] | None = None,
) -> tuple[str, list[str], Sequence[str], list[str]]:
    """Run a statement and roll it back; return an error's code, the types of arguments, the columns and the rows.

    With `columns` only these, by name, since the previous release reads no others.
    """
    transaction = connection.transaction()
    await transaction.start()
    try:
        prepared = await connection.prepare(released.sql)
        types = [type_.name for type_ in prepared.get_parameters()]
        rows = await prepared.fetch(*released.values)
        named = columns or [each.name for each in prepared.get_attributes()]
        read = range(len(named)) if columns is None else named
        return "", types, named, sorted(repr([row[column] for column in read]) for row in rows)
    except (asyncpg.PostgresError, KeyError) as error:
        return str(getattr(error, "sqlstate", error)), [], [], []
    finally:
        await transaction.rollback()


async def works(databases: Databases, released: Released) -> bool:
    """Return whether a statement has the same result on the migrated database as on the unchanged one."""
    before = await answer(databases.before, released)
    is_unambiguous = len(set(before[2])) == len(before[2])
    after = await answer(databases.after, released, before[2] if is_unambiguous else None)
    return before == after if released.answers_alike() else before[:2] == after[:2]


async def rows(connection: Any, table: str, columns: Sequence[str]) -> Counter[tuple[object, ...]]:  # noqa: ANN401
    """Count the rows of a table by their values in these columns."""
    return Counter(map(tuple, await connection.fetch(f"SELECT {', '.join(columns)} FROM {table}")))  # noqa: S608


async def columns_of(connection: Any) -> dict[str, set[str]]:  # noqa: ANN401
    """Return the columns of each table."""
    found = await connection.fetch(
        """
        SELECT table_name, array_agg(column_name::text) FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name <> 'alembic_version' GROUP BY table_name"""
    )
    return {table: set(columns) for table, columns in found}


async def insert(connection: Any, released: Released, rows: Sequence[tuple[object, ...]]) -> None:  # noqa: ANN401
    """Write whole rows by a statement whose parameters are their columns, or those of one row."""
    if "unnest(" in released.sql:
        await connection.execute(released.sql, *zip(*rows, strict=True))
    else:
        await connection.executemany(released.sql, rows)


def columns_written(insert: Released) -> list[str]:
    """Return the columns that a typed write of a whole row sets, in its order."""
    return insert.sql.partition("(")[2].partition(")")[0].split(", ")
