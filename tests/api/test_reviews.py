"""Staff owe deadlines: by when they have promised them (domain rules, section 3.19)."""

from datetime import datetime
from typing import Any, Final

import pytest

from api.ids import account_global_id
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


EXPLAINED: Final = """deadline { explanation { ... on AwaitingStaffStep {
  text closed reviewBy turnaround timeZone planFrom priceMultiplier deadlineStands
} } }"""


def awaited(deadline: dict[str, Any]) -> dict[str, Any]:
    """Return the step of an explanation that awaits staff."""
    steps: list[dict[str, Any]] = [step for step in deadline["explanation"] if step]
    (step,) = steps
    return step


async def test_quotes_orders_and_images_name_the_review_turnaround_in_force_as_it_began(
    shop: Shop, clock: FrozenClock, staff: Client
) -> None:
    negotiated = {"accountId": account_global_id(shop.studio.id), "reviewTurnaround": "PT2H"}
    await place(shop, 2)
    await done(staff, "negotiateSla", **negotiated, effectiveDate="2026-03-11")
    ask = f"""query ($input: QuoteInput!) {{ account {{
      quote(input: $input) {{ quote {{ parts {{ {EXPLAINED} }} }} }}
      orders {{ nodes {{ number {EXPLAINED} images {{ nodes {{ {EXPLAINED} }} }} }} }}
    }} }}"""
    clock.advance(24 * HOUR)
    await done(staff, "negotiateSla", **{**negotiated, "reviewTurnaround": "PT1H"}, effectiveDate="2026-03-12")
    clock.advance(HOUR)
    await place(shop, 2)
    clock.advance(HOUR)
    found = (await shop.client.data(ask, {"input": {"newOrder": {"imageCount": 2}}}))["account"]
    known = {order["number"]: order for order in found["orders"]["nodes"]}
    old, new = ([known[number], *known[number]["images"]["nodes"]] for number in (2, 4))
    quoted = found["quote"]["quote"]["parts"]
    steps = [awaited(each["deadline"]) for each in (*old, *new, *quoted)]
    before, since = steps[0], steps[2]
    assert steps[:4] == [before, before, since, since]
    assert [(step["reviewBy"], step["turnaround"]) for step in steps[4:]] == [("2026-03-11T16:00:00Z", "PT2H")]
    wait = "Support and production are to confirm the deadline by"
    assert before["text"] == (
        f"{wait} Tuesday 10 March 2026, 18:00 (UTC+01:00, Europe/Copenhagen), within 5 hours from Monday to Friday"
    )
    assert since == {
        "text": (
            f"{wait} Wednesday 11 March 2026, 16:00 (UTC+01:00, Europe/Copenhagen), "
            "within 2 hours from Monday to Friday"
        ),
        "closed": False,
        "reviewBy": "2026-03-11T15:00:00Z",
        "turnaround": "PT2H",
        "timeZone": "Europe/Copenhagen",
        "planFrom": None,
        "priceMultiplier": None,
        "deadlineStands": False,
    }


async def test_an_image_that_was_delivered_or_cancelled_names_no_review(
    shop: Shop, clock: FrozenClock, staff: Client
) -> None:
    await place(shop, 2)
    await deliver(staff, clock, 2)
    second = (await place(shop, 1))[0]
    await done(shop.client, "cancelOrder", orderId=second["id"])
    found = await shop.client.data(
        f"{{ account {{ orders {{ nodes {{ serviceLevel {EXPLAINED} images {{ nodes {{ {EXPLAINED} }} }} }} }} }} }}"
    )
    orders = [each for each in found["account"]["orders"]["nodes"] if each["serviceLevel"] == "ADDITIONAL"]
    steps = [awaited(each["deadline"]) for order in orders for each in (order, *order["images"]["nodes"])]
    assert [(step["closed"], step["reviewBy"], step["turnaround"]) for step in steps] == [(True, None, None)] * 4
    assert {step["text"] for step in steps} == {
        "Support and production confirmed no deadline before the delivery or cancellation"
    }


async def test_undated_images_are_in_the_queue_after_all_dated_ones_by_when_their_deadline_is_promised(
    shop: Shop, clock: FrozenClock, staff: Client
) -> None:
    friday_evening = datetime.fromisoformat("2026-03-13T21:00:00Z")
    clock.advance(friday_evening - clock.now())
    await place(shop, 2)  # order 2 is promised by Monday 03:00, as one of Saturday 12:00 would be by 05:00
    clock.advance(14 * HOUR)
    await place(shop, 2)
    clock.advance(30 * HOUR)
    await place(shop, 2)  # on Sunday, and promised as soon as order 4
    ask = f"{{ productionQueue(first: 3) {{ nodes {{ order {{ number }} {DEADLINE} }} pageInfo {{ endCursor }} }} }}"
    first = (await staff.data(ask))["productionQueue"]
    rest = (await staff.data(ask.replace("first: 3", f'after: "{first["pageInfo"]["endCursor"]}"')))["productionQueue"]
    nodes = [*first["nodes"], *rest["nodes"]]
    assert [(node["order"]["number"], node["deadline"]["reviewBy"]) for node in nodes] == [
        *((number, None) for number in (1, 3, 5)),
        (2, "2026-03-16T02:00:00Z"),
        (4, "2026-03-16T04:00:00Z"),
        (6, "2026-03-16T04:00:00Z"),
    ]
    claimed = (await done(staff, "claimImages", "images { order { number } }", worker="Ada", count=6))["images"]
    assert [image["order"]["number"] for image in claimed] == [1, 3, 5, 2, 4, 6]


