"""Migrations create the tables of the classes, from any earlier state."""

import asyncio
import os
from functools import partial
from pathlib import Path
from runpy import run_path

import pytest
from alembic import command
from alembic.script import ScriptDirectory

from app.domain.sla.enums import Plan
from app.domain.sla.stored import terms_to_json
from app.domain.sla.terms import PLAN_TERMS, SlaTerms
from db.connections import connect
from db.embedded.binaries import User, find_binaries
from db.failures import DatabaseUnreachable, MigrationFailed
from db.migrate import migrate
from db.pools import open_pool
from db.revisions import MIGRATIONS, MigrationStatus, inspect, known_revisions
from db.upgrade import run_alembic
from tests.check_schema import differences
from tests.support.database import chosen_major, execute, migrate_as_tomorrow, temporary_database
from tests.support.import_files import rows, run_import
from tests.support.random_files import random_file

OF_BEFORE = """
    WITH a AS (
      INSERT INTO accounts (id, name, plan, time_zone, created_at)
      VALUES (lpad('{0}', 32, '0')::uuid, '{1}', '{1}', 'UTC', now()) RETURNING id)
    INSERT INTO sla_versions SELECT id, 1, current_date, 70, 7, now(), NULL FROM a
"""
LOCK = "pg_advisory_lock(6003956)"
VERSIONS = MIGRATIONS / "versions"
MET = "SELECT account_id, order_id, at, data - 'version' FROM events WHERE type = 'DEADLINE_MET' ORDER BY 1, 2, 3"
SEQUENCES = "SELECT account_id, next_event_sequence FROM account_heads ORDER BY 1"
BY_DELIVERY = """type = 'DEADLINE_MET' AND at = (
    SELECT max(first_delivered_at) FROM images i WHERE i.order_id = events.order_id AND i.due_at IS NOT NULL)"""


@pytest.mark.filterwarnings("ignore:Expression #:UserWarning")
async def test_migrations_create_the_tables_of_the_classes(server: str, tmp_path: Path) -> None:
    binaries = find_binaries(chosen_major(), User(os.geteuid(), os.getegid()), tmp_path)
    assert await differences(server, binaries / "pg_dump") == []


async def test_concurrent_migrations_migrate_once(server: str) -> None:
    async with temporary_database(server) as url:
        await asyncio.gather(migrate(url), migrate(url), migrate(url))
        connection = await connect(url)
        assert len(await connection.fetch("SELECT version_num FROM alembic_version")) == 1
        await connection.close()


async def test_a_migrated_database_is_not_changed(database: str) -> None:
    await execute(database, "CREATE TABLE canary (id int)")
    await migrate(database)
    await execute(database, "DROP TABLE canary")


async def test_imported_orders_that_met_their_deadline_get_an_event(new_database: str) -> None:
    """Earlier only orders whose open images were split off had one."""
    script = run_path(str(next(VERSIONS.glob("*_met_deadlines.py"))))
    pool = await open_pool(new_database)
    await run_import(pool, random_file(1))
    met, before = await rows(pool, MET), await rows(pool, SEQUENCES)
    removed = await rows(pool, f"DELETE FROM events WHERE {BY_DELIVERY} RETURNING 1")  # noqa: S608 - a fixed text
    assert len(removed) > 5
    for _ in range(2):
        await execute(new_database, f"UPDATE alembic_version SET version_num = '{script['down_revision']}'")  # noqa: S608
        await run_alembic(new_database, partial(command.upgrade, revision=script["revision"]))
        assert await rows(pool, MET) == met
        assert sum(next_ for _, next_ in await rows(pool, SEQUENCES)) == sum(next_ for _, next_ in before) + len(
            removed
        )
    query = """
        SELECT DISTINCT e.sequence < h.next_event_sequence AND e.recorded_at > e.at
          FROM events e JOIN account_heads h ON h.account_id = e.account_id"""
    assert await rows(pool, query) == [(True,)]
    await pool.close()


async def test_orders_get_the_instant_of_their_last_command_even_if_the_migration_was_interrupted(
    new_database: str,
) -> None:
    script = run_path(str(next(VERSIONS.glob("*_updates.py"))))
    pool = await open_pool(new_database)
    await run_import(pool, random_file(2))
    query = "SELECT account_id, number, updated_at FROM orders ORDER BY 1, 2"
    before = await rows(pool, query)
    assert len({at for *_, at in before}) > 20
    await execute(
        new_database,
        "UPDATE orders SET updated_at = NULL WHERE number % 3 <> 0",
        "DROP INDEX orders_by_update_idx",
        f"UPDATE alembic_version SET version_num = '{script['down_revision']}'",  # noqa: S608 - a fixed text
    )
    await run_alembic(new_database, partial(command.upgrade, revision=script["revision"]))
    assert await rows(pool, query) == before
    indexes = await rows(pool, "SELECT indexname FROM pg_indexes WHERE tablename IN ('orders', 'images')")
    assert {name for (name,) in indexes} >= script["INDEXES"].keys()
    await pool.close()


