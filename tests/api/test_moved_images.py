"""Images that left an order since the client read it, by an expedite or with a portion (domain rules, section 3.8)."""

from typing import Any, Final

import pytest

from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.events.replay import assert_events_explain_rows
from tests.support.mutations import Shop, contents, done, event_types, mutate, open_shop, refused
from tests.support.serving import Client, NewClient
from tests.support.studio import HOUR, Studio

ORDERS: Final = "orders { number serviceLevel splitFrom { number } images { nodes { filename } } }"
QUOTE: Final = """query ($input: QuoteInput!) { account { quote(input: $input) {
  quote { parts { serviceLevel imageCount } } userErrors { code }
} } }"""


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient) -> Shop:
    return await open_shop(pool, client_of, Studio(images_per_day=0, expedites_per_day=2))


async def portioned(shop: Shop, staff: Client, clock: FrozenClock) -> dict[str, Any]:
    """Place an order of four images, and set the deadlines of two portions: a alone, then b, c and d as order 2."""
    [order] = await shop.place("a.jpg", "b.jpg", "c.jpg", "d.jpg")
    clock.advance(HOUR)
    portions = [
        {"imageCount": 1, "deadline": "2026-03-12T08:00:00Z"},
        {"imageCount": 3, "deadline": "2026-03-13T08:00:00Z"},
    ]
    await done(staff, "confirmDeadline", orderId=order["id"], portions=portions)
    clock.advance(HOUR)
    return order


def shown(orders: list[dict[str, Any]]) -> list[tuple[int, str, int | None, list[str]]]:
    return [
        (
            order["number"],
            order["serviceLevel"],
            order["splitFrom"] and order["splitFrom"]["number"],
            [image["filename"].removesuffix(".jpg") for image in order["images"]["nodes"]],
        )
        for order in orders
    ]


async def test_images_of_a_portion_are_expedited_with_those_of_the_order_that_they_were_in(
    shop: Shop, pool: Pool, staff: Client, clock: FrozenClock
) -> None:
    order = await portioned(shop, staff, clock)
    a, b, _, d = order["imageIds"]
    values = {"orderId": order["id"], "imageIds": [d, a, b]}
    quote = (await shop.client.data(QUOTE, {"input": {"expedite": values}}))["account"]["quote"]
    assert quote == {
        "quote": {
            "parts": [
                {"serviceLevel": "EXPEDITED", "imageCount": 1},
                {"serviceLevel": "EXPEDITED", "imageCount": 1},
                {"serviceLevel": "EXPEDITED_ADDITIONAL", "imageCount": 1},
            ]
        },
        "userErrors": [],
    }
    payload = await done(shop.client, "expediteOrder", ORDERS, **values)
    assert shown(payload["orders"]) == [
        (1, "EXPEDITED", None, ["a"]),
        (2, "ADDITIONAL", 1, ["c"]),
        (3, "EXPEDITED", 2, ["d"]),
        (4, "EXPEDITED_ADDITIONAL", 2, ["b"]),
    ]
    await assert_events_explain_rows(pool)


async def test_an_image_that_left_a_portion_is_judged_in_its_order(
    shop: Shop, pool: Pool, staff: Client, clock: FrozenClock
) -> None:
    order = await portioned(shop, staff, clock)
    _, b, c, d = order["imageIds"]
    await done(shop.client, "expediteOrder", orderId=order["id"], imageIds=[d])
    clock.advance(HOUR)
    before = await contents(pool)
    assert await refused(shop.client, "expediteOrder", orderId=order["id"], imageIds=[b, d]) == [
        ("ALREADY_EXPEDITED", ["imageIds", "1"])
    ]
    assert await contents(pool) == before
    payload = await done(shop.client, "expediteOrder", ORDERS, orderId=order["id"], imageIds=[b, c])
    assert shown(payload["orders"]) == [(2, "EXPEDITED", 1, ["b"]), (4, "EXPEDITED_ADDITIONAL", 2, ["c"])]


