"""Deadlines that staff revise (domain rules, section 3.14)."""

from datetime import UTC, datetime

import pytest

from app.services.deadline_alerts.watch import watch_deadlines
from db.connections import Pool
from tests.support.alerts import LEAD, alert_summaries
from tests.support.clock import FrozenClock
from tests.support.mutations import Shop, done, event_types, mutate, open_shop, refused
from tests.support.serving import Client, NewClient
from tests.support.studio import HOUR, Studio

LATER, SOONER = "2026-03-12T08:00:00Z", "2026-03-11T12:00:00Z"
DEADLINE = "deadline { at status explanation { code text } }"


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient) -> Shop:
    return await open_shop(pool, client_of, Studio(images_per_day=1))


async def test_an_earlier_deadline_is_for_the_images_not_delivered_yet(
    shop: Shop, pool: Pool, clock: FrozenClock, staff: Client
) -> None:
    _, order = await shop.place("a.jpg", "b.jpg", "c.jpg")
    clock.advance(HOUR)
    await done(staff, "confirmDeadline", orderId=order["id"], deadline=LATER)
    claimed = await done(staff, "claimImages", worker="Ada", count=3)
    delivered, left = order["imageIds"]
    await done(staff, "deliverImages", worker="Ada", imageIds=[delivered])
    clock.advance(HOUR)
    fields = f"order {{ {DEADLINE} images {{ nodes {{ id {DEADLINE} }} }} }}"
    said = {"note": "Bob can", "message": "You get it a day sooner."}
    payload = await done(staff, "reviseDeadline", fields, orderId=order["id"], deadline=SOONER, **said)
    assert len(claimed["images"]) == 3
    assert payload["order"]["deadline"]["at"] == SOONER
    steps = payload["order"]["deadline"]["explanation"]
    assert [step["code"] for step in steps[-3:]] == ["STAFF_CONFIRMED", "STAFF_REVISED", "SLA_VERSION"]
    assert steps[-2]["text"].startswith("Support and production set an earlier deadline on ")
    images = {node["id"]: node["deadline"] for node in payload["order"]["images"]["nodes"]}
    assert (images[delivered]["at"], images[left]["at"]) == (LATER, SOONER)
    assert [step["code"] for step in images[delivered]["explanation"][-2:]] == ["STAFF_CONFIRMED", "SLA_VERSION"]
    assert (await event_types(pool, shop.studio))[-1] == "DEADLINE_REVISED"
    clock.advance_to(datetime(2026, 3, 12, 9, tzinfo=UTC))
    await watch_deadlines(pool, clock, None, LEAD)
    found = [alert for alert in await alert_summaries(pool) if alert[1] >= "2026-03-11T09"]
    assert found == [("AT_RISK", "2026-03-11T11:00:00", 1), ("MISSED", "2026-03-11T12:00:00", 1)]
    assert await refused(staff, "reviseDeadline", orderId=order["id"], deadline="2026-03-11T11:00:00Z") == [
        ("DEADLINE_NOT_OPEN", ["orderId"])
    ]


async def test_a_deadline_that_staff_have_yet_to_set_cannot_be_revised(shop: Shop, staff: Client) -> None:
    by_rule, awaited = await shop.place("a.jpg", "b.jpg")
    for order, number in ((by_rule, 1), (awaited, 2)):
        [error] = (await mutate(staff, "reviseDeadline", orderId=order["id"], deadline=SOONER))["userErrors"]
        assert (error["code"], error["path"]) == ("DEADLINE_NOT_OPEN", ["orderId"])
        assert error["message"] == (
            f"Order {number} has no deadline to revise: staff set none, or none of its images needs one any more."
        )


async def test_a_delivery_plan_that_is_required_is_confirmed_at_its_price_and_not_revised(
    pool: Pool, client_of: NewClient, clock: FrozenClock, staff: Client
) -> None:
    shop = await open_shop(pool, client_of, Studio(images_per_day=1, expedites_per_day=0))
    _, order = await shop.place("a.jpg", "b.jpg")
    clock.advance(HOUR)
    await done(staff, "confirmDeadline", orderId=order["id"], deadline=LATER)
    await done(staff, "reviseDeadline", orderId=order["id"], deadline=SOONER)
    await done(shop.client, "expediteOrder", orderId=order["id"])
    earlier = "2026-03-11T10:00:00Z"
    assert await refused(staff, "reviseDeadline", orderId=order["id"], deadline=earlier) == [
        ("DEADLINE_NOT_OPEN", ["orderId"])
    ]
    fields = f"orders {{ {DEADLINE} price {{ amount }} }}"
    [planned] = (await done(staff, "confirmDeadline", fields, orderId=order["id"], deadline=earlier))["orders"]
    assert (planned["deadline"]["at"], planned["deadline"]["status"]) == (earlier, "CONFIRMED")
    assert planned["price"] == {"amount": "2.90"}
    assert "STAFF_REVISED" not in [step["code"] for step in planned["deadline"]["explanation"]]
