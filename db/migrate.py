"""Brings a database to the newest schema."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from db.connections import connect

_MIGRATIONS = Path(__file__).parent / "migrations"
_PRELUDE = (
    "SELECT pg_advisory_lock(6003956)",  # the second of two that migrate at once waits here, then finds nothing to do
    "SET lock_timeout = '5s'",  # rather give up than let every query queue behind a step that waits for a table
    "SET statement_timeout = '15min'",
)


class MigrationFailed(Exception):  # noqa: N818 - it names what is the case, as all errors here do
    """A database could not be brought to the newest schema and has none of the failed step; the text is for people."""


async def migrate(url: str) -> None:
    """Bring a database to the newest schema; several may do so at once.

    Raises DatabaseUnreachable and MigrationFailed.
    """
    try:
        await run_alembic(url, partial(command.upgrade, revision="head"))
    except (CommandError, DBAPIError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise MigrationFailed(f"The database could not be migrated: {cause}") from error


async def run_alembic(url: str, run: Callable[[Config], object]) -> None:
    """Run one of Alembic's commands on a database, alone; raises DatabaseUnreachable."""
    engine = create_async_engine("postgresql+asyncpg://", async_creator=partial(connect, url), poolclass=NullPool)
    async with engine.connect() as connection:
        for statement in _PRELUDE:
            await connection.execute(text(statement))
        await connection.commit()
        await connection.run_sync(_run, run)


def _run(connection: Connection, run: Callable[[Config], object]) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    run(config)
