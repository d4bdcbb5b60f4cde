"""A database that is silent, stopped, restarted or full: callers hear so soon, and all is well once it is back."""

import asyncio
import signal
from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path
from time import sleep
from typing import Final

import pytest
from httpx import AsyncClient, Response

from app.services.api_keys.keys import create_key
from app.web.state import running_of
from db.connections import Pool, connect
from db.embedded.cluster import stop_server
from db.embedded.server import embedded_server
from db.failures import DatabaseUnreachable
from db.migrate import migrate
from db.pools import open_pool
from tests.db.test_embedded import MAJOR, fresh_folder
from tests.services.orders.test_kills import ask_to_place, kill_server, signal_server
from tests.support.clock import FrozenClock
from tests.support.connection_proxy import proxy_to
from tests.support.customers import Customer, open_customer
from tests.support.database import temporary_database
from tests.support.serving import new_token, serving
from tests.support.transactions import in_transaction

PATIENCE: Final = 60.0
ACCOUNTS: Final = "{ accounts { nodes { name } } }"
FEW: Final = {"max_connections": "40", "fsync": "off"}  # which loses nothing unless the machine dies
HELD: Final = "SELECT FROM pg_stat_activity WHERE application_name LIKE '% {}' HAVING count(*) = {}"


async def post(http: AsyncClient, token: str) -> Response:
    return await http.post("/graphql", json={"query": ACCOUNTS}, headers={"Authorization": f"Bearer {token}"})


async def is_ready(http: AsyncClient) -> bool:
    return (await http.get("/readyz")).status_code == 200


async def ready_again(http: AsyncClient) -> None:
    while not await is_ready(http):  # noqa: ASYNC110 - only polling shows it
        await asyncio.sleep(0.01)


def assert_unavailable(response: Response) -> None:
    [error] = response.json()["errors"]
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    assert error["extensions"] == {"code": "UNAVAILABLE", "retryAfter": 1}


async def assert_away(http: AsyncClient, token: str) -> None:
    """Assert that callers hear that the database is away, and health that the process lives."""
    answers = await asyncio.gather(*(post(http, token) for _ in range(30)))
    for answer in answers:
        assert_unavailable(answer)
    assert not await is_ready(http)
    assert (await http.get("/healthz")).status_code == 200


@pytest.fixture
async def token(pool: Pool, clock: FrozenClock) -> str:
    return await new_token(pool, clock.now(), None)


async def test_a_service_hears_that_its_database_is_silent_and_goes_on_once_it_speaks(
    database: str, token: str, clock: FrozenClock, tmp_path: Path
) -> None:
    async with proxy_to(database, tmp_path) as (url, line), serving(url, clock) as (_, http), asyncio.timeout(PATIENCE):
        assert await is_ready(http)
        line.fall_silent()
        await assert_away(http, token)
        line.speak()
        await ready_again(http)
        assert (await post(http, token)).status_code == 200


async def test_a_service_all_of_whose_connections_are_in_use_is_ready(database: str, clock: FrozenClock) -> None:
    async with serving(database, clock) as (app, http), AsyncExitStack() as held, asyncio.timeout(PATIENCE):
        for _ in range(10):
            await held.enter_async_context(running_of(app).reader.snapshot())
        assert await is_ready(http)


@pytest.fixture(scope="module")
def folder() -> Generator[Path]:
    """The folder of a server with few connections; each test leaves it stopped."""
    with fresh_folder() as made:
        yield made


@pytest.fixture
async def own(folder: Path) -> AsyncGenerator[str]:
    """A migrated, empty database on that server."""
    with embedded_server(folder, settings=FEW) as server:
        async with temporary_database(server) as url:
            await migrate(url)
            yield url


async def staff_token(url: str, clock: FrozenClock) -> str:
    pool = await open_pool(url, max_size=1)
    token = await new_token(pool, clock.now(), None)
    await pool.close()
    return token


async def test_a_service_hears_that_its_database_was_stopped_and_goes_on_once_it_runs(
    own: str, folder: Path, clock: FrozenClock
) -> None:
    token = await staff_token(own, clock)
    async with serving(own, clock, begin_full=True) as (_, http), asyncio.timeout(PATIENCE):
        signal_server(folder, signal.SIGSTOP)
        try:
            await assert_away(http, token)
        finally:
            signal_server(folder, signal.SIGCONT)
        await ready_again(http)
        assert (await post(http, token)).status_code == 200


