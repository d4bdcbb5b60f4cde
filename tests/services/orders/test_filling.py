"""Orders that a server of the previous release has changed, by its own statements, are filled in again at midnight."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

import pytest

from app.domain.orders.changes import NewImage
from app.domain.orders.summaries import summary_of
from app.services.jobs.cursors import ACTIVITY
from app.services.orders.placing import NewOrder, place_order
from db.connections import Pool
from db.queries.order_states import OrderKey, order_states
from db.queries.orders import orders_by_id
from db.readers import PoolReader
from tests.support.clock import FrozenClock
from tests.support.customers import Customer, claim, deliver, open_customer
from tests.support.import_files import run_import
from tests.support.midnight_jobs import run_jobs
from tests.support.previous_server import PreviousServer
from tests.support.random_files import random_file
from tests.support.random_lives import Life
from tests.support.transactions import in_transaction

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
MIDNIGHT: Final = datetime(2026, 3, 10, 23, tzinfo=UTC)
"""The midnight in Copenhagen that ends the day of the frozen clock."""


@pytest.fixture
async def client(pool: Pool, clock: FrozenClock) -> Customer:
    return await open_customer(pool, clock)


@pytest.fixture
def previous(pool: Pool, clock: FrozenClock) -> PreviousServer:
    return PreviousServer(pool, clock)


async def filled(pool: Pool) -> list[tuple[object, ...]]:
    """Return the columns of each order that the previous release does not write but its thumbnail, by number."""
    query = "SELECT updated_at, begun_at, last_delivered_at FROM orders ORDER BY account_id, number"
    return [tuple(row) for row in await pool.fetch(query)]


async def versions(pool: Pool) -> list[tuple[object, ...]]:
    """Return the versions of the rows of orders and images, which every write changes."""
    query = "SELECT id, xmin::text FROM orders UNION ALL SELECT id, xmin::text FROM images ORDER BY id"
    return [tuple(row) for row in await pool.fetch(query)]


async def summaries_are_equal(pool: Pool) -> list[bool]:
    """Return of each order, by number, whether its actions are judged as its commands are."""
    reader = PoolReader(pool)
    keys: list[OrderKey] = [tuple(row) for row in await pool.fetch("SELECT account_id, id FROM orders ORDER BY number")]
    rows, states = await orders_by_id(reader, keys), await order_states(reader, keys)
    return [rows[key].summary == summary_of(states[key]) for key in keys]


async def to_midnight(pool: Pool, clock: FrozenClock) -> None:
    """Advance the clock to the account's next midnight, and run the job."""
    clock.advance_to(clock.now() + (MIDNIGHT - clock.now()) % DAY)
    await run_jobs(pool, clock, [ACTIVITY])


async def placed(client: Customer, count: int) -> tuple[datetime, OrderKey, list[UUID]]:
    """Place an order; return the instant, the order and its images."""
    outcome = await client.place(count)
    return outcome.at, outcome.orders[0], await client.images(outcome.orders[0])


async def test_an_order_claimed_by_the_previous_release_has_begun(
    pool: Pool, clock: FrozenClock, client: Customer, previous: PreviousServer
) -> None:
    placed_at, order, [image, _] = await placed(client, 2)
    clock.advance(HOUR)
    await previous.claim(order, image)
    claimed_at = clock.now()
    assert await filled(pool) == [(placed_at, None, None)]
    assert await summaries_are_equal(pool) == [False]  # the order is shown as one that can be cancelled
    await to_midnight(pool, clock)
    assert await filled(pool) == [(placed_at, claimed_at, None)]
    assert await summaries_are_equal(pool) == [True]


async def test_a_delivery_by_the_previous_release_is_the_last_command_and_can_be_rejected(
    pool: Pool, clock: FrozenClock, client: Customer, previous: PreviousServer
) -> None:
    placed_at, order, [image] = await placed(client, 1)
    clock.advance(HOUR)
    await previous.claim(order, image)
    claimed_at = clock.now()
    clock.advance(HOUR)
    await previous.deliver(order, image)
    delivered_at = clock.now()
    assert await filled(pool) == [(placed_at, None, None)]
    await to_midnight(pool, clock)
    assert await filled(pool) == [(delivered_at, claimed_at, delivered_at)]
    assert await summaries_are_equal(pool) == [True]


