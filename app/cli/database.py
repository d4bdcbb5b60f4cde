"""The database of a command: the one of the settings, or the embedded one for as long as the command runs."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime

from app.clock import SystemClock, clock_from
from app.settings import Migrate, Settings
from db.connections import Reader, Writer, connect, open_pool, unit_of_work
from db.embedded import embedded_server
from db.migrate import inspect, migrate
from db.revisions import Found
from db.settled import settle


class CommandFailed(Exception):  # noqa: N818 - it names what is the case, as all errors here do
    """A command cannot do what it was asked; the text is one sentence for people."""


@contextmanager
def migrated_database(settings: Settings) -> Generator[str]:
    """Yield the URL of a database that has the schema: migrated first, unless LOUPE_MIGRATE is never.

    Raises EmbeddedServerError, DatabaseUnreachable, MigrationFailed, and CommandFailed where it would have to be.
    """
    with database(settings) as url:
        if settings.migrate is Migrate.AUTO:
            asyncio.run(migrate(url))
        else:
            require_schema(url)
        yield url


@contextmanager
def database(settings: Settings) -> Generator[str]:
    """Yield the URL of the database, whatever schema it has; raises EmbeddedServerError."""
    if settings.database_url is not None:
        yield settings.database_url
    else:
        with embedded_server(settings.data_dir / "postgres") as url:
            yield url


def require_schema(url: str) -> Found:
    """Return what the database has; raises CommandFailed where this release does not work on it."""
    found = asyncio.run(inspect(url))
    if not found.suffices:
        raise CommandFailed(found.sentence)
    return found


def database_clock(url: str, settings: Settings) -> SystemClock:
    """Return the clocks of a process, by which PostgreSQL's is at LOUPE_CLOCK now; raises DatabaseUnreachable."""
    if settings.clock is None:
        return clock_from(None)
    return clock_from(settings.clock, asyncio.run(_postgres_clock(url)))


async def database_now(reader: Reader, settings: Settings) -> datetime:
    """Return LOUPE_CLOCK where it is set, else PostgreSQL's clock (both UTC)."""
    if settings.clock is not None:
        return settings.clock.astimezone(UTC)
    return (await settle(reader, clock_from(None), ())).now


async def _postgres_clock(url: str) -> datetime:
    connection = await connect(url)
    try:
        return (await settle(Writer(connection), clock_from(None), ())).now
    finally:
        await connection.close()


@asynccontextmanager
async def transaction(url: str) -> AsyncGenerator[Writer]:
    """Open a transaction that is committed at its end, unless an error leaves it."""
    pool = await open_pool(url, max_size=1)
    try:
        async with unit_of_work(pool) as writer:
            yield writer
            await writer.commit()
    finally:
        await pool.close()
