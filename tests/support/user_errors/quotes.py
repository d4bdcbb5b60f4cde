"""Cases of quotes alone."""

from tests.support.user_errors.cases import Refused, Scene, case


@case("INVALID", "quote")
async def a_quote_for_the_past(_scene: Scene) -> Refused:
    values = {"imageCount": 1, "at": "2026-03-10T11:00:00Z"}
    return Refused(values, ["at"], {"earliest": "2026-03-10T12:00:00Z"})


@case("NOT_FOUND", "quote")
async def a_quote_of_an_unknown_order(_scene: Scene) -> Refused:
    return Refused({"orderId": "AgAA"}, ["orderId"], {"id": "AgAA"})


@case("ARCHIVED", "quote")
async def a_quote_of_an_archived_specification(scene: Scene) -> Refused:
    await scene.archive()
    values = {"imageCount": 1, "specificationId": scene.shop.specification}
    return Refused(values, ["specificationId"], {"name": "Ghost"})