async def test_rollups_count_images_by_their_level_unless_commands_went_on_meanwhile(new_database: str) -> None:
    script = run_path(str(next(VERSIONS.glob("*_levels.py"))))
    pool = await open_pool(new_database)
    await run_import(pool, random_file(1))
    query = """
        SELECT account_id, grain, bucket, met_expedited_additional, met_delivery_plan, late_expedited_additional,
          late_delivery_plan
        FROM rollups ORDER BY 1, 2, 3"""
    before, ids = await rows(pool, query), await rows(pool, "SELECT account_id FROM account_heads ORDER BY 1")
    assert sum(any(row[3:]) for row in before) > 5
    moved = ids[0][0]
    await execute(
        new_database,
        f"""UPDATE rollups SET met_expedited_additional = 0, met_delivery_plan = 0, late_expedited_additional = 0,
          late_delivery_plan = 0
        WHERE account_id <> '{moved}'""",  # noqa: S608 - an id
        "UPDATE account_heads SET rollups_sequence = NULL",
        f"UPDATE account_heads SET next_event_sequence = next_event_sequence + 1 WHERE account_id = '{moved}'",  # noqa: S608
        f"UPDATE alembic_version SET version_num = '{script['down_revision']}'",  # noqa: S608 - a fixed text
    )
    await run_alembic(new_database, partial(command.upgrade, revision=script["revision"]))
    assert await rows(pool, query) == before
    sequences = "SELECT account_id, rollups_sequence IS NOT DISTINCT FROM next_event_sequence FROM account_heads"
    assert await rows(pool, f"{sequences} ORDER BY 1") == [(id_, id_ != moved) for (id_,) in ids]
    await pool.close()


async def test_the_database_of_a_newer_release_is_not_changed(server: str, tmp_path: Path) -> None:
    async with temporary_database(server) as url:
        assert await inspect(url) == (None, MigrationStatus.OLDER)
        await migrate(url)
        assert await inspect(url) == (known_revisions()[0], MigrationStatus.CURRENT)
        await migrate_as_tomorrow(url, tmp_path, "CREATE TABLE tomorrow (id int)")
        assert await migrate(url) == await inspect(url) == ("of_tomorrow", MigrationStatus.NEWER)
        await execute(url, "DROP TABLE tomorrow")


def test_the_revisions_that_the_names_of_files_begin_with_are_alembics() -> None:
    assert list(known_revisions()) == [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]


async def test_an_earlier_revision_is_behind(server: str) -> None:
    newest, before, *_ = known_revisions()
    async with temporary_database(server) as url:
        await run_alembic(url, partial(command.upgrade, revision=before))
        assert await inspect(url) == (before, MigrationStatus.OLDER)
        assert await migrate(url) == (newest, MigrationStatus.CURRENT)


async def test_each_revision_and_its_predecessors_are_recorded_whichever_release_applied_them(server: str) -> None:
    before = known_revisions()[1]
    async with temporary_database(server) as url:
        await run_alembic(url, partial(command.upgrade, revision=before))
        await execute(url, "DROP TABLE applied_revisions")  # as left by releases that did not record them
        await migrate(url)
        connection = await connect(url)
        noted = await connection.fetch("SELECT revision FROM applied_revisions ORDER BY revision DESC")
        await connection.close()
    assert [row[0] for row in noted] == list(known_revisions())


async def test_a_database_of_unknown_lineage_is_refused_in_a_sentence(server: str) -> None:
    async with temporary_database(server) as url:
        await migrate(url)
        await execute(url, "UPDATE alembic_version SET version_num = 'of another'", "DELETE FROM applied_revisions")
        assert (await inspect(url)).status is MigrationStatus.FOREIGN
        with pytest.raises(MigrationFailed, match="could not be migrated: The database has the revision of another,"):
            await migrate(url)


async def test_a_waiting_migration_does_not_block_the_build_of_an_index(server: str) -> None:
    waiting = """
        SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND (query LIKE '%advisory_lock%' OR query LIKE 'ROLLBACK%')"""
    async with temporary_database(server) as url:
        connection = await connect(url)
        for statement in ("SET deadlock_timeout = '50ms'", "CREATE TABLE canary (id int)", f"SELECT {LOCK}"):
            await connection.execute(statement)
        migrating = asyncio.create_task(migrate(url))
        while not await connection.fetch(waiting):  # noqa: ASYNC110 - PostgreSQL tells nobody who waits
            await asyncio.sleep(0.01)
        await connection.execute("CREATE INDEX CONCURRENTLY canary_idx ON canary (id)")
        assert not migrating.done()
        await connection.close()
        assert (await migrating).status is MigrationStatus.CURRENT


async def test_an_unreachable_server_is_named_without_its_password() -> None:
    with pytest.raises(
        DatabaseUnreachable, match=r"^The database at postgresql://127\.0\.0\.1:1/loupe cannot be reached"
    ):
        await migrate("postgresql://someone:secret@127.0.0.1:1/loupe")


async def test_first_versions_are_filled_in_with_the_terms_of_their_plan_as_configured(server: str) -> None:
    """Versions of the previous release have the images and expedites only."""
    terms = terms_to_json(SlaTerms(60, 6))
    async with temporary_database(server) as url:
        await run_alembic(url, partial(command.upgrade, revision="2026_11_28_0012"))
        await execute(url, *(OF_BEFORE.format(number, plan) for number, plan in enumerate(Plan)))
        await migrate(url, {Plan.SOLO: terms})
        pool = await open_pool(url)
        query = "SELECT a.plan, v.plan_terms FROM sla_versions v JOIN accounts a ON a.id = v.account_id"
        found = {row["plan"]: row["plan_terms"] for row in await pool.fetch(query)}
        await pool.close()
    assert found == {plan: terms_to_json(PLAN_TERMS[plan]) for plan in Plan} | {Plan.SOLO: terms}