async def test_images_without_a_deadline_or_plan_are_at_risk_by_when_it_is_promised(
    shop: Shop, clock: FrozenClock, staff: Client
) -> None:
    ask = """query ($within: Duration!, $first: Int = 20, $after: String) {
      atRisk(within: $within, first: $first, after: $after) {
        nodes { order { number } } totalCount pageInfo { endCursor hasNextPage }
      }
    }"""

    async def at_risk(within: str) -> list[int]:
        numbers, after, more = list[int](), None, True
        while more:
            found = (await staff.data(ask, {"within": within, "first": 1, "after": after}))["atRisk"]
            numbers += [node["order"]["number"] for node in found["nodes"]]
            after, more = found["pageInfo"]["endCursor"], found["pageInfo"]["hasNextPage"]
            assert found["totalCount"] == len(numbers) or more
        return numbers

    await place(shop, 2)  # at noon: order 1 is due at 08:00, order 2 promised by 17:00
    clock.advance(HOUR)
    await place(shop, 1, expedite=True)  # due in three hours
    _, plan = await place(shop, 3), await place(shop, 1, expedite=True)
    assert await at_risk("PT2H59M59S") == []
    assert await at_risk("PT3H") == [3]
    assert await at_risk("PT4H") == [3, 2]
    assert await at_risk("PT5H1S") == [3, 2, 4, 4, 4, 5]
    assert await at_risk("P1D") == [3, 2, 4, 4, 4, 5, 1]
    await done(staff, "confirmDeadline", orderId=plan[0]["id"], deadline="2026-03-10T15:00:00Z")
    clock.advance(10 * HOUR)
    assert await at_risk("PT0S") == [5, 3, 2, 4, 4, 4]


COMPLIANCE: Final = """
query ($at: DateTime) { account {
  pulse(asOf: $at) { kpis { summary } reliability { dueCount onTimeCount lateCount } }
  sla(asOf: $at) { compliance { review {
    metCount missedCount openCount rate missedImages { nodes { id } totalCount } openImages { nodes { id } totalCount }
  } } }
} }
"""


async def compliance(shop: Shop, at: str | None = None) -> dict[str, Any]:
    """Return the compliance with reviews, with the ids of the images behind the counts."""
    found = (await shop.client.data(COMPLIANCE, {"at": at}))["account"]["sla"]["compliance"]["review"]
    for name in ("missedImages", "openImages"):
        if found[name] is not None:
            assert found[name]["totalCount"] == len(found[name]["nodes"])
            found[name] = [node["id"] for node in found[name]["nodes"]]
    return {**found}


async def test_compliance_counts_each_review_that_staff_met_missed_or_still_owe(
    shop: Shop, clock: FrozenClock, staff: Client
) -> None:
    _, order = await place(shop, 3)
    first, second = (image["id"] for image in order["images"]["nodes"])
    clock.advance(HOUR)
    still_open: dict[str, Any] = {"metCount": 0, "missedCount": 0, "openCount": 2, "rate": None, "missedImages": []}
    assert await compliance(shop) == still_open | {"openImages": [second, first]}
    await done(shop.client, "cancelOrder", orderId=order["id"], imageIds=[second])
    clock.advance(4 * HOUR)  # to the instant that they are due
    await done(staff, "confirmDeadline", orderId=order["id"], deadline="2026-03-13T08:00:00Z")
    clock.advance(HOUR)
    met: dict[str, Any] = {
        "metCount": 1,
        "missedCount": 0,
        "openCount": 0,
        "rate": 1.0,
        "missedImages": [],
        "openImages": [],
    }
    assert await compliance(shop) == met
    await place(shop, 1, expedite=True)  # which uses the quota: the image has a second review
    await done(shop.client, "expediteOrder", orderId=order["id"])
    clock.advance(6 * HOUR)
    assert await compliance(shop) == met | {"missedCount": 1, "rate": 0.5, "missedImages": [first]}
    before: dict[str, Any] = {
        "metCount": 0,
        "missedCount": 0,
        "openCount": None,
        "rate": None,
        "missedImages": [],
        "openImages": None,
    }
    assert await compliance(shop, DUE) == before
