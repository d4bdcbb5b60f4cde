"""The same mutation again, by its key: nothing more is changed, and the answer is the same."""

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
    given = {"name": "Shoes", "specificationId": shop.specification, "images": images, "idempotencyKey": key}
    return given | more


async def test_a_key_places_one_order_whatever_is_asked_of_it(shop: Shop, pool: Pool, clock: FrozenClock) -> None:
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


async def test_defaults_and_null_are_the_same_input(shop: Shop) -> None:
    first = await done(shop.client, "placeOrder", **order(shop))
    for expedite in (False, None):
        assert await done(shop.client, "placeOrder", **order(shop, expedite=expedite, quoteToken=None)) == first


async def test_two_calls_at_once_place_one_order(shop: Shop) -> None:
    calls = (mutate(shop.client, "placeOrder", **order(shop)) for _ in range(5))
    first, *others = await gather(*calls)
    assert [each["number"] for each in first["orders"]] == [1]
    assert others == [first] * 4
    assert await shop.client.data("{ account { orders { totalCount } } }") == {"account": {"orders": {"totalCount": 1}}}


async def keys(pool: Pool) -> list[str]:
    """The keys that are known, of clients and of staff."""
    tables = ("idempotency_keys", "staff_idempotency_keys")
    return [row["key"] for table in tables for row in await pool.fetch(f"SELECT key FROM {table}")]  # noqa: S608


async def test_what_was_refused_is_done_by_its_key_once_it_can_be(
    shop: Shop, pool: Pool, clock: FrozenClock, staff: Client
) -> None:
    [placed] = await shop.place()
    given = {"orderId": placed["id"], "idempotencyKey": "k"}
    before = await contents(pool)
    assert await refused(shop.client, "completeOrder", **given) == [("NOT_COMPLETABLE", ["orderId"])]
    assert (await contents(pool), await keys(pool)) == (before, [])
    await deliver(staff, clock)
    completed = await done(shop.client, "completeOrder", **given)
    after = await contents(pool)
    assert await done(shop.client, "completeOrder", **given) == completed
    assert completed["order"]["status"] == "COMPLETED"
    assert (await contents(pool), await keys(pool)) == (after, ["k"])


async def test_an_unusable_input_leaves_its_key_unused(shop: Shop, pool: Pool) -> None:
    before = await contents(pool)
    assert await refused(shop.client, "placeOrder", **order(shop, name="")) == [("INVALID", ["name"])]
    assert (await contents(pool), await keys(pool)) == (before, [])
    first = await done(shop.client, "placeOrder", **order(shop))
    assert await done(shop.client, "placeOrder", **order(shop)) == first
    assert await refused(shop.client, "placeOrder", **order(shop, name="")) == CONFLICT


async def test_a_claim_of_nothing_leaves_its_key_unused(shop: Shop, pool: Pool, staff: Client) -> None:
    given = {"worker": "Ada", "idempotencyKey": "k"}
    assert (await done(staff, "claimImages", **given))["images"] == []
    assert await keys(pool) == []
    await shop.place("a.jpg", "b.jpg")
    claimed = await done(staff, "claimImages", **given)
    assert [image["filename"] for image in claimed["images"]] == ["a.jpg"]
    assert await done(staff, "claimImages", **given) == claimed


async def test_what_is_so_already_leaves_its_key_unused(shop: Shop, pool: Pool) -> None:
    before = await contents(pool)
    account = await done(shop.client, "changeTimeZone", timeZone="Europe/Copenhagen", idempotencyKey="k")
    reworded = {"specificationId": shop.specification, "name": "Ghost"}
    await done(shop.client, "updateSpecification", **reworded, idempotencyKey="k")
    assert account["account"]["timeZone"] == "Europe/Copenhagen"
    assert (await contents(pool), await keys(pool)) == (before, [])
    await done(shop.client, "updateSpecification", **reworded | {"name": "Ghosts"}, idempotencyKey="k")
    assert await keys(pool) == ["k"]


async def test_a_key_is_forgotten_after_24_hours(shop: Shop, clock: FrozenClock) -> None:
    await done(shop.client, "placeOrder", **order(shop))
    clock.advance(timedelta(hours=24) - timedelta(microseconds=1))
    again = await done(shop.client, "placeOrder", **order(shop))
    assert [each["number"] for each in again["orders"]] == [1]
    clock.advance()
    anew = await done(shop.client, "placeOrder", **order(shop))
    assert [each["number"] for each in anew["orders"]] == [2]


async def test_keys_are_of_an_account_or_of_staff(shop: Shop, pool: Pool, client_of: NewClient, staff: Client) -> None:
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


async def test_a_claim_is_given_once(shop: Shop, clock: FrozenClock, staff: Client) -> None:
    await shop.place("a.jpg", "b.jpg")
    given = {"worker": "Ada", "count": 1, "idempotencyKey": "k"}
    first = await done(staff, "claimImages", **given)
    clock.advance()
    assert await done(staff, "claimImages", **given) == first
    assert len(first["images"]) == 1


@pytest.mark.parametrize("key", ["", "k" * 256, "\n"])
async def test_what_a_key_may_be(shop: Shop, key: str) -> None:
    assert await refused(shop.client, "placeOrder", **order(shop, key)) == [("INVALID", ["idempotencyKey"])]


async def test_other_keys_place_other_orders(shop: Shop) -> None:
    numbers = [
        (await done(shop.client, "placeOrder", **order(shop, key)))["orders"][0]["number"]
        for key in ("k", "K", "k" * 255, None, None)
    ]
    assert numbers == [1, 2, 3, 4, 5]
