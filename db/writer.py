"""The writer of one transaction.

Reads and writes have different types, so that passing a reader to a function that writes fails type checking.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from operator import attrgetter
from typing import TYPE_CHECKING, cast

from app.turns import paused
from db.columns import attributes_of, columns_of
from db.connections import Connection, Pool, Record, Statement, open_transaction
from db.failures import OutcomeUnknown, is_outage
from db.writes import insert

if TYPE_CHECKING:  # as in `db.columns`
    from db.tables.base import Table


class _Ended:
    """The connection of a writer whose transaction has ended."""

    def __getattr__(self, name: str) -> object:
        raise RuntimeError(f"The transaction has ended: {name} comes too late.")


class Writer:
    """One connection in one transaction. It reads, too, so it can be passed as a reader."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def end(self) -> None:
        """Give the connection up, which others use next; whatever is asked of the writer later is a mistake."""
        self._connection = cast("Connection", _Ended())

    async def fetch(self, statement: Statement, *args: object) -> list[Record]:
        """Fetch all rows, of a read or of the RETURNING of a change."""
        return await self._connection.fetch(statement.sql, *args)

    async def fetch_row(self, statement: Statement, *args: object) -> Record | None:
        """Fetch the first row, or None."""
        return await self._connection.fetchrow(statement.sql, *args)

    async def execute(self, statement: Statement, *args: object) -> None:
        """Change rows and return nothing."""
        await self._connection.execute(statement.sql, *args)

    async def execute_many(self, statement: Statement, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement for each row of arguments, without waiting for one to end; none is fine."""
        if rows := list(rows):
            await self._connection.executemany(statement.sql, rows)

    async def execute_columns(self, statement: Statement, rows: Sequence[Sequence[object]]) -> None:
        """Run a statement whose parameters are the columns of rows, as arrays; none is fine."""
        if rows:
            await self._connection.execute(statement.sql, *zip(*rows, strict=True))

    async def insert(self, rows: Sequence[Table]) -> None:
        """Add rows of one table; none is fine."""
        if rows:
            values = attrgetter(*attributes_of(type(rows[0])))
            await self.execute_many(insert(type(rows[0])), map(values, rows))

    async def copy(self, table: type[Table], records: Iterable[tuple[object, ...]]) -> None:
        """Stream records, each a tuple in the order of the table's columns, by one COPY."""
        columns = columns_of(table)
        await self._connection.copy_records_to_table(table.__tablename__, records=paused(records), columns=columns)

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
    async with pool.acquire() as connection, open_transaction(connection, "BEGIN"):
        writer = Writer(connection)
        try:
            yield writer
        finally:
            writer.end()


@asynccontextmanager
async def transaction(connection: Connection) -> AsyncGenerator[Writer]:
    """Open a transaction on a connection that is borrowed for several, as `unit_of_work` does."""
    async with open_transaction(connection, "BEGIN"):
        yield Writer(connection)
