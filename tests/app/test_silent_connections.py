"""`loupe serve` beside a thousand connections that say nothing: it has 1,024 descriptors, and locks nobody out."""

import selectors
import socket
from collections.abc import Generator, Iterable
from contextlib import ExitStack, contextmanager
from resource import RLIMIT_NOFILE, getrlimit, setrlimit
from urllib.parse import urlsplit

import httpx
import pytest

from tests.app.test_cli import serving

pytestmark = pytest.mark.soak

SILENT = 1_200
DESCRIPTORS = 1_024
OF_ADDRESS = 256
IN_ALL = 768


@contextmanager
def silent(address: tuple[str, int], sources: Iterable[str]) -> Generator[list[socket.socket]]:
    """Open silent connections, from these addresses in turn."""
    with ExitStack() as stack:
        opened = list[socket.socket]()
        for source in sources:
            opened.append(stack.enter_context(socket.create_connection(address, source_address=(source, 0))))
        yield opened


def still_open(connections: Iterable[socket.socket]) -> int:
    """Count the connections that the server has not closed."""
    with selectors.DefaultSelector() as selector:
        count = 0
        for connection in connections:
            selector.register(connection, selectors.EVENT_READ)
            count += 1
        return count - len(selector.select(timeout=0))


@contextmanager
def descriptors(most: int) -> Generator[None]:
    """Let processes that begin meanwhile have so many descriptors."""
    soft, hard = getrlimit(RLIMIT_NOFILE)
    setrlimit(RLIMIT_NOFILE, (most, hard))
    try:
        yield
    finally:
        setrlimit(RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize(
    ("sources", "most"),
    [(["127.0.0.2"], OF_ADDRESS), ([f"127.0.0.{number}" for number in range(2, 10)], IN_ALL)],
    ids=["of one address", "of eight"],
)
def test_silent_connections_lock_nobody_out(database: str, sources: list[str], most: int) -> None:
    with ExitStack() as stack:
        with descriptors(DESCRIPTORS):
            _, url = stack.enter_context(serving(LOUPE_DATABASE_URL=database))
        kept = stack.enter_context(httpx.Client(base_url=url))
        assert kept.get("/readyz").status_code == 200
        parts = urlsplit(url)
        address = (str(parts.hostname), int(parts.port or 0))
        crowd = stack.enter_context(silent(address, sources * (SILENT // len(sources))))
        for path in ("/healthz", "/readyz", "/healthz"):
            assert httpx.get(f"{url}{path}").status_code == 200
        assert kept.get("/readyz").status_code == 200
        assert still_open(crowd) <= most
