"""Pictures: the addresses of previews and results, and the thumbnails of orders."""

from typing import Any, Final

import pytest

from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.mutations import Shop, contents, document, done, open_shop, refused
from tests.support.serving import Client, NewClient
from tests.support.studio import Studio

PICTURES: Final = "https://pictures.example"
SHOWN: Final = "{ account { orders { nodes { number thumbnailUrl images { nodes { previewUrl resultUrl } } } } } }"
IDS: Final = "orders { id number images { nodes { id } } }"
ADDRESSES: Final = "images { previewUrl resultUrl } orders { thumbnailUrl }"


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient) -> Shop:
    return await open_shop(pool, client_of, Studio(images_per_day=2, expedites_per_day=2))


async def place(shop: Shop, *names: str | None) -> list[dict[str, Any]]:
    """Place images with previews of these names; return the orders with the ids of their images."""
    images = [
        {"filename": f"{number}.jpg", "previewUrl": None if name is None else f"{PICTURES}/{name}"}
        for number, name in enumerate(names)
    ]
    order = {"name": "Shoes", "specificationId": shop.specification, "images": images}
    orders: list[dict[str, Any]] = (await done(shop.client, "placeOrder", IDS, **order))["orders"]
    return orders


async def shown(shop: Shop) -> dict[int, tuple[str | None, list[tuple[str | None, str | None]]]]:
    """Return the thumbnail of each order, by number, and the preview and the result of each of its images."""
    nodes = (await shop.client.data(SHOWN))["account"]["orders"]["nodes"]
    return {
        node["number"]: (
            node["thumbnailUrl"],
            [(image["previewUrl"], image["resultUrl"]) for image in node["images"]["nodes"]],
        )
        for node in nodes
    }


async def test_images_show_their_previews_and_each_order_that_of_its_first_image(shop: Shop) -> None:
    await place(shop, "a", None, "c")
    await place(shop, None, "e")
    a, c, e = (f"{PICTURES}/{name}" for name in "ace")
    assert await shown(shop) == {
        1: (a, [(a, None), (None, None)]),
        2: (c, [(c, None)]),
        3: (None, [(None, None), (e, None)]),
    }


async def test_a_result_replaces_the_preview_and_the_thumbnail(shop: Shop, clock: FrozenClock, staff: Client) -> None:
    [order] = await place(shop, "a", "b")
    first, second = (image["id"] for image in order["images"]["nodes"])
    await done(staff, "claimImages", worker="Ada", count=2)
    results = [
        {"imageId": second, "previewUrl": f"{PICTURES}/b-small"},
        {"imageId": first, "resultUrl": f"{PICTURES}/a-done", "previewUrl": f"{PICTURES}/a-small"},
    ]
    delivered = await done(staff, "deliverImages", ADDRESSES, worker="Ada", results=results)
    assert delivered["images"] == [
        {"previewUrl": f"{PICTURES}/b-small", "resultUrl": None},
        {"previewUrl": f"{PICTURES}/a-small", "resultUrl": f"{PICTURES}/a-done"},
    ]
    assert delivered["orders"] == [{"thumbnailUrl": f"{PICTURES}/a-small"}]
    clock.advance()
    assert (await shop.client.data("{ account { orderFeed { thumbnailUrl } } }"))["account"]["orderFeed"] == [
        {"thumbnailUrl": f"{PICTURES}/a-small"}
    ]


async def test_a_result_is_shown_while_rejected_and_replaced_by_the_next_delivery(
    shop: Shop, clock: FrozenClock, staff: Client
) -> None:
    [order] = await place(shop, "a")
    [image] = (each["id"] for each in order["images"]["nodes"])
    first = {"previewUrl": f"{PICTURES}/small", "resultUrl": f"{PICTURES}/done"}
    second = {"previewUrl": f"{PICTURES}/a", "resultUrl": f"{PICTURES}/done-again"}
    for result, expected in (
        ({"resultUrl": f"{PICTURES}/done", "previewUrl": f"{PICTURES}/small"}, first),
        ({"resultUrl": f"{PICTURES}/done-again"}, second),
        ({}, {"previewUrl": f"{PICTURES}/a", "resultUrl": None}),
    ):
        clock.advance()
        await done(staff, "claimImages", worker="Ada")
        clock.advance()
        done_ = await done(staff, "deliverImages", ADDRESSES, worker="Ada", results=[{"imageId": image, **result}])
        assert done_["images"] == [expected]
        clock.advance()
        rejected = await done(shop.client, "rejectImages", ADDRESSES, imageIds=[image], reason="halo")
        assert rejected["images"] == [expected]


