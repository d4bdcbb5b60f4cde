"""The planner's statistics are refreshed after a large import."""

import pytest

from db.connections import Pool
from db.pools import open_pool
from db.tables.base import Table
from tests.support.import_files import START, order, rows, run_import

MANY = "app.services.imports.session.MANY_ROWS"
LINES = [*START, *(order(f"o-{number}", 3) for number in range(10))]  # 12 lines, 30 images
ANALYZED = """
    SELECT DISTINCT relname::text FROM pg_class JOIN pg_statistic ON starelid = pg_class.oid
     WHERE relnamespace = 'public'::regnamespace"""
MIGRATED = {"alembic_version", "applied_revisions"}  # autovacuum analyzes them after 50 migrations


@pytest.fixture
def database(new_database: str) -> str:
    return new_database


async def analyzed(pool: Pool) -> set[str]:
    """Tables and indexes on expressions with statistics, but for those that migrations write."""
    return {name for (name,) in await rows(pool, ANALYZED)} - MIGRATED


async def test_statistics_of_all_tables_with_rows_are_refreshed_after_a_large_import(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MANY, 42)
    await run_import(pool, LINES)
    filled = {table for table in Table.metadata.tables if await rows(pool, f"SELECT 1 FROM {table} LIMIT 1")}  # noqa: S608
    assert filled | {"images_by_filename_idx", "orders_by_name_idx"} <= await analyzed(pool)


async def test_statistics_after_a_small_import_are_left_to_autovacuum(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MANY, 43)
    await run_import(pool, LINES)
    monkeypatch.setattr(MANY, 1)
    await run_import(pool, LINES)
    await run_import(pool, [order("o-99")], check=True)
    assert await analyzed(pool) == set()


async def test_an_import_is_done_although_statistics_cannot_be_refreshed(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MANY, 42)
    monkeypatch.setattr("app.services.imports.statistics.ANALYZE", [])
    pool = await open_pool(database)
    await run_import(pool, LINES)
    monkeypatch.undo()
    monkeypatch.setattr(MANY, 1)
    async with pool.acquire() as connection:
        await connection.execute("BEGIN")
        await connection.execute("LOCK images, orders IN SHARE UPDATE EXCLUSIVE MODE")
        impatient = await open_pool(database, settings={"lock_timeout": "50ms"})
        outcome = await run_import(impatient, [order("o-99")])
        await impatient.close()
    await pool.close()
    assert (outcome.problems, outcome.report.images) == ([], 1)
