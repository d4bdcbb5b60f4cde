"""Cases of inquiries."""

from tests.support.mutations import done, made_up_inputs
from tests.support.studio import HOUR
from tests.support.user_errors.cases import Refused, Scene, case


@case("INVALID", "contactSupport")
async def a_blank_inquiry(_scene: Scene) -> Refused:
    return Refused({"topic": "SUPPORT", "text": " "}, ["text"], {"maxLength": 2_000})


@case("NOT_FOUND", "contactSupport")
async def an_inquiry_about_an_unknown_order(scene: Scene) -> Refused:
    unknown = made_up_inputs(scene.shop.studio.id)["cancelOrder"]["orderId"]
    return Refused({"topic": "SUPPORT", "text": "When?", "orderId": unknown}, ["orderId"], {"id": unknown})


@case("ALREADY_ANSWERED", "answerInquiry")
async def an_inquiry_that_is_answered(scene: Scene) -> Refused:
    asked = await done(scene.shop.client, "contactSupport", topic="SUPPORT", text="When?")
    values = {"inquiryId": asked["inquiry"]["id"], "answer": "At nine."}
    scene.clock.advance(HOUR)
    await done(scene.staff, "answerInquiry", **values)
    return Refused(values, ["inquiryId"], {"answeredAt": "2026-03-10T13:00:00Z"})
