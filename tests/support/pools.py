"""Pools that run a hook before each statement: one that records statements, and one that fails at the n-th."""

from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import TypeAlias

from db.connections import Connection, Pool, Record

Hook: TypeAlias = Callable[[str], Awaitable[None]]


class Killed(BaseException):
    """The end of a process."""


class HookedPool:
    """A pool that awaits a hook with the text of each statement before it is run, `COPY table` for a copy."""

    def __init__(self, pool: Pool, hook: Hook) -> None:
        self._pool = pool
        self._hook = hook

    async def fetch(self, query: str, *args: object) -> list[Record]:
        await self._hook(query)
        return await self._pool.fetch(query, *args)

    async def fetchrow(self, query: str, *args: object) -> Record | None:
        await self._hook(query)
        return await self._pool.fetchrow(query, *args)

    @asynccontextmanager
    async def acquire(self) -> AsyncGenerator[Connection]:
        async with self._pool.acquire() as connection:
            yield _HookedConnection(connection, self._hook)

    async def close(self) -> None:
        await self._pool.close()


class CountingPool(HookedPool):
    """A pool that records its statements, but for those that begin and end a transaction."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool, self._record)
        self.statements: list[str] = []

    async def _record(self, query: str) -> None:
        if query not in {"BEGIN", "COMMIT", "ROLLBACK"}:
            self.statements.append(query)


class FailingPool(HookedPool):
    """A pool that runs so many statements less one; before the last it awaits `meanwhile`, or raises Killed if None."""

    def __init__(self, pool: Pool, statements: int, meanwhile: Callable[[], Awaitable[None]] | None = None) -> None:
        super().__init__(pool, self._count)
        self._left = statements
        self._meanwhile = meanwhile

    @property
    def faltered(self) -> bool:
        """True if the last of the statements was reached."""
        return self._left <= 0

    async def _count(self, _query: str) -> None:
        self._left -= 1
        if self._left == 0:
            if self._meanwhile is None:
                raise Killed
            await self._meanwhile()


class _HookedConnection:
    def __init__(self, connection: Connection, hook: Hook) -> None:
        self._connection = connection
        self._hook = hook

    async def fetch(self, query: str, *args: object) -> list[Record]:
        await self._hook(query)
        return await self._connection.fetch(query, *args)

    async def fetchrow(self, query: str, *args: object) -> Record | None:
        await self._hook(query)
        return await self._connection.fetchrow(query, *args)

    async def execute(self, query: str, *args: object) -> str:
        await self._hook(query)
        return await self._connection.execute(query, *args)

    async def executemany(self, command: str, args: Iterable[Sequence[object]]) -> None:
        await self._hook(command)
        await self._connection.executemany(command, args)

    async def copy_records_to_table(
        self, table_name: str, *, records: AsyncIterable[tuple[object, ...]], columns: Sequence[str]
    ) -> str:
        await self._hook(f"COPY {table_name}")
        return await self._connection.copy_records_to_table(table_name, records=records, columns=columns)

    def is_closed(self) -> bool:
        return self._connection.is_closed()

    def is_in_transaction(self) -> bool:
        return self._connection.is_in_transaction()

    async def close(self) -> None:
        await self._connection.close()