async def test_a_rejection_by_the_previous_release_leaves_nothing_to_reject_until_it_delivers_again(
    pool: Pool, clock: FrozenClock, client: Customer, previous: PreviousServer
) -> None:
    _, order, [image] = await placed(client, 1)
    begun_at = (await claim(pool, clock, "Ben", 1)).at
    delivered_at = (await deliver(pool, clock, "Ben", [(order[0], image)])).at
    clock.advance(HOUR)
    await previous.reject(order, image)
    rejected_at = clock.now()
    assert await filled(pool) == [(delivered_at, begun_at, delivered_at)]
    await to_midnight(pool, clock)
    assert await filled(pool) == [(rejected_at, begun_at, None)]
    clock.advance(HOUR)
    await previous.deliver(order, image)
    redelivered_at = clock.now()
    await to_midnight(pool, clock)
    assert await filled(pool) == [(redelivered_at, begun_at, redelivered_at)]
    assert await summaries_are_equal(pool) == [True]


async def test_an_order_whose_begun_image_the_previous_release_moves_to_another_has_not_begun(
    pool: Pool, clock: FrozenClock, client: Customer, previous: PreviousServer
) -> None:
    placed_at, order, [image, _] = await placed(client, 2)
    claimed = await claim(pool, clock, "Ben", 1)
    assert claimed.images == [(order[0], image)]
    clock.advance(HOUR)
    await previous.split(order, image)
    split_at = clock.now()
    assert await filled(pool) == [(placed_at, claimed.at, None), (None, None, None)]
    await to_midnight(pool, clock)
    assert await filled(pool) == [(split_at, None, None), (split_at, claimed.at, None)]
    assert await summaries_are_equal(pool) == [True, True]


async def test_orders_of_days_counted_long_ago_are_filled_in_once_the_previous_release_has_written(
    pool: Pool, clock: FrozenClock, client: Customer, previous: PreviousServer
) -> None:
    _, order, [image] = await placed(client, 1)
    for _ in range(25):
        clock.advance(DAY)
        await placed(client, 1)
    await to_midnight(pool, clock)
    clock.advance(HOUR)
    before = await filled(pool)
    await previous.deliver(order, image)
    await client.place(1)  # a command of this release in between hides nothing
    delivered_at = clock.now()
    assert (await filled(pool))[:-1] == before
    await to_midnight(pool, clock)
    after = await filled(pool)
    assert after[0] == (delivered_at, delivered_at, delivered_at)
    assert after[1:-1] == before[1:]
    assert all(await summaries_are_equal(pool))


@pytest.mark.parametrize("seed", range(3))
async def test_orders_of_this_release_are_not_written(pool: Pool, seed: int) -> None:
    life = Life(pool, seed, with_jobs=False)
    await life.live(80)
    before = await versions(pool)
    life.clock.advance(DAY)
    assert await run_jobs(pool, life.clock, [ACTIVITY]) > 0
    assert await versions(pool) == before
    assert len(before) > 10


@pytest.mark.parametrize("seed", range(3))
async def test_imported_orders_are_not_written(pool: Pool, seed: int) -> None:
    await run_import(pool, random_file(seed))
    before = await versions(pool)
    [(last_at,)] = await pool.fetch("SELECT max(last_at) FROM account_heads")
    assert await run_jobs(pool, FrozenClock(last_at + DAY), [ACTIVITY]) > 0
    assert await versions(pool) == before
    assert len(before) > 10


async def test_an_order_split_by_the_previous_release_has_the_preview_of_its_first_image(
    pool: Pool, clock: FrozenClock, client: Customer, previous: PreviousServer
) -> None:
    first, second = "https://pictures.example/1.jpg", "https://pictures.example/2.jpg"
    images = [NewImage("1.jpg", preview_url=first), NewImage("2.jpg", preview_url=second)]
    new = NewOrder(client.account_id, "Shoes", client.specification_id, images, expedite=False)
    order = (await in_transaction(pool, partial(place_order, clock=clock, new=new))).orders[0]
    clock.advance(HOUR)
    await previous.split(order, (await client.images(order))[0])
    thumbnails = "SELECT thumbnail_url FROM orders ORDER BY number"
    assert [row[0] for row in await pool.fetch(thumbnails)] == [first, None]
    await to_midnight(pool, clock)
    assert [row[0] for row in await pool.fetch(thumbnails)] == [second, first]
