"""Ending while the server does not answer any more: nobody waits for it."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from app.clock import Clock, clock_from
from app.settings import Settings
from db.connections import Pool
from jobs.kinds.midnight import MIDNIGHT
from jobs.registry import Registry
from jobs.scheduler import open_scheduler
from tests.support.connection_proxy import proxy_to
from tests.support.workers import new_account, next_days

CLOSING = datetime(2026, 3, 28, 23, tzinfo=UTC)
PATIENCE = 30.0


async def test_a_server_that_does_not_answer_keeps_no_scheduler_from_ending(
    database: str, pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("jobs.context.GRACE", "jobs.context._LAST_WORD", "db.connections._GOODBYE"):
        monkeypatch.setattr(name, 0.05)
    account = await new_account(pool, CLOSING - timedelta(hours=3))
    jobs, begun = Registry(), asyncio.Event()

    @jobs.register(MIDNIGHT, "reset_guarantee")
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
        proxy_to(database, tmp_path) as (url, line),
        open_scheduler(url, Settings(), clock_from(CLOSING), jobs) as scheduler,
    ):
        running = asyncio.create_task(scheduler.run())
        await begun.wait()
        scheduler.stop()
        await running
    assert await next_days(pool) == [(account, CLOSING)]
