"""What fails: a statement of a pool that never comes back, which is what a process sees of its own end; an account."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from db.connections import Connection, Pool, Record

# An event takes the place of the account's next one.
_SPOIL = """
    INSERT INTO events (account_id, sequence, at, type, data)
    SELECT account_id, next_event_sequence, last_at, 'GUARANTEE_RESET', '{}' FROM account_heads WHERE account_id = $1
    RETURNING sequence
"""
_MEND = """
    DELETE FROM events e USING account_heads h
    WHERE h.account_id = $1 AND e.account_id = h.account_id AND e.sequence = h.next_event_sequence
    RETURNING sequence
"""


class Killed(BaseException):
    """The end of a process."""


class FailingPool:
    """Lets so many statements through; then, once, something else happens first, or else it is killed."""

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
        """Whether it has got that far."""
        return self._left <= 0

    async def count(self) -> None:
        """Count a statement that is to begin."""
        self._left -= 1
        if self._left == 0:
            if self._meanwhile is None:
                raise Killed
            await self._meanwhile()


async def break_account(pool: Pool, account_id: UUID) -> None:
    """Let everything fail that has something to tell of an account."""
    assert len(await pool.fetch(_SPOIL, account_id)) == 1


async def repair_account(pool: Pool, account_id: UUID) -> None:
    """Undo what `spoil` did."""
    assert len(await pool.fetch(_MEND, account_id)) == 1


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
