"""Closing and reopening accounts by staff, and the answers of a closed account."""

import pytest

from db.connections import Pool
from tests.api.test_quotes import unquoted
from tests.support.clock import FrozenClock
from tests.support.mutations import Shop, contents, deliver, done, event_types, open_shop, refused
from tests.support.serving import Client, NewClient

NOBODY = "AQAAAAAAAAAAAAAAAAAAAAA"


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient) -> Shop:
    return await open_shop(pool, client_of)


async def test_staff_close_an_account_which_orders_nothing_until_it_is_reopened(
    shop: Shop, pool: Pool, staff: Client, clock: FrozenClock
) -> None:
    [order] = await shop.place("a.jpg")
    clock.advance()
    payload = await done(staff, "closeAccount", accountId=shop.account, reason="Moved\nto another service")
    assert payload["account"] == {"id": shop.account, "closedAt": "2026-03-10T12:00:00.000001Z"}
    before = await contents(pool)
    new = {"name": "Shoes", "specificationId": shop.specification, "images": [{"filename": "b.jpg"}]}
    assert await refused(shop.client, "placeOrder", **new) == [("ACCOUNT_CLOSED", [])]
    assert await refused(staff, "placeOrder", accountId=shop.account, **new) == [("ACCOUNT_CLOSED", ["accountId"])]
    assert await refused(shop.client, "expediteOrder", orderId=order["id"]) == [("ACCOUNT_CLOSED", ["orderId"])]
    assert await unquoted(shop, imageCount=1) == [("ACCOUNT_CLOSED", [])]
    assert await unquoted(shop, orderId=order["id"]) == [("ACCOUNT_CLOSED", ["orderId"])]
    assert await contents(pool) == before
    payload = await done(staff, "reopenAccount", accountId=shop.account, reason="Back again")
    assert payload["account"] == {"id": shop.account, "closedAt": None}
    await done(shop.client, "placeOrder", **new)
    types = ["ACCOUNT_CREATED", "ORDER_PLACED", "ACCOUNT_CLOSED", "ACCOUNT_REOPENED", "ORDER_PLACED"]
    assert await event_types(pool, shop.studio) == types


async def test_orders_of_a_closed_account_are_produced_completed_rejected_and_cancelled(
    shop: Shop, staff: Client, clock: FrozenClock
) -> None:
    [order] = await shop.place("a.jpg")
    [other] = await shop.place("b.jpg")
    clock.advance()
    await done(staff, "closeAccount", accountId=shop.account)
    await deliver(staff, clock)
    await done(shop.client, "completeOrder", orderId=order["id"])
    await done(shop.client, "rejectImages", imageIds=order["imageIds"], reason="halo")
    await done(shop.client, "cancelOrder", orderId=other["id"])
    seen = await shop.client.data("{ account { closedAt order(number: 2) { status } pulse { asOf } sla { version } } }")
    assert seen["account"]["closedAt"] == "2026-03-10T12:00:00.000002Z"
    assert (seen["account"]["order"], seen["account"]["sla"]) == ({"status": "CANCELLED"}, {"version": 1})


async def test_a_closed_account_is_not_closed_again_nor_an_open_one_reopened(
    shop: Shop, pool: Pool, staff: Client, clock: FrozenClock
) -> None:
    before = await contents(pool)
    payload = await done(staff, "reopenAccount", accountId=shop.account)
    assert payload["account"]["closedAt"] is None
    assert await contents(pool) == before
    first = await done(staff, "closeAccount", accountId=shop.account, idempotencyKey="a closing")
    before = await contents(pool)
    clock.advance()
    assert await done(staff, "closeAccount", accountId=shop.account, reason="again") == first
    assert await done(staff, "closeAccount", accountId=shop.account, idempotencyKey="a closing") == first
    assert await contents(pool) == before


async def test_a_bad_reason_and_an_unknown_account_are_refused(pool: Pool, staff: Client) -> None:
    before = await contents(pool)
    for name in ("closeAccount", "reopenAccount"):
        assert await refused(staff, name, accountId=NOBODY) == [("NOT_FOUND", ["accountId"])]
        wrong = await refused(staff, name, accountId="x", reason="")
        assert wrong == [("NOT_FOUND", ["accountId"]), ("INVALID", ["reason"])]
    assert await contents(pool) == before
