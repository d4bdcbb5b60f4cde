import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - the package ships no types
import pytest
from asyncpg.exceptions._base import DataError as DriversDataError  # pyright: ignore[reportMissingTypeStubs] - the same

from db.connections import Pool, Statement
from db.failures import DatabaseUnreachable, OutcomeUnknown, ServerError, is_outage
from db.pools import open_pool
from db.readers import PoolReader, SnapshotEnded
from db.tables.accounts import Account, AccountCounters
from db.tables.base import Table
from db.tables.events import Event
from db.tables.specifications import Specification, SpecificationVersion
from db.writer import unit_of_work

NOW = datetime(2026, 3, 10, 12, 0, 0, 123456, tzinfo=UTC)
ACME = UUID(int=1)
NAMES = Statement("names", "SELECT name FROM accounts ORDER BY id")
ONE_NAME = Statement("one_name", "SELECT name FROM accounts WHERE id = $1")
UNNOTED = (None, None, None, None)  # when an event was recorded, by which import, what withdrew it, and its texts
EVENTS = Statement("events", "SELECT * FROM events ORDER BY sequence")
RENAME = Statement("rename", "UPDATE accounts SET name = $2 WHERE id = $1")
BROKEN = Statement("broken", "SELECT 1 / 0")
CONNECTION = Statement("connection", "SELECT pg_backend_pid() AS pid")


def account(number: int, name: str) -> Account:
    return Account(id=UUID(int=number), ref=None, name=name, plan="SOLO", time_zone="UTC", created_at=NOW)


def event(sequence: int, data: dict[str, object]) -> Event:
    return Event(
        account_id=ACME, sequence=sequence, at=NOW, type="ORDER_PLACED", order_id=None, image_id=None, data=data
    )


async def keep(pool: Pool, *tables: Sequence[Table]) -> None:
    async with unit_of_work(pool) as writer:
        for rows in tables:
            await writer.insert(rows)
        await writer.commit()


async def test_inserted_rows_are_there_after_the_commit(pool: Pool, reader: PoolReader) -> None:
    await keep(pool, [account(1, "ACME"), account(2, "Bolt")])
    assert [row["name"] for row in await reader.fetch(NAMES)] == ["ACME", "Bolt"]


async def test_inserting_nothing_is_fine(pool: Pool, reader: PoolReader) -> None:
    await keep(pool, [])
    assert await reader.fetch(NAMES) == []


async def test_without_a_commit_nothing_is_stored(pool: Pool, reader: PoolReader) -> None:
    async with unit_of_work(pool) as writer:
        await writer.insert([account(1, "ACME")])
    assert await reader.fetch(NAMES) == []


async def test_after_an_error_in_the_unit_of_work_nothing_is_stored(pool: Pool, reader: PoolReader) -> None:
    async def fail() -> None:
        async with unit_of_work(pool) as writer:
            await writer.insert([account(1, "ACME")])
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert await reader.fetch(NAMES) == []


async def test_a_commit_after_a_failed_statement_raises(pool: Pool, reader: PoolReader) -> None:
    async with unit_of_work(pool) as writer:
        await writer.insert([account(1, "ACME")])
        with pytest.raises(ServerError, match="division by zero"):
            await writer.fetch(BROKEN)
        with pytest.raises(RuntimeError, match="had failed before"):
            await writer.commit()
    assert await reader.fetch(NAMES) == []


async def test_a_cancelled_unit_gives_its_connection_back_clean(database: str) -> None:
    pool = await open_pool(database, max_size=1)
    sleep = Statement("sleep", "SELECT pg_sleep(60)")

    async def hang() -> None:
        async with unit_of_work(pool) as writer:
            await writer.insert([account(1, "ACME")])
            await writer.fetch(sleep)

    task = asyncio.create_task(hang())
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await PoolReader(pool).fetch(NAMES) == []
    await pool.close()


async def test_a_snapshot_left_during_a_statement_ends_after_it_and_runs_no_other(database: str) -> None:
    pool = await open_pool(database, max_size=1)
    slow = Statement("slow", "SELECT pg_backend_pid() FROM pg_sleep(0.05)")
    async with PoolReader(pool).snapshot() as snapshot:
        reading = [asyncio.create_task(snapshot.fetch(slow)) for _ in range(3)]
        await asyncio.sleep(0)
    [first, *others] = await asyncio.gather(*reading, return_exceptions=True)
    assert isinstance(first, list)
    assert [type(other) for other in others] == [SnapshotEnded, SnapshotEnded]
    with pytest.raises(SnapshotEnded):
        await snapshot.fetch(NAMES)
    assert (await pool.fetch(slow.sql))[0][0] == first[0][0]
    await pool.close()