async def take_all(url: str, others: AsyncExitStack) -> None:
    """Take all connections that are left."""
    while True:
        try:
            connection = await connect(url)
        except DatabaseUnreachable as error:
            assert "too many" in str(error)  # noqa: PT017 - after any number of others
            return
        others.push_async_callback(connection.close)


async def test_a_full_service_fails_no_call_when_others_take_all_connections(own: str, clock: FrozenClock) -> None:
    token = await staff_token(own, clock)
    judge = await open_pool(own, max_size=1)
    async with serving(own, clock, begin_full=True) as (_, http), AsyncExitStack() as others:
        async with asyncio.timeout(PATIENCE):
            for use, held in (("reader", 10), ("writer", 10), ("claims", 2), ("health", 1)):
                while not await judge.fetch(HELD.format(use, held)):  # noqa: ASYNC110 - only the server shows it
                    await asyncio.sleep(0.01)
            await take_all(own, others)
            assert await answers(http, token) == {200}
            # One of ours is closed, and another takes its place before the service can: nine are left.
            await judge.fetch(
                "SELECT pg_terminate_backend(max(pid)) FROM pg_stat_activity WHERE application_name LIKE '% reader'"
            )
            await take_all(own, others)
            assert await answers(http, token) == {200}
            assert await is_ready(http)
    await judge.close()


async def answers(http: AsyncClient, token: str) -> set[int]:
    """Return the statuses of sixty calls at once."""
    return {answer.status_code for answer in await asyncio.gather(*(post(http, token) for _ in range(60)))}


@pytest.mark.soak
async def test_a_database_that_is_stopped_killed_and_restarted_under_load_loses_nothing_acknowledged(
    own: str, folder: Path, clock: FrozenClock
) -> None:
    judge = await open_pool(own)
    customer = await open_customer(judge, clock)
    key = await in_transaction(judge, lambda writer: create_key(writer, clock.now(), customer.account_id))
    await judge.close()
    placed: dict[str, int] = {}
    async with serving(own, clock, begin_full=True) as (_, http), asyncio.timeout(2 * PATIENCE):
        http.headers["Authorization"] = f"Bearer {key.secret}"
        placing = [asyncio.create_task(place_on(http, customer, f"client-{number}", placed)) for number in range(8)]
        for fault in (stop_for_seconds, restart, kill, stop_for_seconds, restart):
            await placed_more(placed, 20)
            await asyncio.to_thread(fault, folder)
        await placed_more(placed, 20)
        for each in placing:
            each.cancel()
        await asyncio.wait(placing)
        before = dict(placed)
        for name in before:
            placed[name] = await place_until_done(http, customer, name)
    assert placed == before
    assert len(set(placed.values())) == len(placed)


def stop_for_seconds(folder: Path) -> None:
    signal_server(folder, signal.SIGSTOP)
    sleep(3)
    signal_server(folder, signal.SIGCONT)


def restart(folder: Path) -> None:
    stop_server(folder / str(MAJOR) / "data")
    start(folder)


def kill(folder: Path) -> None:
    kill_server(folder)
    start(folder)


def start(folder: Path) -> None:
    """Start the server for all who hold it."""
    with embedded_server(folder, settings=FEW):
        pass


async def placed_more(placed: dict[str, int], more: int) -> None:
    wanted = len(placed) + more
    while len(placed) < wanted:  # noqa: ASYNC110 - of several clients
        await asyncio.sleep(0.01)


async def place_on(http: AsyncClient, customer: Customer, name: str, placed: dict[str, int]) -> None:
    """Place one order after the other, and note the number of each that is acknowledged."""
    for turn in count():
        placed[f"{name}-{turn}"] = await place_until_done(http, customer, f"{name}-{turn}")


async def place_until_done(http: AsyncClient, customer: Customer, key: str) -> int:
    """Place an order, again by its key while the service is unavailable; return its number."""
    while True:
        response = await ask_to_place(http, customer, key)
        if response.status_code == 200:
            [order] = response.json()["data"]["placeOrder"]["orders"]
            return int(order["number"])
        assert_unavailable(response)
        await asyncio.sleep(0.05)
