"""Expired leases, recorded once and at their end (domain rules, section 5)."""

import asyncio
from collections import Counter
from datetime import datetime

import pytest
from structlog.testing import capture_logs

from app.domain.errors import Refusals
from app.domain.orders.refusals import NotClaimed
from app.services.housekeeping.leases import Returned, return_expired_leases
from db.connections import Pool
from db.queries.pages import Slice
from db.queries.queue import LEASES_PAGE, production_queue
from db.readers import PoolReader
from tests.support.alerts import MINUTE
from tests.support.broken_accounts import break_account, repair_account
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.consistency import assert_consistent
from tests.support.customers import LEASE, Customer, claim, deliver, open_customer
from tests.support.events.texts import with_texts
from tests.support.pools import FailingPool, Killed

EXPIRED = "SELECT * FROM events WHERE type = 'CLAIM_EXPIRED' ORDER BY account_id, sequence"
CLAIMS = "SELECT claimed_by, claimed_until, first_claimed_at, status FROM images ORDER BY number"


async def ended(pool: Pool) -> list[tuple[datetime, int]]:
    """Return the ends of leases, each with the number of images of an order."""
    return [(row["at"], len(row["data"]["images"])) for row in await pool.fetch(EXPIRED)]


async def test_an_expired_lease_has_one_event_at_its_end(customer: Customer, pool: Pool, clock: FrozenClock) -> None:
    placed = await customer.place(2)
    claimed_at = clock.advance(MINUTE)
    await claim(pool, clock, "ann", 1)
    clock.advance(LEASE - MICROSECOND)
    assert await return_expired_leases(pool, clock) == Returned(0, 0)
    clock.advance()
    assert await return_expired_leases(pool, clock) == Returned(1, 0)
    clock.advance(LEASE)
    assert await return_expired_leases(pool, clock) == Returned(0, 0)
    [(_, image_id), _] = await customer.images_of(placed)
    data: dict[str, object] = {"before": {"worker": "ann", "leaseUntil": "2026-03-10T13:01:00+00:00"}, "after": None}
    data |= {"images": [str(image_id)]}
    assert [(row["at"], row["order_id"], row["image_id"], with_texts(row)) for row in await pool.fetch(EXPIRED)] == [
        (claimed_at + LEASE, placed.orders[0][1], image_id, data)
    ]
    assert [tuple(row) for row in await pool.fetch(CLAIMS)] == [
        (None, None, claimed_at, "QUEUED"),
        (None, None, None, "QUEUED"),
    ]
    await assert_consistent(PoolReader(pool), customer)


async def test_a_new_claim_records_the_expired_one_before_the_job_does(
    customer: Customer, pool: Pool, clock: FrozenClock
) -> None:
    await customer.place(3)
    clock.advance(MINUTE)
    await claim(pool, clock, "ann", 3)
    ended_at = clock.advance(LEASE)
    clock.advance(LEASE / 2)
    await claim(pool, clock, "bob", 2)
    assert await return_expired_leases(pool, clock) == Returned(1, 0)
    assert await ended(pool) == [(ended_at, 2), (ended_at, 1)]
    assert [row["claimed_by"] for row in await pool.fetch(CLAIMS)] == ["bob", "bob", None]
    await assert_consistent(PoolReader(pool), customer)


async def test_the_images_of_a_dead_worker_are_in_the_queue_whether_anybody_noted_it_or_not(
    customer: Customer, pool: Pool, clock: FrozenClock
) -> None:
    await customer.place(3)
    clock.advance(MINUTE)
    await claim(pool, clock, "ann", 2)
    clock.advance(LEASE)
    before = await production_queue(PoolReader(pool), clock.now(), Slice(10))
    await return_expired_leases(pool, clock)
    after = await production_queue(PoolReader(pool), clock.now(), Slice(10))
    assert [key for key, _ in before.rows] == [key for key, _ in after.rows]
    assert len(after.rows) == 3
    with pytest.raises(Refusals) as refused:
        await deliver(pool, clock, "ann", [(row.account_id, row.id) for _, row in after.rows[:1]])
    assert [type(each) for each in refused.value.refusals] == [NotClaimed]


