"""The clients' programs, run against a served API."""

import asyncio
from pathlib import Path
from subprocess import CompletedProcess
from typing import Final

import pytest

from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.made_clients import make_clients
from tests.support.mutations import deliver, open_shop
from tests.support.serving import Client, NewClient
from tests.support.studio import DAY, Studio
from tools.node import run

pytestmark = pytest.mark.soak


FEED: Final = ("--import", "./tags.mjs", "feed.ts")
STAFF_HAVE_NONE: Final = "Error: Staff have no account of their own: use a client's token."
NO_TOKEN: Final = "There is no such token, or it has expired or was revoked."


async def printed(folder: Path, *arguments: str) -> list[str]:
    """Run a program of the clients with Node; return the lines that it prints."""
    done = await ended(folder, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


async def refusal(folder: Path, *arguments: str) -> str:
    """Run a program of the clients, which fails and prints nothing else; return what it writes to standard error."""
    done = await ended(folder, *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr


async def ended(folder: Path, *arguments: str) -> CompletedProcess[str]:
    command = ("--disable-warning=ExperimentalWarning", *arguments)
    return await asyncio.to_thread(run, "node", *command, folder=folder, capture_output=True, text=True, timeout=60)


async def test_a_dashboard_an_order_and_a_feed(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    api: str,
    pool: Pool,
    clock: FrozenClock,
    client_of: NewClient,
    staff: Client,
) -> None:
    await asyncio.to_thread(make_clients, tmp_path)
    apollo, relay = (tmp_path / "clients" / name for name in ("apollo", "relay"))
    shop = await open_shop(pool, client_of, Studio(created_at=clock.now() - 40 * DAY))
    monkeypatch.setenv("LOUPE_URL", api)
    monkeypatch.setenv("LOUPE_TOKEN", shop.client.token or "")
    ordering = asyncio.create_task(printed(apollo, "order.ts", "0.1"))
    while not ordering.done() and len(await pool.fetch("SELECT FROM images")) < 3:  # noqa: ASYNC110 - the program has no event
        await asyncio.sleep(0.05)
    await deliver(staff, clock, 3)
    ordered = await ordering
    assert ordered[-1].startswith("#1 READY_FOR_DOWNLOAD: 3 of 3 images, due 2026-03-11T")
    for _ in range(4):
        await shop.place()
    dashboard = await printed(apollo, "dashboard.ts")
    feed = await printed(relay, *FEED, "2")
    assert "  Productivity: 7 images, up from none" in dashboard
    assert len([line for line in dashboard if line.startswith("  #")]) == 5
    assert [line.split()[0] for line in feed] == ["#5", "#4", "#3", "#2", "#1", "5"]
    assert feed[-1] == f"5 orders of {shop.studio.name}, 2 a page"
    assert "feed_account: first: A page has 1 to 100 items, not 500." in await refusal(relay, *FEED, "500")
    for token, message in ((staff.token, STAFF_HAVE_NONE), ("loupe_wrong", NO_TOKEN)):
        monkeypatch.setenv("LOUPE_TOKEN", token or "")
        assert message in await refusal(apollo, "dashboard.ts")
        assert message in await refusal(relay, *FEED)
