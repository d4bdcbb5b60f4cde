"""That migrations make the tables as they are defined."""

import asyncio
import os
from functools import partial
from pathlib import Path
from runpy import run_path

import pytest
from alembic import command

import db.migrate as migrations
from db.binaries import User, find_binaries
from db.connections import DatabaseUnreachable, connect, open_pool
from db.migrate import MigrationFailed, migrate, run_alembic
from tests.check_schema import differences
from tests.database import chosen_major, execute, temporary_database
from tests.services.importing.files import rows, run_import
from tests.services.importing.random_files import random_file

VERSIONS = Path(migrations.__file__).parent / "migrations" / "versions"
MET = "SELECT account_id, order_id, at, data FROM events WHERE type = 'DEADLINE_MET' ORDER BY 1, 2, 3"
HEADS = "SELECT account_id, next_event_sequence FROM account_heads ORDER BY 1"
BY_DELIVERY = """type = 'DEADLINE_MET' AND at = (
    SELECT max(first_delivered_at) FROM images i WHERE i.order_id = events.order_id AND i.due_at IS NOT NULL)"""


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


async def test_imported_orders_that_met_their_deadline_have_an_event_of_it(new_database: str) -> None:
    """Before there was one only where a split left none but delivered images."""
    script = run_path(str(next(VERSIONS.glob("*_met_deadlines.py"))))
    pool = await open_pool(new_database)
    await run_import(pool, random_file(1))
    met, heads = await rows(pool, MET), await rows(pool, HEADS)
    removed = await rows(pool, f"DELETE FROM events WHERE {BY_DELIVERY} RETURNING 1")  # noqa: S608 - a fixed text
    assert len(removed) > 5
    for _ in range(2):
        await execute(new_database, f"UPDATE alembic_version SET version_num = '{script['down_revision']}'")  # noqa: S608
        await run_alembic(new_database, partial(command.upgrade, revision=script["revision"]))
        assert await rows(pool, MET) == met
        assert sum(place for _, place in await rows(pool, HEADS)) == sum(place for _, place in heads) + len(removed)
    query = """
        SELECT DISTINCT e.sequence < h.next_event_sequence AND e.recorded_at > e.at
          FROM events e JOIN account_heads h ON h.account_id = e.account_id"""
    assert await rows(pool, query) == [(True,)]
    await pool.close()


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