async def test_images_of_a_portion_are_cancelled_with_those_of_the_order_that_they_were_in(
    shop: Shop, pool: Pool, staff: Client, clock: FrozenClock
) -> None:
    order = await portioned(shop, staff, clock)
    a, b, c, d = order["imageIds"]
    await done(shop.client, "expediteOrder", orderId=order["id"], imageIds=[d])
    clock.advance(HOUR)
    fields = "order { number imageCount status } dailyGuarantee { used expediteUsed }"
    some = await done(shop.client, "cancelOrder", fields, orderId=order["id"], imageIds=[b, d])
    assert some["order"] == {"number": 1, "imageCount": 1, "status": "IN_PRODUCTION"}
    assert some["dailyGuarantee"] == {"used": 2, "expediteUsed": 0}
    assert (await event_types(pool, shop.studio))[-2:] == ["IMAGES_CANCELLED", "ORDER_CANCELLED"]
    clock.advance(HOUR)
    await done(staff, "claimImages", worker="Ada", count=2)
    before = await contents(pool)
    assert await refused(shop.client, "cancelOrder", orderId=order["id"], imageIds=[a, b, c]) == [
        ("NOT_CANCELLABLE", ["imageIds", "0"]),
        ("NOT_CANCELLABLE", ["imageIds", "1"]),
        ("NOT_CANCELLABLE", ["imageIds", "2"]),
    ]
    assert await contents(pool) == before
    await assert_events_explain_rows(pool)


async def test_an_order_has_no_images_of_the_one_that_it_was_split_from(
    shop: Shop, staff: Client, clock: FrozenClock
) -> None:
    order = await portioned(shop, staff, clock)
    [sibling] = (await shop.client.data("{ account { order(number: 2) { id } } }")).values()
    values = {"orderId": sibling["order"]["id"], "imageIds": order["imageIds"][:2]}
    for name in ("expediteOrder", "cancelOrder"):
        assert await refused(shop.client, name, **values) == [("NOT_FOUND", ["imageIds", "0"])]


async def test_an_image_of_another_order_is_refused_with_that_order(
    shop: Shop, staff: Client, clock: FrozenClock, pool: Pool
) -> None:
    order = await portioned(shop, staff, clock)
    [other] = await shop.place("e.jpg")
    [sibling] = (await shop.client.data("{ account { order(number: 2) { id } } }")).values()
    images = [order["imageIds"][0], other["imageIds"][0], order["imageIds"][1]]
    values = {"orderId": sibling["order"]["id"], "imageIds": images}
    errors = "userErrors { code message path ... on NotFound { id orderId } }"
    expected = [
        {
            "code": "NOT_FOUND",
            "message": f"There is no such image in this order: it is in order {number}.",
            "path": ["imageIds", str(index)],
            "id": images[index],
            "orderId": of["id"],
        }
        for index, (number, of) in enumerate(((1, order), (3, other)))
    ]
    before = await contents(pool)
    for name in ("expediteOrder", "cancelOrder"):
        assert (await mutate(shop.client, name, errors, **values))["userErrors"] == expected
    assert await contents(pool) == before
    quote = QUOTE.replace("userErrors { code }", errors)
    found = (await shop.client.data(quote, {"input": {"expedite": values}}))["account"]["quote"]["userErrors"]
    assert found == [{**each, "path": ["expedite", *each["path"]]} for each in expected]


async def test_an_image_of_another_account_is_nowhere(shop: Shop, pool: Pool, client_of: NewClient) -> None:
    [order] = await shop.place()
    theirs = await open_shop(pool, client_of, Studio(name="Theirs"))
    [other] = await theirs.place()
    values = {"orderId": order["id"], "imageIds": other["imageIds"]}
    errors = "userErrors { message ... on NotFound { orderId } }"
    for name in ("expediteOrder", "cancelOrder"):
        [error] = (await mutate(shop.client, name, errors, **values))["userErrors"]
        assert (error["message"], error["orderId"]) == ("There is no such image.", None)
