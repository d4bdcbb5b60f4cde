"""Negotiated terms from their day on: quotes, deadlines, prices, explanations and the SLA name the same ones."""

from datetime import timedelta
from typing import Any, Final

import pytest

from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.mutations import Shop, deliver, done, open_shop
from tests.support.serving import Client, NewClient
from tests.support.studio import DAY, Studio

AGREED: Final = {
    "deliverBy": "07:30",
    "expediteTurnaround": "PT2H",
    "expediteAdditionalTurnaround": "PT150M",
    "expediteMultiplier": "1.5",
    "rejectionTurnaround": "PT45M",
    "imagesPerDay": 3,
    "expeditesPerDay": 1,
    "effectiveDate": "2026-03-11",
}
EXPLANATION: Final = "explanation { code text ... on BaseDeadlineStep { turnaround deliverBy } }"
ORDERS: Final = f"orders {{ id serviceLevel price {{ amount }} deadline {{ at {EXPLANATION} }} }}"
QUOTE: Final = f"""query ($input: QuoteInput!) {{ account {{ quote(input: $input) {{ quote {{
  dailyGuarantee {{ capacity expediteCapacity }}
  parts {{ serviceLevel price {{ amount }} deadline {{ at {EXPLANATION} }} }} }} userErrors {{ message }} }} }} }}"""
TOMORROW: Final = "2026-03-11T12:00:00Z"
"""At which it is 13:00 in Copenhagen, on the first day of the new terms."""


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient, staff: Client, clock: FrozenClock) -> Shop:
    """A shop on Tuesday at 13:00, with other terms from Wednesday on."""
    shop = await open_shop(pool, client_of, Studio(images_per_day=200, expedites_per_day=20))
    await done(staff, "negotiateSla", accountId=shop.account, **AGREED)
    clock.advance(timedelta(minutes=1))
    return shop


async def quote(shop: Shop, *, at: str | None = None, **order: Any) -> dict[str, Any]:  # noqa: ANN401
    new = {"specificationId": shop.specification, **order} | ({} if at is None else {"at": at})
    payload = (await shop.client.data(QUOTE, {"input": {"newOrder": new}}))["account"]["quote"]
    assert payload["userErrors"] == []
    found: dict[str, Any] = payload["quote"]
    return found


async def placed(shop: Shop, count: int, *, expedite: bool = False) -> list[dict[str, Any]]:
    images = [{"filename": f"{number}.jpg"} for number in range(count)]
    values = {"name": "Shoes", "specificationId": shop.specification, "images": images, "expedite": expedite}
    orders: list[dict[str, Any]] = (await done(shop.client, "placeOrder", ORDERS, **values))["orders"]
    return orders


def base(deadline: dict[str, Any]) -> tuple[str, str | None, str | None]:
    """Return the text of the deadline by the terms, the turnaround and the delivery time."""
    (step,) = [step for step in deadline["explanation"] if step["code"] == "BASE_DEADLINE"]
    return step["text"], step["turnaround"], step["deliverBy"]


async def test_a_quote_for_a_coming_day_shows_what_a_version_will_change(shop: Shop) -> None:
    today, tomorrow = await quote(shop, imageCount=4), await quote(shop, imageCount=4, at=TOMORROW)
    assert today["dailyGuarantee"] == {"capacity": 200, "expediteCapacity": 20}
    assert tomorrow["dailyGuarantee"] == {"capacity": 3, "expediteCapacity": 1}
    assert [part["serviceLevel"] for part in today["parts"]] == ["STANDARD"]
    assert [part["serviceLevel"] for part in tomorrow["parts"]] == ["STANDARD", "ADDITIONAL"]
    assert today["parts"][0]["deadline"]["at"] == "2026-03-11T08:00:00Z"
    assert tomorrow["parts"][0]["deadline"]["at"] == "2026-03-12T06:30:00Z"
    assert base(tomorrow["parts"][0]["deadline"]) == (
        "Due the next morning, Thursday 12 March 2026, 07:30 (UTC+01:00, Europe/Copenhagen)",
        None,
        "07:30",
    )


