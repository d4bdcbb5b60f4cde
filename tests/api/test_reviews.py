"""Staff owe deadlines: by when they have promised them (domain rules, section 3.19)."""

from datetime import datetime
from typing import Any, Final

import pytest

from db.connections import Pool
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.mutations import Shop, deliver, done, open_shop
from tests.support.serving import Client, NewClient
from tests.support.studio import HOUR, Studio

DUE: Final = "2026-03-10T17:00:00Z"
DEADLINE: Final = "deadline { status reviewBy }"
ORDERS: Final = f"orders {{ id number serviceLevel {DEADLINE} images {{ nodes {{ id {DEADLINE} }} }} }}"


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient) -> Shop:
    """A shop with a guarantee of one image a day and one expedite."""
    return await open_shop(pool, client_of, Studio(images_per_day=1, expedites_per_day=1))


async def place(shop: Shop, count: int, *, expedite: bool = False) -> list[dict[str, Any]]:
    values = {"name": "Shoes", "specificationId": shop.specification, "expedite": expedite}
    images = [{"filename": f"{number}.jpg"} for number in range(count)]
    orders: list[dict[str, Any]] = (await done(shop.client, "placeOrder", ORDERS, **values, images=images))["orders"]
    return orders


async def seen(shop: Shop, number: int) -> tuple[str, str | None]:
    """Return the status of an order's deadline and by when it is promised, which are those of its first image, too."""
    ask = f"query ($number: Int!) {{ account {{ order(number: $number) {{ {DEADLINE} images(first: 1) {{ nodes {{ {DEADLINE} }} }} }} }} }}"  # noqa: E501
    order = (await shop.client.data(ask, {"number": number}))["account"]["order"]
    assert order["images"]["nodes"][0]["deadline"] == order["deadline"]
    return order["deadline"]["status"], order["deadline"]["reviewBy"]


async def test_an_order_beyond_the_guarantee_tells_by_when_its_deadline_is_promised(
    shop: Shop, clock: FrozenClock, staff: Client
) -> None:
    orders = await place(shop, 2)
    assert [order["deadline"] for order in orders] == [
        {"status": "CONFIRMED", "reviewBy": None},
        {"status": "TO_BE_CONFIRMED", "reviewBy": DUE},
    ]
    clock.advance(24 * HOUR)
    assert await seen(shop, 2) == ("TO_BE_CONFIRMED", DUE)
    await done(staff, "confirmDeadline", orderId=orders[1]["id"], deadline="2026-03-12T08:00:00Z")
    assert await seen(shop, 2) == ("CONFIRMED", None)


async def test_an_image_delivered_without_a_deadline_is_owed_none(
    shop: Shop, clock: FrozenClock, staff: Client
) -> None:
    await place(shop, 2)
    await deliver(staff, clock, 2)
    assert await seen(shop, 2) == ("TO_BE_CONFIRMED", None)


async def test_a_delivery_plan_is_promised_until_it_is_void(shop: Shop, clock: FrozenClock) -> None:
    (order,) = await place(shop, 1)
    clock.advance(datetime.fromisoformat("2026-03-11T06:00:00Z") - clock.now())
    fields = f"orders {{ number {DEADLINE} }}"
    await place(shop, 1, expedite=True)  # which uses the quota
    expedited = await done(shop.client, "expediteOrder", fields, orderId=order["id"])
    kept = {"status": "PLAN_REQUIRED", "reviewBy": "2026-03-11T08:00:00Z"}  # no later than the deadline it keeps
    assert expedited["orders"] == [{"number": 1, "deadline": kept}]
    clock.advance(datetime.fromisoformat("2026-03-11T08:00:00Z") - clock.now())
    assert await seen(shop, 1) == ("PLAN_REQUIRED", "2026-03-11T08:00:00Z")
    clock.advance(MICROSECOND)
    assert await seen(shop, 1) == ("CONFIRMED", None)


async def test_a_quote_tells_by_when_a_deadline_would_be_promised(shop: Shop) -> None:
    ask = (
        "query ($input: QuoteInput!) { account { quote(input: $input) { quote { parts { deadline { reviewBy } } } } } }"
    )
    values = {"newOrder": {"imageCount": 2, "at": "2026-03-14T12:00:00Z"}}  # a Saturday
    quote = (await shop.client.data(ask, {"input": values}))["account"]["quote"]["quote"]
    assert [part["deadline"]["reviewBy"] for part in quote["parts"]] == [None, "2026-03-16T04:00:00Z"]
