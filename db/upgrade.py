"""Runs Alembic on a database: the part of migrating that few commands need, since Alembic takes long to import."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from db.connections import connect
from db.failures import MigrationFailed
from db.revisions import MIGRATIONS, Found, MigrationStatus, inspect

_TRY_LOCK: Final = "SELECT pg_try_advisory_lock(6003956)"
_NONE: Final[Mapping[str, Mapping[str, Any]]] = {}
_PATIENCE: Final = 0.1  # seconds between two tries
# Rather give up than make every query queue behind a step that waits for a table.
_LOCK_LIMIT: Final = "SET lock_timeout = '5s'"


async def upgrade(url: str, plan_terms: Mapping[str, Mapping[str, Any]]) -> None:
    """Run the migrations that a database has not had yet; raises DatabaseUnreachable and MigrationFailed."""
    try:
        async with _alone(url) as connection:
            await _upgrade(connection, await inspect(url), plan_terms)  # another process may have migrated it meanwhile
    except (CommandError, DBAPIError) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        raise MigrationFailed(f"The database could not be migrated: {cause}") from error


async def run_alembic(url: str, run: Callable[[Config], object], migrations: Path = MIGRATIONS) -> None:
    """Run one of Alembic's commands on a database, alone; raises DatabaseUnreachable."""
    async with _alone(url) as connection:
        await connection.run_sync(_run, run, migrations)


async def _upgrade(connection: AsyncConnection, found: Found, plan_terms: Mapping[str, Mapping[str, Any]]) -> None:
    if found.status is MigrationStatus.FOREIGN:
        raise MigrationFailed(f"The database could not be migrated: {found.sentence}")
    if not found.suffices:
        run = partial(command.upgrade, revision="head")
        await connection.run_sync(_run, run, MIGRATIONS, plan_terms)


@asynccontextmanager
async def _alone(url: str) -> AsyncGenerator[AsyncConnection]:
    """Open a connection with the lock that keeps other migrations out.

    The lock is tried now and again: a statement that waited for it would itself be waited for by an index that the
    other one builds concurrently.
    """
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=partial(connect, url, use="migration"), poolclass=NullPool
    )
    async with engine.connect() as connection:
        while not await connection.scalar(text(_TRY_LOCK)):
            await connection.rollback()
            await asyncio.sleep(_PATIENCE)
        await connection.execute(text(_LOCK_LIMIT))
        await connection.commit()
        yield connection


def _run(
    connection: Connection,
    run: Callable[[Config], object],
    migrations: Path,
    plan_terms: Mapping[str, Mapping[str, Any]] = _NONE,
) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.attributes |= {"connection": connection, "plan_terms": plan_terms}
    run(config)
