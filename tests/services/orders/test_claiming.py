"""Concurrent claims: every worker gets images while there are any, and no account moves another's instant."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.services.accounts.counters import advance_quiet, lock_counters
from app.services.commands import Command, perform
from app.services.orders.claiming import ONE_AT_A_TIME, Claimed, claim_images
from db.connections import Pool, hang_up
from db.pools import open_pool
from db.readers import PoolReader
from db.writer import Writer, unit_of_work
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.consistency import assert_consistent
from tests.support.customers import LEASE, claim, deliver, open_customer
from tests.support.database import until
from tests.support.studio import HOUR

WAITING = """
    SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' HAVING count(*) = 2"""
SECOND = timedelta(seconds=1)
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


async def test_workers_of_four_servers_all_get_an_image_at_once(database: str, pool: Pool, clock: FrozenClock) -> None:
    customers = [await open_customer(pool, clock, name=name) for name in "abcde"]
    for customer in customers:
        await customer.place(10)
    clock.advance(HOUR)
    # Or claims would pass by the accounts that another one is just bringing forward.
    await advance_quiet(pool, clock, [customer.account_id for customer in customers])

    async def work(writer: Writer) -> Claimed:
        return await claim_images(writer, clock, "w", 1, LEASE)

    async with AsyncExitStack() as servers:
        pools = [await open_pool(database, max_size=2) for _ in range(4)]
        for server in pools:
            servers.push_async_callback(hang_up, server)
        command = Command(None, "claimImages", {})
        claims = (perform(pools[each % 4], clock, command, work, Claimed.from_json) for each in range(40))
        claimed = await asyncio.gather(*claims)
    got = [image_id for performed in claimed for _, image_id in performed.result.images]
    assert len(got) == len(set(got)) == 40


async def test_a_claim_that_waits_for_another_gets_the_next_images(pool: Pool, clock: FrozenClock) -> None:
    customer = await open_customer(pool, clock)
    placed = await customer.images_of(await customer.place(20))
    clock.advance(HOUR)
    async with unit_of_work(pool) as writer:
        await writer.execute(ONE_AT_A_TIME)
        claims = [asyncio.create_task(claim(pool, clock, *asked)) for asked in (("ann", 3), ("bob", 5))]
        await until(pool, WAITING)
    claimed = [await each for each in claims]
    assert sorted(len(each.images) for each in claimed) == [3, 5]
    assert sorted(image for each in claimed for image in each.images) == sorted(placed[:8])


async def test_accounts_that_others_are_changing_are_passed_by(pool: Pool, clock: FrozenClock) -> None:
    customers = [await open_customer(pool, clock, name=name) for name in "abcd"]
    placed: list[list[tuple[UUID, UUID]]] = []
    for customer in customers:
        clock.advance()
        placed.append(await customer.images_of(await customer.place(2)))
    clock.advance(HOUR)
    async with unit_of_work(pool) as writer:
        await lock_counters(writer, [customers[0].account_id, customers[2].account_id])
        claimed = await claim(pool, clock, "ann", 3)
        rest = await claim(pool, clock, "bob", 3)
    assert (claimed.images, set(claimed.passed_by)) == (
        [*placed[1], placed[3][0]],
        {customers[0].account_id, customers[2].account_id},
    )
    assert (rest.images, len(rest.passed_by)) == ([placed[3][1]], 2)
    for customer in customers:
        await assert_consistent(PoolReader(pool), customer)
    last = await claim(pool, clock, "cay", 9)
    assert (last.images, last.passed_by) == ([*placed[0], *placed[2]], set())


async def test_an_account_whose_instants_are_ahead_does_not_move_others(pool: Pool, clock: FrozenClock) -> None:
    ahead, other = await open_customer(pool, clock, name="ahead"), await open_customer(pool, clock, name="other")
    images = [image for customer in (ahead, other) for image in await customer.images_of(await customer.place(1))]
    tomorrow = NOON + 24 * HOUR
    await pool.fetch("UPDATE account_heads SET last_at = $2 WHERE account_id = $1", ahead.account_id, tomorrow)
    clock.advance(HOUR - (clock.now() - NOON))
    claimed = await claim(pool, clock, "ann", 2)
    assert (sorted(claimed.images), claimed.until) == (sorted(images), NOON + HOUR + LEASE)
    clock.advance(timedelta(minutes=1))
    await deliver(pool, clock, "ann", images[1:])
    rows = await pool.fetch("SELECT account_id, last_at FROM account_heads")
    assert dict(map(tuple, rows)) == {
        ahead.account_id: tomorrow + MICROSECOND,
        other.account_id: NOON + HOUR + timedelta(minutes=1),
    }


async def test_a_claim_uses_the_clock_of_the_database_not_that_of_the_process(pool: Pool, clock: FrozenClock) -> None:
    class Behind(FrozenClock):
        """A frozen clock of a process that is a few seconds slow."""

        def now(self) -> datetime:
            return super().now() - 5 * SECOND

    customer = await open_customer(pool, clock)
    placed = await customer.images_of(await customer.place(1))
    clock.advance(HOUR)
    await claim(pool, clock, "ann", 1)
    clock.advance(LEASE + SECOND)
    assert (await claim(pool, Behind(clock.now()), "bob", 1)).images == placed
