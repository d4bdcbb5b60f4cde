from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from app.domain.local_time import time_zone
from app.domain.orders.enums import ServiceLevel
from app.domain.pulse.rollups import ImageFacts, Tally
from app.services.rollups import write_rollups
from db.connections import Connection, Pool, Statement
from db.readers import PoolReader
from db.writer import Writer
from tests.support.histories import History, write_history

UPLOADED_AT = datetime(2026, 3, 9, 12, 30, 15, tzinfo=UTC)
SINCE = datetime(2026, 3, 1, tzinfo=UTC)
ZONE = time_zone("UTC")
FACTS = ImageFacts(
    ServiceLevel.STANDARD, UUID(int=0), 1, UPLOADED_AT, first_delivered_at=UPLOADED_AT + timedelta(hours=1)
)

UPLOADS = Statement(
    "uploads",
    "SELECT grain, bucket, uploaded FROM rollups WHERE account_id = $1 AND uploaded <> 0 ORDER BY grain, bucket",
)
SAVED = Statement(
    "saved", "SELECT grain, sum(images) FROM savings_rollups WHERE account_id = $1 GROUP BY grain ORDER BY 1"
)
WEEKS = Statement("weeks", "SELECT week, images FROM upload_weeks WHERE account_id = $1")


class ListeningWriter(Writer):
    """A writer that records the names of its statements."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.heard: list[str] = []

    async def execute_many(self, statement: Statement, rows: Iterable[Sequence[object]]) -> None:
        if rows := list(rows):
            self.heard.append(statement.name)
        await super().execute_many(statement, rows)


async def accounts(pool: Pool, count: int) -> list[UUID]:
    return [await write_history(pool, History(())) for _ in range(count)]


def tallies_of(ids: Sequence[UUID], *signs: int) -> dict[UUID, Tally]:
    tallies = {account_id: Tally() for account_id in ids}
    for tally in tallies.values():
        for sign in signs:
            tally.add_images(FACTS, sign)
    return tallies


async def written(pool: Pool, tallies: dict[UUID, Tally]) -> list[str]:
    """Write tallies; returns the statements that took."""
    async with pool.acquire() as connection:
        writer = ListeningWriter(connection)
        await write_rollups(writer, tallies, dict.fromkeys(tallies, SINCE), dict.fromkeys(tallies, ZONE))
    return writer.heard


async def table(pool: Pool, statement: Statement, account_id: UUID) -> list[tuple[object, ...]]:
    return [tuple(row) for row in await PoolReader(pool).fetch(statement, account_id)]


async def test_all_accounts_of_a_batch_are_written_at_once(pool: Pool) -> None:
    ids = await accounts(pool, 3)
    assert await written(pool, tallies_of(ids, 1, 1)) == ["add_rollups"]
    for account_id in ids:
        assert await table(pool, UPLOADS, account_id) == [
            (1, UPLOADED_AT.replace(second=0), 2),
            (60, UPLOADED_AT.replace(minute=0, second=0), 2),
            (1440, UPLOADED_AT.replace(hour=0, minute=0, second=0), 2),
        ]
        assert await table(pool, SAVED, account_id) == [(1, 2), (60, 2), (1440, 2)]
        assert await table(pool, WEEKS, account_id) == [(date(2026, 3, 9), 2)]


async def test_tallies_are_added_to_rollups_and_subtracted_again(pool: Pool) -> None:
    [account_id] = await accounts(pool, 1)
    await written(pool, tallies_of([account_id], 1, 1, 1))
    await written(pool, tallies_of([account_id], -1))
    assert [uploaded for _, _, uploaded in await table(pool, UPLOADS, account_id)] == [2, 2, 2]
    assert await table(pool, WEEKS, account_id) == [(date(2026, 3, 9), 2)]
    await written(pool, tallies_of([account_id], -1, -1))
    assert await table(pool, UPLOADS, account_id) == []
    assert await table(pool, SAVED, account_id) == [(1, 0), (60, 0), (1440, 0)]


async def test_a_batch_that_changes_nothing_takes_no_statement(pool: Pool) -> None:
    assert await written(pool, tallies_of(await accounts(pool, 2), 1, -1)) == []
