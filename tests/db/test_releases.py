"""Only the releases of PostgreSQL for which the statements are written are used, and only databases in UTF-8."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from db.address import shown
from db.connections import connect
from db.failures import DatabaseUnreachable
from db.migrate import migrate
from db.pools import open_pool
from tests.support.database import execute, url_of


def message(kind: bytes, body: bytes) -> bytes:
    return kind + (len(body) + 4).to_bytes(4) + body


@asynccontextmanager
async def server_of_release(version: str, folder: Path) -> AsyncGenerator[str]:
    """Listen like a server of a release, which accepts one client and sets whatever it asks for; yields its URL."""
    left = asyncio.Event()

    async def greet(client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        await client.readexactly(int.from_bytes(await client.readexactly(4)) - 4)
        to_client.write(message(b"R", bytes(4)))
        to_client.write(message(b"S", b"server_version\0" + version.encode() + b"\0"))
        to_client.write(message(b"K", bytes(8)))
        to_client.write(message(b"Z", b"I"))
        while await client.read(1) == b"Q":  # until it ends the session
            await client.readexactly(int.from_bytes(await client.readexactly(4)) - 4)
            to_client.write(message(b"C", b"SET\0"))
            to_client.write(message(b"Z", b"I"))
        to_client.close()
        await to_client.wait_closed()
        left.set()

    async with await asyncio.start_unix_server(greet, folder / ".s.PGSQL.5432"):
        yield f"postgresql://me:secret@/loupe?host={folder}&port=5432"
        await left.wait()


@pytest.mark.parametrize("version", ["15.18", "9.6.24", "13.0.0"])
async def test_a_release_before_16_is_refused_in_one_sentence(version: str, tmp_path: Path) -> None:
    major = version.partition(".")[0]
    for use in (connect, open_pool):
        async with server_of_release(version, tmp_path) as url:
            with pytest.raises(DatabaseUnreachable) as refused:
                await use(url)
        assert str(refused.value) == (
            f"The database at postgresql:///loupe?host={tmp_path}&port=5432 cannot be used:"
            f" it is PostgreSQL {major}, and Loupe needs 16 or newer."
        )


@pytest.mark.parametrize("version", ["16.0", "16.4 (Debian 16.4-1)", "18beta1", "19devel"])
async def test_later_releases_are_used(version: str, tmp_path: Path) -> None:
    async with server_of_release(version, tmp_path) as url:
        connection = await connect(url)
        await connection.close()


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
async def test_a_database_of_another_encoding_is_refused_in_one_sentence(server: str, encoding: str) -> None:
    name = f"encoded_{encoding.lower()}"
    await execute(
        server, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C' LOCALE_PROVIDER libc"
    )
    url = url_of(server, name)
    for use in (connect, open_pool, migrate):
        with pytest.raises(DatabaseUnreachable) as refused:
            await use(url)
        assert str(refused.value) == (
            f"The database at {shown(url)} cannot be used: its encoding is {encoding}, and Loupe needs one made with"
            " ENCODING 'UTF8'."
        )
    await execute(server, f"DROP DATABASE {name} WITH (FORCE)")
