"""Where the batches of an import go: each into a transaction of its own, or all into one that is taken back."""

import asyncio
from types import TracebackType
from typing import Protocol, Self

from app.services.importing.conflicts import meeting_others
from app.services.importing.writing import PreparedBatch, write
from db.connections import Pool, PoolReader, Reader, Writer, unit_of_work


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
    """Commits each batch, while the next one is worked out; leaving it waits for the last or gives it up."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._task: asyncio.Task[None] | None = None
        self.reader: Reader = PoolReader(pool)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        if kind is not None and self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        else:
            await self.settle()

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
            async with unit_of_work(self._pool) as writer:
                await write(writer, prepared)
                await writer.commit()


class Rehearsing:
    """Writes all batches into a transaction that nobody commits."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self.reader: Reader = writer

    async def write(self, prepared: PreparedBatch) -> None:
        """Take a batch."""
        with meeting_others():
            await write(self._writer, prepared)

    async def settle(self) -> None:
        """Nothing is left to wait for."""