async def test_expired_leases_have_events_in_the_order_of_their_ends(
    customer: Customer, pool: Pool, clock: FrozenClock
) -> None:
    await customer.place(3)
    for worker in ("cem", "bob", "ann"):
        await claim(pool, clock, worker, 1)
        clock.advance(MINUTE)
    clock.advance(LEASE)
    assert await return_expired_leases(pool, clock) == Returned(3, 0)
    instants = [at for at, _ in await ended(pool)]
    assert instants == sorted(instants)


async def test_concurrent_jobs_claims_and_deliveries_record_each_expired_lease_once(
    pool: Pool, clock: FrozenClock
) -> None:
    customers = [await open_customer(pool, clock, name=f"Studio {number}") for number in range(3)]
    for customer in customers:
        await customer.place(20)
    taken = await claim(pool, clock, "ann", 30)
    clock.advance(LEASE / 2)
    held = await claim(pool, clock, "bob", 30)
    clock.advance(taken.until - clock.now())

    await asyncio.gather(
        return_expired_leases(pool, clock),
        claim(pool, clock, "cem", 10),
        deliver(pool, clock, "bob", held.images[:10]),
        return_expired_leases(pool, clock),
        claim(pool, clock, "cem", 10),
        deliver(pool, clock, "bob", held.images[10:]),
    )
    await return_expired_leases(pool, clock)
    images = Counter(image for row in await pool.fetch(EXPIRED) for image in row["data"]["images"])
    assert images == Counter({str(image_id): 1 for _, image_id in taken.images})
    for customer in customers:
        await assert_consistent(PoolReader(pool), customer)


async def test_a_killed_batch_writes_nothing_and_is_done_by_the_next_run(
    customer: Customer, pool: Pool, clock: FrozenClock
) -> None:
    await customer.place(4)
    clock.advance(MINUTE)
    await claim(pool, clock, "ann", 4)
    ended_at = clock.advance(LEASE)
    for statements in range(1, 8):
        with pytest.raises(Killed):
            await return_expired_leases(FailingPool(pool, statements), clock)
        assert await ended(pool) == []
    assert await return_expired_leases(pool, clock) == Returned(4, 0)
    assert await ended(pool) == [(ended_at, 4)]


async def test_more_than_a_batch_is_returned_by_several(customer: Customer, pool: Pool, clock: FrozenClock) -> None:
    await customer.place(LEASES_PAGE + 1)
    await claim(pool, clock, "ann", 500)
    last = await claim(pool, clock, "ann", 500)
    clock.advance(last.until - clock.now())
    assert await return_expired_leases(pool, clock) == Returned(LEASES_PAGE + 1, 0)
    assert await pool.fetch("SELECT id FROM images WHERE claimed_until IS NOT NULL") == []


async def test_an_account_that_fails_does_not_stop_the_others(pool: Pool, clock: FrozenClock) -> None:
    """Not even with more than a batch of leases that ended before all others."""
    broken, *others = [await open_customer(pool, clock, name=f"Studio {number}") for number in range(3)]
    await broken.place(LEASES_PAGE + 1)
    for _ in range(2):
        await claim(pool, clock, "ann", 500)
    for customer in others:
        await customer.place(2)
    await claim(pool, clock, "bob", 1)
    clock.advance(MINUTE)
    last = await claim(pool, clock, "bob", 3)
    clock.advance(last.until - clock.now())
    await break_account(pool, broken.account_id)
    with capture_logs() as logs:
        assert await return_expired_leases(pool, clock) == Returned(4, 1)
    named = [(each["event"], each["job"], each["account"]) for each in logs]
    assert named == [("account_failed", "return_expired_leases", str(broken.account_id))]
    assert await return_expired_leases(pool, clock) == Returned(0, 1)
    await repair_account(pool, broken.account_id)
    assert await return_expired_leases(pool, clock) == Returned(LEASES_PAGE + 1, 0)
    for customer in (broken, *others):
        await assert_consistent(PoolReader(pool), customer)
