"""Commands and imports change the counts of ledger days that have closed."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest

from app.domain.activity.buckets import buckets
from app.domain.activity.enums import Grain
from app.domain.activity.figures import ActivityFigures
from app.services.accounts.terms import change_time_zone
from app.services.activity import ADD_ACTIVITY
from app.services.jobs.cursors import ACTIVITY
from app.services.midnight.activity import roll_up_activity
from app.services.orders.changing import cancel_order
from app.services.orders.producing import reject_images
from db.connections import Pool
from db.queries.accounts import account_histories
from db.queries.activity import ActivitySource, read_activity
from db.readers import PoolReader
from tests.support.activity import CLOSES, HOUR, PRICE, TUESDAY, WEDNESDAY, assert_equals_rows, counted, to_midnight
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.customers import HALO, Customer, claim, deliver, open_customer
from tests.support.import_files import START, change, order, run_import
from tests.support.midnight_jobs import run_jobs
from tests.support.pools import CountingPool
from tests.support.transactions import in_transaction

DAY = timedelta(days=1)


@pytest.fixture
async def client(pool: Pool, clock: FrozenClock) -> Customer:
    return await open_customer(pool, clock)


async def test_a_cancellation_changes_the_closed_day_of_the_upload(
    pool: Pool, clock: FrozenClock, client: Customer
) -> None:
    kept, gone = await client.place(3), await client.place(2)
    await to_midnight(pool, clock)
    await in_transaction(pool, partial(cancel_order, clock=clock, key=gone.orders[0]))
    assert await counted(pool) == [(TUESDAY, 3, 2, 3 * PRICE)]
    await in_transaction(pool, partial(cancel_order, clock=clock, key=kept.orders[0]))
    assert await counted(pool) == [(TUESDAY, 0, 5, 0)]
    await assert_equals_rows(pool, clock)


async def test_images_cancelled_on_a_closed_and_on_the_running_day_are_counted_on_their_own_days(
    pool: Pool, clock: FrozenClock, client: Customer
) -> None:
    yesterday = await client.place(3)
    await to_midnight(pool, clock)
    for outcome in (yesterday, await client.place(2)):
        chosen = (await client.images(outcome.orders[0]))[:1]
        await in_transaction(pool, partial(cancel_order, clock=clock, key=outcome.orders[0], chosen=chosen))
    assert await counted(pool) == [(TUESDAY, 2, 1, 2 * PRICE)]
    await assert_equals_rows(pool, clock)


async def test_cancellations_while_days_are_counted_are_in_their_rows(
    pool: Pool, clock: FrozenClock, client: Customer
) -> None:
    placed = [await client.place(1) for _ in range(6)]
    clock.advance_to(CLOSES + HOUR)
    await client.place(1)  # so that the account is not quiet
    cancel = partial(cancel_order, clock=clock)
    await asyncio.gather(
        *(in_transaction(pool, partial(cancel, key=outcome.orders[0])) for outcome in placed[:3]),
        roll_up_activity(pool, clock, CLOSES, [client.account_id]),
        *(in_transaction(pool, partial(cancel, key=outcome.orders[0])) for outcome in placed[3:5]),
    )
    assert await counted(pool) == [(TUESDAY, 1, 5, PRICE)]
    await assert_equals_rows(pool, clock)


async def test_an_expedite_doubles_the_spend_of_the_closed_day(
    pool: Pool, clock: FrozenClock, client: Customer
) -> None:
    placed = await client.place(3)
    await to_midnight(pool, clock)
    [chosen, *_] = await client.images(placed.orders[0])
    await client.expedite(placed.orders[0], [chosen])
    assert await counted(pool) == [(TUESDAY, 3, 0, 4 * PRICE)]
    await assert_equals_rows(pool, clock)


async def test_deliveries_and_rejections_belong_to_their_own_days(
    pool: Pool, clock: FrozenClock, client: Customer
) -> None:
    placed = await client.place(3)
    await to_midnight(pool, clock)
    claimed = await claim(pool, clock, "Ada", 2)
    clock.advance()
    delivered = await deliver(pool, clock, "Ada", claimed.images)
    clock.advance_to(CLOSES + 33 * HOUR)  # the deadline of all was at 8:00 UTC
    await run_jobs(pool, clock, [ACTIVITY])
    await in_transaction(pool, partial(reject_images, clock=clock, reasons=dict.fromkeys(claimed.images[:1], HALO)))
    clock.advance()
    history = (await account_histories(PoolReader(pool), [client.account_id]))[client.account_id]
    of = ActivitySource(client.account_id, history.zones, history.activity_until, clock.now())
    days = buckets(TUESDAY, date.max, Grain.DAY, of.at, of.periods)
    found = await read_activity(PoolReader(pool), of, days, Grain.DAY)
    lead = (delivered.at - placed.at) // MICROSECOND
    assert found == {
        TUESDAY: ActivityFigures(uploaded=3, spend={"USD": 3 * PRICE}),
        WEDNESDAY: ActivityFigures(
            delivered=2, on_time=2, late=1, lead_microseconds=2 * lead, saved_milliseconds=2 * 275_500
        ),
        date(2026, 3, 12): ActivityFigures(rejected=1),
    }
    await assert_equals_rows(pool, clock)


async def test_a_command_of_the_running_day_costs_no_further_statement(
    pool: Pool, clock: FrozenClock, client: Customer
) -> None:
    yesterday = await client.place(3)
    await to_midnight(pool, clock)
    counting = CountingPool(pool)
    today = await replace(client, pool=counting).place(2)
    await in_transaction(counting, partial(cancel_order, clock=clock, key=today.orders[0]))
    assert counting.statements.count(ADD_ACTIVITY.sql) == 0
    await in_transaction(counting, partial(cancel_order, clock=clock, key=yesterday.orders[0]))
    assert counting.statements.count(ADD_ACTIVITY.sql) == 1


async def test_a_zone_change_moves_only_days_that_have_not_closed(
    pool: Pool, clock: FrozenClock, client: Customer
) -> None:
    await client.place(3)
    await to_midnight(pool, clock)
    await in_transaction(
        pool, partial(change_time_zone, clock=clock, account_id=client.account_id, name="Asia/Kathmandu")
    )
    await client.place(2)
    clock.advance(3 * DAY)
    await client.place(1)
    await assert_equals_rows(pool, clock)
    await run_jobs(pool, clock)
    assert [row[:2] for row in await counted(pool)] == [(TUESDAY, 3), (WEDNESDAY, 2)]
    await assert_equals_rows(pool, clock)


async def test_imports_change_closed_days(pool: Pool, clock: FrozenClock) -> None:
    delivered = [{"filename": "a.jpg", "deliveredAt": "2026-03-05T11:00:00Z"}, {"filename": "b.jpg"}]
    await run_import(pool, [*START, order("o-1", delivered, at="2026-03-04T10:00:00Z")], now=clock.now())
    await run_jobs(pool, clock)
    assert [row[:2] for row in await counted(pool)] == [(date(2026, 3, 4), 2), (date(2026, 3, 5), 0)]
    late = [{"filename": "c.jpg", "deliveredAt": "2026-03-09T11:00:00Z"}]
    lines = [
        order("o-2", late, at="2026-03-06T10:00:00Z"),
        change("expedite", "2026-03-06T11:00:00Z", order="o-2"),
        order("o-3", 2, at="2026-03-06T12:00:00Z"),
        change("cancellation", "2026-03-07T12:00:00Z", order="o-3"),
    ]
    assert (await run_import(pool, lines, now=clock.now())).problems == []
    assert await counted(pool) == [
        (date(2026, 3, 4), 2, 0, 2 * PRICE),
        (date(2026, 3, 5), 0, 0, 0),
        (date(2026, 3, 6), 1, 2, 2 * PRICE),
        (date(2026, 3, 9), 0, 0, 0),
    ]
    await assert_equals_rows(pool, clock)


async def test_an_imported_zone_change_has_all_days_counted_again(pool: Pool, clock: FrozenClock) -> None:
    evening = {"filename": "a.jpg", "deliveredAt": "2026-03-06T23:30:00Z"}
    await run_import(pool, [*START, order("o-1", [evening], at="2026-03-04T10:00:00Z")], now=clock.now())
    await run_jobs(pool, clock)
    assert [row[0] for row in await counted(pool)] == [date(2026, 3, 4), date(2026, 3, 5), date(2026, 3, 7)]
    moved = change("timeZone", "2026-03-05T10:00:00Z", timeZone="America/New_York")
    assert (await run_import(pool, [moved], now=clock.now())).problems == []
    await assert_equals_rows(pool, clock)
    await run_jobs(pool, clock)
    assert [row[0] for row in await counted(pool)] == [date(2026, 3, 4), date(2026, 3, 5), date(2026, 3, 6)]
    await assert_equals_rows(pool, clock)
