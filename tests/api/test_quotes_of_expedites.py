"""Quotes of expedites, which are the orders that the expedite makes at that instant."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any, Final

import pytest

from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.mutations import Shop, done, mutate, open_shop
from tests.support.serving import Client, NewClient
from tests.support.studio import HOUR, Studio

PART: Final = """serviceLevel imageCount price { amount currency }
  deadline { at status late reviewBy slaVersion explanation { code text } }"""
PLANNED: Final = "2026-03-11T07:00:00Z"
DAY: Final = "dailyGuarantee { date used remaining additional expediteUsed expediteRemaining }"
QUOTE: Final = f"""query ($input: QuoteInput!) {{ account {{ quote(input: $input) {{
  quote {{ token parts {{ {PART} }} {DAY} }} userErrors {{ code }}
}} }} }}"""
ORDERS: Final = """{ account { orders(first: 50) { nodes {
  id serviceLevel imageCount images { nodes { id status } }
} } } }"""


async def orders(shop: Shop) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = (await shop.client.data(ORDERS))["account"]["orders"]["nodes"]
    return nodes


async def expedited_as_quoted(shop: Shop, **images: Any) -> list[dict[str, Any]] | None:  # noqa: ANN401
    """Quote an expedite and ask for it at the same instant; return its parts, None if both are refused alike."""
    known = {order["id"]: order["serviceLevel"] for order in await orders(shop)}
    payload = (await shop.client.data(QUOTE, {"input": {"expedite": images}}))["account"]["quote"]
    token = {"quoteToken": payload["quote"]["token"]} if payload["quote"] is not None else {}
    result = await mutate(shop.client, "expediteOrder", f"orders {{ id {PART} }} {DAY}", **images, **token)
    assert [error["code"] for error in payload["userErrors"]] == [error["code"] for error in result["userErrors"]]
    if payload["quote"] is None:
        return None
    made = [order for order in result["orders"] if known.get(order["id"]) != order["serviceLevel"]]
    parts: list[dict[str, Any]] = payload["quote"]["parts"]
    assert parts == [{name: order[name] for name in parts[0]} for order in made]
    assert payload["quote"]["dailyGuarantee"] == result["dailyGuarantee"]
    return parts


def codes(part: dict[str, Any]) -> list[str]:
    return [step["code"] for step in part["deadline"]["explanation"]]


async def test_a_quote_counts_the_images_that_are_not_cancelled(
    pool: Pool, client_of: NewClient, clock: FrozenClock
) -> None:
    shop = await open_shop(pool, client_of)
    [order] = await shop.place(*(f"{number}.jpg" for number in range(6)))
    await done(shop.client, "cancelOrder", orderId=order["id"], imageIds=order["imageIds"][:1])
    clock.advance(HOUR)
    [part] = await expedited_as_quoted(shop, orderId=order["id"]) or []
    assert (part["imageCount"], part["price"]["amount"]) == (5, "14.50")


async def test_a_quote_explains_a_revised_deadline(
    pool: Pool, client_of: NewClient, staff: Client, clock: FrozenClock
) -> None:
    shop = await open_shop(pool, client_of, Studio(images_per_day=0, expedites_per_day=0))
    [order] = await shop.place("a.jpg")
    clock.advance(HOUR)
    await done(staff, "confirmDeadline", orderId=order["id"], deadline="2026-03-12T20:00:00Z")
    clock.advance(HOUR)
    await done(staff, "reviseDeadline", orderId=order["id"], deadline="2026-03-12T18:00:00Z")
    clock.advance(HOUR)
    [part] = await expedited_as_quoted(shop, orderId=order["id"]) or []
    steps = [step["text"] for step in part["deadline"]["explanation"]][3:5]
    assert codes(part)[3:5] == ["STAFF_CONFIRMED", "STAFF_REVISED"]
    assert [step.partition("due ")[2][:30] for step in steps] == [
        "Thursday 12 March 2026, 21:00 ",
        "Thursday 12 March 2026, 19:00 ",
    ]


async def test_a_quote_names_the_price_with_the_delivery_plan_that_its_images_need(
    pool: Pool, client_of: NewClient, staff: Client
) -> None:
    shop = await open_shop(pool, client_of, Studio(images_per_day=200, expedites_per_day=1))
    await shop.place(*_filenames(3), expedite=True)
    ask = """query ($input: QuoteInput!) { account { quote(input: $input) { quote { token parts {
      serviceLevel price { amount } priceWithPlan { amount currency }
    } } } } }"""
    new = {"imageCount": 2, "expedite": True}
    quotes = [
        (await shop.client.data(ask, {"input": {"newOrder": asked}}))["account"]["quote"]["quote"]
        for asked in (new | {"specificationId": shop.specification}, new, {"imageCount": 2})
    ]
    assert [quote["parts"] for quote in quotes] == [
        [
            {
                "serviceLevel": "EXPEDITED_PLAN",
                "price": {"amount": "2.90"},
                "priceWithPlan": {"amount": "5.80", "currency": "USD"},
            }
        ],
        [{"serviceLevel": "EXPEDITED_PLAN", "price": None, "priceWithPlan": None}],
        [{"serviceLevel": "STANDARD", "price": None, "priceWithPlan": None}],
    ]
    (order,) = await shop.place(*_filenames(2), expedite=True, quoteToken=quotes[0]["token"])
    made = await done(staff, "confirmDeadline", "orders { price { amount } }", orderId=order["id"], deadline=PLANNED)
    assert made["orders"] == [{"price": {"amount": "5.80"}}]


@pytest.mark.parametrize("seed", range(6))
async def test_a_quote_of_an_expedite_is_the_orders_of_the_expedite_at_that_instant(
    pool: Pool, client_of: NewClient, staff: Client, clock: FrozenClock, seed: int
) -> None:
    random = Random(seed)  # noqa: S311 - seeded on purpose
    studio = Studio(images_per_day=random.choice([0, 3, 8]), expedites_per_day=random.choice([0, 2, 4]))
    shop = await open_shop(pool, client_of, studio)
    first = (await shop.place(*_filenames(9)))[0]["id"]
    compared = 0
    for _ in range(20):
        clock.advance(timedelta(minutes=random.randint(1, 90)))
        await _change(shop, staff, clock, random)
        order = random.choice(await orders(shop))
        if random.random() < 1 / 3:
            compared += await expedited_as_quoted(shop, orderId=order["id"]) is not None
        elif random.random() < 1 / 3:  # images of the first order, wherever they are by now
            images = [image["id"] for image in order["images"]["nodes"]]
            compared += await expedited_as_quoted(shop, orderId=first, imageIds=images) is not None
    assert compared > 0


async def _change(shop: Shop, staff: Client, clock: FrozenClock, random: Random) -> None:
    """Place, cancel, deliver, or set or revise a deadline, which may be refused."""
    order = random.choice(await orders(shop))
    id_, count = order["id"], order["imageCount"]
    images = [image["id"] for image in order["images"]["nodes"]]
    ahead = [_instant(clock, random.randint(5, 30) + 30 * number) for number in range(2)]
    match random.choice(("place", "cancel", "deliver", "confirm", "portions", "revise")):
        case "place":
            await shop.place(*_filenames(random.randint(1, 6)))
        case "cancel":
            await mutate(shop.client, "cancelOrder", orderId=id_, imageIds=random.sample(images, 1))
        case "deliver":
            claimed = await done(staff, "claimImages", worker="Ada", count=random.randint(1, 3))
            held = [image["id"] for image in claimed["images"]]
            if held:
                await done(staff, "deliverImages", worker="Ada", imageIds=held)
        case "confirm":
            await mutate(staff, "confirmDeadline", orderId=id_, deadline=ahead[0])
        case "portions":
            counts = (1, max(count - 1, 1))
            portions = [{"imageCount": n, "deadline": at} for n, at in zip(counts, ahead, strict=True)]
            await mutate(staff, "confirmDeadline", orderId=id_, portions=portions)
        case _:
            await mutate(staff, "reviseDeadline", orderId=id_, deadline=_instant(clock, random.randint(1, 20)))


def _instant(clock: FrozenClock, hours: int) -> str:
    return (clock.now() + hours * HOUR).isoformat()


def _filenames(count: int) -> Sequence[str]:
    return [f"{number}.jpg" for number in range(count)]
