"""The name of a worker is erased in all accounts, and nothing else."""

import json
from datetime import UTC, date, datetime
from functools import partial
from itertools import count as numbers
from typing import Final

import pytest

from app.domain.production.operations import Operation, Performer
from app.services.erasing import erasing
from app.services.erasing.workers import count_worker, erase_worker
from app.services.housekeeping.leases import return_expired_leases
from app.services.jobs.cursors import ACTIVITY
from app.services.orders.producing import record_operations
from db.connections import Pool
from db.readers import PoolReader
from tests.support.clock import FrozenClock
from tests.support.customers import Customer, claim, deliver, open_customer
from tests.support.erasing import all_rows, columns_with, erase, erasures
from tests.support.events.released import OLD_ROWS
from tests.support.midnight_jobs import run_jobs
from tests.support.pools import FailingPool, Killed
from tests.support.previous_server import PreviousServer
from tests.support.studio import DAY, HOUR
from tests.support.transactions import in_transaction

MIDNIGHT: Final = datetime(2026, 3, 10, 23, tzinfo=UTC)
WORKERS: Final = "SELECT delivered_by FROM images WHERE account_id = $1 ORDER BY uploaded_at, number"
OF_EVENTS: Final = """
    SELECT coalesce(texts ->> 'worker', data ->> 'worker', data #>> '{after,worker}', data #>> '{before,worker}')
    FROM events WHERE account_id = $1 AND type IN ('IMAGES_CLAIMED', 'CLAIM_EXPIRED', 'IMAGES_DELIVERED')
    ORDER BY sequence"""


async def produced(customer: Customer, clock: FrozenClock, worker: str, images: int = 1) -> None:
    """Place an order of images, and have a worker deliver one."""
    await customer.place(images)
    clock.advance(HOUR / 4)
    await deliver(customer.pool, clock, worker, (await claim(customer.pool, clock, worker, 1)).images)
    clock.advance(HOUR / 4)


async def workers(customer: Customer) -> tuple[list[str | None], list[str | None]]:
    """Return the workers of the images and of the events of an account."""
    found = [await customer.pool.fetch(query, customer.account_id) for query in (WORKERS, OF_EVENTS)]
    return [row[0] for row in found[0]], [row[0] for row in found[1]]


async def test_the_exact_name_is_erased_in_each_account_that_has_it_with_an_event_that_does_not_name_it(
    pool: Pool, clock: FrozenClock, customer: Customer
) -> None:
    dior, chanel = [await open_customer(pool, clock, name=name) for name in ("Dior", "Chanel")]
    for worker in ("Ada", "Ada L.", "ada"):
        await produced(customer, clock, worker)
    await produced(dior, clock, "Ada")
    await produced(chanel, clock, "Bob")
    counted = await count_worker(PoolReader(pool), "Ada")
    assert counted == (2, {"images": 2, "events": 4}, {"orders": 0})
    assert await erase_worker(pool, clock, "Ada") == counted
    assert await workers(customer) == ([None, "Ada L.", "ada"], [None, None, "Ada L.", "Ada L.", "ada", "ada"])
    assert await workers(dior) == ([None], [None, None])
    assert await workers(chanel) == (["Bob"], ["Bob", "Bob"])
    assert [await erasures(pool, each.account_id) for each in (customer, dior, chanel)] == [[None], [None], []]
    stored = await pool.fetch("SELECT data, texts FROM events WHERE type = 'TEXTS_ERASED'")
    assert [tuple(row) for row in stored] == 2 * [
        ({"before": None, "after": {"erasedBefore": None}, "version": 2}, None)
    ]
    assert await erase_worker(pool, clock, "Ada") == (0, {}, {"orders": 0})


async def test_the_name_is_nowhere_in_the_database_afterwards(
    pool: Pool, clock: FrozenClock, customer: Customer
) -> None:
    await produced(customer, clock, "Quagga")
    [image] = await pool.fetch("SELECT account_id, id FROM images")
    operation = Operation(image["id"], "CLIPPING", Performer.RETOUCHER, 1_000)
    record = partial(record_operations, clock=clock, worker="Quagga", recorded=[(image["account_id"], operation)])
    await in_transaction(pool, record)
    await customer.place(1)
    await claim(pool, clock, "Quagga", 1)
    clock.advance(2 * HOUR)
    await return_expired_leases(pool, clock)
    await deliver(pool, clock, "Bob", (await claim(pool, clock, "Bob", 1)).images)
    assert await columns_with(pool, "quagga") == {("events", "texts"), ("images", "delivered_by")}
    await erase_worker(pool, clock, "Quagga")
    assert await columns_with(pool, "quagga") == set()


