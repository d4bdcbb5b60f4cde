"""The database of a command: the one of the settings, or the embedded one for as long as the command runs."""

import asyncio
import logging
import signal
import threading
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

import typer

from app.logging import configure_logging
from app.settings import Settings, ignored_variables
from db.address import shown
from db.connections import Writer, open_pool, unit_of_work
from db.embedded import embedded_server
from db.migrate import migrate

_log: Final = logging.getLogger("loupe.database")


class CommandFailed(Exception):  # noqa: N818 - it names what is the case, as all errors here do
    """A command cannot do what it was asked; the text is one sentence for people."""


@contextmanager
def migrated_database(settings: Settings, *, keeps_log: bool = False) -> Generator[str]:
    """Yield the URL of a database with the newest schema.

    The embedded one is started again whenever it is gone; where that cannot be, the process gets a SIGTERM, and what it
    ends by is the reason. A command that keeps a log calls `begin_log` next, which has what others say at once: which
    variables are ignored. Raises EmbeddedServerError, DatabaseUnreachable and MigrationFailed.
    """
    if not keeps_log:
        for sentence in ignored_variables():
            typer.echo(f"loupe: {sentence}", err=True)
    if settings.database_url is not None:
        asyncio.run(migrate(settings.database_url))
        yield settings.database_url
    else:
        with embedded_server(_embedded(settings), when_lost=_end_process) as url:
            asyncio.run(migrate(url))
            yield url


def begin_log(settings: Settings) -> None:
    """Keep a log from here on; it begins with which database is used."""
    configure_logging()
    url = settings.database_url
    _log.info("Database: %s.", f"the embedded PostgreSQL in {_embedded(settings)}" if url is None else shown(url))
    for sentence in ignored_variables():
        _log.warning(sentence)


def _embedded(settings: Settings) -> Path:
    return settings.data_dir / "postgres"


def _end_process() -> None:
    """End this process in order, from another thread; a SIGTERM lets what is under way be finished."""
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)


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
