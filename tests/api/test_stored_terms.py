"""Deadlines, quotes, prices, explanations and the SLA use the terms of the SLA version of the promise."""

from datetime import time, timedelta
from decimal import Decimal
from typing import Any, Final

import pytest

from app.domain.sla.stored import terms_to_json
from app.domain.sla.terms import SlaTerms
from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.mutations import Shop, done, open_shop
from tests.support.serving import Client, NewClient

HOUR: Final = timedelta(hours=1)
PROMISED: Final = SlaTerms(
    images_per_day=30,
    expedites_per_day=3,
    deliver_by=time(7, 30),
    expedite_turnaround=2 * HOUR,
    expedite_additional_turnaround=4 * HOUR,
    expedite_multiplier=Decimal("1.5"),
    rejection_turnaround=HOUR,
    flow_available=True,
    flow_turnaround=HOUR / 2,
    support_phone=True,
    support_response=3 * HOUR,
)
ORDERS: Final = """
  orders { id serviceLevel price { amount } deadline { at explanation { text } } images { nodes { id } } }"""
SLA: Final = """{ account { latestUploadFor(due: "2026-03-12T06:30:00Z") sla {
  standard { deliverBy summary } guarantee { imagesPerDay custom planDefault }
  expedite { turnaround additionalTurnaround priceMultiplier custom planDefault }
  rejection { turnaround } flow { available turnaround } support { phone responseTime }
} specifications { nodes { turnaround {
  summary standard { deliverBy } expedite { turnaround } rejection { turnaround } } } } } }"""


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient) -> Shop:
    """A shop in Copenhagen, on Tuesday at 13:00, whose stored plan terms differ from today's defaults."""
    shop = await open_shop(pool, client_of)
    query = "UPDATE sla_versions SET plan_terms = $1 WHERE account_id = $2 RETURNING version"
    await pool.fetch(query, terms_to_json(PROMISED), shop.studio.id)
    return shop


async def placed(shop: Shop, count: int, *, expedite: bool = False) -> list[dict[str, Any]]:
    images = [{"filename": f"{number}.jpg"} for number in range(count)]
    values = {"name": "Shoes", "specificationId": shop.specification, "images": images, "expedite": expedite}
    orders: list[dict[str, Any]] = (await done(shop.client, "placeOrder", ORDERS, **values))["orders"]
    return orders


async def test_the_sla_shows_the_promised_terms(shop: Shop) -> None:
    account = (await shop.client.data(SLA))["account"]
    summary = "Next morning by 07:30 for all images uploaded by midnight, Monday to Friday"
    assert account == {
        "latestUploadFor": "2026-03-11T23:00:00Z",
        "sla": {
            "standard": {"deliverBy": "07:30", "summary": summary},
            "guarantee": {"imagesPerDay": 200, "custom": True, "planDefault": 30},
            "expedite": {
                "turnaround": "PT2H",
                "additionalTurnaround": "PT4H",
                "priceMultiplier": "1.5",
                "custom": True,
                "planDefault": 3,
            },
            "rejection": {"turnaround": "PT1H"},
            "flow": {"available": True, "turnaround": "PT30M"},
            "support": {"phone": True, "responseTime": "PT3H"},
        },
        "specifications": {
            "nodes": [
                {
                    "turnaround": {
                        "summary": summary,
                        "standard": {"deliverBy": "07:30"},
                        "expedite": {"turnaround": "PT2H"},
                        "rejection": {"turnaround": "PT1H"},
                    }
                }
            ]
        },
    }


async def test_a_standard_order_is_due_at_the_promised_time(shop: Shop) -> None:
    (order,) = await placed(shop, 1)
    assert order["deadline"]["at"] == "2026-03-11T06:30:00Z"
    assert "Due the next morning, Wednesday 11 March 2026, 07:30" in order["deadline"]["explanation"][3]["text"]


async def test_expedites_have_the_promised_deadlines_and_prices(shop: Shop) -> None:
    orders = await placed(shop, 30, expedite=True)
    assert [(order["serviceLevel"], order["deadline"]["at"], order["price"]["amount"]) for order in orders] == [
        ("EXPEDITED", "2026-03-10T14:00:00Z", "43.500"),
        ("EXPEDITED_ADDITIONAL", "2026-03-10T16:00:00Z", "21.750"),
    ]
    assert "Due 2 hours later" in orders[0]["deadline"]["explanation"][-2]["text"]


async def test_a_delivery_plan_has_the_promised_expedite_price(shop: Shop, staff: Client) -> None:
    planned = (await placed(shop, 60, expedite=True))[-1]
    assert planned["price"]["amount"] == "58.00"
    values = {"orderId": planned["id"], "deadline": "2026-03-10T20:00:00Z"}
    [order] = (await done(staff, "confirmDeadline", "orders { price { amount } }", **values))["orders"]
    assert order == {"price": {"amount": "87.000"}}


async def test_a_rejected_image_has_the_promised_redo_deadline(shop: Shop, staff: Client, clock: FrozenClock) -> None:
    (order,) = await placed(shop, 1)
    image = order["images"]["nodes"][0]["id"]
    claimed = await done(staff, "claimImages", "images { id }", worker="ann", count=1)
    assert claimed["images"] == [{"id": image}]
    await done(staff, "deliverImages", "images { id }", worker="ann", imageIds=[image])
    clock.advance(HOUR)
    fields = "images { deadline { at explanation { text } } }"
    (rejected,) = (await done(shop.client, "rejectImages", fields, imageIds=[image], reason="halo"))["images"]
    assert rejected["deadline"]["at"] == "2026-03-10T14:00:00Z"
    assert rejected["deadline"]["explanation"][1]["text"].startswith("Due 1 hour later")
