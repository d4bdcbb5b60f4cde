"""What is received: heads, bodies and times within limits, refused as soon as one is exceeded."""

from collections.abc import AsyncGenerator, Sequence

import pytest

from app.web.connections import FREE_BYTES, Limits
from app.web.refusals import MAX_HEAD, MAX_HEADERS
from tests.support.raw_http import ORIGIN, Caller, Server, raw_server, request, until

BODY = 128 * 1024
LIMITS = Limits(body=BODY, bodies=2 * BODY)
GET = b"GET /echo HTTP/1.1\r\n"
FROM_PAGE = f"Origin: {ORIGIN}\r\n".encode()
ENDLESS = [b"a" * 4096] * 20
CHUNKED = b"POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"


@pytest.fixture
async def server() -> AsyncGenerator[Server]:
    async with raw_server(LIMITS) as running:
        yield running


@pytest.fixture
async def caller(server: Server) -> AsyncGenerator[Caller]:
    async with server.caller() as connected:
        yield connected


def chunk(size: int) -> bytes:
    return b"%x\r\n%s\r\n" % (size, b"a" * size)


@pytest.mark.parametrize(
    "parts",
    [
        [b"GET /", *ENDLESS],
        [GET + b"A: ", *ENDLESS],
        [GET, *ENDLESS],
        [GET + b"A: b\r\n" * (MAX_HEADERS + 1) + b"\r\n"],
        [GET + b"".join(b"A: %s\r\n" % each for each in ENDLESS) + b"\r\n"],
        [CHUNKED + b"\r\n3;", *ENDLESS],
        [CHUNKED + b"\r\n" + chunk(3) + b"0\r\nA: ", *ENDLESS],
    ],
    ids=["address", "value", "name", "headers", "in one piece", "extension of a chunk", "trailer"],
)
async def test_a_head_without_end_is_refused(server: Server, caller: Caller, parts: Sequence[bytes]) -> None:
    await caller.send(*parts)
    answer = await caller.answer()
    assert (answer.status, answer.code) == (431, "BAD_USER_INPUT")
    assert (await caller.rest(), server.echo.received) == (b"", [])


