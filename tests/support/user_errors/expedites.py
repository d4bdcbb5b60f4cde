"""Cases of expediting images, most of them of quotes, too."""

from datetime import timedelta

from tests.support.mutations import deliver, done
from tests.support.studio import HOUR
from tests.support.user_errors.cases import Refused, Scene, case


@case("ACCOUNT_CLOSED", "expediteOrder", "quote")
async def an_expedite_of_a_closed_account(scene: Scene) -> Refused:
    [order] = await scene.shop.place()
    scene.clock.advance(HOUR)
    await done(scene.staff, "closeAccount", accountId=scene.shop.account)
    return Refused({"orderId": order["id"]}, ["orderId"], {"closedAt": "2026-03-10T13:00:00Z"})


@case("QUOTE_CHANGED", "expediteOrder")
async def an_expedite_with_an_expired_quote(scene: Scene) -> Refused:
    [order] = await scene.shop.place()
    scene.clock.advance()
    token = await scene.token(orderId=order["id"])
    scene.clock.advance(timedelta(minutes=15))
    parts = [{"imageCount": 1, "serviceLevel": "EXPEDITED", "price": {"amount": "2.90"}}]
    return Refused({"orderId": order["id"], "quoteToken": token}, ["quoteToken"], {"quote": {"parts": parts}})


@case("INVALID", "expediteOrder")
async def a_cancelled_order(scene: Scene) -> Refused:
    [order] = await scene.shop.place()
    scene.clock.advance(timedelta(hours=1))
    await done(scene.shop.client, "cancelOrder", orderId=order["id"])
    return Refused({"orderId": order["id"]}, ["orderId"], {"cancelledAt": "2026-03-10T13:00:00Z"})


@case("LIMIT_EXCEEDED", "expediteOrder", "quote")
async def an_expedite_of_501_images(scene: Scene) -> Refused:
    [order] = await scene.shop.place()
    values = {"orderId": order["id"], "imageIds": order["imageIds"] * 501}
    return Refused(values, ["imageIds"], {"limit": 500, "given": 501})


@case("EXPEDITE_WINDOW_CLOSED", "expediteOrder", "quote")
async def an_expedite_on_a_sunday(scene: Scene) -> Refused:
    scene.clock.advance(timedelta(days=5))
    [order] = await scene.shop.place()
    scene.clock.advance()
    return Refused({"orderId": order["id"]}, ["orderId"], {"opensAt": "2026-03-16T00:00:00Z"})


@case("ALREADY_EXPEDITED", "expediteOrder", "quote")
async def an_expedited_image(scene: Scene) -> Refused:
    [order] = await scene.shop.place(expedite=True)
    scene.clock.advance()
    [image] = order["imageIds"]
    return Refused({"orderId": order["id"], "imageIds": [image]}, ["imageIds", "0"], {"imageId": image})


@case("ALREADY_LATE", "expediteOrder", "quote")
async def an_order_that_is_late(scene: Scene) -> Refused:
    [order] = await scene.shop.place()
    scene.clock.advance(timedelta(days=1))
    return Refused({"orderId": order["id"]}, ["orderId"], {"dueAt": "2026-03-11T08:00:00Z"})


@case("ALREADY_LATE", "expediteOrder", "quote")
async def an_image_that_is_late(scene: Scene) -> Refused:
    [order] = await scene.shop.place()
    scene.clock.advance(timedelta(days=1))
    [image] = order["imageIds"]
    facts = {"imageId": image, "dueAt": "2026-03-11T08:00:00Z"}
    return Refused({"orderId": order["id"], "imageIds": [image]}, ["imageIds", "0"], facts)


@case("ALREADY_DELIVERED", "expediteOrder", "quote")
async def a_delivered_image(scene: Scene) -> Refused:
    [order] = await scene.shop.place()
    [image] = await deliver(scene.staff, scene.clock)
    return Refused({"orderId": order["id"], "imageIds": [image]}, ["imageIds", "0"], {"imageId": image})


@case("NO_GAIN", "expediteOrder", "quote")
async def an_expedite_without_gain(scene: Scene) -> Refused:
    [order] = await scene.shop.place("a.jpg", "b.jpg")
    scene.clock.advance(timedelta(hours=19))  # due in an hour
    return Refused({"orderId": order["id"]}, ["orderId"], {"gaining": 0, "asked": 2})
