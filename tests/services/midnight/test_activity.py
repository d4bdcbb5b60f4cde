"""The roll-up of activity: closed ledger days are counted once, and again after changes that it did not see."""

import asyncio
from datetime import timedelta

import pytest

from app.services import activity
from app.services.jobs.cursors import ACTIVITY, begin_missing_cursors
from app.services.midnight import activity as midnight_activity
from app.services.midnight.activity import roll_up_activity
from db.connections import Pool
from db.migrate import migrate
from db.pools import open_pool
from tests.support.activity import (
    CLOSES,
    PRICE,
    TUESDAY,
    WEDNESDAY,
    assert_equals_rows,
    complete_until,
    counted,
    to_midnight,
)
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.customers import Customer, open_customer
from tests.support.midnight_jobs import cursor, run_jobs
from tests.support.pools import FailingPool, Killed
from tests.support.random_lives import Life
from tests.support.released_database import released_database

DAY = timedelta(days=1)


@pytest.fixture
async def client(pool: Pool, clock: FrozenClock) -> Customer:
    return await open_customer(pool, clock)


async def test_a_closed_day_is_counted_once(pool: Pool, clock: FrozenClock, client: Customer) -> None:
    await client.place(3)
    clock.advance_to(CLOSES)
    await client.place(2)
    assert await roll_up_activity(pool, clock, CLOSES, [client.account_id]) == 1
    assert await counted(pool) == [(TUESDAY, 3, 0, 3 * PRICE)]
    assert await complete_until(pool, client.account_id) == CLOSES
    assert (await cursor(pool, ACTIVITY, client.account_id))[:2] == (WEDNESDAY, CLOSES + DAY)
    assert await roll_up_activity(pool, clock, CLOSES, [client.account_id]) == 0
    await assert_equals_rows(pool, clock)


async def test_a_day_is_not_counted_before_it_closed(pool: Pool, clock: FrozenClock, client: Customer) -> None:
    await client.place(3)
    clock.advance_to(CLOSES - MICROSECOND)
    assert await roll_up_activity(pool, clock, CLOSES, [client.account_id]) == 0
    assert await counted(pool) == []


async def test_an_account_is_done_once_by_however_many_at_once(
    pool: Pool, clock: FrozenClock, client: Customer
) -> None:
    await client.place(3)
    clock.advance_to(CLOSES + 3 * DAY)
    jobs = (roll_up_activity(pool, clock, CLOSES, [client.account_id]) for _ in range(5))
    assert sorted(await asyncio.gather(*jobs)) == [0, 0, 0, 0, 1]
    assert await counted(pool) == [(TUESDAY, 3, 0, 3 * PRICE), (WEDNESDAY, 0, 0, 0)]  # the day of their deadline


async def test_all_days_that_closed_meanwhile_are_counted_at_once(
    pool: Pool, clock: FrozenClock, client: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(25):
        await client.place(1)
        clock.advance(DAY)
    taken: list[object] = []
    rolled_up = activity.roll_up

    async def noting(*args: object) -> bool:
        taken.append(args)
        return await rolled_up(*args)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(midnight_activity, "roll_up", noting)
    assert await roll_up_activity(pool, clock, CLOSES, [client.account_id]) == 1
    assert [row[1] for row in await counted(pool)] == [1] * 25
    assert len(taken) == 4  # of ten days at most, the last of none
    assert (await cursor(pool, ACTIVITY, client.account_id)).date == clock.now().date()


@pytest.mark.parametrize("statements", range(2, 29, 4))
async def test_an_interrupted_roll_up_keeps_its_days_and_is_continued(
    pool: Pool, clock: FrozenClock, client: Customer, statements: int
) -> None:
    for _ in range(25):
        await client.place(1)
        clock.advance(DAY)
    with pytest.raises(Killed):
        await roll_up_activity(FailingPool(pool, statements), clock, CLOSES, [client.account_id])
    assert len(await counted(pool)) in {0, 10, 20, 25}
    await assert_equals_rows(pool, clock)
    assert await run_jobs(pool, clock, [ACTIVITY]) == 1
    assert [row[1] for row in await counted(pool)] == [1] * 25
    await assert_equals_rows(pool, clock)


async def test_a_change_by_a_release_without_these_rows_is_seen_and_all_days_are_counted_again(
    pool: Pool, clock: FrozenClock, client: Customer
) -> None:
    await client.place(3)
    await to_midnight(pool, clock)
    await pool.fetch("UPDATE orders SET status = 'CANCELLED', cancelled_at = $1", clock.now())
    await pool.fetch("UPDATE images SET status = 'CANCELLED', cancelled_at = $1", clock.now())
    await pool.fetch("UPDATE account_heads SET next_event_sequence = next_event_sequence + 1")
    assert await complete_until(pool, client.account_id) is None
    await assert_equals_rows(pool, clock)
    await client.place(1)
    assert await complete_until(pool, client.account_id) is None
    clock.advance_to(CLOSES + DAY)
    await run_jobs(pool, clock, [ACTIVITY])
    assert await counted(pool) == [(TUESDAY, 0, 3, 0), (WEDNESDAY, 1, 0, PRICE)]


@pytest.mark.parametrize("seed", range(10, 14))
async def test_random_lives_have_the_activity_of_their_rows(pool: Pool, seed: int) -> None:
    life = Life(pool, seed, with_jobs=True)
    await life.live(80)
    await assert_equals_rows(pool, life.clock)
    assert len(await counted(pool)) >= 5


async def test_the_history_of_a_database_of_the_previous_release_is_counted(server: str) -> None:
    async with released_database(server) as url:
        await migrate(url)
        pool = await open_pool(url)
        [(last_at,)] = await pool.fetch("SELECT max(last_at) FROM account_heads")
        clock = FrozenClock(last_at + DAY)
        assert await begin_missing_cursors(pool) > 0
        await run_jobs(pool, clock, [ACTIVITY])
        assert sum(row["uploaded"] for row in await pool.fetch("SELECT uploaded FROM activity_days")) > 0
        for (account_id,) in await pool.fetch("SELECT id FROM accounts"):
            assert (await complete_until(pool, account_id) or last_at) > last_at - DAY
        await assert_equals_rows(pool, clock)
        await pool.close()