async def test_a_transaction_that_is_cancelled_as_it_begins_is_rolled_back_at_once(database: str) -> None:
    pool = await open_pool(database, max_size=1)
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, complaint: complaints.append(complaint))

    async def begin() -> None:
        async with PoolReader(pool).snapshot():
            pass

    for steps in range(12):
        beginning = asyncio.create_task(begin())
        for _ in range(steps):
            await asyncio.sleep(0)
        beginning.cancel()
        await asyncio.wait({beginning})
        assert len(await pool.fetch(NAMES.sql)) == 0
    await pool.close()
    assert complaints == []


async def test_a_writer_whose_unit_has_ended_does_nothing_in_the_transactions_of_others(pool: Pool) -> None:
    async with unit_of_work(pool) as early:
        pass
    async with unit_of_work(pool) as writer:
        for statement in (early.fetch(NAMES), early.execute(RENAME, ACME, "A"), early.insert([account(1, "A")])):
            with pytest.raises(RuntimeError, match="has ended"):
                await statement
        assert await writer.fetch(NAMES) == []


async def test_a_writer_reads_what_it_wrote(pool: Pool) -> None:
    async with unit_of_work(pool) as writer:
        await writer.insert([account(1, "ACME")])
        await writer.execute(RENAME, ACME, "Acme & Sons")
        row = await writer.fetch_row(ONE_NAME, ACME)
        assert row is not None
        assert row["name"] == "Acme & Sons"


async def test_a_missing_row_is_none(reader: PoolReader) -> None:
    assert await reader.fetch_row(ONE_NAME, ACME) is None


async def test_copied_records_are_in_the_order_of_the_tables_columns(pool: Pool, reader: PoolReader) -> None:
    data = {"images": [1, 2.5, None], "name": "Ærø \U0001f4f7"}
    async with unit_of_work(pool) as writer:
        await writer.insert([account(1, "ACME")])
        await writer.copy(Event, ((ACME, number, NOW, "ORDER_PLACED", None, None, data, *UNNOTED) for number in (1, 2)))
        await writer.commit()
    assert [tuple(row.values()) for row in await reader.fetch(EVENTS)] == [
        (ACME, 1, NOW, "ORDER_PLACED", None, None, data, *UNNOTED),
        (ACME, 2, NOW, "ORDER_PLACED", None, None, data, *UNNOTED),
    ]


async def test_instants_come_back_in_utc_with_their_microseconds(pool: Pool, reader: PoolReader) -> None:
    head = AccountCounters(
        account_id=ACME, next_order_number=1, next_event_sequence=2**40, last_at=NOW, watermark=NOW, minutes_since=NOW
    )
    await keep(pool, [account(1, "ACME")], [head])
    row = await reader.fetch_row(Statement("head", "SELECT last_at, next_event_sequence FROM account_heads"))
    assert row is not None
    assert (row["last_at"], row["next_event_sequence"]) == (NOW, 2**40)
    assert row["last_at"].tzinfo is UTC


async def test_lists_of_objects_and_decimals_come_back_as_they_were(pool: Pool, reader: PoolReader) -> None:
    steps = [{"step": "CLIPPING", "milliseconds": 180_000}, {"step": "SHADOW", "milliseconds": 95_500}]
    version = SpecificationVersion(
        account_id=ACME,
        specification_id=UUID(int=7),
        version=1,
        name="Ghost",
        price_per_image=Decimal("1.450"),
        currency="USD",
        steps=steps,
        created_at=NOW,
    )
    specification = Specification(account_id=ACME, id=UUID(int=7), current_version=1, created_at=NOW, archived_at=None)
    await keep(pool, [account(1, "ACME")], [specification], [version])
    row = await reader.fetch_row(Statement("version", "SELECT steps, price_per_image FROM specification_versions"))
    assert row is not None
    assert (row["steps"], str(row["price_per_image"])) == (steps, "1.450")


