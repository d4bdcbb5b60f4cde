"""`loupe serve --workers`: processes of their own that share requests and jobs, are killed, and end in order."""

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from httpx import AsyncClient, ConnectError, Response

from app.cli.database import CommandFailed
from app.cli.supervisor import Task, supervise
from app.clock import clock_from
from app.domain.catalogue import Price, StepChange
from app.services.accounts.counters import lock_counters
from app.services.api_keys.keys import create_key
from app.services.catalogue import set_retouching_step
from app.services.repricing import REPRICE
from app.settings import Settings
from db.connections import Pool
from db.embedded.cluster import server_of
from db.writer import Writer, unit_of_work
from tests.db.test_embedded import MAJOR, fresh_folder
from tests.support.catalogue import write_catalogue
from tests.support.commands import PATIENCE
from tests.support.database import execute, until
from tests.support.serving_workers import Serving, is_running, kill, serving_workers
from tests.support.transactions import in_transaction
from tests.support.workers import new_account

CLOCK = "2026-03-31T12:00:00Z"
OPENED = datetime(2026, 3, 28, 20, tzinfo=UTC)
WAITS = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
NAME = 'mutation { setContact(input: {name: "Ada"}) { account { contact { name } } userErrors { code } } }'
NAMED: dict[str, Any] = {"data": {"setContact": {"account": {"contact": {"name": "Ada"}}, "userErrors": []}}}


async def account_and_token(pool: Pool) -> tuple[UUID, str]:
    account = await new_account(pool, OPENED)
    return account, (await in_transaction(pool, partial(create_key, at=OPENED, account_id=account))).secret


async def ask(url: str, token: str, document: str) -> Response:
    """Ask on a connection of its own."""
    async with AsyncClient(timeout=PATIENCE) as http:
        return await http.post(f"{url}/graphql", json={"query": document}, headers={"Authorization": f"Bearer {token}"})


async def logged(serving: Serving, event: str) -> dict[str, Any]:
    return await asyncio.to_thread(serving.logged, event)


async def until_gone(*processes: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while any(map(is_running, processes)):  # noqa: ASYNC110 - they are no children of this process
            await asyncio.sleep(0.01)


async def offset(pool: Pool, url: str, token: str) -> tuple[timedelta, timedelta]:
    """Return the least and the most by which the clock of a worker is ahead of PostgreSQL's."""
    [[before]] = await pool.fetch("SELECT clock_timestamp()")
    answer = (await ask(url, token, "{ account { now } }")).json()
    [[after]] = await pool.fetch("SELECT clock_timestamp()")
    now = datetime.fromisoformat(answer["data"]["account"]["now"])
    return now - after, now - before


@pytest.mark.races
async def test_a_killed_worker_is_started_again_with_the_same_clock_and_the_other_serves_meanwhile(
    database: str, pool: Pool
) -> None:
    _, token = await account_and_token(pool)
    with serving_workers(LOUPE_DATABASE_URL=database, LOUPE_CLOCK=CLOCK) as serving:
        killed, other = serving.workers
        offsets = [await offset(pool, serving.url, token) for _ in serving.workers]
        kill(killed)
        ended = await logged(serving, "worker_ended")
        assert (ended["worker"], ended["code"]) == (killed, -signal.SIGKILL)
        offsets += [await offset(pool, serving.url, token) for _ in range(4)]
        restarted = (await logged(serving, "worker_ready"))["worker"]
        offsets += [await offset(pool, serving.url, token) for _ in serving.workers]
        assert max(least for least, _ in offsets) <= min(most for _, most in offsets)
        async with AsyncExitStack() as stack:
            for _ in range(6):
                http = await stack.enter_async_context(AsyncClient(base_url=serving.url, timeout=PATIENCE))
                assert (await http.get("/readyz")).status_code == 200
            assert serving.connections(other, restarted) == [3, 3]


async def test_sigterm_ends_all_once_a_request_under_way_is_answered(database: str, pool: Pool) -> None:
    account, token = await account_and_token(pool)
    with serving_workers(LOUPE_DATABASE_URL=database) as serving:
        async with unit_of_work(pool) as writer:
            await lock_counters(writer, [account])
            asked = asyncio.create_task(ask(serving.url, token, NAME))
            await until(pool, WAITS)
            serving.process.terminate()
            await logged(serving, "Shutting down")
            with pytest.raises(ConnectError):
                await ask(serving.url, token, NAME)
        answer = await asked
        assert (answer.status_code, answer.json()) == (200, NAMED)
        assert await asyncio.to_thread(serving.process.wait, PATIENCE) == 128 + signal.SIGTERM
        assert not any(map(is_running, serving.workers))


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGHUP, marks=pytest.mark.soak)])
async def test_other_signals_end_all_as_well_and_a_second_one_waits_for_no_request(
    database: str, pool: Pool, number: int
) -> None:
    account, token = await account_and_token(pool)
    with serving_workers(LOUPE_DATABASE_URL=database) as serving:
        async with unit_of_work(pool) as writer:
            await lock_counters(writer, [account])
            asked = asyncio.create_task(ask(serving.url, token, NAME))
            await until(pool, WAITS)
            serving.process.send_signal(number)
            await logged(serving, "Shutting down")
            await logged(serving, "Shutting down")
            serving.process.send_signal(signal.SIGINT)
            assert (await asked).status_code == 500  # cut off; it would be 503 after two seconds
            code = await asyncio.to_thread(serving.process.wait, PATIENCE)
        assert code == (0 if number == signal.SIGINT else 128 + number)