async def test_orders_in_production_are_passed_over_and_counted(
    pool: Pool, clock: FrozenClock, customer: Customer
) -> None:
    await produced(customer, clock, "Ada", images=2)  # the other image is in production
    await customer.place(1)
    await claim(pool, clock, "Ada", 2)
    before = await all_rows(pool)
    assert await erase_worker(pool, clock, "Ada") == (0, {}, {"orders": 2})
    assert await all_rows(pool) == before


async def test_nothing_but_the_name_changes(pool: Pool, clock: FrozenClock, customer: Customer) -> None:
    await produced(customer, clock, "Ada")
    before = json.dumps(await all_rows(pool), sort_keys=True)
    await erase_worker(pool, clock, "Ada")
    after = await all_rows(pool)
    after["events"] = [each for each in after["events"] if each["type"] != "TEXTS_ERASED"]
    expected = before.replace('"delivered_by": "Ada"', '"delivered_by": null').replace('{"worker": "Ada"}', "{}")
    assert json.dumps(after, sort_keys=True) == expected


async def test_a_name_is_found_however_its_letters_are_composed(
    pool: Pool, clock: FrozenClock, customer: Customer
) -> None:
    await produced(customer, clock, "Andr\u00e9")
    decomposed = "Andre\u0301"
    await pool.fetch("UPDATE images SET delivered_by = $1 RETURNING 1", decomposed)
    assert (await erase_worker(pool, clock, decomposed)).erased == {"images": 1, "events": 2}
    assert await workers(customer) == ([None], [None, None])


async def test_a_name_in_the_data_of_events_of_the_first_release_is_erased(
    pool: Pool, clock: FrozenClock, customer: Customer
) -> None:
    await produced(customer, clock, "Bob")
    [order] = await pool.fetch("SELECT id FROM orders")
    named = [(type_, data) for type_, data in OLD_ROWS if '"worker": "Ada"' in json.dumps(data)]
    assert [type_ for type_, _ in named] == ["IMAGES_CLAIMED", "CLAIM_EXPIRED", "IMAGES_DELIVERED"]
    for number, (type_, data) in enumerate(named, 1_000):
        await pool.fetch(
            "INSERT INTO events (account_id, sequence, at, type, order_id, data) VALUES ($1, $2, $3, $4, $5, $6)",
            *(customer.account_id, number, clock.now(), type_, order["id"], data),
        )
    assert (await erase_worker(pool, clock, "Ada")).erased == {"events": 3}
    assert await columns_with(pool, '"Ada"') == set()


async def test_a_claimed_image_of_an_order_split_off_since_names_the_worker(
    pool: Pool, clock: FrozenClock, customer: Customer
) -> None:
    order = (await customer.place(2)).orders[0]
    await claim(pool, clock, "Ada", 1)
    [first, _] = await customer.images(order)
    await customer.expedite(order, [first])
    assert (await count_worker(PoolReader(pool), "Ada")).passed == {"orders": 2}


@pytest.mark.parametrize("of_account", [True, False])
async def test_a_name_in_events_of_the_previous_release_is_not_filled_in_again(
    pool: Pool, clock: FrozenClock, customer: Customer, *, of_account: bool
) -> None:
    order = (await customer.place(1)).orders[0]
    [image] = await customer.images(order)
    clock.advance(HOUR / 4)
    previous = PreviousServer(pool, clock)
    await previous.claim(order, image)
    await previous.deliver(order, image)
    assert (await workers(customer))[1][-1] == "Ada"
    if of_account:
        clock.advance(DAY)
        await erase(pool, clock, customer.account_id, date(2026, 3, 11))
    else:
        assert (await erase_worker(pool, clock, "Ada")).erased["events"] > 0
        clock.advance_to(MIDNIGHT)
    await run_jobs(pool, clock, [ACTIVITY])
    assert await workers(customer) == ([None], [None, None])


async def test_an_erasure_killed_before_any_of_its_statements_is_continued_with_an_event_an_account(
    pool: Pool, clock: FrozenClock, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "_BATCH", 1)
    customers = [customer, await open_customer(pool, clock, name="Dior")]
    for each in customers:
        for _ in range(2):
            await produced(each, clock, "Ada")
    statements = 0
    for statements in numbers(1, 5):
        await pool.fetch("UPDATE images SET delivered_by = 'Ada' RETURNING 1")
        failing = FailingPool(pool, statements)
        try:
            await erase_worker(failing, clock, "Ada")
        except Killed:
            await erase_worker(pool, clock, "Ada")
        assert (await count_worker(PoolReader(pool), "Ada")).erased == {}
        found = [len(await erasures(pool, each.account_id)) for each in customers]
        assert found == 2 * [(statements - 1) // 5 + 1]
        if not failing.faltered:
            break
    assert statements > 30
