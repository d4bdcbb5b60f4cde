"""Claims at once: nobody is sent away while there is work, and no account is dragged along by another."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

from app.services.commands import Answer, Command, perform
from app.services.heads import lock_heads
from app.services.orders.claiming import claim_images
from db.connections import Pool, Writer, hang_up, open_pool, unit_of_work
from tests.clock import MICROSECOND, FrozenClock
from tests.services.orders.studios import HOUR, LEASE, begin, claim, deliver

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


async def test_workers_of_four_servers_all_get_an_image_at_once(database: str, pool: Pool, clock: FrozenClock) -> None:
    for name in "abcde":
        await (await begin(pool, clock, name=name)).place(10)
    clock.advance(HOUR)

    async def work(writer: Writer) -> Answer:
        claimed = await claim_images(writer, clock, "w", 1, LEASE)
        return {"images": [str(image_id) for _, image_id in claimed.images]}

    async with AsyncExitStack() as servers:
        pools = [await open_pool(database, max_size=10) for _ in range(4)]
        for server in pools:
            servers.push_async_callback(hang_up, server)
        claims = (perform(pools[each % 4], clock, Command(None, "claimImages", {}), work) for each in range(40))
        answers = await asyncio.gather(*claims)
    got = [image_id for answer in answers for image_id in answer["images"]]
    assert len(got) == len(set(got)) == 40


async def test_who_waited_for_another_claim_gets_what_is_next(pool: Pool, clock: FrozenClock) -> None:
    giver = await begin(pool, clock)
    placed = await giver.images_of(await giver.place(20))
    clock.advance(HOUR)
    async with unit_of_work(pool) as writer:
        await lock_heads(writer, [giver.account_id])
        claims = [asyncio.create_task(claim(pool, clock, *asked)) for asked in (("ann", 3), ("bob", 5))]
        await asyncio.sleep(0.1)
    claimed = [await each for each in claims]
    assert sorted(len(each.images) for each in claimed) == [3, 5]
    assert sorted(image for each in claimed for image in each.images) == sorted(placed[:8])


async def test_an_account_whose_instants_are_ahead_drags_no_other_along(pool: Pool, clock: FrozenClock) -> None:
    ahead, other = await begin(pool, clock, name="ahead"), await begin(pool, clock, name="other")
    images = [image for giver in (ahead, other) for image in await giver.images_of(await giver.place(1))]
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
