"""Readers: of one statement each on any connection of the pool, or of a snapshot that many statements share."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final, Protocol

from db.connections import Connection, Pool, Record, Statement, open_transaction

_SNAPSHOT: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class Reader(Protocol):
    """Reads with one statement at a time; statements may run at the same time on different connections."""

    async def fetch(self, statement: Statement, *args: object) -> list[Record]:
        """Fetch all rows."""
        ...

    async def fetch_row(self, statement: Statement, *args: object) -> Record | None:
        """Fetch the first row, or None."""
        ...


class Database(Reader, Protocol):
    """Reads the database by single statements, or by a snapshot that many statements share."""

    def snapshot(self) -> AbstractAsyncContextManager[Reader]:
        """Open a snapshot, which its first statement takes; read-only."""
        ...


class PoolReader:
    """A reader that borrows a connection of the pool for each statement, or for a snapshot."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @asynccontextmanager
    async def snapshot(self) -> AsyncGenerator[Reader]:
        """Open a snapshot, which its first statement takes; read-only."""
        async with self._pool.acquire() as connection, open_transaction(connection, _SNAPSHOT):
            reader = SnapshotReader(connection)
            try:
                yield reader
            finally:
                await reader.end()

    async def fetch(self, statement: Statement, *args: object) -> list[Record]:
        """Fetch all rows."""
        return await self._pool.fetch(statement.sql, *args)

    async def fetch_row(self, statement: Statement, *args: object) -> Record | None:
        """Fetch the first row, or None."""
        return await self._pool.fetchrow(statement.sql, *args)


class _Turns:
    """A queue for one connection, last in, first out.

    Concurrent reads arrive in the order of an operation's fields, as a rule figures first and lists last. Lists take
    longest to be shown: so their rows are read first, while PostgreSQL reads the rest.
    """

    def __init__(self) -> None:
        self._is_taken = False
        self._is_over = False
        self._waiting: list[asyncio.Future[None]] = []

    async def end(self) -> None:
        """Wait for the turn under way, which is the last one: reads that wait, and later ones, raise SnapshotEnded."""
        await self.__aenter__()
        self._is_over = True
        for turn in self._waiting:
            if not turn.done():
                turn.set_exception(SnapshotEnded())

    async def __aenter__(self) -> None:
        if self._is_over:
            raise SnapshotEnded
        if not self._is_taken:
            self._is_taken = True
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._pass_on()
            raise

    async def __aexit__(self, *_error: object) -> None:
        self._pass_on()

    def _pass_on(self) -> None:
        while self._waiting:
            turn = self._waiting.pop()
            if not turn.done():
                turn.set_result(None)
                return
        self._is_taken = False


class SnapshotEnded(Exception):  # noqa: N818 - named by its case, like all errors here
    """A read of a snapshot that has ended, for an answer that failed or was abandoned."""


class SnapshotReader:
    """A reader of one connection, which runs concurrent reads one after the other."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._turn = _Turns()

    async def end(self) -> None:
        """Give the connection up, once the statement under way has ended; later reads raise SnapshotEnded.

        Reads for a part of an answer that failed may still be under way.
        """
        await self._turn.end()

    async def fetch(self, statement: Statement, *args: object) -> list[Record]:
        """Fetch all rows."""
        async with self._turn:
            return await self._connection.fetch(statement.sql, *args)

    async def fetch_row(self, statement: Statement, *args: object) -> Record | None:
        """Fetch the first row, or None."""
        async with self._turn:
            return await self._connection.fetchrow(statement.sql, *args)
