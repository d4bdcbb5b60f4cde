"""Rejecting images by their ids, each with its own reason, or a whole order (domain rules, section 3.11)."""

import pytest

from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.mutations import Shop, deliver, done, mutate, open_shop
from tests.support.serving import Client, NewClient
from tests.support.studio import HOUR

REJECTED = "images { filename status rejections { reason category } } orders { status rejectedCount }"


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient) -> Shop:
    return await open_shop(pool, client_of)


async def test_each_image_may_have_its_own_reason_and_category(shop: Shop, clock: FrozenClock, staff: Client) -> None:
    await shop.place("a.jpg", "b.jpg")
    first, second = await deliver(staff, clock, 2)
    images = [
        {"imageId": second, "reason": "Too dark", "category": "COLOR"},
        {"imageId": first, "reason": "Halo"},
    ]
    assert await done(shop.client, "rejectImages", REJECTED, images=images) == {
        "images": [
            {
                "filename": "b.jpg",
                "status": "REJECTED",
                "rejections": [{"reason": "Too dark", "category": "COLOR"}],
            },
            {"filename": "a.jpg", "status": "REJECTED", "rejections": [{"reason": "Halo", "category": None}]},
        ],
        "orders": [{"status": "IN_PRODUCTION", "rejectedCount": 2}],
        "userErrors": [],
    }


async def test_rejecting_an_order_rejects_all_delivered_images(shop: Shop, clock: FrozenClock, staff: Client) -> None:
    [order] = await shop.place("a.jpg", "b.jpg", "c.jpg")
    first, _ = await deliver(staff, clock, 2)
    await done(shop.client, "rejectImages", imageIds=[first], reason="Halo", category="MASK")
    clock.advance(HOUR)
    payload = await done(shop.client, "rejectImages", REJECTED, orderId=order["id"], reason="Crop", category="CROP")
    assert [(image["filename"], image["rejections"]) for image in payload["images"]] == [
        ("b.jpg", [{"reason": "Crop", "category": "CROP"}])
    ]
    assert payload["orders"] == [{"status": "IN_PRODUCTION", "rejectedCount": 2}]
    asked = """{ account { order(number: 1) { events(first: 20) { nodes {
      ... on ImagesRejected { rejectedImages { nodes { reason category } } }
    } } } } }"""
    nodes = (await shop.client.data(asked))["account"]["order"]["events"]["nodes"]
    assert [node["rejectedImages"]["nodes"] for node in nodes if node] == [
        [{"reason": "Halo", "category": "MASK"}],
        [{"reason": "Crop", "category": "CROP"}],
    ]


async def test_a_reason_for_all_images_is_required_and_not_blank(shop: Shop) -> None:
    [order] = await shop.place("a.jpg")
    for given, message in (({}, "A reason is required."), ({"reason": " "}, "It must not be blank.")):
        [error] = (await mutate(shop.client, "rejectImages", orderId=order["id"], **given))["userErrors"]
        assert (error["code"], error["path"], error["message"]) == ("INVALID", ["reason"], message)
