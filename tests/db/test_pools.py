"""Pools: full from the start and again soon, whoever closes their connections; in doubt a connection is replaced."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - the package ships no types
import pytest

from db.circuit import Circuit
from db.connections import OpenConnection, Pool, connect
from db.failures import DatabaseUnreachable
from db.pools import new_circuit, open_pool
from tests.support.connection_proxy import proxy_to
from tests.support.database import execute, until

OURS = "datname = current_database() AND application_name = 'loupe kept'"
COUNT = f"SELECT FROM pg_stat_activity WHERE {OURS} HAVING count(*) = {{}}"
PIDS = f"SELECT pid FROM pg_stat_activity WHERE {OURS}"  # noqa: S608 - made of fixed texts
END = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {OURS}"  # noqa: S608 - as above
PID = "SELECT pg_backend_pid()"
SLEEP = "SELECT pg_sleep(60)"
SOON = timedelta(milliseconds=50)
PATIENCE = 30.0


async def pid_of(pool: Pool) -> int:
    [(pid,)] = await pool.fetch(PID)
    return int(pid)


async def pids(pool: Pool) -> set[int]:
    return {row["pid"] for row in await pool.fetch(PIDS)}


async def replaced(pool: Pool, before: set[int]) -> set[int]:
    """Return the connections that there are, once they are as many as before and others."""
    while len(now := await pids(pool)) < len(before) or now & before:  # noqa: ASYNC110 - only the server shows it
        await asyncio.sleep(0.01)
    return now


@pytest.fixture
async def kept(database: str) -> AsyncGenerator[Pool]:
    """A pool of three connections."""
    opened = await open_pool(database, use="kept", min_size=3, max_size=3)
    async with asyncio.timeout(PATIENCE):
        yield opened
        await opened.close()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a circuit find out within a tenth of a second."""
    for name in ("db.circuit._STEP", "db.circuit._PAUSE", "db.connection_pool._LONG", "db.connection_pool._PAUSE"):
        monkeypatch.setattr(name, 0.02)


async def test_a_pool_is_full_from_the_start_and_empty_at_the_end(database: str, pool: Pool) -> None:
    opened = await open_pool(database, use="kept", min_size=4, max_size=4)
    assert len(await pids(pool)) == 4
    await opened.close()
    await until(pool, COUNT.format(0))


async def test_a_pool_grows_to_its_size_where_so_many_are_wanted_at_once(database: str, pool: Pool) -> None:
    opened = await open_pool(database, use="kept", max_size=3)
    assert len(await pids(pool)) == 1
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as users:
        for _ in range(12):
            users.create_task(opened.fetch("SELECT pg_sleep(0.02)"))
    assert len(await pids(pool)) == 3
    await opened.close()


async def test_killed_connections_are_replaced_before_anybody_asks(kept: Pool, pool: Pool) -> None:
    before = await pids(pool)
    await pool.fetch(END)
    now = await replaced(pool, before)
    assert {await pid_of(kept) for _ in range(5)} <= now


async def test_users_wait_for_a_connection_in_their_order(database: str) -> None:
    opened = await open_pool(database, max_size=1)
    served: list[int] = []

    async def use(number: int) -> None:
        async with opened.acquire():
            served.append(number)
            await asyncio.sleep(0)

    await asyncio.gather(*(use(number) for number in range(6)))
    assert served == [*range(6)]
    await opened.close()


async def test_a_user_who_waits_for_too_long_is_refused_and_the_next_one_is_not(database: str) -> None:
    opened = await open_pool(database, max_size=1, limit=SOON)
    async with opened.acquire():
        with pytest.raises(DatabaseUnreachable, match="in use"):
            await opened.fetch(PID)
    assert len(await opened.fetch(PID)) == 1
    await opened.close()


async def test_a_user_who_gives_up_as_a_connection_is_free_leaves_it_to_the_next(database: str) -> None:
    opened = await open_pool(database, max_size=1)
    async with opened.acquire():
        waiting = [asyncio.create_task(pid_of(opened)) for _ in range(2)]
        await asyncio.sleep(0)
    waiting[0].cancel()
    async with asyncio.timeout(PATIENCE):
        first, second = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(first, asyncio.CancelledError)
    assert isinstance(second, int)
    await opened.close()


async def test_a_statement_ends_at_the_limit_and_its_connection_is_used_again(database: str) -> None:
    opened = await open_pool(database, max_size=1, limit=SOON)
    before = await pid_of(opened)
    with pytest.raises(asyncpg.QueryCanceledError, match="statement timeout"):
        await opened.fetch(SLEEP)
    assert await pid_of(opened) == before
    await opened.close()


