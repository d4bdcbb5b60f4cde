"""Cancelling single images of an order (domain rules, section 5.8)."""

import pytest

from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.mutations import Shop, contents, deliver, done, event_types, open_shop, refused
from tests.support.serving import Client, NewClient
from tests.support.studio import HOUR

IMAGES = """order {
  status imageCount deliveredCount progress price { amount } cancelledAt deliveredAt
  images { totalCount nodes { filename status cancelledAt } }
}"""

DELIVERED = """query ($filter: OrderFilter) { account { orders(filter: $filter) { nodes {
  status deliveredAt updatedAt images { nodes { deliveredAt cancelledAt } }
} } } }"""


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient) -> Shop:
    return await open_shop(pool, client_of)


async def test_figures_are_of_the_images_that_remain_and_the_last_one_cancels_the_order(
    shop: Shop, pool: Pool, clock: FrozenClock
) -> None:
    [order] = await shop.place("a.jpg", "b.jpg", "c.jpg")
    clock.advance(HOUR)
    at = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    fields = f"{IMAGES} dailyGuarantee {{ used }}"
    some = await done(shop.client, "cancelOrder", fields, orderId=order["id"], imageIds=order["imageIds"][1:])
    counts = {"imageCount": 1, "deliveredCount": 0, "progress": 0.0, "price": {"amount": "1.45"}, "deliveredAt": None}
    assert some["dailyGuarantee"] == {"used": 1}
    assert some["order"] == {
        "status": "IN_PRODUCTION",
        **counts,
        "cancelledAt": None,
        "images": {
            "totalCount": 3,
            "nodes": [
                {"filename": "a.jpg", "status": "QUEUED", "cancelledAt": None},
                {"filename": "b.jpg", "status": "CANCELLED", "cancelledAt": at},
                {"filename": "c.jpg", "status": "CANCELLED", "cancelledAt": at},
            ],
        },
    }
    clock.advance(HOUR)
    last = await done(shop.client, "cancelOrder", fields, orderId=order["id"], imageIds=order["imageIds"][:1])
    assert last["order"] | {"images": None, "cancelledAt": None} == {
        "status": "CANCELLED",
        **counts,
        "images": None,
        "cancelledAt": None,
    }
    assert last["dailyGuarantee"] == {"used": 0}
    types = await event_types(pool, shop.studio)
    assert types == ["ACCOUNT_CREATED", "ORDER_PLACED", "IMAGES_CANCELLED", "ORDER_CANCELLED"]


async def test_an_order_is_ready_once_its_last_undelivered_image_is_cancelled(
    shop: Shop, pool: Pool, clock: FrozenClock, staff: Client
) -> None:
    [order] = await shop.place("a.jpg", "b.jpg")
    [delivered] = await deliver(staff, clock)
    other = next(image for image in order["imageIds"] if image != delivered)
    payload = await done(shop.client, "cancelOrder", IMAGES, orderId=order["id"], imageIds=[other])
    shown = payload["order"]
    assert (shown["status"], shown["imageCount"], shown["progress"]) == ("READY_FOR_DOWNLOAD", 1, 1.0)
    assert shown["deliveredAt"] is not None
    assert (await event_types(pool, shop.studio))[-2:] == ["IMAGES_CANCELLED", "DEADLINE_MET"]
    await done(shop.client, "completeOrder", orderId=order["id"])


async def test_an_order_made_ready_by_a_cancellation_was_delivered_before_and_is_updated_by_it(
    shop: Shop, clock: FrozenClock, staff: Client
) -> None:
    [order] = await shop.place("a.jpg", "b.jpg", "c.jpg")
    delivered = await deliver(staff, clock, 2)
    [last] = set(order["imageIds"]) - {*delivered}
    [row] = (await shop.client.data(DELIVERED))["account"]["orders"]["nodes"]
    assert (row["status"], row["deliveredAt"]) == ("IN_PRODUCTION", None)
    clock.advance(3 * HOUR)
    between = clock.now().isoformat()
    clock.advance(2 * HOUR)
    await done(shop.client, "cancelOrder", orderId=order["id"], imageIds=[last])
    cancelled_at = clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    clock.advance()
    [row] = (await shop.client.data(DELIVERED))["account"]["orders"]["nodes"]
    assert {row["updatedAt"], *(image["cancelledAt"] for image in row["images"]["nodes"])} == {cancelled_at, None}
    deliveries = [image["deliveredAt"] for image in row["images"]["nodes"]]
    assert (row["status"], [row["deliveredAt"]] * 2) == ("READY_FOR_DOWNLOAD", deliveries[:2])
    for bounds, found in (
        ({"deliveredFrom": row["deliveredAt"]}, [row]),
        ({"deliveredFrom": between}, []),
        ({"deliveredBefore": between}, [row]),
        ({"updatedFrom": between}, [row]),
    ):
        answer = await shop.client.data(DELIVERED, {"filter": bounds})
        assert answer["account"]["orders"]["nodes"] == found, bounds


async def test_an_image_in_production_or_of_another_order_is_not_cancelled(
    shop: Shop, pool: Pool, clock: FrozenClock, staff: Client
) -> None:
    [order] = await shop.place("a.jpg", "b.jpg", "c.jpg")
    clock.advance()
    claimed = (await done(staff, "claimImages", worker="Ada"))["images"][0]["id"]
    free = [image for image in order["imageIds"] if image != claimed]
    await done(shop.client, "cancelOrder", orderId=order["id"], imageIds=free[:1])
    [other] = await shop.place("d.jpg")
    before = await contents(pool)
    ids = [free[1], claimed, free[0], other["imageIds"][0]]
    assert await refused(shop.client, "cancelOrder", orderId=order["id"], imageIds=ids) == [
        ("NOT_CANCELLABLE", ["imageIds", "1"]),
        ("NOT_CANCELLABLE", ["imageIds", "2"]),
        ("NOT_FOUND", ["imageIds", "3"]),
    ]
    assert await refused(shop.client, "cancelOrder", orderId=order["id"]) == [("NOT_CANCELLABLE", ["orderId"])]
    assert await refused(shop.client, "cancelOrder", orderId=order["id"], imageIds=[]) == [("INVALID", ["imageIds"])]
    assert await refused(shop.client, "expediteOrder", orderId=order["id"], imageIds=free) == [
        ("INVALID", ["imageIds", str(free.index(ids[2]))])
    ]
    assert await contents(pool) == before


async def test_a_cancelled_image_is_neither_claimed_nor_late(shop: Shop, clock: FrozenClock, staff: Client) -> None:
    [order] = await shop.place("a.jpg", "b.jpg")
    clock.advance(HOUR)
    await done(shop.client, "cancelOrder", orderId=order["id"], imageIds=order["imageIds"][:1])
    clock.advance(48 * HOUR)
    claimed = await done(staff, "claimImages", worker="Ada", count=5)
    assert [image["id"] for image in claimed["images"]] == order["imageIds"][1:]
    pulse = "{ account { pulse { reliability { lateCount } productivity { imagesUploaded images { totalCount } } } } }"
    assert (await shop.client.data(pulse))["account"]["pulse"] == {
        "reliability": {"lateCount": 1},
        "productivity": {"imagesUploaded": 1, "images": {"totalCount": 1}},
    }
