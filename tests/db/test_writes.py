"""Statements that write rows are made from the tables."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from app.services.ids import new_id
from db.columns import attributes_of, columns_of, key_of, selected
from db.connections import Pool, Statement
from db.json_values import array_text
from db.readers import PoolReader
from db.tables.accounts import Account, AccountCounters, LedgerDay
from db.tables.base import Table
from db.tables.rollups import UploadWeek
from db.writer import unit_of_work
from db.writes import adding, insert, insert_unless_known, update, update_columns, upsert
from tests.support.studio import Studio, open_account

DAY = timedelta(days=1)
MONDAY = date(2026, 3, 9)
WEEKS = Statement("weeks", "SELECT week, images FROM upload_weeks ORDER BY week")
DAYS = Statement("days", "SELECT date, capacity, used FROM ledger_days ORDER BY date")
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def test_rows_have_their_columns_in_the_order_of_the_table() -> None:
    for table in Table.__subclasses__():
        names = [column.name for column in Table.metadata.tables[table.__tablename__].columns]
        assert [*columns_of(table)] == names
        assert [*attributes_of(table)] == [*table.model_fields]


def test_an_attribute_with_another_name_than_its_column_is_selected_by_its_own() -> None:
    others = tuple(name for name in attributes_of(AccountCounters) if name not in {"last_at", "watermark"})
    assert selected(AccountCounters, "h", but=others) == "h.last_at, h.frontier AS watermark"


def test_a_row_is_found_by_its_primary_key() -> None:
    assert key_of(LedgerDay) == ("account_id", "date")
    assert update("use_day", LedgerDay, "used", "capacity") == (
        "use_day",
        "UPDATE ledger_days SET used = $3, capacity = $4 WHERE account_id = $1 AND date = $2",
        None,
    )


def test_rows_are_found_by_arrays_of_their_primary_keys() -> None:
    assert update_columns("move", Account, "time_zone").sql.split("\n") == [
        "UPDATE accounts SET time_zone = c.time_zone",
        "FROM unnest($1::UUID[], $2::VARCHAR[]) AS c (id, time_zone)",
        "WHERE accounts.id = c.id",
    ]


async def test_an_existing_row_is_kept_or_updated(pool: Pool, reader: PoolReader) -> None:
    studio = await open_account(pool, Studio())
    day = (studio.id, MONDAY, NOON, NOON + DAY, 1)
    async with unit_of_work(pool) as writer:
        await writer.execute_many(insert(LedgerDay), [(*day, 20, 1, 0, 0)])
        await writer.execute_many(insert_unless_known("keep", LedgerDay), [(*day, 30, 2, 0, 0)])
        assert [tuple(row) for row in await writer.fetch(DAYS)] == [(MONDAY, 20, 1)]
        await writer.execute_many(upsert("use", LedgerDay, "used"), [(*day, 40, 3, 0, 0)])
        assert [tuple(row) for row in await writer.fetch(DAYS)] == [(MONDAY, 20, 3)]
        await writer.execute_many(update("change", LedgerDay, "capacity"), [(studio.id, MONDAY, 50)])
        await writer.execute_columns(update_columns("all", LedgerDay, "used"), [(studio.id, MONDAY, 4)])
        await writer.commit()
    assert [tuple(row) for row in await reader.fetch(DAYS)] == [(MONDAY, 50, 4)]


async def test_counts_are_added_to_existing_rows(pool: Pool, reader: PoolReader) -> None:
    studio = await open_account(pool, Studio())
    add = Statement("add", adding(UploadWeek, 2))
    async with unit_of_work(pool) as writer:
        await writer.execute(add, studio.id, array_text([MONDAY]), array_text([3]))
        await writer.execute(add, studio.id, array_text([MONDAY, MONDAY + 7 * DAY]), array_text([4, 5]))
        await writer.commit()
    assert [tuple(row) for row in await reader.fetch(WEEKS)] == [(MONDAY, 7), (MONDAY + 7 * DAY, 5)]


@pytest.mark.parametrize(
    ("type_", "values"),
    [
        ("bigint", [0, -1, 2**63 - 1, -(2**63)]),
        ("date", [MONDAY, date(1, 1, 1), date(9999, 12, 31)]),
        ("timestamptz", [NOON, NOON + timedelta(microseconds=1), datetime(1, 1, 1, tzinfo=UTC)]),
        ("uuid", [UUID(int=0), UUID(int=2**128 - 1), new_id(NOON)]),
        ("int", []),
        ("int", [None, 1]),
    ],
)
async def test_an_array_written_as_text_is_read_as_its_values(
    reader: PoolReader, type_: str, values: list[object]
) -> None:
    read = Statement("read", f"SELECT $1::text::{type_}[]")
    assert [list(row[0]) for row in await reader.fetch(read, array_text(values))] == [values]
