"""Callers who leave before their answer: reads end and give their connections back, commands run to their end."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import orjson
import pytest
from starlette.applications import Starlette

from app.services.accounts.counters import lock_counters
from app.web.connections import Connections, Limits
from db.connections import COMMANDS, Pool, Statement
from db.writer import unit_of_work
from tests.support.database import until
from tests.support.listening import listen, served
from tests.support.mutations import Shop, document, open_shop
from tests.support.raw_http import Caller, request
from tests.support.raw_http import until as until_true
from tests.support.serving import NewClient

ORDERS = "{ account { name orders(first: 1) { nodes { number } } } }"
MORE_THAN_A_POOL = 12
SOME_WAIT = """
    SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' HAVING count(*) > 0"""
NOBODY_WAITS = SOME_WAIT.replace("> 0", "= 0")
LOCK = Statement("lock", "LOCK TABLE orders")

Connect = Callable[[], Awaitable[Caller]]


@pytest.fixture
async def connections() -> Connections:
    return Connections(Limits())


@pytest.fixture
async def connect(app: Starlette, connections: Connections) -> AsyncGenerator[Connect]:
    """Connect to the API."""
    listener, _ = listen()
    host, port = listener.getsockname()
    writers = list[asyncio.StreamWriter]()

    async def connected() -> Caller:
        reader, writer = await asyncio.open_connection(host, port)
        writers.append(writer)
        return Caller(reader, writer)

    async with served(app, listener, connections):
        yield connected
        for writer in writers:
            writer.close()


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setattr("app.web.asgi.COMMANDS", {**COMMANDS, "lock_timeout": "60s"})
    return await open_shop(pool, client_of)


def operation(shop: Shop, query: str, **variables: object) -> bytes:
    body = orjson.dumps({"query": query, "variables": variables})
    return request("/graphql", body, "Content-Type: application/json", f"Authorization: Bearer {shop.client.token}")


@asynccontextmanager
async def locked(pool: Pool, statement: Statement) -> AsyncGenerator[None]:
    """Hold a lock meanwhile."""
    async with asyncio.timeout(30), unit_of_work(pool) as writer:
        await writer.execute(statement)
        yield


async def test_reads_of_callers_who_left_are_cancelled_and_their_connections_returned(
    shop: Shop, connect: Connect, pool: Pool, connections: Connections, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        async with locked(pool, LOCK):
            callers = [await connect() for _ in range(MORE_THAN_A_POOL)]
            for caller in callers:
                await caller.send(operation(shop, ORDERS))
            await until(pool, SOME_WAIT)
            for caller in callers:
                caller.writer.close()
            await until_true(lambda: len(connections) == 0)
            await until(pool, NOBODY_WAITS)
    assert caplog.messages == []
    caller = await connect()
    await caller.send(operation(shop, ORDERS))
    assert (await caller.answer()).content["data"]["account"]["orders"]["nodes"] == []


async def test_a_command_that_has_begun_runs_to_its_end(
    shop: Shop, connect: Connect, pool: Pool, connections: Connections
) -> None:
    caller = await connect()
    async with asyncio.timeout(30), unit_of_work(pool) as writer:
        await lock_counters(writer, [shop.studio.id])
        order = {"name": "Shoes", "specificationId": shop.specification, "images": [{"filename": "a.jpg"}]}
        await caller.send(operation(shop, document("placeOrder", "orders { number }"), input=order))
        await until(pool, SOME_WAIT)
        caller.writer.close()
        await until_true(lambda: len(connections) == 0)
    await until(pool, "SELECT FROM orders")


async def test_a_caller_who_leaves_amid_a_body_leaves_no_error(
    shop: Shop, connect: Connect, connections: Connections, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        caller = await connect()
        await caller.send(operation(shop, ORDERS)[:-1])
        await until_true(lambda: len(connections) == 1)
        caller.writer.close()
        await until_true(lambda: len(connections) == 0)
    assert caplog.messages == []
