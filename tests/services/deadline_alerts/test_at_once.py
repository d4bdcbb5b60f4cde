"""The watch over deadlines beside commands and other watches, and killed."""

import asyncio
import itertools
from collections import Counter
from contextlib import suppress

from app.services.accounts.counters import lock_counters
from app.services.deadline_alerts.watch import SLACK, watch_deadlines
from app.services.orders.placing import NewOrder, place_order
from db.connections import Pool
from db.readers import PoolReader
from db.writer import unit_of_work
from tests.support.alerts import MINUTE, RISK_AT, WEDNESDAY_AT_NINE, delete_alerts, emitted_alerts, watch
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.consistency import assert_consistent
from tests.support.customers import Customer, claim, deliver, open_customer
from tests.support.order_states import uploads
from tests.support.pools import FailingPool, Killed
from tests.support.studio import HOUR


async def test_no_command_gets_an_instant_before_an_emitted_alert(
    customer: Customer, pool: Pool, clock: FrozenClock
) -> None:
    """Not even one by a slow clock."""
    await customer.place(1)
    behind = FrozenClock(clock.now() + MINUTE)
    clock.advance_to(RISK_AT + MINUTE)
    await watch(pool, clock)
    assert (await claim(pool, behind, "ann", 1)).at == clock.now() + MICROSECOND


async def test_commands_under_way_as_the_last_watch_ended_are_seen_by_the_next(
    customer: Customer, pool: Pool, clock: FrozenClock
) -> None:
    """A deadline of within the lead, set at an instant before the end of that watch, and committed after it."""
    await customer.place(1, expedite=True)
    ended_at = clock.now() + SLACK - MICROSECOND
    clock.advance_to(ended_at + MINUTE)
    assert (await watch_deadlines(pool, clock, ended_at, 4 * HOUR)).emitted == 1


async def test_alerts_of_a_command_under_way_are_emitted_by_the_next_watch(
    customer: Customer, pool: Pool, clock: FrozenClock
) -> None:
    """It has its instant, before the watch, and holds the counters; the account's other orders get all alerts."""
    await customer.place(1, expedite=True)
    clock.advance(HOUR)
    lead = 3 * HOUR
    seen = (await watch(pool, clock, lead)).until
    new = NewOrder(customer.account_id, "Hats", customer.specification_id, uploads("a.jpg"), expedite=True)
    async with unit_of_work(pool) as writer:
        placed = await place_order(writer, clock, new)
        clock.advance(SLACK - MINUTE)
        async with asyncio.timeout(10):
            watched = await watch_deadlines(pool, clock, seen, lead)
        await writer.commit()
    clock.advance(MINUTE)
    assert watched.emitted == 0
    assert (await watch_deadlines(pool, clock, watched.until, lead)).emitted == 1
    assert [each.order_id for each in await emitted_alerts(pool)][1:] == [placed.orders[0][1]]


async def test_only_accounts_with_alerts_to_emit_are_locked(pool: Pool, clock: FrozenClock) -> None:
    held, other = [await open_customer(pool, clock, name=name) for name in ("Held", "Other")]
    await held.place(1)
    clock.advance_to(WEDNESDAY_AT_NINE + MICROSECOND)
    seen = (await watch(pool, clock)).until
    last_at = await held.pool.fetch("SELECT last_at FROM account_heads WHERE account_id = $1", held.account_id)
    taken = (await other.place(1, expedite=True)).orders
    clock.advance(MINUTE)
    async with unit_of_work(pool) as writer, asyncio.timeout(10):
        await lock_counters(writer, [held.account_id])
        assert (await watch_deadlines(pool, clock, seen, 4 * HOUR)).emitted == 1
    assert [each.order_id for each in await emitted_alerts(pool) if each.account_id == other.account_id] == [
        taken[0][1]
    ]
    query = "SELECT last_at FROM account_heads WHERE account_id = $1"
    assert await pool.fetch(query, held.account_id) == last_at


async def test_two_watches_at_once_emit_each_alert_once_during_commands(pool: Pool, clock: FrozenClock) -> None:
    customers = [await open_customer(pool, clock, name=f"Studio {number}") for number in range(3)]
    placed = [await customer.place(4) for customer in customers for _ in range(4)]
    await claim(pool, clock, "ann", 20)
    clock.advance_to(WEDNESDAY_AT_NINE + MICROSECOND)
    taken = await claim(pool, clock, "ann", 20)
    await asyncio.gather(
        watch(pool, clock),
        *(deliver(pool, clock, "ann", taken.images[start : start + 5]) for start in range(0, 20, 5)),
        watch(pool, clock),
        customers[0].place(3),
        watch(pool, clock),
    )
    found = Counter((each.order_id, each.type) for each in await emitted_alerts(pool))
    orders = [order_id for outcome in placed for _, order_id in outcome.orders]
    assert found == dict.fromkeys(
        [(order_id, type_) for order_id in orders for type_ in ("DEADLINE_AT_RISK", "DEADLINE_MISSED")], 1
    )
    for customer in customers:
        await assert_consistent(PoolReader(pool), customer)


async def test_a_watch_killed_anywhere_emitted_whole_pages_and_the_next_emits_the_rest(
    database: str, customer: Customer, pool: Pool, clock: FrozenClock
) -> None:
    for count in (1, 2, 3):
        await customer.place(count)
    clock.advance_to(WEDNESDAY_AT_NINE + MICROSECOND)
    await watch(pool, clock)
    expected = await emitted_alerts(pool)
    await delete_alerts(database)
    found = list[bool]()
    for statements in itertools.count(1):
        faltering = FailingPool(pool, statements)
        with suppress(Killed):
            await watch(faltering, clock)
        found.append(bool(await emitted_alerts(pool)))
        assert await emitted_alerts(pool) == (expected if found[-1] else [])
        if not faltering.faltered:
            break
    assert found == sorted(found)
    assert found.count(False) > 9
