"""The results and workers of images that a server of the previous release has delivered are corrected at midnight."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

import pytest

from app.domain.errors import Refusals
from app.domain.orders.changes import NewImage
from app.domain.orders.results import ImageResult
from app.domain.production.operations import Operation, Performer
from app.domain.production.rejections import RejectionReason
from app.services.jobs.cursors import ACTIVITY
from app.services.orders.placing import NewOrder, place_order
from app.services.orders.producing import deliver_images, record_operations, reject_images
from db.connections import Pool
from db.queries.order_states import OrderKey
from tests.support.clock import FrozenClock
from tests.support.customers import Customer, claim, deliver, open_customer
from tests.support.midnight_jobs import run_jobs
from tests.support.previous_server import PreviousServer
from tests.support.transactions import in_transaction

HOUR: Final = timedelta(hours=1)
MIDNIGHT: Final = datetime(2026, 3, 10, 23, tzinfo=UTC)
PREVIEW: Final = "https://pictures.example/a-small.jpg"
RESULT: Final = ImageResult("https://pictures.example/a-done.jpg", "https://pictures.example/a-done-small.jpg")


@pytest.fixture
async def client(pool: Pool, clock: FrozenClock) -> Customer:
    return await open_customer(pool, clock)


@pytest.fixture
def previous(pool: Pool, clock: FrozenClock) -> PreviousServer:
    return PreviousServer(pool, clock)


@pytest.fixture
async def placed(pool: Pool, clock: FrozenClock, client: Customer) -> tuple[OrderKey, UUID]:
    """An order of an image with a preview."""
    images = [NewImage("a.jpg", preview_url=PREVIEW)]
    new = NewOrder(client.account_id, "Shoes", client.specification_id, images, expedite=False)
    order = (await in_transaction(pool, partial(place_order, clock=clock, new=new))).orders[0]
    [image] = await client.images(order)
    clock.advance(HOUR)
    return order, image


async def shown(pool: Pool) -> tuple[str | None, ...]:
    """Return the worker and the result of the image, and the thumbnail of its order."""
    [row] = await pool.fetch(
        """
        SELECT i.delivered_by, i.result_url, i.result_preview_url, o.thumbnail_url
        FROM images i JOIN orders o ON o.account_id = i.account_id AND o.id = i.order_id"""
    )
    return tuple(row)


async def record(pool: Pool, clock: FrozenClock, worker: str, order: OrderKey, image: UUID) -> None:
    """Record an operation on the image."""
    done = [(order[0], Operation(image, "CLIPPING", Performer.RETOUCHER, 1000))]
    await in_transaction(pool, partial(record_operations, clock=clock, worker=worker, recorded=done))


async def deliver_and_reject(pool: Pool, clock: FrozenClock, order: OrderKey, image: UUID) -> None:
    """Deliver the image by Ben with a result, and send it back."""
    await claim(pool, clock, "Ben", 1)
    key = (order[0], image)
    await in_transaction(
        pool, partial(deliver_images, clock=clock, worker="Ben", images=[key], results={image: RESULT})
    )
    clock.advance(HOUR)
    await in_transaction(pool, partial(reject_images, clock=clock, reasons={key: RejectionReason("halo")}))
    clock.advance(HOUR)


@pytest.mark.parametrize("worker", ["Ada", "Ben"])
async def test_a_result_that_was_sent_back_does_not_outlive_a_redelivery_by_the_previous_release(
    pool: Pool, clock: FrozenClock, placed: tuple[OrderKey, UUID], previous: PreviousServer, worker: str
) -> None:
    await deliver_and_reject(pool, clock, *placed)
    await previous.claim(*placed, worker)
    await previous.deliver(*placed, worker)
    assert await shown(pool) == ("Ben", RESULT.url, RESULT.preview_url, RESULT.preview_url)
    clock.advance_to(MIDNIGHT)
    await run_jobs(pool, clock, [ACTIVITY])
    assert await shown(pool) == (worker, None, None, PREVIEW)
    await record(pool, clock, worker, *placed)
    with pytest.raises(Refusals):
        await record(pool, clock, "Cleo", *placed)


async def test_a_result_of_this_release_stays_while_it_is_rejected_and_as_the_latest_delivery(
    pool: Pool, clock: FrozenClock, placed: tuple[OrderKey, UUID], previous: PreviousServer
) -> None:
    order, image = placed
    await previous.claim(order, image)
    await previous.deliver(order, image)
    clock.advance(HOUR)
    await previous.reject(order, image)
    clock.advance(HOUR)
    await deliver_and_reject(pool, clock, order, image)
    expected = ("Ben", RESULT.url, RESULT.preview_url, RESULT.preview_url)
    assert await shown(pool) == expected
    clock.advance_to(MIDNIGHT)
    await run_jobs(pool, clock, [ACTIVITY])
    assert await shown(pool) == expected


async def test_who_delivered_before_the_upgrade_can_record_operations_once_the_account_is_counted(
    pool: Pool, clock: FrozenClock, placed: tuple[OrderKey, UUID], previous: PreviousServer
) -> None:
    await previous.claim(*placed)
    await previous.deliver(*placed)
    clock.advance(HOUR)
    await previous.reject(*placed)
    with pytest.raises(Refusals):
        await record(pool, clock, "Ada", *placed)
    clock.advance_to(MIDNIGHT)
    await run_jobs(pool, clock, [ACTIVITY])
    assert await shown(pool) == ("Ada", None, None, PREVIEW)
    await record(pool, clock, "Ada", *placed)


async def test_a_delivery_of_this_release_keeps_its_worker(
    pool: Pool, clock: FrozenClock, placed: tuple[OrderKey, UUID], previous: PreviousServer
) -> None:
    order, image = placed
    await claim(pool, clock, "Ben", 1)
    await deliver(pool, clock, "Ben", [(order[0], image)])
    clock.advance(HOUR)
    await previous.reject(order, image)
    clock.advance_to(MIDNIGHT)
    await run_jobs(pool, clock, [ACTIVITY])
    assert await shown(pool) == ("Ben", None, None, PREVIEW)
