"""Mutations repeated with an idempotency key: nothing more is changed, and the result is the same."""

from asyncio import gather
from datetime import timedelta
from typing import Any

import pytest

from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.mutations import Shop, contents, deliver, done, mutate, open_shop, refused
from tests.support.serving import Client, NewClient

CONFLICT = [("IDEMPOTENCY_CONFLICT", ["idempotencyKey"])]


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient) -> Shop:
    return await open_shop(pool, client_of)


def order(shop: Shop, key: str | None = "k", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    images = [{"filename": "a.jpg"}]
    values = {"name": "Shoes", "specificationId": shop.specification, "images": images, "idempotencyKey": key}
    return values | more


async def test_a_repeated_key_places_one_order_whatever_fields_are_requested(
    shop: Shop, pool: Pool, clock: FrozenClock
) -> None:
    first = await done(shop.client, "placeOrder", **order(shop))
    before = await contents(pool)
    clock.advance(timedelta(hours=1))
    assert await done(shop.client, "placeOrder", **order(shop)) == first
    other = await done(shop.client, "placeOrder", "orders { name } dailyGuarantee { capacity used }", **order(shop))
    assert other == {
        "orders": [{"name": "Shoes"}],
        "dailyGuarantee": {"capacity": 200, "used": 1},
        "userErrors": [],
    }
    assert await contents(pool) == before


async def test_a_known_key_with_another_input_is_refused(shop: Shop, pool: Pool) -> None:
    [placed] = (await done(shop.client, "placeOrder", **order(shop)))["orders"]
    before = await contents(pool)
    assert await refused(shop.client, "placeOrder", **order(shop, name="Hats")) == CONFLICT
    assert await refused(shop.client, "cancelOrder", orderId=placed["id"], idempotencyKey="k") == CONFLICT
    assert await contents(pool) == before


async def test_omitted_default_and_null_values_are_the_same_input(shop: Shop) -> None:
    first = await done(shop.client, "placeOrder", **order(shop))
    for expedite in (False, None):
        assert await done(shop.client, "placeOrder", **order(shop, expedite=expedite, quoteToken=None)) == first


async def test_simultaneous_calls_with_one_key_place_one_order(shop: Shop) -> None:
    calls = (mutate(shop.client, "placeOrder", **order(shop)) for _ in range(5))
    first, *others = await gather(*calls)
    assert [each["number"] for each in first["orders"]] == [1]
    assert others == [first] * 4
    assert await shop.client.data("{ account { orders { totalCount } } }") == {"account": {"orders": {"totalCount": 1}}}


async def keys(pool: Pool) -> list[str]:
    """Return the stored keys, of clients and of staff."""
    tables = ("idempotency_keys", "staff_idempotency_keys")
    return [row["key"] for table in tables for row in await pool.fetch(f"SELECT key FROM {table}")]  # noqa: S608


async def test_a_refused_call_leaves_its_key_for_a_later_success(
    shop: Shop, pool: Pool, clock: FrozenClock, staff: Client
) -> None:
    [placed] = await shop.place()
    values = {"orderId": placed["id"], "idempotencyKey": "k"}
    before = await contents(pool)
    assert await refused(shop.client, "completeOrder", **values) == [("NOT_COMPLETABLE", ["orderId"])]
    assert (await contents(pool), await keys(pool)) == (before, [])
    await deliver(staff, clock)
    completed = await done(shop.client, "completeOrder", **values)
    after = await contents(pool)
    assert await done(shop.client, "completeOrder", **values) == completed
    assert completed["order"]["status"] == "COMPLETED"
    assert (await contents(pool), await keys(pool)) == (after, ["k"])


async def test_an_invalid_input_leaves_its_key_unused(shop: Shop, pool: Pool) -> None:
    before = await contents(pool)
    assert await refused(shop.client, "placeOrder", **order(shop, name="")) == [("INVALID", ["name"])]
    assert (await contents(pool), await keys(pool)) == (before, [])
    first = await done(shop.client, "placeOrder", **order(shop))
    assert await done(shop.client, "placeOrder", **order(shop)) == first
    assert await refused(shop.client, "placeOrder", **order(shop, name="")) == CONFLICT


async def test_an_empty_claim_leaves_its_key_unused(shop: Shop, pool: Pool, staff: Client) -> None:
    values = {"worker": "Ada", "idempotencyKey": "k"}
    assert (await done(staff, "claimImages", **values))["images"] == []
    assert await keys(pool) == []
    await shop.place("a.jpg", "b.jpg")
    claimed = await done(staff, "claimImages", **values)
    assert [image["filename"] for image in claimed["images"]] == ["a.jpg"]
    assert await done(staff, "claimImages", **values) == claimed


async def test_a_call_that_changes_nothing_leaves_its_key_unused(shop: Shop, pool: Pool) -> None:
    before = await contents(pool)
    account = await done(shop.client, "changeTimeZone", timeZone="Europe/Copenhagen", idempotencyKey="k")
    changed = {"specificationId": shop.specification, "name": "Ghost"}
    await done(shop.client, "updateSpecification", **changed, idempotencyKey="k")
    assert account["account"]["timeZone"] == "Europe/Copenhagen"
    assert (await contents(pool), await keys(pool)) == (before, [])
    await done(shop.client, "updateSpecification", **changed | {"name": "Ghosts"}, idempotencyKey="k")
    assert await keys(pool) == ["k"]


async def test_a_key_is_forgotten_after_24_hours(shop: Shop, clock: FrozenClock) -> None:
    await done(shop.client, "placeOrder", **order(shop))
    clock.advance(timedelta(hours=24) - timedelta(microseconds=1))
    again = await done(shop.client, "placeOrder", **order(shop))
    assert [each["number"] for each in again["orders"]] == [1]
    clock.advance()
    later = await done(shop.client, "placeOrder", **order(shop))
    assert [each["number"] for each in later["orders"]] == [2]


async def test_keys_belong_to_an_account_or_to_staff(
    shop: Shop, pool: Pool, client_of: NewClient, staff: Client
) -> None:
    other = await open_shop(pool, client_of)
    await done(shop.client, "placeOrder", **order(shop))
    [theirs] = (await done(other.client, "placeOrder", **order(other)))["orders"]
    by_staff = order(shop, accountId=shop.account)
    [second] = (await done(staff, "placeOrder", **by_staff))["orders"]
    assert (theirs["number"], second["number"]) == (1, 2)
    assert await done(await client_of(None), "placeOrder", "orders { number }", **by_staff) == {
        "orders": [{"number": 2}],
        "userErrors": [],
    }
    assert await refused(staff, "placeOrder", **order(other, accountId=other.account)) == CONFLICT


async def test_a_repeated_claim_returns_the_same_images(shop: Shop, clock: FrozenClock, staff: Client) -> None:
    await shop.place("a.jpg", "b.jpg")
    values = {"worker": "Ada", "count": 1, "idempotencyKey": "k"}
    first = await done(staff, "claimImages", **values)
    clock.advance()
    assert await done(staff, "claimImages", **values) == first
    assert len(first["images"]) == 1


@pytest.mark.parametrize("key", ["", "k" * 256, "\n"])
async def test_an_empty_overlong_or_multiline_key_is_refused(shop: Shop, key: str) -> None:
    assert await refused(shop.client, "placeOrder", **order(shop, key)) == [("INVALID", ["idempotencyKey"])]


async def test_different_keys_place_different_orders(shop: Shop) -> None:
    numbers = [
        (await done(shop.client, "placeOrder", **order(shop, key)))["orders"][0]["number"]
        for key in ("k", "K", "k" * 255, None, None)
    ]
    assert numbers == [1, 2, 3, 4, 5]