async def test_the_connection_of_a_cancelled_statement_is_used_again(database: str, pool: Pool) -> None:
    opened = await open_pool(database, use="kept", max_size=1)
    before = await pid_of(opened)
    sleeping = asyncio.create_task(opened.fetch(SLEEP))
    await until(pool, f"SELECT FROM pg_stat_activity WHERE {OURS} AND query = '{SLEEP}'")
    sleeping.cancel()
    async with asyncio.timeout(PATIENCE):
        assert await pid_of(opened) == before
    await opened.close()


async def test_a_connection_left_within_a_transaction_is_replaced(database: str) -> None:
    opened = await open_pool(database, max_size=1)
    async with opened.acquire() as connection:
        await connection.execute("BEGIN")
        before = await connection.fetch(PID)
    assert await opened.fetch(PID) != before
    await opened.close()


async def test_a_refused_change_replaces_the_connections_to_a_server_that_only_reads(kept: Pool, pool: Pool) -> None:
    before = await pids(pool)
    async with kept.acquire() as connection:
        await connection.execute("SET default_transaction_read_only = on")
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        await kept.fetch("CREATE TABLE t ()")
    await replaced(pool, before)
    await kept.fetch("CREATE TABLE t ()")
    await kept.fetch("DROP TABLE t")


async def test_a_connection_on_which_nothing_is_answered_is_replaced_at_our_own_limit(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.connections._MARGIN", timedelta())
    async with proxy_to(database, tmp_path) as (url, line), asyncio.timeout(PATIENCE):
        opened = await open_pool(url, max_size=1, limit=SOON)
        before = await pid_of(opened)
        line.fall_silent()
        with pytest.raises(TimeoutError):
            await opened.fetch(PID)
        line.speak()
        assert await answered(opened) != before
        await opened.close()


async def answered(pool: Pool) -> int:
    """Ask until there is an answer."""
    while True:
        with suppress(DatabaseUnreachable, TimeoutError):
            return await pid_of(pool)
        await asyncio.sleep(0.01)


class Tries:
    """The attempts of a circuit to open its connection, how many so far and how many at once."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.count = 0
        self.under_way = 0
        self.most_at_once = 0

    async def opening(self) -> OpenConnection:
        self.count += 1
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        try:
            return cast("OpenConnection", await connect(self._url))
        finally:
            self.under_way -= 1


@pytest.mark.usefixtures("quick")
async def test_while_nothing_is_answered_users_are_refused_and_one_connection_at_a_time_is_tried(
    database: str, tmp_path: Path
) -> None:
    async with proxy_to(database, tmp_path) as (url, line), asyncio.timeout(PATIENCE):
        tries = Tries(url)
        circuit = Circuit(tries.opening)
        pools = [await open_pool(url, min_size=2, max_size=2, circuit=circuit) for _ in range(2)]
        line.fall_silent()
        asked: list[Any] = [asyncio.create_task(pool.fetch(PID)) for pool in pools for _ in range(5)]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        in_use = [each for each in answers if isinstance(each, asyncpg.ConnectionDoesNotExistError)]
        waiting = [each for each in answers if isinstance(each, DatabaseUnreachable)]
        assert (len(in_use), len(waiting), circuit.is_open) == (4, 6, True)
        for pool in pools:
            with pytest.raises(DatabaseUnreachable, match="no answer"):
                await pool.fetch(PID)
        while tries.count < 3:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.01)
        assert (line.connections - tries.count, tries.most_at_once) == (4, 1)
        line.speak()
        assert {await answered(pool) > 0 for pool in pools} == {True}
        for pool in pools:
            await pool.close()


@pytest.mark.usefixtures("quick")
async def test_a_statement_that_takes_long_is_not_cut_off(database: str) -> None:
    circuit = new_circuit(database)
    opened = await open_pool(database, max_size=1, circuit=circuit)
    assert len(await opened.fetch("SELECT pg_sleep(0.5)")) == 1
    assert not circuit.is_open
    await opened.close()


async def test_a_database_that_does_not_exist_any_more_refuses_until_it_does(server: str) -> None:
    await execute(server, "CREATE DATABASE vanishing")
    opened = await open_pool(server.replace("/postgres?", "/vanishing?"), min_size=2, max_size=2)
    await execute(server, "DROP DATABASE vanishing WITH (FORCE)")
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(DatabaseUnreachable, match="does not exist"):
            await opened.fetch(PID)
        await execute(server, "CREATE DATABASE vanishing")
        await answered(opened)
    await opened.close()
    await execute(server, "DROP DATABASE vanishing WITH (FORCE)")