async def test_pictures_move_with_their_images_and_the_thumbnail_is_of_the_first_that_remains(
    shop: Shop, clock: FrozenClock
) -> None:
    [order] = await place(shop, "a", "b")
    clock.advance()
    await done(shop.client, "expediteOrder", orderId=order["id"], imageIds=[order["images"]["nodes"][0]["id"]])
    a, b = f"{PICTURES}/a", f"{PICTURES}/b"
    clock.advance()
    assert await shown(shop) == {1: (b, [(b, None)]), 2: (a, [(a, None)])}


async def test_the_thumbnail_of_an_order_is_of_the_first_image_that_is_not_cancelled(
    shop: Shop, clock: FrozenClock
) -> None:
    [order] = await place(shop, "a", "b")
    for image, remaining in zip(order["images"]["nodes"], ("b", "b"), strict=True):
        await done(shop.client, "cancelOrder", orderId=order["id"], imageIds=[image["id"]])
        clock.advance()
        assert (await shown(shop))[1][0] == f"{PICTURES}/{remaining}"


async def test_addresses_that_are_not_allowed_are_refused_at_their_paths(shop: Shop, pool: Pool, staff: Client) -> None:
    [order] = await place(shop, "a")
    [image] = (each["id"] for each in order["images"]["nodes"])
    await done(staff, "claimImages", worker="Ada")
    before = await contents(pool)
    images = [{"filename": "a.jpg", "previewUrl": url} for url in ("ftp://a", f"{PICTURES}/b", "http://b.example")]
    assert await refused(shop.client, "placeOrder", name="Hats", specificationId=shop.specification, images=images) == [
        ("INVALID", ["images", "0", "previewUrl"]),
        ("INVALID", ["images", "2", "previewUrl"]),
    ]
    cases: list[tuple[dict[str, Any], list[tuple[str, list[str]]]]] = [
        (
            {"results": [{"imageId": image, "resultUrl": "a.jpg", "previewUrl": f"{PICTURES}/{'a' * 2_048}"}]},
            [("INVALID", ["results", "0", "resultUrl"]), ("INVALID", ["results", "0", "previewUrl"])],
        ),
        ({"results": []}, [("INVALID", ["results"])]),
        ({"results": [{"imageId": image}, {"imageId": image}]}, [("INVALID", ["results", "1", "imageId"])]),
        ({"results": [{"imageId": "x"}]}, [("NOT_FOUND", ["results", "0", "imageId"])]),
        ({"results": [{"imageId": image}], "imageIds": [image]}, [("INVALID", [])]),
        ({}, [("INVALID", [])]),
    ]
    for values, errors in cases:
        assert await refused(staff, "deliverImages", worker="Ada", **values) == errors
    assert await contents(pool) == before


async def test_an_address_that_is_no_text_is_no_url(shop: Shop) -> None:
    values = {"name": "Hats", "specificationId": shop.specification, "images": [{"filename": "a", "previewUrl": 5}]}
    response = await shop.client.post(document("placeOrder"), {"input": values})
    [error] = response.json()["errors"]
    assert "A URL is written as https://pictures.example/a.jpg." in error["message"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_repeated_delivery_with_other_addresses_is_another_input(
    shop: Shop, pool: Pool, clock: FrozenClock, staff: Client
) -> None:
    [order] = await place(shop, "a")
    [image] = (each["id"] for each in order["images"]["nodes"])
    await done(staff, "claimImages", worker="Ada")
    values: dict[str, Any] = {"worker": "Ada", "results": [{"imageId": image, "resultUrl": f"{PICTURES}/done"}]}
    first = await done(staff, "deliverImages", ADDRESSES, **values, idempotencyKey="k")
    clock.advance()
    before = await contents(pool)
    assert await done(staff, "deliverImages", ADDRESSES, **values, idempotencyKey="k") == first
    values["results"][0]["resultUrl"] = f"{PICTURES}/other"
    assert await refused(staff, "deliverImages", **values, idempotencyKey="k") == [
        ("IDEMPOTENCY_CONFLICT", ["idempotencyKey"])
    ]
    assert await contents(pool) == before
