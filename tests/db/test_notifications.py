"""Notifications of PostgreSQL: one connection for all listeners of a process."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest
from structlog.testing import capture_logs

from db.connections import Pool, Statement
from db.notifications import Notifications, open_notifications
from db.writer import unit_of_work

NOTIFY = Statement("notify", "SELECT pg_notify($1, $2)")
LISTENING = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
PATIENCE = 30


class Heard:
    """A listener that records payloads, and can be awaited."""

    def __init__(self) -> None:
        self.payloads: asyncio.Queue[str | None] = asyncio.Queue()

    def __call__(self, payload: str | None) -> None:
        self.payloads.put_nowait(payload)

    async def next(self) -> str | None:
        return await asyncio.wait_for(self.payloads.get(), PATIENCE)


async def notify(pool: Pool, channel: str, payload: str) -> None:
    async with unit_of_work(pool) as writer:
        await writer.fetch(NOTIFY, channel, payload)
        await writer.commit()


async def subscribed(notifications: Notifications, channel: str) -> Heard:
    heard = Heard()
    notifications.subscribe(channel, heard)
    assert await heard.next() is None
    return heard


async def test_a_listener_receives_the_committed_notifications_of_its_channel(database: str, pool: Pool) -> None:
    async with open_notifications(database) as notifications:
        zones = await subscribed(notifications, "zones")
        orders = await subscribed(notifications, "orders")
        assert await zones.next() is None  # each new channel calls all: some may have been missed meanwhile
        async with unit_of_work(pool) as writer:
            await writer.fetch(NOTIFY, "zones", "rolled back")
        await notify(pool, "orders", "7")
        await notify(pool, "zones", "Africa/Cairo")
        assert (await orders.next(), await zones.next()) == ("7", "Africa/Cairo")
        assert (orders.payloads.qsize(), zones.payloads.qsize()) == (0, 0)


async def test_all_listeners_of_a_process_share_one_connection(database: str, pool: Pool) -> None:
    async with open_notifications(database) as notifications:
        first, second = await subscribed(notifications, "zones"), await subscribed(notifications, "zones")
        assert len(await pool.fetch(LISTENING)) == 1
        assert await first.next() is None
        await notify(pool, "zones", "Africa/Cairo")
        assert [await each.next() for each in (first, second)] == ["Africa/Cairo"] * 2
    assert await pool.fetch(LISTENING) == []


async def test_a_lost_connection_is_reopened_and_listeners_are_called(database: str, pool: Pool) -> None:
    async with open_notifications(database) as notifications:
        heard = await subscribed(notifications, "zones")
        [before] = await pool.fetch(LISTENING)
        await pool.fetch("SELECT pg_terminate_backend($1)", before["pid"])
        assert await heard.next() is None
        await notify(pool, "zones", "Africa/Cairo")
        assert await heard.next() == "Africa/Cairo"


async def test_an_unreachable_database_is_retried_and_logged_in_a_line(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.notifications._FIRST_PAUSE", 0.01)
    logs: list[MutableMapping[str, Any]]
    with capture_logs() as logs:
        async with open_notifications("postgresql://nobody@127.0.0.1:1/none") as notifications:
            heard = Heard()
            notifications.subscribe("zones", heard)
            async with asyncio.timeout(PATIENCE):
                while not logs:  # noqa: ASYNC110 - a log has no event
                    await asyncio.sleep(0.01)
            notifications._url = database  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - the server is back
            assert await heard.next() is None
    assert [(line["event"], line["log_level"]) for line in logs] == [("not_listening", "warning")]
