"""Time of `claimImages` by the number of images that wait, are claimed, or have expired claims."""

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from typing import Final

from app.services.api_keys.keys import create_key
from bench.client import Client, serving
from bench.imports import UNTIL
from bench.queue import fill_queue, hold_first
from bench.report import TIMES, Figure
from bench.scratch import Scratch
from db.connections import Pool
from db.pools import open_pool
from db.writer import unit_of_work

ACCOUNTS: Final = 10_000
_COUNT: Final = 50
_LIMIT: Final = 1.5
_WARM_UPS: Final = 3
_LEASE: Final = timedelta(hours=1)
_CLAIM: Final = """
mutation Claim($count: Int!) { claimImages(input: { worker: "ann", count: $count }) {
  images { id filename status deadline { at late } } leaseUntil userErrors { code message path }
} }
"""


@dataclass(slots=True)
class _Queue:
    """A database with images that wait, and the times of claims there."""

    pool: Pool
    client: Client
    times: list[float] = field(default_factory=list[float])

    async def claim(self) -> None:
        """Claim 50 images."""
        started = time.perf_counter()
        data = await self.client.ask(_CLAIM, count=_COUNT)
        self.times.append(time.perf_counter() - started)
        assert len(data["claimImages"]["images"]) == _COUNT


async def measure_claiming(scratch: Scratch, images: int, held: int, repetitions: int) -> list[Figure]:
    """Claim of a long queue and of one of an image an account, in turn; of the long one in ever worse states."""
    async with _queue(scratch, "short_queue", ACCOUNTS) as short, _queue(scratch, "long_queue", images) as long:
        queued = f"{images:,} images queued of {ACCOUNTS:,} accounts"
        figures = [await _compare(f"claimImages, {queued}", long, short, repetitions)]
        await hold_first(long.pool, held, UNTIL, UNTIL + _LEASE)
        figures.append(await _compare(f"claimImages, {held:,} more held by others", long, short, repetitions))
        await hold_first(long.pool, held, UNTIL - _LEASE, UNTIL)
        figures.append(await _compare(f"claimImages, {held:,} claims run out", long, short, repetitions))
    return figures


async def _compare(name: str, long: _Queue, short: _Queue, repetitions: int) -> Figure:
    """Compare the medians."""
    for queue in (long, short):
        queue.times.clear()
    for turn in range(repetitions + _WARM_UPS):
        for queue in (long, short) if turn % 2 else (short, long):
            await queue.claim()
    much, little = median(long.times[_WARM_UPS:]), median(short.times[_WARM_UPS:])
    return Figure(name, much / little, _LIMIT, TIMES, f"{much * 1000:.2f} ms and {little * 1000:.2f} ms")


@asynccontextmanager
async def _queue(scratch: Scratch, database: str, images: int) -> AsyncGenerator[_Queue]:
    url = await scratch.new_database(database)
    pool = await open_pool(url)
    try:
        await fill_queue(pool, ACCOUNTS, images, UNTIL)
        async with unit_of_work(pool) as writer:
            token = (await create_key(writer, UNTIL, None)).secret
            await writer.commit()
        async with serving(url, UNTIL) as app:
            yield _Queue(pool, Client(app, token))
    finally:
        await pool.close()
