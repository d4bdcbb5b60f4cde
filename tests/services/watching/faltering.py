"""A pool of which a statement never comes back: what a process sees of its own end."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager

from db.connections import Connection, Pool, Record


class Killed(BaseException):
    """The end of a process."""


class FalteringPool:
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

    async def count(self) -> None:
        """Count a statement that is to begin."""
        self._left -= 1
        if self._left == 0:
            if self._meanwhile is None:
                raise Killed
            await self._meanwhile()


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