async def test_a_quote_of_an_expedite_on_a_coming_day_has_its_turnarounds_and_prices(shop: Shop) -> None:
    today = await quote(shop, imageCount=1, expedite=True)
    tomorrow = await quote(shop, imageCount=1, expedite=True, at=TOMORROW)
    assert [(part["deadline"]["at"], part["price"]["amount"]) for part in today["parts"]] == [
        ("2026-03-10T15:01:00Z", "2.90")
    ]
    assert [(part["deadline"]["at"], part["price"]["amount"]) for part in tomorrow["parts"]] == [
        ("2026-03-11T14:00:00Z", "2.175")
    ]
    assert base(tomorrow["parts"][0]["deadline"])[1:] == ("PT2H", None)


async def test_promises_already_made_stay_and_new_ones_are_by_the_new_terms(shop: Shop, clock: FrozenClock) -> None:
    (before,) = await placed(shop, 1)
    clock.advance(DAY)
    (after,) = await placed(shop, 1)
    ask = f"query ($id: ID!) {{ node(id: $id) {{ ... on Order {{ deadline {{ at {EXPLANATION} }} }} }} }}"
    shown = [(await shop.client.data(ask, {"id": order["id"]}))["node"]["deadline"] for order in (before, after)]
    assert [(deadline["at"], base(deadline)[2]) for deadline in shown] == [
        ("2026-03-11T08:00:00Z", "09:00"),
        ("2026-03-12T06:30:00Z", "07:30"),
    ]
    assert [deadline["explanation"][-1]["text"] for deadline in shown] == [
        "Under version 1 of the SLA",
        "Under version 2 of the SLA",
    ]


async def test_expedites_and_plans_cost_and_last_what_was_agreed_on_the_day_of_the_expedite(
    shop: Shop, staff: Client, clock: FrozenClock
) -> None:
    clock.advance(DAY)
    (order,) = await placed(shop, 1, expedite=True)
    assert base(order["deadline"]) == (
        "Due 2 hours later, Wednesday 11 March 2026, 15:01 (UTC+01:00, Europe/Copenhagen)",
        "PT2H",
        None,
    )
    assert order["price"]["amount"] == "2.175"
    (planned,) = await placed(shop, 1, expedite=True)
    assert (planned["serviceLevel"], planned["price"]["amount"]) == ("EXPEDITED_PLAN", "1.45")
    back = {"expediteMultiplier": "2", "effectiveDate": "2026-03-12"}
    await done(staff, "negotiateSla", accountId=shop.account, **back)
    values = {"orderId": planned["id"], "deadline": "2026-03-11T18:00:00Z"}
    clock.advance(timedelta(hours=1))
    await done(staff, "confirmDeadline", **values)
    ask = "query ($id: ID!) { node(id: $id) { ... on Order { price { amount } } } }"
    assert (await shop.client.data(ask, {"id": planned["id"]}))["node"]["price"]["amount"] == "2.175"


async def test_a_redo_is_due_after_the_agreed_turnaround(shop: Shop, staff: Client, clock: FrozenClock) -> None:
    clock.advance(DAY)
    await placed(shop, 1)
    (image,) = await deliver(staff, clock)
    fields = f"images {{ deadline {{ at {EXPLANATION} }} }}"
    (rejected,) = (await done(shop.client, "rejectImages", fields, imageIds=[image], reason="halo"))["images"]
    text, turnaround, deliver_by = base(rejected["deadline"])
    assert text.startswith("Due 45 minutes later")
    assert (turnaround, deliver_by) == ("PT45M", None)


async def test_a_delivery_time_that_the_clock_does_not_show_is_named_by_the_explanation(
    shop: Shop, staff: Client, clock: FrozenClock
) -> None:
    """Clocks in Copenhagen go from 02:00 to 03:00 on Sunday 29 March."""
    await done(staff, "negotiateSla", accountId=shop.account, deliverBy="02:30", effectiveDate="2026-03-28")
    clock.advance(18 * DAY)
    (order,) = await placed(shop, 1)
    assert order["deadline"]["at"] == "2026-03-30T00:30:00Z"
    texts = {step["code"]: step["text"] for step in order["deadline"]["explanation"]}
    assert texts["BASE_DEADLINE"] == (
        "Due the next morning, Sunday 29 March 2026, 03:00 (UTC+02:00, Europe/Copenhagen), since the clock does not"
        " show 02:30 that day"
    )
    assert texts["WEEKEND_SHIFT"] == (
        "Sunday is no working day, so due Monday 30 March 2026, 02:30 (UTC+02:00, Europe/Copenhagen)"
    )