@pytest.mark.races
async def test_nothing_outlives_a_killed_parent_and_the_embedded_database_stops_with_its_last_user() -> None:
    with fresh_folder() as folder, serving_workers(LOUPE_DATA_DIR=str(folder)) as serving:
        data = folder / "postgres" / str(MAJOR) / "data"
        database = server_of(data)
        assert database is not None
        serving.process.kill()
        await until_gone(*serving.workers, database)
        assert server_of(data) is None


@pytest.mark.races
async def test_jobs_are_done_once_and_by_another_worker_after_one_is_killed(database: str, pool: Pool) -> None:
    await new_account(pool, OPENED)
    await write_catalogue(pool)
    with serving_workers("--with-jobs", LOUPE_DATABASE_URL=database, LOUPE_CLOCK=CLOCK) as serving:
        await until(pool, "SELECT FROM pulse_snapshots HAVING count(*) = 3")
        await until(pool, "SELECT FROM events WHERE type = 'GUARANTEE_RESET' HAVING count(*) = 3")
        first = await owner_of_change(pool, "0.60")
        assert first in serving.workers
        kill(first)
        await until_gone(first)
        second = await owner_of_change(pool, "0.70")
        assert second != first
        restarted = (await logged(serving, "worker_ready"))["worker"]
        assert second in {*serving.workers, restarted}
    assert [row["type"] for row in await pool.fetch("SELECT type FROM events")].count("GUARANTEE_RESET") == 3


async def owner_of_change(pool: Pool, price: str) -> int:
    """Change the catalogue, and return the process that spread the change to the accounts."""
    change = StepChange("SHADOW", price=Price(Decimal(price), "USD"))
    clock = clock_from(datetime.fromisoformat(CLOCK))

    async def set_price(writer: Writer) -> None:
        await set_retouching_step(writer, clock, change, "USD")

    await in_transaction(pool, set_price)
    async with asyncio.timeout(PATIENCE):
        for left in ("spreads", "queued_jobs"):
            await until(pool, f"SELECT FROM {left} HAVING count(*) = 0")
    [owner] = (await pool.fetch("SELECT owner FROM job_runs WHERE job = $1 ORDER BY started_at DESC LIMIT 1", REPRICE))[
        0
    ]
    _, process, _ = owner.split(":")
    return int(process)


def test_a_worker_that_cannot_start_ends_all_with_its_sentence(unset: pytest.MonkeyPatch) -> None:
    unset.setenv("LOUPE_DATA_DIR", "/dev/null/data")
    task = Task(Settings(), timedelta(), "serve", with_jobs=False)
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(CommandFailed) as failed:
        supervise(listener, task, 2, lambda: None)
    assert str(failed.value) == (
        "The data folder /dev/null/data/postgres cannot be used (Not a directory: /dev/null):"
        " mend that, or set LOUPE_DATA_DIR to another folder."
    )


def test_workers_need_connections_of_postgresql(database: str, refused: Callable[..., str]) -> None:
    settings = {"LOUPE_DATABASE_URL": database, "LOUPE_PORT": "0"}
    assert refused("serve", "--workers", "9", **settings) == (
        "9 workers need 207 connections, and PostgreSQL has 192 for them (max_connections 200, without 3 that are"
        " reserved and 5 for other commands): give --workers at most 8, or use a PostgreSQL with more connections."
    )
    assert refused("serve", "--with-jobs", "--workers", "6", **settings).startswith("6 workers need 228 connections, ")


@pytest.mark.soak
async def test_a_worker_that_cannot_be_started_again_is_tried_with_growing_pauses(server: str, database: str) -> None:
    name = urlsplit(database).path[1:]
    with serving_workers(LOUPE_DATABASE_URL=database) as serving:
        await execute(server, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        try:
            kill(serving.workers[0])
            failures = [await logged(serving, "worker_not_started") for _ in range(3)]
        finally:
            await execute(server, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        reason = "A worker ended with code 3 before it was ready: its log has the reason."
        assert [(each["reason"], each["pause"]) for each in failures] == [(reason, pause) for pause in (0.5, 1.0, 2.0)]
        await logged(serving, "worker_ready")


@pytest.mark.soak
async def test_a_worker_that_does_not_end_in_time_is_killed(database: str) -> None:
    with serving_workers(LOUPE_DATABASE_URL=database) as serving:
        os.kill(serving.workers[0], signal.SIGSTOP)
        serving.process.terminate()
        assert await asyncio.to_thread(serving.process.wait, PATIENCE) == 128 + signal.SIGTERM
        await until_gone(*serving.workers)
