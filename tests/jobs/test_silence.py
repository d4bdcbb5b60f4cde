"""Ending while the server does not answer any more: nobody waits for it."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from app.clock import Clock, clock_from
from app.settings import Settings
from db.connections import Pool
from jobs.registry import Registry
from jobs.scheduler import open_scheduler
from tests.jobs.working import new_account, next_days

MIDNIGHT = datetime(2026, 3, 28, 23, tzinfo=UTC)
PATIENCE = 30.0


class Line:
    """A way to a server, which may fall silent."""

    def __init__(self, server: Path) -> None:
        self._server = server
        self._speaking = asyncio.Event()
        self._speaking.set()
        self._carrying: set[asyncio.Task[None]] = set()

    def fall_silent(self) -> None:
        self._speaking.clear()

    async def carry(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        server, to_server = await asyncio.open_unix_connection(self._server)
        self._carrying |= {
            asyncio.create_task(self._pass_on(client, to_server)),
            asyncio.create_task(self._pass_on(server, to_client)),
        }

    async def end(self) -> None:
        """Pass on what was said last, until both sides have hung up."""
        self._speaking.set()
        await asyncio.gather(*self._carrying)

    async def _pass_on(self, said: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while part := await said.read(65_536):
                await self._speaking.wait()
                to.write(part)
        to.close()
        with suppress(ConnectionError):
            await to.wait_closed()


@asynccontextmanager
async def line_to(database: str, folder: Path) -> AsyncGenerator[tuple[str, Line]]:
    """A URL of a database that leads there by a line."""
    (host,) = parse_qs(urlsplit(database).query)["host"]
    line = Line(Path(host, ".s.PGSQL.5432"))
    async with await asyncio.start_unix_server(line.carry, folder / ".s.PGSQL.5432"):
        yield f"postgresql://loupe@{urlsplit(database).path}?host={folder}&port=5432", line
        await line.end()


async def test_a_server_that_does_not_answer_keeps_no_scheduler_from_ending(
    database: str, pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("jobs.shift.GRACE", "jobs.shift._LAST_WORD", "db.connections._GOODBYE"):
        monkeypatch.setattr(name, 0.05)
    account = await new_account(pool, MIDNIGHT - timedelta(hours=3))
    jobs, begun = Registry(), asyncio.Event()

    @jobs.at_midnight("reset_guarantee")
    async def ask(pool: Pool, _clock: Clock, _closes_at: datetime, _account_ids: Sequence[UUID]) -> int:
        async with pool.acquire() as connection:
            await connection.execute("BEGIN")
            line.fall_silent()
            begun.set()
            try:
                return len(await connection.fetch("SELECT"))
            finally:
                await connection.execute("ROLLBACK")

    async with (
        asyncio.timeout(PATIENCE),
        line_to(database, tmp_path) as (url, line),
        open_scheduler(url, Settings(), clock_from(MIDNIGHT), jobs) as scheduler,
    ):
        running = asyncio.create_task(scheduler.run())
        await begun.wait()
        scheduler.stop()
        await running
    assert await next_days(pool) == [(account, MIDNIGHT)]