async def test_a_head_is_refused_once_it_is_too_large_and_not_before(caller: Caller) -> None:
    await caller.send(GET + b"A: ", *[b"a" * 4096] * (MAX_HEAD // 4096 - 1), b"\r\n\r\n")
    assert (await caller.answer()).status == 200
    await caller.send(GET + b"A: ", *[b"a" * 4096] * (MAX_HEAD // 4096))
    assert (await caller.answer()).status == 431


async def test_as_many_headers_as_allowed_are_received(caller: Caller) -> None:
    await caller.send(GET + b"A: b\r\n" * MAX_HEADERS + b"\r\n")
    assert (await caller.answer()).status == 200


async def test_a_large_body_is_refused_by_its_length_alone(server: Server, caller: Caller) -> None:
    await caller.send(b"POST /echo HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n" % (BODY + 1))
    answer = await caller.answer()
    assert (answer.status, answer.code) == (413, "BAD_USER_INPUT")
    assert answer.content["errors"][0]["message"] == "The body of a request has at most 131,072 bytes."
    assert (await caller.rest(), server.echo.begun) == (b"", [])


async def test_a_large_body_that_is_being_sent_does_not_lose_the_refusal(caller: Caller) -> None:
    await caller.send(request("/echo", b"a" * (8 * BODY)))
    assert (await caller.answer()).status == 413


async def test_a_body_in_chunks_is_counted(server: Server, caller: Caller) -> None:
    half = chunk(BODY // 2)
    await caller.send(CHUNKED + b"\r\n", half, half, b"0\r\n\r\n")
    assert (await caller.answer()).content == BODY
    await caller.send(CHUNKED + b"\r\n", half, half, chunk(1))
    assert (await caller.answer()).status == 413
    assert (server.echo.left, server.connections.bytes) == (["/echo"], 0)


async def test_a_body_as_large_as_allowed_is_received(caller: Caller) -> None:
    assert (await caller.asked("/echo", b"a" * BODY)).content == BODY


async def test_all_bodies_together_are_limited_and_an_address_has_half_of_that(server: Server) -> None:
    part = request("/echo", b"a" * BODY)[:-1]
    async with server.caller() as first, server.caller() as second, server.caller("127.0.0.2") as neighbour:
        await first.send(part)
        await second.send(part)
        answer = await second.answer()
        assert (answer.status, answer.code, answer.headers["retry-after"]) == (503, "UNAVAILABLE", "1")
        assert server.connections.bytes == BODY - 1 - FREE_BYTES
        assert (await neighbour.asked("/echo", b"a" * BODY)).content == BODY
        async with server.caller() as third:
            assert (await third.asked("/echo", b"a" * FREE_BYTES)).content == FREE_BYTES
        await first.send(b"a")
        assert (await first.answer()).content == BODY
        assert server.connections.bytes == 0
        async with server.caller() as fourth:
            assert (await fourth.asked("/echo", b"a" * BODY)).content == BODY


async def test_a_body_is_held_until_its_request_is_answered_or_its_caller_has_left(server: Server) -> None:
    async with server.caller() as first, server.caller("127.0.0.2") as second:
        for caller in (first, second):
            await caller.send(request("/held", b"a" * BODY))
        await until(lambda: len(server.echo.received) == 2)
        assert server.connections.bytes == 2 * (BODY - FREE_BYTES)
        second.writer.close()
        await until(lambda: len(server.connections) == 1)
        assert server.connections.bytes == BODY - FREE_BYTES
        server.echo.may_answer.set()
        assert (await first.answer()).content == BODY
        assert server.connections.bytes == 0


@pytest.mark.parametrize(
    ("begun", "status"),
    [
        (b"POST /echo HTTP/1.1\r\nA: b", 408),
        (b"POST /ec", 408),
        (request("/echo", b"abc")[:-1], 408),
        (CHUNKED + b"\r\n" + chunk(3), 408),
        (b"", None),
        (b"\r\n\r\n", None),
        (request(), 200),
    ],
    ids=["headers", "address", "body", "chunks", "nothing", "blank lines", "no next request"],
)
async def test_whoever_is_late_is_refused_or_closed(begun: bytes, status: int | None) -> None:
    limits = Limits(header_time=0.05, body_time=0.05, idle_time=0.05)
    async with raw_server(limits) as server, server.caller() as caller:
        await caller.send(begun)
        if status is not None:
            assert (await caller.answer()).status == status
        assert await caller.rest() == b""
        caller.writer.close()
        await until(lambda: len(server.connections) == 0)


async def test_an_answer_that_is_not_taken_is_dropped() -> None:
    async with raw_server(Limits(idle_time=0.05)) as server, server.caller() as caller:
        caller.read_nothing()
        await caller.send(request("/large"))
        await until(lambda: server.echo.received == ["/large"])
        await until(lambda: len(server.connections) == 0)


async def test_pages_can_read_refusals(server: Server) -> None:
    length = f"Content-Length: {BODY + 1}\r\n\r\n".encode()
    part = CHUNKED + FROM_PAGE + b"\r\n"
    for sent, status in (
        ([GET + FROM_PAGE + b"A: ", *ENDLESS], 431),
        ([b"POST /echo HTTP/1.1\r\n" + FROM_PAGE + length], 413),
        ([part, *[chunk(BODY // 2)] * 3], 413),
        ([part, b"no chunk"], 400),
    ):
        async with server.caller() as caller:
            await caller.send(*sent)
            answer = await caller.answer()
        assert (answer.status, answer.headers["access-control-allow-origin"]) == (status, ORIGIN)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "private, no-store"
        assert "server" not in answer.headers


@pytest.mark.parametrize(
    "sent", [b"\x16\x03\x01\x00", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET http://[/ HTTP/1.1\r\n\r\n"]
)
async def test_what_is_no_http_is_refused(server: Server, caller: Caller, sent: bytes) -> None:
    await caller.send(sent)
    assert (await caller.answer()).status == 400
    assert (await caller.rest(), server.echo.begun) == (b"", [])
