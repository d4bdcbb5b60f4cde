"""Destinations of batches: each committed separately, or all are written into one transaction that is rolled back."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.clock import Clock
from app.services.imports.conflicts import detecting_conflicts
from app.services.imports.runs import ImportRun, held
from app.services.imports.writing import PreparedBatch, write
from db.connections import Connection, Pool
from db.readers import PoolReader, Reader
from db.writer import Writer, transaction


class Destination(Protocol):
    """Takes batches, in order. `reader` sees all but the last one, and that too after `settle`."""

    @property
    def reader(self) -> Reader:
        """The reader of the database between batches."""
        ...

    async def write(self, prepared: PreparedBatch, when_committed: Callable[[], None]) -> None:
        """Take a batch, once the one before is written; raises AccountMoved.

        `when_committed` is called once it is committed, which may be after the return; never in a check.
        """
        ...

    async def settle(self) -> None:
        """Wait until all is written. Raises AccountMoved."""
        ...


@dataclass(slots=True)
class Committing:
    """Commits each batch in a task, while the next one is prepared; all through one session, that of the run."""

    reader: Reader
    connection: Connection
    run: ImportRun
    task: asyncio.Task[None] | None = None

    async def write(self, prepared: PreparedBatch, when_committed: Callable[[], None]) -> None:
        """Take a batch, once the one before is committed."""
        await self.settle()
        self.task = asyncio.create_task(self._commit(prepared, when_committed))

    async def settle(self) -> None:
        """Wait until all is committed."""
        if self.task is not None:
            task, self.task = self.task, None
            await task

    async def _commit(self, prepared: PreparedBatch, when_committed: Callable[[], None]) -> None:
        with detecting_conflicts():
            async with transaction(self.connection) as writer:
                await write(writer, prepared, self.run)
                await writer.commit()
        when_committed()


@asynccontextmanager
async def committing(pool: Pool, clock: Clock, started_at: datetime) -> AsyncGenerator[Committing]:
    """Begin a run that commits each batch; at the end it waits for the last one, after an error it gives that up.

    The session holds the lock of the run, so that no batch is written once the run counts as ended.
    """
    run = ImportRun(clock, started_at)
    async with pool.acquire() as connection, held(connection, run):
        destination = Committing(PoolReader(pool), connection, run)
        try:
            yield destination
        except BaseException:
            if destination.task is not None:
                destination.task.cancel()
                await asyncio.wait([destination.task])
            raise
        await destination.settle()
        await run.end(connection)


class Rehearsing:
    """Writes all batches into a transaction that is not committed."""

    def __init__(self, writer: Writer, clock: Clock, started_at: datetime) -> None:
        self._writer = writer
        self._run = ImportRun(clock, started_at)
        self.reader: Reader = writer

    async def write(self, prepared: PreparedBatch, when_committed: Callable[[], None]) -> None:  # noqa: ARG002 - never
        """Write a batch."""
        with detecting_conflicts():
            await write(self._writer, prepared, self._run)

    async def settle(self) -> None:
        """Do nothing: all is written."""