async def test_reads_of_a_unit_and_of_the_pool_are_on_different_connections(pool: Pool, reader: PoolReader) -> None:
    async with unit_of_work(pool) as writer:
        inside, outside = await writer.fetch(CONNECTION), await reader.fetch(CONNECTION)
    assert inside[0]["pid"] != outside[0]["pid"]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://someone:secret@127.0.0.1:1/loupe",
        "postgresql://someone:secret@localhost:wrong/loupe",
        "postgresql://someone:secret@/loupe?host=/nowhere",
    ],
)
async def test_an_unreachable_database_is_reported_in_one_sentence_without_the_password(url: str) -> None:
    with pytest.raises(DatabaseUnreachable) as refused:
        await open_pool(url)
    assert str(refused.value).startswith(f"The database at {url.replace('someone:secret@', '')} cannot be reached: ")


async def test_a_database_from_right_to_left_moves_no_other_word() -> None:
    with pytest.raises(DatabaseUnreachable) as refused:
        await open_pool("postgresql://127.0.0.1:1/\u05d0")
    shown = "\u2068postgresql://127.0.0.1:1/\u05d0\u2069"
    assert str(refused.value).startswith(f"The database at {shown} cannot be reached: ")


async def test_a_malformed_url_shows_no_part_of_what_may_be_a_password() -> None:
    with pytest.raises(DatabaseUnreachable) as refused:
        await open_pool("postgresql://someone:sec/ret@localhost/loupe")
    assert str(refused.value) == "The database at postgresql://... cannot be reached: the URL is malformed"


async def test_a_unit_whose_connection_the_server_ends_fails_for_that_reason(pool: Pool, reader: PoolReader) -> None:
    async def fail() -> None:
        async with unit_of_work(pool) as writer:
            await writer.insert([account(1, "ACME")])
            await writer.fetch(Statement("end", "SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(ServerError):
        await fail()
    assert await reader.fetch(NAMES) == []


async def test_ids_and_amounts_are_written_into_json_as_strings(pool: Pool, reader: PoolReader) -> None:
    await keep(pool, [account(1, "ACME")])
    row = await reader.fetch_row(Statement("id", "SELECT id FROM accounts"))
    assert row is not None
    data: dict[str, object] = {"id": row["id"], "own": ACME, "price": Decimal("1.50")}
    async with unit_of_work(pool) as writer:
        await writer.copy(Event, [(ACME, 1, NOW, "ORDER_PLACED", None, None, data, *UNNOTED)])
        await writer.insert([event(2, data)])
        await writer.commit()
    assert [row["data"] for row in await reader.fetch(EVENTS)] == [
        {"id": str(ACME), "own": str(ACME), "price": "1.50"}
    ] * 2


@pytest.mark.parametrize("mistake", [1.45j, {1, 2}, b"bytes", object(), {1: ACME}])
async def test_what_is_not_json_is_a_mistake(pool: Pool, mistake: object) -> None:
    await keep(pool, [account(1, "ACME")])
    async with unit_of_work(pool) as writer:
        with pytest.raises(ServerError, match="invalid input"):
            await writer.insert([event(1, {"mistake": mistake})])
    async with unit_of_work(pool) as writer:
        with pytest.raises((TypeError, ValueError)):
            await writer.copy(Event, [(ACME, 1, NOW, "ORDER_PLACED", None, None, {"mistake": mistake}, *UNNOTED)])


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ConnectionRefusedError(), True),
        (TimeoutError(), True),
        (DatabaseUnreachable(), True),
        (asyncpg.InterfaceError("connection is closed"), True),
        (asyncpg.ConnectionDoesNotExistError(), True),
        (asyncpg.AdminShutdownError(), True),
        (asyncpg.CannotConnectNowError(), True),
        (asyncpg.TooManyConnectionsError(), True),
        (asyncpg.InvalidPasswordError(), True),
        (asyncpg.InvalidCatalogNameError(), True),
        (OutcomeUnknown(), True),
        (asyncpg.QueryCanceledError(), False),
        (DriversDataError("invalid input for query argument $1"), False),
        (asyncpg.DeadlockDetectedError(), False),
        (asyncpg.UniqueViolationError(), False),
        (ZeroDivisionError(), False),
    ],
)
def test_an_outage_is_distinguished_from_a_wrong_statement(error: Exception, *, expected: bool) -> None:
    assert is_outage(error) is expected
