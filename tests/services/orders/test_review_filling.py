"""Reviews of orders that a server of the previous release has changed are filled in at midnight, from its facts."""

from datetime import datetime
from typing import Final
from uuid import UUID

import pytest

from app.services.deadline_alerts.watch import watch_deadlines
from app.services.jobs.cursors import ACTIVITY
from db.connections import Pool
from db.queries.order_states import OrderKey
from db.queries.pages import Slice
from db.queries.queue import count_images_at_risk, images_at_risk
from db.readers import PoolReader, Reader
from tests.support.alerts import LEAD, emitted_alerts
from tests.support.clock import FrozenClock
from tests.support.customers import Customer, open_customer
from tests.support.midnight_jobs import MICROSECOND, run_jobs
from tests.support.previous_server import PreviousServer
from tests.support.studio import DAY, HOUR

TURNAROUND: Final = 5 * HOUR


@pytest.fixture
async def customer(pool: Pool, clock: FrozenClock) -> Customer:
    return await open_customer(pool, clock)


@pytest.fixture
def previous(pool: Pool, clock: FrozenClock) -> PreviousServer:
    return PreviousServer(pool, clock)


@pytest.fixture
async def beyond(customer: Customer, clock: FrozenClock) -> OrderKey:
    """An order of two images beyond the guarantee, placed by this release an hour ago."""
    placed = await customer.place(202)
    clock.advance_to(placed.at + HOUR)
    return placed.orders[1]


async def reviews(pool: Pool, image: UUID) -> list[tuple[datetime, ...]]:
    """Return of each ended review of an image when it began, was due and ended."""
    query = "SELECT begun_at, due_at, ended_at FROM reviews WHERE image_id = $1 ORDER BY number"
    return [tuple(row) for row in await pool.fetch(query, image)]


async def counted(pool: Pool) -> tuple[int, int]:
    """Return the numbers of reviews met and missed in the rollups of all UTC days."""
    return tuple((await pool.fetch("SELECT sum(met_review), sum(late_review) FROM rollups WHERE grain = 1440"))[0])


async def promised(pool: Pool, order: OrderKey) -> list[datetime | None]:
    """Return by when the deadline of an order is promised, then of its images."""
    query = """
        SELECT review_by FROM orders WHERE id = $1
        UNION ALL (SELECT review_by FROM images WHERE order_id = $1 ORDER BY number)"""
    return [row[0] for row in await pool.fetch(query, order[1])]


async def at_risk(reader: Reader, until: datetime) -> list[UUID]:
    """Return the images at risk by an instant, as many as counted."""
    found = await images_at_risk(reader, until, Slice(20))
    assert await count_images_at_risk(reader, until) == len(found.rows)
    return [row.id for _, row in found.rows]


async def to_midnight(pool: Pool, clock: FrozenClock) -> None:
    clock.advance(DAY)
    await run_jobs(pool, clock, [ACTIVITY])


async def test_an_order_of_the_previous_release_has_an_open_review_and_one_event_when_overdue(
    pool: Pool, clock: FrozenClock, beyond: OrderKey, previous: PreviousServer
) -> None:
    order, images = await previous.repeat(beyond)
    due_at = clock.now() + TURNAROUND
    watched = await watch_deadlines(pool, clock, None, LEAD)
    assert await promised(pool, order) == [None, None, None]
    await to_midnight(pool, clock)
    assert await promised(pool, order) == [due_at, due_at, due_at]
    watched = await watch_deadlines(pool, clock, watched.until, LEAD)
    await watch_deadlines(pool, clock, watched.until, LEAD)
    alerts = [each for each in await emitted_alerts(pool) if each.order_id == order[1]]
    assert [(each.type, each.at, each.data["images"]) for each in alerts] == [
        ("REVIEW_OVERDUE", due_at.isoformat(), [str(image) for image in images])
    ]


async def test_a_deadline_set_by_the_previous_release_ended_the_review(
    pool: Pool, clock: FrozenClock, customer: Customer, beyond: OrderKey, previous: PreviousServer
) -> None:
    order, images = await previous.repeat(beyond)
    placed_at = clock.now()
    clock.advance(TURNAROUND)
    for each, of_order in ((order, images), (beyond, await customer.images(beyond))):
        await previous.confirm(each, of_order, clock.now() + DAY)
    confirmed_at = clock.now()
    await to_midnight(pool, clock)
    assert await reviews(pool, images[1]) == [(placed_at, placed_at + TURNAROUND, confirmed_at)]
    begun_at = placed_at - HOUR
    assert await reviews(pool, (await customer.images(beyond))[1]) == [(begun_at, begun_at + TURNAROUND, confirmed_at)]
    assert await promised(pool, order) == await promised(pool, beyond) == [None, None, None]
    assert await counted(pool) == (2, 2)
    await watch_deadlines(pool, clock, None, LEAD)
    assert [each.order_id for each in await emitted_alerts(pool) if each.type == "REVIEW_OVERDUE"] == [beyond[1]]


async def test_a_plan_of_the_previous_release_is_a_second_review_once_staff_have_set_a_deadline(
    pool: Pool, clock: FrozenClock, beyond: OrderKey, previous: PreviousServer
) -> None:
    """Another one goes on from the placing to the plan; 0.1.0 keeps no deadline, which would make it due earlier."""
    dated, images = await previous.repeat(beyond)
    undated, others = await previous.repeat(beyond)
    placed_at = clock.now()
    confirmed_at = clock.advance(HOUR)
    await previous.confirm(dated, images, confirmed_at + 4 * HOUR)
    expedited_at = clock.advance(HOUR)
    await previous.expedite(dated, images)
    await previous.expedite(undated, others)
    planned_at = clock.advance(2 * HOUR)
    await previous.confirm(dated, images[:1], planned_at + HOUR)
    await previous.deliver(undated, others[0])
    await to_midnight(pool, clock)
    first = (placed_at, placed_at + TURNAROUND, confirmed_at)
    assert await reviews(pool, images[0]) == [first, (expedited_at, expedited_at + TURNAROUND, planned_at)]
    assert await reviews(pool, others[0]) == [(placed_at, placed_at + TURNAROUND, planned_at)]
    assert await promised(pool, undated) == [placed_at + TURNAROUND, None, placed_at + TURNAROUND]


async def test_reviews_of_days_counted_before_are_filled_in_once_the_previous_release_has_written(
    pool: Pool, clock: FrozenClock, customer: Customer, beyond: OrderKey, previous: PreviousServer
) -> None:
    for _ in range(12):
        await to_midnight(pool, clock)
        await customer.place(1)
    images, confirmed_at = await customer.images(beyond), clock.now()
    assert [await reviews(pool, image) for image in images] == [[], []]
    await previous.confirm(beyond, images, confirmed_at + DAY)
    await customer.place(1)
    await to_midnight(pool, clock)
    assert {ended_at for image in images for *_, ended_at in await reviews(pool, image)} == {confirmed_at}


async def test_images_are_at_risk_by_the_deadline_that_the_previous_release_has_set(
    pool: Pool, clock: FrozenClock, customer: Customer, beyond: OrderKey, previous: PreviousServer
) -> None:
    reader, images = PoolReader(pool), await customer.images(beyond)
    promised_by = clock.now() - HOUR + TURNAROUND
    assert await at_risk(reader, promised_by) == images
    due_at = promised_by + HOUR
    await previous.confirm(beyond, images, due_at)
    assert await at_risk(reader, due_at - MICROSECOND) == []
    assert await at_risk(reader, due_at) == images
