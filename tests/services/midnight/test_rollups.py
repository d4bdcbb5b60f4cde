"""Rollups that a server of the previous release wrote are completed at the account's next midnight."""

from datetime import timedelta
from typing import Final
from uuid import UUID

import pytest

from app.domain.pulse.as_of import AsOf
from app.services import activity
from app.services.jobs.cursors import ACTIVITY
from app.services.midnight import activity as midnight_activity
from app.services.midnight.activity import roll_up_activity
from db.connections import Pool
from db.migrate import migrate
from db.pools import open_pool
from db.queries.accounts import account_histories
from db.queries.pulse import pulse_figures
from db.queries.pulse_reference import reference_figures
from db.readers import PoolReader
from tests.support.clock import FrozenClock
from tests.support.customers import Customer, claim, deliver, open_customer
from tests.support.database import execute
from tests.support.histories import FORGET_LEVELS
from tests.support.midnight_jobs import run_jobs
from tests.support.pools import FailingPool, Killed
from tests.support.random_lives import Life
from tests.support.released_database import released_database

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
PARTS: Final = "met_expedited_additional, met_delivery_plan, late_expedited_additional, late_delivery_plan"
COMPLETE: Final = "SELECT rollups_sequence IS NOT DISTINCT FROM next_event_sequence FROM account_heads"


async def as_the_previous_release_writes(pool: Pool) -> None:
    """Leave all rollups as a server of 0.1.0 would, whose commands write events, too."""
    for (account_id,) in await pool.fetch("SELECT account_id FROM account_heads"):
        await pool.fetch(FORGET_LEVELS.sql, account_id)
    await pool.fetch("UPDATE account_heads SET next_event_sequence = next_event_sequence + 1")


async def written(pool: Pool) -> list[tuple[object, ...]]:
    rows = f"SELECT account_id, grain, bucket, {PARTS} FROM rollups ORDER BY 1, 2, 3"  # noqa: S608 - fixed texts
    return [tuple(row) for row in await pool.fetch(rows)]


async def complete(pool: Pool) -> set[bool]:
    return {row[0] for row in await pool.fetch(COMPLETE)}


async def assert_figures_equal_rows(pool: Pool) -> None:
    """Compare the figures of all accounts just after the last instant, and as of the past."""
    [(now,)] = await pool.fetch("SELECT max(last_at) + interval '1 microsecond' FROM account_heads")
    reader = PoolReader(pool)
    ids: list[UUID] = [row[0] for row in await pool.fetch("SELECT account_id FROM account_heads")]
    requests = [
        AsOf.of(id_, history.zones, at, is_now=at == now)
        for id_, history in (await account_histories(reader, ids)).items()
        for at in (now, now - DAY, now - 20 * DAY)
        if at >= history.zones[0].starts_at
    ]
    assert await pulse_figures(reader, requests) == await reference_figures(reader, requests)


@pytest.mark.parametrize("seed", range(25, 29))
async def test_rollups_of_the_previous_release_are_completed_at_midnight(pool: Pool, seed: int) -> None:
    life = Life(pool, seed, with_jobs=False)
    await life.live(80)
    before = await written(pool)
    assert any(any(row[3:]) for row in before)
    assert await complete(pool) == {True}
    await as_the_previous_release_writes(pool)
    assert await complete(pool) == {False}
    await assert_figures_equal_rows(pool)
    life.clock.advance(2 * DAY)
    assert await run_jobs(pool, life.clock, [ACTIVITY]) > 0
    assert await written(pool) == before
    assert await complete(pool) == {True}
    await assert_figures_equal_rows(pool)


async def a_day(pool: Pool, clock: FrozenClock, client: Customer) -> None:
    """Order two images in 3 h, two in 6 h and four to be planned; deliver some of each, some of them late."""
    await client.place(8, expedite=True)
    for hours in (2, 4, 14):
        clock.advance(hours * HOUR)
        await deliver(pool, clock, "Ada", (await claim(pool, clock, "Ada", 2)).images)
    clock.advance(4 * HOUR)


async def test_a_command_of_this_release_in_between_hides_nothing(pool: Pool, clock: FrozenClock) -> None:
    client = await open_customer(pool, clock, expedites=2)
    await a_day(pool, clock, client)
    before = await written(pool)
    await as_the_previous_release_writes(pool)
    await client.place(1)
    assert await complete(pool) == {False}
    await assert_figures_equal_rows(pool)
    clock.advance(DAY)
    await run_jobs(pool, clock, [ACTIVITY])
    assert [row for row in await written(pool) if any(row[3:])] == [row for row in before if any(row[3:])]
    assert await complete(pool) == {True}


@pytest.mark.parametrize("statements", range(2, 22, 3))
async def test_an_interrupted_completion_is_continued_and_figures_are_exact_meanwhile(
    pool: Pool, clock: FrozenClock, statements: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (activity, midnight_activity):
        monkeypatch.setattr(module, "DAYS_AT_ONCE", 1)
    client = await open_customer(pool, clock, expedites=2)
    closes_at = clock.now().replace(hour=23)
    for _ in range(3):  # until Thursday
        await a_day(pool, clock, client)
    await as_the_previous_release_writes(pool)
    with pytest.raises(Killed):
        await roll_up_activity(FailingPool(pool, statements), clock, closes_at, [client.account_id])
    await a_day(pool, clock, client)
    await assert_figures_equal_rows(pool)
    await run_jobs(pool, clock, [ACTIVITY])
    assert await complete(pool) == {True}
    await assert_figures_equal_rows(pool)


async def test_a_database_of_the_previous_release_is_completed_as_it_is_migrated(server: str) -> None:
    async with released_database(server) as url:
        await execute(url, "UPDATE images SET service_level = 'EXPEDITED_ADDITIONAL' WHERE service_level = 'EXPEDITED'")
        await migrate(url)
        pool = await open_pool(url)
        assert await complete(pool) == {True}
        assert any(any(row[3:]) for row in await written(pool))
        await assert_figures_equal_rows(pool)
        await pool.close()
