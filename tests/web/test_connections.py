"""The connections of a server: limited by address and in all, without locking anybody out."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from resource import RLIMIT_NOFILE

import pytest

from app.settings import Settings
from app.web.connections import SPARE, Limits, limits_of, network
from tests.support.raw_http import Caller, Server, raw_server, request, until

OTHER = "127.0.0.2"
LIMITS = Limits(connections=6, connections_of_address=4)


@pytest.fixture
async def server() -> AsyncGenerator[Server]:
    async with raw_server(LIMITS) as running:
        yield running


@pytest.fixture
async def stack() -> AsyncGenerator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened


class Crowd:
    """Callers of a server, who stay."""

    def __init__(self, server: Server, stack: AsyncExitStack) -> None:
        self._server = server
        self._stack = stack

    async def silent(self, number: int, source: str) -> list[Caller]:
        """Connect so many from an address, and send nothing."""
        return [await self._stack.enter_async_context(self._server.caller(source)) for _ in range(number)]

    async def at_work(self, number: int, source: str) -> list[Caller]:
        """Connect so many from an address, each with a request at work."""
        callers = await self.silent(number, source)
        for caller in callers:
            before = len(self._server.echo.received)
            await caller.send(request("/held"))
            await until(lambda: len(self._server.echo.received) > before)  # noqa: B023 - it is awaited here
        return callers


@pytest.fixture
def crowd(server: Server, stack: AsyncExitStack) -> Crowd:
    return Crowd(server, stack)


async def test_silent_connections_of_an_address_give_way_to_its_own_new_ones(server: Server, crowd: Crowd) -> None:
    [neighbour] = await crowd.silent(1, "127.0.0.1")
    assert (await neighbour.asked()).status == 200
    first, second, *_ = await crowd.silent(6, OTHER)
    assert [await each.rest() for each in (first, second)] == [b"", b""]
    assert (await neighbour.asked()).status == 200
    assert len(server.connections) == 5


async def test_a_new_connection_is_served_however_many_are_silent(server: Server, crowd: Crowd) -> None:
    for number in range(2, 8):
        await crowd.silent(4, f"127.0.0.{number}")
    for _ in range(3):
        async with server.caller() as caller:
            assert (await caller.asked()).status == 200
    assert len(server.connections) <= 6


async def test_the_address_with_most_that_wait_gives_way(crowd: Crowd) -> None:
    [good] = await crowd.silent(1, "127.0.0.1")
    assert (await good.asked()).status == 200
    await crowd.silent(4, OTHER)
    await crowd.silent(3, "127.0.0.3")
    assert (await good.asked()).status == 200


async def test_a_half_sent_request_gives_way_and_one_at_work_does_not(server: Server, crowd: Crowd) -> None:
    [working] = await crowd.at_work(1, OTHER)
    [half] = await crowd.silent(1, OTHER)
    await half.send(request("/echo", b"abc")[:-1])
    await until(lambda: "/echo" in server.echo.begun)
    await crowd.silent(3, OTHER)
    assert await half.rest() == b""
    server.echo.may_answer.set()
    assert (await working.answer()).status == 200


@pytest.mark.parametrize("others", [[OTHER], ["127.0.0.3", "127.0.0.4"]], ids=["of the address", "in all"])
async def test_beyond_the_limit_health_alone_is_answered(server: Server, crowd: Crowd, others: list[str]) -> None:
    for source in others:
        await crowd.at_work(4 if len(others) == 1 else 3, source)
    async with server.caller(others[0]) as caller:
        assert (await caller.asked("/healthz")).status == 200
        answer = await caller.asked()
        assert (answer.status, answer.code, answer.headers["retry-after"]) == (503, "UNAVAILABLE", "1")
        assert await caller.rest() == b""
    server.echo.may_answer.set()


async def test_even_those_who_ask_for_health_are_limited(crowd: Crowd, server: Server) -> None:
    await crowd.at_work(4, OTHER)
    await crowd.silent(3 * SPARE, OTHER)
    assert len(server.connections) == 4 + 1  # of the spare ones each gives way to the next


async def test_a_connection_that_is_gone_leaves_nothing(server: Server, crowd: Crowd) -> None:
    callers = [*await crowd.silent(2, OTHER), *await crowd.at_work(2, OTHER)]
    for caller in callers:
        caller.writer.close()
    await until(lambda: len(server.connections) == 0)
    assert (await (await crowd.silent(1, OTHER))[0].asked()).status == 200


async def test_a_proxy_has_the_limits_of_all_alone(stack: AsyncExitStack) -> None:
    limits = Limits(connections=6, connections_of_address=2, is_proxy=OTHER.__eq__)
    async with raw_server(limits) as server:
        callers = await Crowd(server, stack).silent(6, OTHER)
        assert [(await caller.asked()).status for caller in callers] == [200] * 6


@pytest.mark.parametrize(
    ("address", "same", "other"),
    [
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "2001:db8:0:2::1"),
        ("::ffff:192.0.2.1", "192.0.2.1", "192.0.2.2"),
    ],
)
def test_a_network_of_one_caller_counts_as_one_address(address: str, same: str, other: str) -> None:
    assert network(address) == network(same) != network(other)


@pytest.mark.parametrize(("descriptors", "connections"), [(1_024, 768), (100, 32), (-1, 1_000), (1_000_000, 1_000)])
def test_there_are_fewer_connections_than_descriptors(
    monkeypatch: pytest.MonkeyPatch, descriptors: int, connections: int
) -> None:
    def limit(which: int) -> tuple[int, int]:
        assert which == RLIMIT_NOFILE
        return (descriptors, descriptors)

    monkeypatch.setattr("app.web.connections.getrlimit", limit)
    assert limits_of(Settings()).connections == connections
