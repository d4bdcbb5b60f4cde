"""Cases of placing orders."""

from datetime import UTC, datetime, timedelta

from tests.support.mutations import done, made_up_inputs, open_shop
from tests.support.studio import DAY, Studio
from tests.support.user_errors.cases import Refused, Scene, case


@case("INVALID", "placeOrder")
async def an_order_without_images(scene: Scene) -> Refused:
    return Refused(scene.placing(images=[]), ["images"], {"least": "1", "most": "2000"})


@case("LIMIT_EXCEEDED", "placeOrder")
async def an_order_of_2001_images(scene: Scene) -> Refused:
    images = [{"filename": "a.jpg"}] * 2_001
    return Refused(scene.placing(images=images), ["images"], {"limit": 2_000, "given": 2_001})


@case("REFERENCE_TAKEN", "placeOrder")
async def an_order_with_the_reference_of_another_one(scene: Scene) -> Refused:
    placed = await done(scene.shop.client, "placeOrder", "orders { id }", **scene.placing(externalReference="PO-1"))
    facts = {"reference": "PO-1", "orderId": placed["orders"][0]["id"]}
    return Refused(scene.placing(externalReference="PO-1"), ["externalReference"], facts)


@case("REFERENCE_TAKEN", "placeOrder")
async def an_image_with_the_reference_of_another_one(scene: Scene) -> Refused:
    images = [{"filename": "a.jpg", "externalReference": "A"}]
    fields = "orders { images { nodes { id } } }"
    placed = await done(scene.shop.client, "placeOrder", fields, **scene.placing(images=images))
    [image] = placed["orders"][0]["images"]["nodes"]
    values = scene.placing(images=[{"filename": "b.jpg"}, *images])
    return Refused(values, ["images", "1", "externalReference"], {"reference": "A", "imageId": image["id"]})


@case("REFERENCE_TAKEN", "placeOrder")
async def two_images_with_one_reference(scene: Scene) -> Refused:
    image = {"filename": "a.jpg", "externalReference": "A"}
    path = ["images", "1", "externalReference"]
    return Refused(scene.placing(images=[image, image]), path, {"reference": "A"})


@case("ARCHIVED", "placeOrder")
async def an_order_of_an_archived_specification(scene: Scene) -> Refused:
    await scene.archive()
    return Refused(scene.placing(), ["specificationId"], {"name": "Ghost"})


@case("ACCOUNT_CLOSED", "placeOrder")
async def an_order_of_a_closed_account(scene: Scene) -> Refused:
    await done(scene.staff, "closeAccount", accountId=scene.shop.account)
    return Refused(scene.placing(), [], {"closedAt": "2026-03-10T12:00:00Z"})


@case("EXPEDITE_WINDOW_CLOSED", "placeOrder")
async def an_expedited_order_on_a_saturday(scene: Scene) -> Refused:
    scene.clock.advance(timedelta(days=4))
    return Refused(scene.placing(expedite=True), ["expedite"], {"opensAt": "2026-03-16T00:00:00Z"})


@case("NO_GAIN", "placeOrder")
async def an_expedited_order_without_gain(scene: Scene) -> Refused:
    at = scene.clock.advance_to(datetime(1994, 10, 31, 23, tzinfo=UTC))  # 09:00 comes three hours later
    studio = Studio(zone="Antarctica/Vostok", created_at=at - DAY)
    scene.shop = await open_shop(scene.pool, scene.client_of, studio)
    return Refused(scene.placing(expedite=True), ["expedite"], {"gaining": 0, "asked": 1})


@case("QUOTE_CHANGED", "placeOrder")
async def an_order_that_differs_from_its_quote(scene: Scene) -> Refused:
    token = await scene.token(imageCount=2, specificationId=scene.shop.specification)
    parts = [{"imageCount": 1, "serviceLevel": "STANDARD", "price": {"amount": "1.45"}}]
    return Refused(scene.placing(quoteToken=token), ["quoteToken"], {"quote": {"parts": parts}})


@case("NOT_FOUND", "placeOrder")
async def an_unknown_specification(scene: Scene) -> Refused:
    unknown = made_up_inputs(scene.shop.studio.id)["placeOrder"]["specificationId"]
    return Refused(scene.placing(specificationId=unknown), ["specificationId"], {"id": unknown})
