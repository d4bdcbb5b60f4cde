"""Quotes: their offers, the tokens that bind them, and the latest upload for a deadline."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.mutations import Shop, contents, deliver, done, mutate, open_shop, refused
from tests.support.serving import Client, NewClient
from tests.support.studio import Studio

CODES = ("UPLOADED_AT", "CUTOFF", "GUARANTEE_POSITION", "BASE_DEADLINE", "SLA_VERSION")
QUOTE = """query ($id: ID, $input: QuoteInput!) { account(id: $id) { quote(input: $input) {
  quote {
    token at dailyGuarantee { remaining expediteRemaining }
    parts { imageCount serviceLevel price { amount currency } deadline { at status late explanation { code } } }
  }
  userErrors { code message path }
} } }"""


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient) -> Shop:
    return await open_shop(pool, client_of, Studio(images_per_day=4, expedites_per_day=2))


async def asked(shop: Shop, client: Client | None = None, **values: Any) -> dict[str, Any]:  # noqa: ANN401
    subject = "expedite" if "orderId" in values else "newOrder"
    data = await (client or shop.client).data(QUOTE, {"id": shop.account, "input": {subject: values}})
    payload: dict[str, Any] = data["account"]["quote"]
    return payload


async def quoted(shop: Shop, **values: Any) -> dict[str, Any]:  # noqa: ANN401
    payload = await asked(shop, **values)
    assert payload["userErrors"] == []
    quote: dict[str, Any] = payload["quote"]
    return quote


async def unquoted(shop: Shop, client: Client | None = None, **values: Any) -> list[tuple[str, list[str]]]:  # noqa: ANN401
    payload = await asked(shop, client, **values)
    assert payload["quote"] is None
    errors = payload["userErrors"]
    assert {error["path"][0] for error in errors} == {"expedite" if "orderId" in values else "newOrder"}
    return [(error["code"], error["path"][1:]) for error in errors]


async def test_a_quote_names_the_levels_prices_and_deadlines_of_the_order(shop: Shop, pool: Pool) -> None:
    before = await contents(pool)
    quote = await quoted(shop, imageCount=6, specificationId=shop.specification)
    assert await contents(pool) == before
    assert quote["at"] == "2026-03-10T12:00:00Z"
    assert quote["dailyGuarantee"] == {"remaining": 0, "expediteRemaining": 2}
    assert [(part["serviceLevel"], part["imageCount"], part["price"]["amount"]) for part in quote["parts"]] == [
        ("STANDARD", 4, "5.80"),
        ("ADDITIONAL", 2, "2.90"),
    ]
    assert [part["deadline"] for part in quote["parts"]] == [
        {
            "at": "2026-03-11T08:00:00Z",
            "status": "CONFIRMED",
            "late": False,
            "explanation": [{"code": code} for code in CODES],
        },
        {
            "at": None,
            "status": "TO_BE_CONFIRMED",
            "late": False,
            "explanation": [{"code": code} for code in (*CODES[:3], "AWAITING_STAFF", "SLA_VERSION")],
        },
    ]
    images = [{"filename": f"{number}.jpg"} for number in range(6)]
    values = {"name": "Shoes", "specificationId": shop.specification, "images": images, "quoteToken": quote["token"]}
    placed = await done(shop.client, "placeOrder", **values)
    assert [order["deadline"]["at"] for order in placed["orders"]] == ["2026-03-11T08:00:00Z", None]


async def test_an_order_with_an_outdated_quote_is_refused(shop: Shop, pool: Pool, clock: FrozenClock) -> None:
    images = [{"filename": "a.jpg"}]
    token = (await quoted(shop, imageCount=1))["token"]
    values = {"name": "Shoes", "specificationId": shop.specification, "quoteToken": token}
    before = await contents(pool)
    assert await refused(shop.client, "placeOrder", **values, images=images * 2) == [("QUOTE_CHANGED", ["quoteToken"])]
    clock.advance(timedelta(minutes=15))
    assert await refused(shop.client, "placeOrder", **values, images=images) == [("QUOTE_CHANGED", ["quoteToken"])]
    values["quoteToken"] = f"x{token}"
    assert await refused(shop.client, "placeOrder", **values, images=images) == [("INVALID", ["quoteToken"])]
    assert await contents(pool) == before


async def test_the_quote_of_a_changed_offer_can_be_taken_at_once(shop: Shop, clock: FrozenClock) -> None:
    token = (await quoted(shop, imageCount=3))["token"]
    clock.advance(timedelta(minutes=1))
    await shop.place("first.jpg", "second.jpg")
    clock.advance(timedelta(minutes=1))
    images = [{"filename": f"{number}.jpg"} for number in range(3)]
    values = {"name": "Shoes", "specificationId": shop.specification, "images": images}
    facts = (
        "userErrors { ... on QuoteChanged { quote { token at dailyGuarantee { remaining } parts { imageCount } } } }"
    )
    [error] = (await mutate(shop.client, "placeOrder", facts, **values, quoteToken=token))["userErrors"]
    quote = error["quote"]
    assert (quote["at"], quote["dailyGuarantee"]["remaining"]) == ("2026-03-10T12:02:00Z", 0)
    assert quote["parts"] == [{"imageCount": 2}, {"imageCount": 1}]
    placed = await done(shop.client, "placeOrder", **values, quoteToken=quote["token"])
    assert [order["imageCount"] for order in placed["orders"]] == [2, 1]


async def test_a_quote_of_an_expedite_binds_it(
    shop: Shop, pool: Pool, client_of: NewClient, clock: FrozenClock
) -> None:
    other = await open_shop(pool, client_of)
    [theirs] = await other.place()
    [order] = await shop.place("a.jpg", "b.jpg", "c.jpg")
    clock.advance(timedelta(seconds=1))
    quote = await quoted(shop, orderId=order["id"], imageIds=order["imageIds"])
    assert [(part["serviceLevel"], part["imageCount"], part["deadline"]["at"]) for part in quote["parts"]] == [
        ("EXPEDITED", 2, "2026-03-10T15:00:01Z"),
        ("EXPEDITED_ADDITIONAL", 1, "2026-03-10T18:00:01Z"),
    ]
    assert await refused(other.client, "expediteOrder", orderId=theirs["id"], quoteToken=quote["token"]) == [
        ("INVALID", ["quoteToken"])
    ]
    clock.advance(timedelta(minutes=1))
    values = {"orderId": order["id"], "imageIds": order["imageIds"], "quoteToken": quote["token"]}
    payload = await done(shop.client, "expediteOrder", **values)
    assert [each["serviceLevel"] for each in payload["orders"]] == ["EXPEDITED", "EXPEDITED_ADDITIONAL"]


async def test_a_request_that_would_be_refused_is_not_quoted(
    shop: Shop, pool: Pool, client_of: NewClient, clock: FrozenClock, staff: Client
) -> None:
    other = await open_shop(pool, client_of)
    [theirs] = await other.place()
    [order] = await shop.place()
    a = order["imageIds"]
    before = await contents(pool)
    cases: list[tuple[dict[str, Any], list[tuple[str, list[str]]]]] = [
        ({"imageCount": 0}, [("INVALID", ["imageCount"])]),
        ({"imageCount": 2001}, [("LIMIT_EXCEEDED", ["imageCount"])]),
        ({"imageCount": 1, "specificationId": other.specification}, [("NOT_FOUND", ["specificationId"])]),
        ({"imageCount": 1, "at": "2026-03-10T11:59:59Z"}, [("INVALID", ["at"])]),
        ({"imageCount": 1, "at": "2026-03-14T12:00:00Z", "expedite": True}, [("EXPEDITE_WINDOW_CLOSED", ["expedite"])]),
        ({"orderId": theirs["id"]}, [("NOT_FOUND", ["orderId"])]),
        ({"orderId": order["id"], "imageIds": theirs["imageIds"]}, [("NOT_FOUND", ["imageIds", "0"])]),
    ]
    for values, errors in cases:
        assert await unquoted(shop, **values) == errors
    assert await unquoted(shop, staff, orderId=theirs["id"]) == [("NOT_FOUND", ["orderId"])]
    assert await unquoted(shop, staff, imageCount=1, specificationId=other.specification) == [
        ("NOT_FOUND", ["specificationId"])
    ]
    assert await contents(pool) == before
    await deliver(staff, clock, 2)
    assert await unquoted(shop, orderId=order["id"], imageIds=a) == [("ALREADY_DELIVERED", ["imageIds", "0"])]


async def test_a_quote_has_exactly_one_subject(shop: Shop) -> None:
    [order] = await shop.place()
    new, existing = {"imageCount": 1}, {"orderId": order["id"]}
    for subject in (
        {},
        {"newOrder": new, "expedite": existing},
        {"newOrder": None},
        {"newOrder": new, "expedite": None},
    ):
        error = await shop.client.error(QUOTE, {"id": shop.account, "input": subject})
        assert error["code"] == "BAD_USER_INPUT"


async def test_the_latest_upload_for_a_deadline_is_a_midnight(shop: Shop) -> None:
    ask = "query ($due: DateTime!) { account { latestUploadFor(due: $due) } }"
    for due, latest in (
        ("2026-03-11T08:00:00Z", "2026-03-10T23:00:00Z"),
        ("2026-03-11T07:59:59Z", None),
        ("2026-03-16T08:00:00Z", "2026-03-15T23:00:00Z"),
        ("2026-03-15T08:00:00Z", "2026-03-12T23:00:00Z"),
    ):
        assert await shop.client.data(ask, {"due": due}) == {"account": {"latestUploadFor": latest}}
    error = await shop.client.error(ask, {"due": "9999-03-16T08:00:00Z"})
    assert (error["code"], error["argument"]) == ("BAD_USER_INPUT", "$due")


async def test_many_first_quotes_of_a_server_do_not_deadlock(shop: Shop) -> None:
    ask = "{ account { quote(input: {newOrder: {imageCount: 1}}) { quote { dailyGuarantee { remaining } } } } }"
    async with asyncio.timeout(30):
        quoted = await asyncio.gather(*(shop.client.data(ask) for _ in range(30)))
    assert quoted == [quoted[0]] * 30
