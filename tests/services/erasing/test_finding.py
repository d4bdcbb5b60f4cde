"""All rows with texts are found, however many there are and in whatever way they ended."""

from datetime import date
from functools import partial

import pytest

from app.services.erasing import erasing
from app.services.orders.producing import reject_images
from app.services.specifications import archive_specification
from db.connections import Pool
from db.queries.erasing import PAGE
from tests.support.clock import FrozenClock
from tests.support.customers import HALO, Customer, claim, deliver
from tests.support.erasing import erase
from tests.support.studio import DAY, HOUR
from tests.support.transactions import in_transaction

TOMORROW = date(2026, 3, 11)


async def test_rows_are_found_page_by_page(pool: Pool, clock: FrozenClock, customer: Customer) -> None:
    await pool.fetch(
        "INSERT INTO idempotency_keys (account_id, key, operation, digest, answer, created_at)"
        " SELECT $1, number::text, 'placeOrder', '', '{\"text\": \"Ada\"}', $2 FROM generate_series(1, $3) number",
        *(customer.account_id, clock.now(), PAGE + 1),
    )
    clock.advance(DAY)
    assert (await erase(pool, clock, customer.account_id, TOMORROW)).erased["answers"] == PAGE + 1


async def test_an_archived_specification_has_ended(pool: Pool, clock: FrozenClock, customer: Customer) -> None:
    key = (customer.account_id, customer.specification_id)
    await in_transaction(pool, partial(archive_specification, clock=clock, key=key))
    clock.advance(DAY)
    await erase(pool, clock, customer.account_id, TOMORROW)
    assert [row["name"] for row in await pool.fetch("SELECT name FROM specification_versions")] == ["erased"]


@pytest.mark.parametrize("table", ["api_keys", "tokens"])
@pytest.mark.parametrize("ending", ["expires_at", "revoked_at"])
async def test_a_key_ends_by_expiring_or_being_revoked(
    pool: Pool, clock: FrozenClock, customer: Customer, table: str, ending: str
) -> None:
    for number, name in enumerate(("Ada", "Bob")):
        await pool.fetch(
            f"INSERT INTO {table} (account_id, id, hash, number, name, prefix, created_at, {ending})"  # noqa: S608
            f" OVERRIDING SYSTEM VALUE VALUES ($1, gen_random_uuid(), $2, $3, $4, '', $5, $6)",
            *(customer.account_id, name.encode(), 100 + number, name, clock.now(), clock.now() + number * DAY),
        )
    clock.advance(2 * DAY)
    assert (await erase(pool, clock, customer.account_id, TOMORROW)).erased["keys"] == 1
    assert [row["name"] for row in await pool.fetch(f"SELECT name FROM {table} ORDER BY number")] == [None, "Bob"]  # noqa: S608


async def test_an_order_that_goes_back_into_production_before_its_batch_stays(
    pool: Pool, clock: FrozenClock, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = (await customer.place(1)).orders[0]
    clock.advance(HOUR)
    await deliver(pool, clock, "Ada", (await claim(pool, clock, "Ada", 1)).images)
    clock.advance(DAY)
    [image] = await customer.images(order)
    reject = partial(reject_images, clock=clock, reasons={(customer.account_id, image): HALO})
    begin = erasing._Running._erase  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]

    async def rejected_before(*args: object) -> object:
        if await pool.fetch("SELECT FROM orders WHERE status <> 'IN_PRODUCTION'"):
            await in_transaction(pool, reject)
        return await begin(*args)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(erasing._Running, "_erase", rejected_before)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    done = await erase(pool, clock, customer.account_id, TOMORROW)
    assert (done.erased["orders"], done.passed["orders"]) == (0, 1)
    assert [tuple(row) for row in await pool.fetch("SELECT name, status FROM orders")] == [("Shoes", "IN_PRODUCTION")]
