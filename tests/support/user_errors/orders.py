"""Cases of completing and cancelling orders, and of their deadlines."""

from tests.support.mutations import done, made_up_inputs
from tests.support.studio import HOUR
from tests.support.user_errors.cases import Refused, Scene, case


@case("NOT_COMPLETABLE", "completeOrder")
async def an_order_in_production(scene: Scene) -> Refused:
    [order] = await scene.shop.place()
    return Refused({"orderId": order["id"]}, ["orderId"], {"status": "IN_PRODUCTION"})


@case("NOT_CANCELLABLE", "cancelOrder")
async def an_order_that_is_cancelled(scene: Scene) -> Refused:
    [order] = await scene.shop.place()
    scene.clock.advance(HOUR)
    await done(scene.shop.client, "cancelOrder", orderId=order["id"])
    return Refused({"orderId": order["id"]}, ["orderId"], {"cancelledAt": "2026-03-10T13:00:00Z"})


@case("NOT_CANCELLABLE", "cancelOrder")
async def an_order_that_was_claimed(scene: Scene) -> Refused:
    [order] = await scene.shop.place()
    await done(scene.staff, "claimImages", worker="Ada")
    return Refused({"orderId": order["id"]}, ["orderId"], {"begunAt": "2026-03-10T12:00:00.000001Z"})


@case("NOT_CANCELLABLE", "cancelOrder")
async def an_image_that_was_claimed(scene: Scene) -> Refused:
    [order] = await scene.shop.place()
    await done(scene.staff, "claimImages", worker="Ada")
    [image] = order["imageIds"]
    values = {"orderId": order["id"], "imageIds": [image]}
    return Refused(values, ["imageIds", "0"], {"imageId": image, "begunAt": "2026-03-10T12:00:00.000001Z"})


@case("NOT_CANCELLABLE", "cancelOrder")
async def an_image_that_is_cancelled(scene: Scene) -> Refused:
    [order] = await scene.shop.place("a.jpg", "b.jpg")
    image = order["imageIds"][1]
    values = {"orderId": order["id"], "imageIds": [image]}
    scene.clock.advance(HOUR)
    await done(scene.shop.client, "cancelOrder", **values)
    return Refused(values, ["imageIds", "0"], {"imageId": image, "cancelledAt": "2026-03-10T13:00:00Z"})


@case("LIMIT_EXCEEDED", "cancelOrder")
async def a_cancellation_of_501_images(scene: Scene) -> Refused:
    [order] = await scene.shop.place()
    values = {"orderId": order["id"], "imageIds": order["imageIds"] * 501}
    return Refused(values, ["imageIds"], {"limit": 500, "given": 501})


@case("DEADLINE_NOT_OPEN", "confirmDeadline")
async def an_order_with_a_deadline(scene: Scene) -> Refused:
    [order] = await scene.shop.place()
    values = {"orderId": order["id"], "deadline": "2026-03-11T07:00:00Z"}
    return Refused(values, ["orderId"], {"deadline": "2026-03-11T08:00:00Z"})


@case("DEADLINE_NOT_OPEN", "confirmDeadline")
async def an_open_order_that_is_cancelled(scene: Scene) -> Refused:
    _, order = await scene.shop.place(*(f"{number}.jpg" for number in range(7)))
    scene.clock.advance(HOUR)
    await done(scene.shop.client, "cancelOrder", orderId=order["id"])
    values = {"orderId": order["id"], "deadline": "2026-03-11T07:00:00Z"}
    return Refused(values, ["orderId"], {"cancelledAt": "2026-03-10T13:00:00Z"})


@case("INVALID", "confirmDeadline")
async def a_deadline_after_the_one_kept(scene: Scene) -> Refused:
    orders = await scene.shop.place(*(f"{number}.jpg" for number in range(5)), expedite=True)
    [plan] = [order for order in orders if order["serviceLevel"] == "EXPEDITED_PLAN"]
    scene.clock.advance(HOUR)
    values = {"orderId": plan["id"], "deadline": "2026-03-11T08:00:00Z"}
    facts = {"earliest": "2026-03-10T13:00:00.000001Z", "before": "2026-03-11T08:00:00Z"}
    return Refused(values, ["deadline"], facts)


@case("INVALID", "confirmDeadline")
async def a_portion_that_is_due_before_the_one_before_it(scene: Scene) -> Refused:
    _, order = await scene.shop.place(*(f"{number}.jpg" for number in range(8)))
    deadlines = ("2026-03-12T08:00:00Z", "2026-03-12T07:00:00Z")
    values = {"orderId": order["id"], "portions": [{"imageCount": 1, "deadline": due} for due in deadlines]}
    return Refused(values, ["portions", "1", "deadline"], {"earliest": "2026-03-12T08:00:00.000001Z"})


@case("DEADLINE_NOT_OPEN", "reviseDeadline")
async def an_order_whose_deadline_the_rules_gave(scene: Scene) -> Refused:
    [order] = await scene.shop.place()
    values = {"orderId": order["id"], "deadline": "2026-03-11T07:00:00Z"}
    return Refused(values, ["orderId"], {"deadline": "2026-03-11T08:00:00Z"})


@case("INVALID", "reviseDeadline")
async def a_later_deadline(scene: Scene) -> Refused:
    _, order = await scene.shop.place(*(f"{number}.jpg" for number in range(7)))
    scene.clock.advance(HOUR)
    values = {"orderId": order["id"], "deadline": "2026-03-12T08:00:00Z"}
    await done(scene.staff, "confirmDeadline", **values)
    scene.clock.advance(HOUR)
    facts = {"earliest": "2026-03-10T14:00:00.000001Z", "before": "2026-03-12T08:00:00Z"}
    return Refused(values, ["deadline"], facts)


@case("NOT_FOUND", "expediteOrder", "completeOrder", "cancelOrder")
async def an_unknown_order(scene: Scene) -> Refused:
    unknown = made_up_inputs(scene.shop.studio.id)["cancelOrder"]["orderId"]
    return Refused({"orderId": unknown}, ["orderId"], {"id": unknown})
