"""An expedited image keeps its standard deadline until staff make a delivery plan."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any, Final

import pytest

from app.domain.sla.negotiation import Negotiation
from app.domain.sla.terms import NegotiableTerms
from app.services.accounts.terms import negotiate_sla
from db.connections import Pool
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.mutations import Shop, contents, done, open_shop, refused
from tests.support.serving import Client, NewClient
from tests.support.studio import DAY, HOUR, Studio
from tests.support.transactions import in_transaction

NEXT_MORNING: Final = "2026-03-11T08:00:00Z"
ORDER: Final = """
  number serviceLevel imageCount late price { amount }
  deadline { at status slaVersion explanation { code } }"""
QUOTE: Final = """query ($input: QuoteInput!) { account { quote(input: $input) {
  quote { token parts { serviceLevel imageCount price { amount } deadline { at status explanation { code } } } }
  userErrors { code path }
} } }"""
FOUND: Final = """query ($status: [DeadlineStatus!]) { account { orders(filter: {deadlineStatus: $status}) {
  nodes { number } totalCount
} } }"""
KEPT: Final = (
    *("UPLOADED_AT", "CUTOFF", "GUARANTEE_POSITION", "BASE_DEADLINE", "EXPEDITE_POSITION"),
    *("AWAITING_STAFF", "SLA_VERSION"),
)


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient) -> Shop:
    """A shop with 200 images and 20 expedites a day."""
    return await open_shop(pool, client_of)


async def place(shop: Shop, count: int, **values: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    """Place an expedited order of `count` images."""
    images = [{"filename": f"{number}.jpg"} for number in range(count)]
    values = {"name": "Shoes", "specificationId": shop.specification, "expedite": True, **values}
    fields = f"orders {{ id {ORDER} images(first: 100) {{ nodes {{ id }} }} }}"
    orders: list[dict[str, Any]] = (await done(shop.client, "placeOrder", fields, **values, images=images))["orders"]
    return orders


async def seen(shop: Shop, number: int) -> dict[str, Any]:
    ask = f"query ($number: Int!) {{ account {{ order(number: $number) {{ {ORDER} }} }} }}"
    order: dict[str, Any] = (await shop.client.data(ask, {"number": number}))["account"]["order"]
    return order


def promised(parts: list[dict[str, Any]]) -> list[tuple[str, int, str | None, str, str]]:
    return [
        (
            part["serviceLevel"],
            part["imageCount"],
            part["deadline"]["at"],
            part["deadline"]["status"],
            part["price"]["amount"],
        )
        for part in parts
    ]


def codes(part: dict[str, Any]) -> tuple[str, ...]:
    return tuple(step["code"] for step in part["deadline"]["explanation"])


async def test_of_sixty_images_twenty_are_due_in_three_hours_and_forty_by_the_standard_deadline(shop: Shop) -> None:
    orders = await place(shop, 60)
    assert promised(orders) == [
        ("EXPEDITED", 20, "2026-03-10T15:00:00Z", "CONFIRMED", "58.00"),
        ("EXPEDITED_PLAN", 40, NEXT_MORNING, "PLAN_REQUIRED", "58.00"),
    ]
    assert codes(orders[1]) == KEPT


async def test_of_250_images_those_beyond_the_guarantee_become_an_order_without_a_deadline_as_quoted(
    shop: Shop,
) -> None:
    asked = {"imageCount": 250, "expedite": True, "specificationId": shop.specification}
    quote = (await shop.client.data(QUOTE, {"input": {"newOrder": asked}}))["account"]["quote"]["quote"]
    orders = await place(shop, 250, quoteToken=quote["token"])
    expected = [
        ("EXPEDITED", 20, "2026-03-10T15:00:00Z", "CONFIRMED", "58.00"),
        ("EXPEDITED_PLAN", 180, NEXT_MORNING, "PLAN_REQUIRED", "261.00"),
        ("EXPEDITED_PLAN", 50, None, "PLAN_REQUIRED", "72.50"),
    ]
    assert promised(quote["parts"]) == promised(orders) == expected
    assert [order["number"] for order in orders] == [1, 2, 3]
    for parts in (quote["parts"], orders):
        assert [codes(part) for part in parts[1:]] == [
            KEPT,
            ("UPLOADED_AT", "GUARANTEE_POSITION", "EXPEDITE_POSITION", "AWAITING_STAFF", "SLA_VERSION"),
        ]


async def test_the_queue_orders_images_by_their_kept_deadline(shop: Shop, clock: FrozenClock, staff: Client) -> None:
    await place(shop, 210)
    clock.advance()
    await shop.place("later.jpg")  # beyond the guarantee, without any deadline
    clock.advance()
    found = (await done(staff, "claimImages", "images { order { number } }", worker="Ada", count=211))["images"]
    assert [image["order"]["number"] for image in found] == [*[1] * 20, *[2] * 180, *[3] * 10, 4]


async def test_a_delivery_plan_made_in_time_doubles_the_price_and_sets_the_deadline(
    shop: Shop, clock: FrozenClock, staff: Client
) -> None:
    _, planned = await place(shop, 60)
    clock.advance(HOUR)
    values = {"orderId": planned["id"], "deadline": "2026-03-10T20:00:00Z"}
    assert await refused(staff, "confirmDeadline", **{**values, "deadline": NEXT_MORNING}) == [
        ("INVALID", ["deadline"])
    ]
    await done(staff, "confirmDeadline", **values)
    clock.advance(2 * DAY)
    order = await seen(shop, 2)
    assert promised([order]) == [("EXPEDITED_PLAN", 40, "2026-03-10T20:00:00Z", "CONFIRMED", "116.00")]
    assert codes(order)[-2:] == ("STAFF_CONFIRMED", "SLA_VERSION")


async def found(shop: Shop, *statuses: str) -> list[int]:
    listed = (await shop.client.data(FOUND, {"status": list(statuses)}))["account"]["orders"]
    assert listed["totalCount"] == len(listed["nodes"])
    return sorted(node["number"] for node in listed["nodes"])


async def test_a_delivery_plan_not_made_before_the_kept_deadline_passes_is_void(
    shop: Shop, pool: Pool, clock: FrozenClock, staff: Client
) -> None:
    """At the very instant of the deadline it has not passed yet, as everywhere."""
    _, planned, _ = await place(shop, 201)
    ask = f"{{ ordersAwaitingDeadline {{ nodes {{ number }} totalCount }} }}"  # noqa: F541
    clock.advance(datetime.fromisoformat(NEXT_MORNING) - clock.now())
    assert promised([await seen(shop, 2)]) == [("EXPEDITED_PLAN", 180, NEXT_MORNING, "PLAN_REQUIRED", "261.00")]
    assert (await found(shop, "CONFIRMED"), await found(shop, "PLAN_REQUIRED")) == ([1], [2, 3])
    assert (await staff.data(ask))["ordersAwaitingDeadline"]["totalCount"] == 2
    clock.advance(MICROSECOND)
    order = await seen(shop, 2)
    assert promised([order]) == [("EXPEDITED_PLAN", 180, NEXT_MORNING, "CONFIRMED", "261.00")]
    assert (order["late"], codes(order)[-2:]) == (True, ("PLAN_VOID", "SLA_VERSION"))
    assert (await found(shop, "CONFIRMED"), await found(shop, "PLAN_REQUIRED")) == ([1, 2], [3])
    assert await found(shop, "CONFIRMED", "PLAN_REQUIRED") == [1, 2, 3]
    assert (await staff.data(ask))["ordersAwaitingDeadline"] == {"nodes": [{"number": 3}], "totalCount": 1}
    before = await contents(pool)
    values = {"orderId": planned["id"], "deadline": "2026-03-11T08:00:01Z"}
    assert await refused(staff, "confirmDeadline", **values) == [("DEADLINE_NOT_OPEN", ["orderId"])]
    assert await contents(pool) == before


async def test_compliance_counts_kept_deadlines_as_delivery_plans_met_missed_and_open(
    shop: Shop, clock: FrozenClock, staff: Client
) -> None:
    await place(shop, 201)
    clock.advance()
    ask = """{ account {
      pulse { reliability { dueCount onTimeCount lateCount } }
      sla { compliance { deliveryPlan { metCount missedCount openCount } expedited { openCount } } }
    } }"""
    compliance = (await shop.client.data(ask))["account"]["sla"]["compliance"]
    assert compliance == {
        "deliveryPlan": {"metCount": 0, "missedCount": 0, "openCount": 180},
        "expedited": {"openCount": 20},
    }
    claimed = (await done(staff, "claimImages", worker="Ada", count=30))["images"]
    clock.advance()
    await done(staff, "deliverImages", worker="Ada", imageIds=[image["id"] for image in claimed])
    clock.advance(DAY)
    account = (await shop.client.data(ask))["account"]
    assert account["sla"]["compliance"]["deliveryPlan"] == {"metCount": 10, "missedCount": 170, "openCount": 0}
    assert account["pulse"]["reliability"] == {"dueCount": 200, "onTimeCount": 30, "lateCount": 170}
    assert promised([await seen(shop, 2)])[0][-2:] == ("CONFIRMED", "261.00")


async def test_a_deadline_names_the_sla_version_it_was_made_under(
    pool: Pool, client_of: NewClient, clock: FrozenClock, staff: Client
) -> None:
    shop = await open_shop(pool, client_of, Studio(images_per_day=3, expedites_per_day=1))
    clock.advance(9 * HOUR)  # 22:00 in Copenhagen
    standard, additional = await shop.place("a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg")
    terms = Negotiation(NegotiableTerms(4), date(2026, 3, 11))
    await in_transaction(pool, partial(negotiate_sla, clock=clock, account_id=shop.studio.id, agreed=terms))
    clock.advance(3 * HOUR)
    for order in (standard, additional):
        await done(shop.client, "expediteOrder", orderId=order["id"])
        clock.advance()

    async def versions() -> dict[int, int]:
        data = await shop.client.data("{ account { orders { nodes { number deadline { slaVersion } } } } }")
        return {node["number"]: node["deadline"]["slaVersion"] for node in data["account"]["orders"]["nodes"]}

    # 1 is due in three hours and 3, its sibling, keeps the next morning; 2 had no deadline and has none.
    assert await versions() == {1: 2, 2: 2, 3: 1}
    order = await seen(shop, 3)
    assert promised([order]) == [("EXPEDITED_PLAN", 2, NEXT_MORNING, "PLAN_REQUIRED", "2.90")]
    [*_, early] = (await done(staff, "claimImages", worker="Ada", count=2))["images"]
    await done(staff, "deliverImages", worker="Ada", imageIds=[early["id"]])
    clock.advance()
    of_plan = "{ account { order(number: 3) { id images { nodes { id deadline { at slaVersion } } } } } }"
    planned = (await shop.client.data(of_plan))["account"]["order"]
    assert early["id"] in [image["id"] for image in planned["images"]["nodes"]]
    await done(staff, "confirmDeadline", orderId=planned["id"], deadline="2026-03-11T05:00:00Z")
    clock.advance()
    assert await versions() == {1: 2, 2: 2, 3: 2}
    images = (await shop.client.data(of_plan))["account"]["order"]["images"]["nodes"]
    assert {(each["deadline"]["at"], each["deadline"]["slaVersion"]) for each in images} == {
        (NEXT_MORNING, 1),
        ("2026-03-11T05:00:00Z", 2),
    }


async def test_repeating_an_expedite_reports_every_image_as_already_expedited(
    shop: Shop, pool: Pool, clock: FrozenClock
) -> None:
    [order] = await shop.place(*(f"{number}.jpg" for number in range(30)))
    clock.advance()
    values = {"orderId": order["id"], "imageIds": order["imageIds"]}
    orders = (await done(shop.client, "expediteOrder", **values))["orders"]
    assert [each["serviceLevel"] for each in orders] == ["EXPEDITED", "EXPEDITED_ADDITIONAL"]
    clock.advance()
    before = await contents(pool)
    expected = [("ALREADY_EXPEDITED", ["imageIds", str(index)]) for index in range(30)]
    assert await refused(shop.client, "expediteOrder", **values) == expected
    quote = (await shop.client.data(QUOTE, {"input": {"expedite": values}}))["account"]["quote"]
    assert [(error["code"], error["path"][1:]) for error in quote["userErrors"]] == expected
    assert await contents(pool) == before


async def test_expediting_an_image_of_another_order_is_not_found(shop: Shop, clock: FrozenClock) -> None:
    [order] = await shop.place("a.jpg")
    [other] = await shop.place("b.jpg", expedite=True)
    clock.advance()
    values = {"orderId": order["id"], "imageIds": [*order["imageIds"], *other["imageIds"]]}
    assert await refused(shop.client, "expediteOrder", **values) == [("NOT_FOUND", ["imageIds", "1"])]


class TestAClockChangeOvernight:
    """Clocks at Vostok went from 00:00 to 07:00 on 1 November 1994, so that 09:00 came three hours after 23:00."""

    @pytest.fixture
    def clock(self) -> FrozenClock:
        return FrozenClock(datetime(1994, 10, 31, 23, tzinfo=UTC))

    async def test_an_expedite_without_gain_is_neither_placed_nor_quoted(
        self, pool: Pool, clock: FrozenClock, client_of: NewClient
    ) -> None:
        studio = Studio(zone="Antarctica/Vostok", created_at=clock.now() - DAY, images_per_day=1)
        shop = await open_shop(pool, client_of, studio)
        before = await contents(pool)
        images = [{"filename": "a.jpg"}, {"filename": "b.jpg"}]
        values = {"name": "Shoes", "specificationId": shop.specification, "images": images, "expedite": True}
        assert await refused(shop.client, "placeOrder", **values) == [("NO_GAIN", ["expedite"])]
        asked = {"input": {"newOrder": {"imageCount": 2, "expedite": True}}}
        assert (await shop.client.data(QUOTE, asked))["account"]["quote"] == {
            "quote": None,
            "userErrors": [{"code": "NO_GAIN", "path": ["newOrder", "expedite"]}],
        }
        assert await contents(pool) == before
        await shop.place("a.jpg")
        clock.advance(timedelta(seconds=1))
        [beyond] = await shop.place("b.jpg", expedite=True)
        assert beyond["serviceLevel"] == "EXPEDITED"
