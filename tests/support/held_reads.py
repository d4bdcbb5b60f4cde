"""A reader whose statements are held, so that what has begun is counted while it is at work."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from db.connections import Record, Statement
from db.readers import Database, Reader

SNAPSHOT = "snapshot"


class HeldReader:
    """A reader that holds snapshots, or single statements of a name, as they begin, until it is released.

    `held` counts those that are held now, and `most` is the most that were at once.
    """

    def __init__(self, reader: Database, *names: str) -> None:
        self.held = Counter[str]()
        self.most = Counter[str]()
        self._reader = reader
        self._names = names
        self._changed = asyncio.Event()
        self._released = asyncio.Event()

    def release(self) -> None:
        self._released.set()

    async def until(self, name: str, count: int) -> None:
        """Wait until so many of a name are held, and for others that could follow."""
        while self.held[name] < count:
            self._changed.clear()
            await self._changed.wait()
        await asyncio.sleep(0.02)

    @asynccontextmanager
    async def snapshot(self) -> AsyncGenerator[Reader]:
        async with self._reader.snapshot() as reader:
            await self._hold(SNAPSHOT)
            yield reader

    async def fetch(self, statement: Statement, *args: object) -> list[Record]:
        await self._hold(statement.name)
        return await self._reader.fetch(statement, *args)

    async def fetch_row(self, statement: Statement, *args: object) -> Record | None:
        await self._hold(statement.name)
        return await self._reader.fetch_row(statement, *args)

    async def _hold(self, name: str) -> None:
        if name in self._names:
            self.held[name] += 1
            self.most[name] = max(self.most[name], self.held[name])
            self._changed.set()
            await self._released.wait()
            self.held[name] -= 1
