"""The database of a command: the one of the settings, or the embedded one for as long as the command runs."""

import asyncio
import os
import signal
import threading
from collections.abc import AsyncGenerator, Generator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

from app.cli.output import print_note
from app.clock import SystemClock, clock_from
from app.domain.errors import SentenceError
from app.domain.wording import shown_path
from app.settings import Migrate, Settings, data_folder, ignored_variables, plan_terms_as_json
from db.address import with_parameter
from db.application_name import named
from db.connections import connect, hang_up, open_connection, reaching
from db.embedded.server import embedded_server
from db.failures import DatabaseUnreachable, MigrationFailed, ServerError
from db.migrate import migrate
from db.readers import Reader
from db.revisions import Found, inspect
from db.settled import settle
from db.writer import Writer
from db.writer import transaction as writers_transaction


class CommandFailed(SentenceError):  # noqa: N818 - named by its case, like all errors here
    """A failure of a command."""


@contextmanager
def migrated_database(
    settings: Settings, command: str, *, writes: bool = True, keeps_log: bool = False
) -> Generator[str]:
    """Yield the URL of a database that has the schema: migrated first, unless LOUPE_MIGRATE or LOUPE_READ_ONLY forbids.

    A command that keeps a log calls `begin_log` next. Raises as `database`, and CommandFailed if the database would
    have to be migrated.
    """
    with database(settings, command, writes=writes, keeps_log=keeps_log) as url:
        if settings.migrate is Migrate.AUTO and not settings.read_only:
            asyncio.run(migrate(url, plan_terms_as_json(settings)))
        else:
            require_schema(url)
        yield url


@contextmanager
def database(settings: Settings, command: str, *, writes: bool = True, keeps_log: bool = False) -> Generator[str]:
    """Yield the URL of the database, of any schema.

    By it all connections have the name of the command, which is given without `loupe`. With LOUPE_READ_ONLY they are
    read-only, and a command that writes is refused.
    The embedded one is started again whenever it is gone; if that fails, the process gets a SIGTERM, and ends with the
    reason. Ignored variables are printed at once, unless the command keeps a log, which has them.
    Raises EmbeddedServerError and DatabaseUnreachable, and CommandFailed for a refusal, an error of PostgreSQL's own or
    of a migration.
    """
    if writes and settings.read_only:
        raise CommandFailed(
            f"LOUPE_READ_ONLY is true, and `loupe {command}` writes to the database: unset it for that."
        )
    if not keeps_log:
        for sentence in ignored_variables():
            print_note(f"loupe: {sentence}")
    try:
        with _server(settings) as url:
            yield _prepared(url, command, settings)
    except DatabaseUnreachable as error:
        if settings.database_url is None:
            raise
        raise DatabaseUnreachable(f"{str(error).removesuffix('.')} (LOUPE_DATABASE_URL).") from error
    except (MigrationFailed, ServerError) as error:
        raise CommandFailed(_sentence(error, settings)) from error


def _server(settings: Settings) -> AbstractContextManager[str]:
    if settings.database_url is not None:
        return nullcontext(settings.database_url)
    return embedded_server(embedded_folder(settings), when_lost=end_process)


def _sentence(error: Exception, settings: Settings) -> str:
    """Return an error of PostgreSQL with the folder of the embedded one, whose disk may be full, for example."""
    sentence = str(error).removesuffix(".")
    where = "" if settings.database_url else f" (the embedded PostgreSQL in {shown_path(embedded_folder(settings))})"
    return f"{sentence}{where}."


def require_schema(url: str) -> Found:
    """Return the revision of the database; raises CommandFailed if this release does not work on it."""
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
    """Return LOUPE_CLOCK if it is set, else PostgreSQL's clock (both UTC)."""
    if settings.clock is not None:
        return settings.clock.astimezone(UTC)
    return (await settle(reader, clock_from(None), ())).now


async def _postgres_clock(url: str) -> datetime:
    connection = await connect(url)
    try:
        return (await settle(Writer(connection), clock_from(None), ())).now
    finally:
        await connection.close()


def _prepared(url: str, command: str, settings: Settings) -> str:
    """Return the URL by which connections have a name; PGAPPNAME counts for libpq's programs, not for the driver."""
    url = named(url, command, os.environ.get("PGAPPNAME"))
    return with_parameter(url, "default_transaction_read_only", "on") if settings.read_only else url


def embedded_folder(settings: Settings) -> Path:
    """Return the folder of the embedded database."""
    return data_folder(settings) / "postgres"


def end_process() -> None:
    """End this process in order, from another thread; after a SIGTERM, work under way is finished."""
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)


@asynccontextmanager
async def transaction(url: str) -> AsyncGenerator[Writer]:
    """Open a transaction that is committed at its end, unless an error leaves it."""
    with reaching(url):
        connection = await open_connection(url)
    try:
        async with writers_transaction(connection) as writer:
            yield writer
            await writer.commit()
    finally:
        await hang_up(connection)
