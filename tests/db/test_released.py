"""The previous release still works on the database that this one has migrated.

`tests/released` has its dump and statements, made by `make release`. Each statement is run on two copies of its
database, one unchanged and one migrated, with the same arguments, and has the same result. So every column, default,
type and constraint that it relies on is still there; additions to the schema change no result.
"""

import os
import re
from collections import Counter
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from graphql import GraphQLEnumType, build_schema

from db.connections import connect
from db.embedded.binaries import User, find_binaries
from db.migrate import migrate
from db.revisions import MigrationStatus, inspect
from db.tables.base import Table
from tests.release import RELEASED, make_release
from tests.support.database import chosen_major, temporary_database
from tests.support.released_database import (
    INSERTS,
    STATEMENTS,
    Databases,
    columns_of,
    columns_written,
    insert,
    released_database,
    rows,
    works,
)
from tests.support.statements import every_statement

DERIVED: Final = {"job_cursors", "pulse_snapshots"}
"""Tables of which migrations may delete rows."""
COUNTERS: Final = {"next_event_sequence"}
"""Columns whose values may have advanced."""

CONTRACTIONS: Final = (
    ("ALTER TABLE images RENAME filename TO name", "images_by_id"),
    ("ALTER TABLE images ALTER number TYPE text", "images_by_id"),
    ("DROP TABLE import_lines", "import_lines_by_key"),
    ("UPDATE orders SET name = upper(name)", "orders_by_id"),
    ("DELETE FROM idempotency_keys; ALTER TABLE idempotency_keys ADD category text NOT NULL", "take_key"),
    ("ALTER TABLE orders ADD CHECK (price < 1) NOT VALID", "change_orders"),
)
"""Changes that a migration must not make, each with a statement that fails after it."""


@pytest.fixture
async def databases(server: str) -> AsyncGenerator[Databases]:
    async with released_database(server) as released, temporary_database(server, urlsplit(released).path[1:]) as url:
        await migrate(url)
        before, after = await connect(released), await connect(url)
        yield Databases(before, after)
        await before.close()
        await after.close()


async def test_each_statement_of_the_previous_release_still_works(databases: Databases) -> None:
    assert [each.name for each in STATEMENTS if not await works(databases, each)] == []


async def test_rows_of_the_previous_release_are_kept(databases: Databases) -> None:
    left = await columns_of(databases.after)
    for table, columns in (await columns_of(databases.before)).items():
        if (
            table in left and table not in DERIVED
        ):  # a column that was removed is in no statement of the previous release
            kept = sorted((columns & left[table]) - COUNTERS)
            lost = await rows(databases.before, table, kept) - await rows(databases.after, table, kept)
            assert (table, lost) == (table, Counter())


async def test_the_previous_release_can_write_all_its_rows_into_the_new_tables(databases: Databases) -> None:
    await databases.after.execute(f"TRUNCATE {', '.join(INSERTS)} CASCADE")
    for table in sorted(INSERTS, key=list(map(str, Table.metadata.sorted_tables)).index):
        columns = columns_written(INSERTS[table])
        written = await rows(databases.before, table, columns)
        await insert(databases.after, INSERTS[table], [*written])
        assert (table, await rows(databases.after, table, columns)) == (table, written)


async def test_a_database_of_the_previous_release_is_migrated_to_this_one(
    server: str,
) -> None:
    async with released_database(server) as url:
        assert (await inspect(url)).status in {MigrationStatus.OLDER, MigrationStatus.CURRENT}
        assert (await migrate(url)).status is MigrationStatus.CURRENT


async def test_orders_of_the_previous_release_get_the_instant_of_their_last_command(databases: Databases) -> None:
    """By the facts in the rows; an order was updated when images were split off from it, too."""
    facts = """
        SELECT o.account_id, o.number, greatest(o.placed_at, o.expedited_at, o.confirmed_at, o.completed_at,
          o.cancelled_at, max(i.delivered_at), max(r.at), max(s.expedited_at))
        FROM orders o
        JOIN images i ON i.account_id = o.account_id AND i.order_id = o.id
        LEFT JOIN rejections r ON r.account_id = o.account_id AND r.image_id = i.id
        LEFT JOIN orders s ON s.account_id = o.account_id AND s.split_from = o.id
        GROUP BY o.account_id, o.id"""
    expected = Counter[tuple[Any, ...]](tuple(row) for row in await databases.before.fetch(facts))
    assert await rows(databases.after, "orders", ["account_id", "number", "updated_at"]) == expected
    assert len({at for _, _, at in expected}) > 5


async def test_a_migration_that_breaks_the_previous_release_is_detected(databases: Databases) -> None:
    by_name = {each.name: each for each in STATEMENTS}
    for contraction, name in CONTRACTIONS:
        transaction = databases.after.transaction()
        await transaction.start()
        await databases.after.execute(contraction)
        assert not await works(databases, by_name[name]), contraction
        await transaction.rollback()


def test_the_previous_release_has_an_event_of_every_type_and_a_row_in_every_table() -> None:
    dump = (RELEASED / "dump.sql").read_text()
    types = build_schema((RELEASED / "schema.graphql").read_text()).type_map["EventType"]
    assert isinstance(types, GraphQLEnumType)
    assert [type_ for type_ in types.values if f"'{type_}'" not in dump] == []
    assert [
        table for table in re.findall(r"CREATE TABLE public\.(\w+)", dump) if f"INTO public.{table} " not in dump
    ] == []


def test_a_release_records_every_named_statement() -> None:
    folders = [Path(__file__).parents[2] / name for name in ("app", "db", "graphql", "jobs")]
    source = "".join(path.read_text() for folder in folders for path in folder.rglob("*.py"))
    named = set(
        re.findall(r'\b(?:Statement|walk|_listed|update|update_columns|upsert|insert_unless_known)\(\s*"(\w+)"', source)
    )
    assert named - {statement.name for statement in every_statement()} == set()


async def test_a_release_of_this_code_can_be_made(server: str, tmp_path: Path) -> None:
    pg_dump = find_binaries(chosen_major(), User(os.geteuid(), os.getegid()), tmp_path) / "pg_dump"
    async with temporary_database(server) as url:
        made = await make_release(url, pg_dump)
    assert made.keys() == {path.name for path in RELEASED.iterdir()}
    assert all(made.values())
