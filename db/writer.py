"""The writer of one transaction, with typed writes of whole rows.

Reads and writes have different types, so that handing a reader to what writes fails type checking.
"""

from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import cache
from typing import NamedTuple

from sqlalchemy import make_url

from db.connections import Connection, Pool, Record, Statement, encode_json, open_transaction
from db.failures import OutcomeUnknown, is_outage
from db.tables.base import Table


class Writer:
    """One connection in one transaction. It reads, too, so it can be passed where a reader is wanted."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def fetch(self, statement: Statement, *args: object) -> list[Record]:
        """Fetch all rows, of a read or of what a change returns."""
        return await self._connection.fetch(statement.sql, *args)

    async def fetch_row(self, statement: Statement, *args: object) -> Record | None:
        """Fetch the first row, if there is one."""
        return await self._connection.fetchrow(statement.sql, *args)

    async def execute(self, statement: Statement, *args: object) -> None:
        """Change rows and return nothing."""
        await self._connection.execute(statement.sql, *args)

    async def insert(self, rows: Sequence[Table]) -> None:
        """Insert rows of one table by a single statement; none is fine."""
        if not rows:
            return
        shape = _shape(rows[0].__tablename__)
        columns = [[getattr(row, column) for row in rows] for column in shape.columns]
        for place in shape.json:
            columns[place] = [encode_json(value).decode() for value in columns[place]]
        await self._connection.execute(shape.insert, *columns)

    async def copy(self, table: type[Table], records: Iterable[tuple[object, ...]]) -> None:
        """Stream records, each a tuple in the order of the table's columns, by one COPY."""
        shape = _shape(table.__tablename__)
        await self._connection.copy_records_to_table(shape.name, records=records, columns=shape.columns)

    async def commit(self) -> None:
        """Make the transaction's changes durable; nothing may follow in this unit of work. Raises OutcomeUnknown."""
        try:
            status = await self._connection.execute("COMMIT")
        except Exception as error:
            if is_outage(error):
                raise OutcomeUnknown from error
            raise
        if status != "COMMIT":  # PostgreSQL answers ROLLBACK, and no error, when a statement before had failed
            raise RuntimeError("The transaction had failed before it was to be committed.")


@asynccontextmanager
async def unit_of_work(pool: Pool) -> AsyncGenerator[Writer]:
    """Open a transaction (read committed) that is rolled back unless its writer commits."""
    async with pool.acquire() as connection, transaction(connection) as writer:
        yield writer


@asynccontextmanager
async def transaction(connection: Connection) -> AsyncGenerator[Writer]:
    """Open a transaction on a connection that is borrowed for several, as `unit_of_work` does."""
    async with open_transaction(connection, "BEGIN"):
        yield Writer(connection)


class _Shape(NamedTuple):
    """What a table's typed rows are written by. `json` has the places of jsonb columns.

    Those go as texts, for asyncpg would take a list in an array of jsonb for one more dimension of the array.
    """

    name: str
    columns: tuple[str, ...]
    json: tuple[int, ...]
    insert: str


@cache
def _shape(table: str) -> _Shape:
    dialect = make_url("postgresql+asyncpg://").get_dialect()()
    types = {column.name: column.type.compile(dialect) for column in Table.metadata.tables[table].columns}
    json = tuple(place for place, type_ in enumerate(types.values()) if type_ == "JSONB")
    columns = ", ".join(types)
    values = ", ".join(f"{column}::{type_}" for column, type_ in types.items())
    arrays = ", ".join(
        f"${place + 1}::{'text' if place in json else type_}[]" for place, type_ in enumerate(types.values())
    )
    insert = f"INSERT INTO {table} ({columns}) SELECT {values} FROM unnest({arrays}) AS rows ({columns})"  # noqa: S608
    return _Shape(table, tuple(types), json, insert)
