"""That migrations make the tables as they are defined."""

import asyncio
import os
from pathlib import Path

import pytest

from db.binaries import User, find_binaries
from db.connections import DatabaseUnreachable, connect
from db.migrate import MigrationFailed, migrate
from tests.check_schema import differences
from tests.database import chosen_major, execute, temporary_database


@pytest.mark.filterwarnings("ignore:Expression #:UserWarning")
async def test_migrations_make_the_tables_as_they_are_defined(server: str, tmp_path: Path) -> None:
    binaries = find_binaries(chosen_major(), User(os.geteuid(), os.getegid()), tmp_path)
    assert await differences(server, binaries / "pg_dump") == []


async def test_two_that_migrate_at_once_migrate_once(server: str) -> None:
    async with temporary_database(server) as url:
        await asyncio.gather(migrate(url), migrate(url), migrate(url))
        connection = await connect(url)
        assert len(await connection.fetch("SELECT version_num FROM alembic_version")) == 1
        await connection.close()


async def test_a_migrated_database_is_left_as_it_is(database: str) -> None:
    await execute(database, "CREATE TABLE canary (id int)")
    await migrate(database)
    await execute(database, "DROP TABLE canary")


async def test_the_database_of_a_newer_release_is_refused_in_a_sentence(server: str) -> None:
    async with temporary_database(server) as url:
        await migrate(url)
        await execute(url, "UPDATE alembic_version SET version_num = 'of tomorrow'")
        with pytest.raises(MigrationFailed, match="could not be migrated: Can't locate revision identified by"):
            await migrate(url)


async def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    with pytest.raises(
        DatabaseUnreachable, match=r"^The database at postgresql://127\.0\.0\.1:1/loupe cannot be reached"
    ):
        await migrate("postgresql://someone:secret@127.0.0.1:1/loupe")
