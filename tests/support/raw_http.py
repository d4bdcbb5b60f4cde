"""HTTP by bytes: a server of a small application within limits, and connections to it from any loopback address."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self, cast

import orjson
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from app.settings import Settings
from app.web.connections import Connections, Limits
from app.web.cors import with_cors
from app.web.headers import with_headers
from app.web.refusals import with_refusals
from tests.support.listening import listen, served

ORIGIN = "https://dashboard.example"
"""The one origin whose pages may read the answers."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; the content is JSON."""

    status: int
    headers: dict[str, str]
    content: Any

    @property
    def code(self) -> str | None:
        """The code of its error."""
        code: str | None = self.content["errors"][0]["extensions"]["code"] if self.status >= 400 else None
        return code


class Caller:
    """A connection to the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, *parts: bytes) -> Self:
        """Send bytes; those that the server does not take any more are lost."""
        for part in parts:
            self.writer.write(part)
            try:
                await self.writer.drain()
            except ConnectionError:
                break
        return self

    async def answer(self) -> Answer:
        """Read one answer."""
        status = int((await self.reader.readuntil(b"\r\n")).split()[1])
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        content = await self.reader.readexactly(int(headers.get("content-length", "0")))
        return Answer(status, headers, orjson.loads(content) if content else None)

    def read_nothing(self) -> None:
        """Take nothing more from the server."""
        cast("asyncio.ReadTransport", self.writer.transport).pause_reading()

    async def rest(self) -> bytes:
        """Read until the server closes the connection."""
        try:
            return await self.reader.read()
        except ConnectionError:
            return b""

    async def asked(self, path: str = "/echo", body: bytes = b"") -> Answer:
        """Send a request, and read its answer."""
        await self.send(request(path, body))
        return await self.answer()


def request(path: str = "/echo", body: bytes = b"", *headers: str) -> bytes:
    """Return a request by POST."""
    lines = [f"POST {path} HTTP/1.1", "Host: a", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


async def until(is_true: Callable[[], bool]) -> None:
    """Wait until something has happened on the other side."""
    async with asyncio.timeout(10):
        while not is_true():  # noqa: ASYNC110 - it happens in the server, which knows no tests
            await asyncio.sleep(0.01)


@dataclass(slots=True)
class Echo:
    """The application: /echo answers with the size of a body, /held once it may, /early without reading.

    `begun` and `received` are the paths of requests begun and received whole, `left` of those whose callers left.
    """

    begun: list[str] = field(default_factory=list[str])
    received: list[str] = field(default_factory=list[str])
    left: list[str] = field(default_factory=list[str])
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, asked: Request) -> Response:
        path = asked.url.path
        self.begun.append(path)
        if path == "/early":
            return _answer(0)
        try:
            size = len(await asked.body())
        except ClientDisconnect:
            self.left.append(path)
            raise
        self.received.append(path)
        if path == "/held":
            await self.may_answer.wait()
        return _answer(8_000_000 if path == "/large" else size)


def _answer(size: int) -> Response:
    content = orjson.dumps("a" * size if size == 8_000_000 else size)
    return Response(content, media_type="application/json")


@dataclass(frozen=True, slots=True)
class Server:
    """The server: its application, its connections, and where it listens."""

    echo: Echo
    connections: Connections
    address: tuple[str, int]

    @asynccontextmanager
    async def caller(self, source: str = "127.0.0.1") -> AsyncGenerator[Caller]:
        """Connect from an address."""
        reader, writer = await asyncio.open_connection(*self.address, local_addr=(source, 0))
        try:
            yield Caller(reader, writer)
        finally:
            writer.close()


@asynccontextmanager
async def raw_server(limits: Limits) -> AsyncGenerator[Server]:
    """Serve within limits."""
    echo, connections = Echo(), Connections(limits)
    app = Starlette(routes=[Route(f"/{name}", echo.answer, methods=["GET", "POST"]) for name in _NAMES])
    settings = Settings(cors_origins=frozenset({ORIGIN}))
    outer = with_headers(with_cors(with_refusals(app), settings, any_localhost=False))
    listener, _ = listen()
    address: tuple[str, int] = listener.getsockname()
    async with served(outer, listener, connections):
        yield Server(echo, connections, address)
        echo.may_answer.set()


_NAMES = ("echo", "held", "early", "large", "healthz")
