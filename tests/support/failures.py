"""Failures: a pool that raises at its n-th statement, as if the process were killed, and an unwritable account."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from db.connections import Connection, Pool, Record

# An event takes the next sequence number of the account.
_BREAK = """
    INSERT INTO events (account_id, sequence, at, type, data)
    SELECT account_id, next_event_sequence, last_at, 'GUARANTEE_RESET', '{}' FROM account_heads WHERE account_id = $1
    RETURNING sequence
"""
_REPAIR = """
    DELETE FROM events e USING account_heads h
    WHERE h.account_id = $1 AND e.account_id = h.account_id AND e.sequence = h.next_event_sequence
    RETURNING sequence
"""


class Killed(BaseException):
    """The end of a process."""


class FailingPool:
    """Runs so many statements less one; before the last it calls `meanwhile`, or raises Killed if there is none."""

    def __init__(self, pool: Pool, statements: int, meanwhile: Callable[[], Awaitable[None]] | None = None) -> None:
        self._pool = pool
        self._left = statements
        self._meanwhile = meanwhile

    async def fetch(self, query: str, *args: object) -> list[Record]:
        await self.count()
        return await self._pool.fetch(query, *args)

    async def fetchrow(self, query: str, *args: object) -> Record | None:
        await self.count()
        return await self._pool.fetchrow(query, *args)

    @asynccontextmanager
    async def acquire(self) -> AsyncGenerator[Connection]:
        async with self._pool.acquire() as connection:
            yield _Connection(connection, self.count)

    async def close(self) -> None:
        await self._pool.close()

    @property
    def faltered(self) -> bool:
        """True if the last of the statements was reached."""
        return self._left <= 0

    async def count(self) -> None:
        """Count a statement before it is run."""
        self._left -= 1
        if self._left == 0:
            if self._meanwhile is None:
                raise Killed
            await self._meanwhile()


async def break_account(pool: Pool, account_id: UUID) -> None:
    """Make every command fail that writes an event of an account."""
    assert len(await pool.fetch(_BREAK, account_id)) == 1


async def repair_account(pool: Pool, account_id: UUID) -> None:
    """Undo `break_account`."""
    assert len(await pool.fetch(_REPAIR, account_id)) == 1


class _Connection:
    def __init__(self, connection: Connection, count: Callable[[], Awaitable[None]]) -> None:
        self._connection = connection
        self._count = count

    async def fetch(self, query: str, *args: object) -> list[Record]:
        await self._count()
        return await self._connection.fetch(query, *args)

    async def fetchrow(self, query: str, *args: object) -> Record | None:
        await self._count()
        return await self._connection.fetchrow(query, *args)

    async def execute(self, query: str, *args: object) -> str:
        await self._count()
        return await self._connection.execute(query, *args)

    async def executemany(self, command: str, args: Iterable[Sequence[object]]) -> None:
        await self._count()
        await self._connection.executemany(command, args)

    async def copy_records_to_table(
        self, table_name: str, *, records: Iterable[tuple[object, ...]], columns: Sequence[str]
    ) -> str:
        await self._count()
        return await self._connection.copy_records_to_table(table_name, records=records, columns=columns)

    def is_closed(self) -> bool:
        return self._connection.is_closed()

    def is_in_transaction(self) -> bool:
        return self._connection.is_in_transaction()

    async def close(self) -> None:
        await self._connection.close()
