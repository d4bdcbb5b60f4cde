"""Deadlines of cancelled images, which keep the explanation that they had (domain rules, section 3.16)."""

from typing import Any, Final

from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.mutations import Shop, done, open_shop
from tests.support.serving import Client, NewClient
from tests.support.studio import HOUR, Studio

DEADLINES: Final = """query ($number: Int!) { account { order(number: $number) {
  deadline { at status } images { nodes { status deadline { at status slaVersion explanation { code } } } }
} } }"""
UPLOAD: Final = ("UPLOADED_AT", "CUTOFF", "GUARANTEE_POSITION", "BASE_DEADLINE")
STANDARD: Final = "2026-03-11T08:00:00Z"


async def images(shop: Shop, number: int = 1) -> list[dict[str, Any]]:
    """Return the images of an order, the codes of their explanations in a list."""
    order = (await shop.client.data(DEADLINES, {"number": number}))["account"]["order"]
    shown = [image["deadline"] | {"is": image["status"]} for image in order["images"]["nodes"]]
    return [each | {"explanation": [step["code"] for step in each["explanation"]]} for each in shown]


async def placed(shop: Shop, clock: FrozenClock, *, expedite: bool) -> dict[str, Any]:
    """Place an order of three images, and cancel the first one an hour later."""
    [order] = await shop.place("a.jpg", "b.jpg", "c.jpg", expedite=expedite)
    clock.advance(HOUR)
    await done(shop.client, "cancelOrder", orderId=order["id"], imageIds=order["imageIds"][:1])
    clock.advance(HOUR)
    return order


async def test_an_image_cancelled_before_the_delivery_plan_has_the_deadline_that_it_kept(
    pool: Pool, client_of: NewClient, staff: Client, clock: FrozenClock
) -> None:
    shop = await open_shop(pool, client_of, Studio(expedites_per_day=0))
    order = await placed(shop, clock, expedite=True)
    await done(staff, "confirmDeadline", orderId=order["id"], deadline="2026-03-10T20:00:00Z")
    cancelled, *others = await images(shop)
    assert cancelled == {
        "at": STANDARD,
        "status": "PLAN_REQUIRED",
        "slaVersion": 1,
        "is": "CANCELLED",
        "explanation": [*UPLOAD, "EXPEDITE_POSITION", "AWAITING_STAFF", "SLA_VERSION"],
    }
    assert [(each["at"], each["explanation"][-2]) for each in others] == [
        ("2026-03-10T20:00:00Z", "STAFF_CONFIRMED"),
        ("2026-03-10T20:00:00Z", "STAFF_CONFIRMED"),
    ]


async def test_an_image_cancelled_before_the_portions_stays_in_the_order_with_the_deadline_that_it_kept(
    pool: Pool, client_of: NewClient, staff: Client, clock: FrozenClock
) -> None:
    shop = await open_shop(pool, client_of, Studio(expedites_per_day=0))
    order = await placed(shop, clock, expedite=True)
    portions = [{"imageCount": 1, "deadline": f"2026-03-10T{hour}:00:00Z"} for hour in (20, 22)]
    await done(staff, "confirmDeadline", orderId=order["id"], portions=portions)
    clock.advance(HOUR)
    await done(staff, "reviseDeadline", orderId=order["id"], deadline="2026-03-10T18:00:00Z")
    cancelled, first = await images(shop)
    assert (cancelled["at"], cancelled["explanation"][-2:]) == (STANDARD, ["AWAITING_STAFF", "SLA_VERSION"])
    assert (first["at"], first["explanation"][-3:-1]) == (
        "2026-03-10T18:00:00Z",
        ["STAFF_CONFIRMED", "STAFF_REVISED"],
    )


async def test_an_image_cancelled_before_the_others_are_expedited_needs_no_delivery_plan(
    pool: Pool, client_of: NewClient, clock: FrozenClock
) -> None:
    shop = await open_shop(pool, client_of, Studio(images_per_day=3, expedites_per_day=0))
    order = await placed(shop, clock, expedite=False)
    await done(shop.client, "expediteOrder", orderId=order["id"])
    cancelled, *others = await images(shop)
    standard = {"at": STANDARD, "slaVersion": 1}
    assert cancelled == {
        **standard,
        "status": "CONFIRMED",
        "is": "CANCELLED",
        "explanation": [*UPLOAD, "SLA_VERSION"],
    }
    planned = [*UPLOAD, "EXPEDITE_POSITION", "AWAITING_STAFF", "SLA_VERSION"]
    assert others == [{**standard, "status": "PLAN_REQUIRED", "is": "QUEUED", "explanation": planned}] * 2


async def test_an_image_cancelled_without_a_deadline_still_awaits_one_after_the_others_are_expedited(
    pool: Pool, client_of: NewClient, clock: FrozenClock
) -> None:
    shop = await open_shop(pool, client_of, Studio(images_per_day=0, expedites_per_day=0))
    order = await placed(shop, clock, expedite=False)
    await done(shop.client, "expediteOrder", orderId=order["id"])
    cancelled, *others = await images(shop)
    assert (cancelled["at"], cancelled["status"], cancelled["explanation"][-2]) == (
        None,
        "TO_BE_CONFIRMED",
        "AWAITING_STAFF",
    )
    assert {(each["at"], each["status"]) for each in others} == {(None, "PLAN_REQUIRED")}
