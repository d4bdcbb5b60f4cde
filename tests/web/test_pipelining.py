"""Several requests on one connection: each has its own answer, and nothing that follows is taken for a request."""

from collections.abc import AsyncGenerator

import pytest

from app.web.connections import Limits
from tests.support.raw_http import Caller, Server, raw_server, request, until

BODY = 64 * 1024
CHUNKED = b"POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
UPGRADE = ("Connection: Upgrade", "Upgrade: websocket")


@pytest.fixture
async def server() -> AsyncGenerator[Server]:
    async with raw_server(Limits(body=BODY)) as running:
        yield running


@pytest.fixture
async def caller(server: Server) -> AsyncGenerator[Caller]:
    async with server.caller() as connected:
        yield connected


async def test_requests_sent_at_once_are_answered_in_their_order(caller: Caller) -> None:
    await caller.send(b"".join(request("/echo", b"a" * size) for size in (3, 20_000, 0)))
    assert [(await caller.answer()).content for _ in range(3)] == [3, 20_000, 0]


@pytest.mark.parametrize(
    "behind",
    [
        b"\x00garbage",
        b"GET / HTTP/1.1\r\nA: " + b"a" * 100_000,
        b"POST /echo HTTP/1.1\r\nContent-Length: 9999999\r\n\r\nabc",
        CHUNKED + b"no chunk",
        CHUNKED + b"%x\r\n" % (2 * BODY) + b"a" * 2 * BODY,
    ],
    ids=["garbage", "head without end", "long body", "no chunk", "long chunk"],
)
async def test_what_is_refused_behind_a_request_does_not_change_its_answer(
    server: Server, caller: Caller, behind: bytes
) -> None:
    await caller.send(request("/held", b"abc"), behind)
    await until(lambda: server.echo.received == ["/held"] and server.connections.refusals == 1)
    server.echo.may_answer.set()
    answer = await caller.answer()
    assert (answer.status, answer.content) == (200, 3)
    assert (await caller.rest(), server.echo.begun) == (b"", ["/held"])


async def test_few_requests_wait_for_the_answer_of_an_earlier_one(server: Server, caller: Caller) -> None:
    await caller.send(request("/held"), request() * 1_000)
    await until(lambda: server.echo.received == ["/held"])
    server.echo.may_answer.set()
    answers = [await caller.answer() for _ in range(17)]
    assert [each.status for each in answers] == [200] * 17
    assert (await caller.rest(), len(server.echo.begun)) == (b"", 17)


async def test_the_rest_of_a_body_is_dropped_where_the_answer_came_early(server: Server, caller: Caller) -> None:
    await caller.send(request("/early", b"a" * 30_000)[:-20_000])
    assert (await caller.answer()).content == 0
    await caller.send(b"a" * 20_000, request("/echo", b"abc"))
    assert (await caller.answer()).content == 3
    assert server.connections.bytes == 0


async def test_a_body_without_end_is_not_read_on_where_the_answer_came_early(caller: Caller) -> None:
    await caller.send(CHUNKED.replace(b"/echo", b"/early"))
    assert (await caller.answer()).content == 0
    await caller.send(*[b"2000\r\n" + b"a" * 0x2000 + b"\r\n"] * 20)
    assert await caller.rest() == b""


async def test_headers_after_a_body_are_dropped(caller: Caller) -> None:
    await caller.send(CHUNKED + b"3\r\nabc\r\n0\r\nAuthorization: Bearer a\r\n\r\n", request())
    assert [(await caller.answer()).content for _ in range(2)] == [3, 0]


async def test_what_follows_a_request_for_another_protocol_is_no_request(server: Server, caller: Caller) -> None:
    head = "\r\n".join(["GET /echo HTTP/1.1", *UPGRADE, "", ""]).encode()
    await caller.send(head, request("/early"))
    answer = await caller.answer()
    assert (answer.status, answer.headers["connection"]) == (200, "close")
    assert (await caller.rest(), server.echo.begun) == (b"", ["/echo"])


async def test_a_body_behind_a_request_for_another_protocol_is_no_request(server: Server, caller: Caller) -> None:
    await caller.send(request("/echo", b"", *UPGRADE)[:-2].replace(b"Length: 0", b"Length: 99") + b"\r\n")
    await caller.send(request("/early"))
    answer = await caller.answer()
    assert (answer.status, answer.code) == (400, "BAD_USER_INPUT")
    assert (await caller.rest(), server.echo.begun) == (b"", [])
