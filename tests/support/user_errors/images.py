"""Cases of claiming, delivering and rejecting images."""

from datetime import timedelta
from typing import Any

from app.domain.instants import rfc3339
from tests.support.mutations import deliver
from tests.support.user_errors.cases import Refused, Scene, case


@case("LIMIT_EXCEEDED", "rejectImages")
async def a_rejection_of_501_images(scene: Scene) -> Refused:
    [order] = await scene.shop.place()
    values = {"imageIds": order["imageIds"] * 501, "reason": "Halo"}
    return Refused(values, ["imageIds"], {"limit": 500, "given": 501})


@case("NOT_DELIVERED", "rejectImages")
async def an_image_that_is_not_delivered(scene: Scene) -> Refused:
    [order] = await scene.shop.place()
    [image] = order["imageIds"]
    return Refused({"imageIds": [image], "reason": "Halo"}, ["imageIds", "0"], {"imageId": image})


@case("NOT_DELIVERED", "rejectImages")
async def an_order_without_deliveries(scene: Scene) -> Refused:
    [order] = await scene.shop.place()
    return Refused({"orderId": order["id"], "reason": "Halo"}, ["orderId"], {})


async def delivered_30_days_ago(scene: Scene) -> tuple[str, str, dict[str, Any]]:
    """Deliver an image and wait; return its order, its id, and the facts of the refusal to reject it."""
    [order] = await scene.shop.place()
    [image] = await deliver(scene.staff, scene.clock)
    [[at]] = await scene.pool.fetch("SELECT delivered_at FROM images")
    until = at + timedelta(days=30)
    scene.clock.advance_to(until)
    return order["id"], image, {"imageId": image, "rejectableUntil": rfc3339(until)}


@case("NOT_REJECTABLE", "rejectImages")
async def an_image_delivered_30_days_ago(scene: Scene) -> Refused:
    _, image, facts = await delivered_30_days_ago(scene)
    return Refused({"images": [{"imageId": image, "reason": "Halo"}]}, ["images", "0", "imageId"], facts)


@case("NOT_REJECTABLE", "rejectImages")
async def an_order_delivered_30_days_ago(scene: Scene) -> Refused:
    order, _, facts = await delivered_30_days_ago(scene)
    del facts["imageId"]
    return Refused({"orderId": order, "reason": "Halo"}, ["orderId"], facts)


@case("INVALID", "rejectImages")
async def a_reason_beside_those_of_the_images(scene: Scene) -> Refused:
    [order] = await scene.shop.place()
    images = [{"imageId": image, "reason": "Halo"} for image in order["imageIds"]]
    return Refused({"images": images, "reason": "Halo"}, ["reason"], {})


@case("INVALID", "rejectImages")
async def images_and_an_order_to_reject(scene: Scene) -> Refused:
    [order] = await scene.shop.place()
    return Refused({"imageIds": order["imageIds"], "orderId": order["id"], "reason": "Halo"}, [], {})


@case("INVALID", "rejectImages")
async def a_blank_reason(scene: Scene) -> Refused:
    [order] = await scene.shop.place()
    return Refused({"imageIds": order["imageIds"], "reason": " "}, ["reason"], {"maxLength": 2_000})


@case("LIMIT_EXCEEDED", "claimImages")
async def a_claim_of_501_images(_scene: Scene) -> Refused:
    return Refused({"worker": "Ada", "count": 501}, ["count"], {"limit": 500, "given": 501})


@case("INVALID", "claimImages")
async def a_lease_that_is_too_short(_scene: Scene) -> Refused:
    return Refused({"worker": "Ada", "leaseSeconds": 59}, ["leaseSeconds"], {"least": "60", "most": "86400"})


@case("LIMIT_EXCEEDED", "deliverImages")
async def a_delivery_of_501_images(scene: Scene) -> Refused:
    [order] = await scene.shop.place()
    values = {"worker": "Ada", "imageIds": order["imageIds"] * 501}
    return Refused(values, ["imageIds"], {"limit": 500, "given": 501})


@case("INVALID", "deliverImages")
async def images_and_results_to_deliver(scene: Scene) -> Refused:
    [order] = await scene.shop.place()
    [image] = order["imageIds"]
    return Refused({"worker": "Ada", "imageIds": [image], "results": [{"imageId": image}]}, [], {})


@case("INVALID", "deliverImages")
async def a_delivery_of_neither_images_nor_results(_scene: Scene) -> Refused:
    return Refused({"worker": "Ada"}, [], {})


@case("INVALID", "deliverImages")
async def the_address_of_a_result_without_tls(scene: Scene) -> Refused:
    [order] = await scene.shop.place()
    [image] = order["imageIds"]
    result = {"imageId": image, "previewUrl": "http://pictures.example/a.jpg"}
    return Refused({"worker": "Ada", "results": [result]}, ["results", "0", "previewUrl"], {"maxLength": 2_048})


@case("LIMIT_EXCEEDED", "deliverImages")
async def a_delivery_of_501_results(scene: Scene) -> Refused:
    [order] = await scene.shop.place()
    results = [{"imageId": order["imageIds"][0]}] * 501
    return Refused({"worker": "Ada", "results": results}, ["results"], {"limit": 500, "given": 501})


@case("NOT_CLAIMED", "deliverImages")
async def a_result_of_an_image_that_nobody_holds(scene: Scene) -> Refused:
    [order] = await scene.shop.place()
    [image] = order["imageIds"]
    results = [{"imageId": image, "resultUrl": "https://pictures.example/a.jpg"}]
    return Refused({"worker": "Ada", "results": results}, ["results", "0", "imageId"], {"imageId": image})


@case("NOT_CLAIMED", "deliverImages")
async def an_image_that_nobody_holds(scene: Scene) -> Refused:
    [order] = await scene.shop.place()
    [image] = order["imageIds"]
    return Refused({"worker": "Ada", "imageIds": [image]}, ["imageIds", "0"], {"imageId": image})
