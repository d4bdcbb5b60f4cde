"""A proxy in front of a PostgreSQL, which tests can make silent or have break a connection at a statement."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from enum import Enum
from pathlib import Path
from urllib.parse import parse_qs, urlsplit


class Break(Enum):
    """A place to break a connection: the statement, and whether it still reaches the server."""

    BEFORE_BEGIN = (b"BEGIN", False)
    BEFORE_COMMIT = (b"COMMIT", False)
    BEFORE_ANSWER = (b"COMMIT", True)

    def __init__(self, statement: bytes, arrives: bool) -> None:  # noqa: FBT001 - a member's value
        self.statement = statement
        self.arrives = arrives


class Proxy:
    """A proxy of connections to a server's Unix socket."""

    def __init__(self, server: Path) -> None:
        self._server = server
        self._speaking = asyncio.Event()
        self._speaking.set()
        self._carrying: set[asyncio.Task[None]] = set()
        self._break: Break | None = None
        self.connections = 0  # so far

    def fall_silent(self) -> None:
        """Stop passing anything on, without closing a connection."""
        self._speaking.clear()

    def speak(self) -> None:
        """Pass on what was kept back, and all that follows."""
        self._speaking.set()

    def break_at(self, break_: Break) -> None:
        """Break the next connection that sends the statement; the others stay."""
        self._break = break_

    async def carry(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        self.connections += 1
        server, to_server = await asyncio.open_unix_connection(self._server)
        broken = asyncio.Event()
        self._carrying |= {
            asyncio.create_task(self._ask(client, to_server, to_client, broken)),
            asyncio.create_task(self._answer(server, to_client, broken)),
        }

    async def end(self) -> None:
        """Pass on the last bytes, until both sides have closed the connection."""
        self.speak()
        await asyncio.gather(*self._carrying)

    async def _ask(
        self,
        client: asyncio.StreamReader,
        to_server: asyncio.StreamWriter,
        to_client: asyncio.StreamWriter,
        broken: asyncio.Event,
    ) -> None:
        with suppress(ConnectionError):
            while part := await client.read(65_536):
                await self._speaking.wait()
                if self._break is not None and self._break.statement in part:
                    break_, self._break = self._break, None
                    if not break_.arrives:
                        to_client.close()
                        break
                    broken.set()
                to_server.write(part)
        await _hang_up(to_server)

    async def _answer(
        self, server: asyncio.StreamReader, to_client: asyncio.StreamWriter, broken: asyncio.Event
    ) -> None:
        with suppress(ConnectionError):
            while part := await server.read(65_536):
                await self._speaking.wait()
                if broken.is_set():
                    break
                to_client.write(part)
        await _hang_up(to_client)


async def _hang_up(to: asyncio.StreamWriter) -> None:
    to.close()
    with suppress(ConnectionError):
        await to.wait_closed()


@asynccontextmanager
async def proxy_to(database: str, folder: Path) -> AsyncGenerator[tuple[str, Proxy]]:
    """Start a proxy in a folder; yields the URL of the database by way of it, and the proxy."""
    (host,) = parse_qs(urlsplit(database).query)["host"]
    proxy = Proxy(Path(host, ".s.PGSQL.5432"))
    async with await asyncio.start_unix_server(proxy.carry, folder / ".s.PGSQL.5432"):
        yield f"postgresql://loupe@{urlsplit(database).path}?host={folder}&port=5432", proxy
        await proxy.end()
