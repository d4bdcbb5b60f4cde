"""Where the batches of an import go: each into a transaction of its own, or all into one that is taken back."""

import asyncio
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Protocol, Self

from app.clock import Clock
from app.services.imports.conflicts import meeting_others
from app.services.imports.runs import ImportRun, held
from app.services.imports.writing import PreparedBatch, write
from db.connections import Pool
from db.readers import PoolReader, Reader
from db.writer import Writer, transaction


class Destination(Protocol):
    """Takes batches, in order. `reader` sees all but the one written last, unless `settle` waited for it."""

    @property
    def reader(self) -> Reader:
        """What to read the database with between batches."""
        ...

    async def write(self, prepared: PreparedBatch) -> None:
        """Take a batch; the one before is written by then, this one maybe not yet. Raises AccountMoved."""
        ...

    async def settle(self) -> None:
        """Wait until all is written. Raises AccountMoved."""
        ...


class Committing:
    """Commits each batch, while the next one is worked out; leaving it waits for the last or gives it up.

    All go through one session, which holds the lock of the run: no batch is written once the run counts as ended.
    """

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool = pool
        self._run = ImportRun(clock)
        self._held = AsyncExitStack()
        self._task: asyncio.Task[None] | None = None
        self.reader: Reader = PoolReader(pool)

    async def __aenter__(self) -> Self:
        self._connection = await self._held.enter_async_context(self._pool.acquire())
        await self._held.enter_async_context(held(self._connection, self._run))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        async with self._held:
            if kind is not None and self._task is not None:
                self._task.cancel()
                await asyncio.wait([self._task])
            else:
                await self.settle()
            if kind is None:
                await self._run.end(self._connection)

    async def write(self, prepared: PreparedBatch) -> None:
        """Take a batch, once the one before is committed."""
        await self.settle()
        self._task = asyncio.create_task(self._commit(prepared))

    async def settle(self) -> None:
        """Wait until all is committed."""
        if self._task is not None:
            task, self._task = self._task, None
            await task

    async def _commit(self, prepared: PreparedBatch) -> None:
        with meeting_others():
            async with transaction(self._connection) as writer:
                await write(writer, prepared, self._run)
                await writer.commit()


class Rehearsing:
    """Writes all batches into a transaction that nobody commits."""

    def __init__(self, writer: Writer, clock: Clock) -> None:
        self._writer = writer
        self._run = ImportRun(clock)
        self.reader: Reader = writer

    async def write(self, prepared: PreparedBatch) -> None:
        """Take a batch."""
        with meeting_others():
            await write(self._writer, prepared, self._run)

    async def settle(self) -> None:
        """Nothing is left to wait for."""
