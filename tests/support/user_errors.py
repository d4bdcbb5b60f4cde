"""User errors in tests: cases that make each field answer each code that it declares, with the facts of the error."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple, TypeAlias
from uuid import UUID

from api.ids import NodeType
from app.domain.instants import rfc3339
from db.connections import Pool
from engine.ids import numbered
from tests.support.clock import FrozenClock
from tests.support.mutations import Shop, deliver, done, made_up_inputs, open_shop
from tests.support.serving import Client, NewClient
from tests.support.studio import DAY, HOUR, Studio


@dataclass(slots=True)
class Scene:
    """A shop with six standard and two expedited images a day, staff, and a clock at noon of a Tuesday."""

    pool: Pool
    client_of: NewClient
    clock: FrozenClock
    staff: Client
    shop: Shop

    async def token(self, **values: Any) -> str:  # noqa: ANN401
        """Return the token of a quote of an order, or of an expedite."""
        ask = "query ($input: QuoteInput!) { account { quote(input: $input) { quote { token } } } }"
        variables = {"input": {subject_of(values): values}}
        quote = (await self.shop.client.data(ask, variables))["account"]["quote"]["quote"]
        token: str = quote["token"]
        return token

    def placing(self, **values: Any) -> dict[str, Any]:  # noqa: ANN401
        """Return the input of an order of one image, with other values."""
        images = [{"filename": "a.jpg"}]
        return {"name": "Shoes", "specificationId": self.shop.specification, "images": images, **values}

    async def archive(self) -> None:
        """Archive the specification."""
        await done(self.shop.client, "archiveSpecification", specificationId=self.shop.specification)


class Refused(NamedTuple):
    """An input that is refused, the path of its error, and the facts of it that are not null.

    Without `by_staff` the caller is the client, except for what is for staff only.
    """

    input: dict[str, Any]
    path: list[str]
    facts: dict[str, Any]
    by_staff: bool = False


def subject_of(values: dict[str, Any]) -> str:
    """Return the field of QuoteInput for these values."""
    return "expedite" if "orderId" in values else "newOrder"


Case: TypeAlias = Callable[[Scene], Awaitable[Refused]]
CASES: Final[dict[tuple[str, str], list[Case]]] = {}
"""The cases by field and code."""


def case(code: str, *operations: str) -> Callable[[Case], Case]:
    """Register a case of a code for fields that take the same input."""

    def register(made: Case) -> Case:
        for operation in operations:
            CASES.setdefault((operation, code), []).append(made)
        return made

    return register


# Every mutation


async def an_empty_key(operation: str, scene: Scene) -> Refused:
    values = {**made_up_inputs(scene.shop.studio.id)[operation], "idempotencyKey": ""}
    return Refused(values, ["idempotencyKey"], {"maxLength": 255})


async def a_key_of_another_call(operation: str, scene: Scene) -> Refused:
    """Use a key to change the time zone, as staff; then for another mutation, or another zone."""
    move = {"accountId": scene.shop.account, "timeZone": "UTC", "idempotencyKey": "morning"}
    await done(scene.staff, "changeTimeZone", **move)
    values = {**made_up_inputs(scene.shop.studio.id)[operation], "idempotencyKey": "morning"}
    return Refused(values, ["idempotencyKey"], {"key": "morning"}, by_staff=True)


async def an_unknown_account(operation: str, _scene: Scene) -> Refused:
    values = made_up_inputs(UUID(int=7))[operation]
    name = next(name for name in ("accountId", "orderId", "specificationId", "slaId", "imageIds") if name in values)
    listed = isinstance(values[name], list)
    facts = {"id": values[name][0] if listed else values[name]}
    return Refused(values, [name, "0"] if listed else [name], facts, by_staff=True)


EACH: Final = {
    "INVALID": an_empty_key,
    "IDEMPOTENCY_CONFLICT": a_key_of_another_call,
    "NOT_FOUND": an_unknown_account,
}
"""The cases that every mutation has which declares the code."""


# Orders


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


@case("ACCOUNT_CLOSED", "expediteOrder", "quote")
async def an_expedite_of_a_closed_account(scene: Scene) -> Refused:
    [order] = await scene.shop.place()
    scene.clock.advance(HOUR)
    await done(scene.staff, "closeAccount", accountId=scene.shop.account)
    return Refused({"orderId": order["id"]}, ["orderId"], {"closedAt": "2026-03-10T13:00:00Z"})


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
    await done(scene.shop.client, "cancelOrder", orderId=order["id"])
    return Refused({"orderId": order["id"]}, ["orderId"], {})


@case("LIMIT_EXCEEDED", "expediteOrder", "quote")
async def an_expedite_of_501_images(scene: Scene) -> Refused:
    [order] = await scene.shop.place()
    values = {"orderId": order["id"], "imageIds": order["imageIds"] * 501}
    return Refused(values, ["imageIds"], {"limit": 500, "given": 501})


@case("EXPEDITE_WINDOW_CLOSED", "expediteOrder", "quote")
async def an_expedite_on_a_sunday(scene: Scene) -> Refused:
    [order] = await scene.shop.place()
    scene.clock.advance(timedelta(days=5))
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


@case("NOT_FOUND", "placeOrder")
async def an_unknown_specification(scene: Scene) -> Refused:
    unknown = made_up_inputs(scene.shop.studio.id)["placeOrder"]["specificationId"]
    return Refused(scene.placing(specificationId=unknown), ["specificationId"], {"id": unknown})


@case("NOT_FOUND", "expediteOrder", "completeOrder", "cancelOrder")
async def an_unknown_order(scene: Scene) -> Refused:
    unknown = made_up_inputs(scene.shop.studio.id)["cancelOrder"]["orderId"]
    return Refused({"orderId": unknown}, ["orderId"], {"id": unknown})


# Images


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


@case("NOT_CLAIMED", "deliverImages")
async def an_image_that_nobody_holds(scene: Scene) -> Refused:
    [order] = await scene.shop.place()
    [image] = order["imageIds"]
    return Refused({"worker": "Ada", "imageIds": [image]}, ["imageIds", "0"], {"imageId": image})


# Specifications, accounts and quotes


@case("LIMIT_EXCEEDED", "createSpecification")
async def a_specification_of_101_steps(_scene: Scene) -> Refused:
    steps = [f"MASK {number}" for number in range(101)]
    return Refused({"name": "Ghost", "steps": steps}, ["steps"], {"limit": 100, "given": 101})


@case("INVALID", "createSpecification")
async def a_step_that_is_not_in_the_catalogue(_scene: Scene) -> Refused:
    return Refused({"name": "Ghost", "steps": ["DUST"]}, ["steps", "0"], {"step": "DUST"})


@case("INVALID", "createSpecification")
async def a_price_below_zero(scene: Scene) -> Refused:
    price = {"amount": "-1", "currency": "USD"}
    values = {"accountId": scene.shop.account, "name": "Ghost", "steps": ["DUST"], "pricePerImage": price}
    facts = {"least": "0", "most": "9999999999.9999"}
    return Refused(values, ["pricePerImage", "amount"], facts, by_staff=True)


@case("INVALID", "updateSpecification")
async def seconds_of_a_step_that_the_specification_does_not_have(scene: Scene) -> Refused:
    seconds = [{"step": "DUST", "seconds": 1}]
    values = {"specificationId": scene.shop.specification, "stepSeconds": seconds}
    return Refused(values, ["stepSeconds", "0", "step"], {"step": "DUST"}, by_staff=True)


@case("INVALID", "setRetouchingStep")
async def a_price_in_another_currency_than_the_catalogues(_scene: Scene) -> Refused:
    values = {"step": "DUST", "seconds": 1, "price": {"amount": "1", "currency": "EUR"}}
    return Refused(values, ["price"], {"currency": "USD"})


@case("INVALID", "setRetouchingStep")
async def a_new_step_without_a_price(_scene: Scene) -> Refused:
    return Refused({"step": "DUST", "seconds": 1}, [], {"step": "DUST"})


@case("LIMIT_EXCEEDED", "updateSpecification")
async def a_change_to_101_steps(scene: Scene) -> Refused:
    steps = [f"MASK {number}" for number in range(101)]
    values = {"specificationId": scene.shop.specification, "steps": steps}
    return Refused(values, ["steps"], {"limit": 100, "given": 101})


@case("ARCHIVED", "updateSpecification", "archiveSpecification")
async def a_specification_that_is_archived(scene: Scene) -> Refused:
    await scene.archive()
    return Refused({"specificationId": scene.shop.specification}, ["specificationId"], {"name": "Ghost"})


@case("INVALID", "negotiateSla")
async def terms_of_the_running_day(scene: Scene) -> Refused:
    values = {"accountId": scene.shop.account, "imagesPerDay": 1, "effectiveDate": "2026-03-10"}
    return Refused(values, ["effectiveDate"], {"earliestDate": "2026-03-11"})


@case("INVALID", "changePlan")
async def a_plan_of_the_running_day(scene: Scene) -> Refused:
    values = {"accountId": scene.shop.account, "plan": "SOLO", "effectiveDate": "2026-03-10"}
    return Refused(values, ["effectiveDate"], {"earliestDate": "2026-03-11"})


@case("INVALID", "withdrawSla")
async def terms_that_begin_a_plan(scene: Scene) -> Refused:
    values = {"accountId": scene.shop.account, "plan": "SOLO", "effectiveDate": "2026-03-12"}
    await done(scene.staff, "changePlan", **values)
    return Refused({"slaId": str(numbered(NodeType.SLA, scene.shop.studio.id, 2))}, ["slaId"], {})


@case("INVALID", "withdrawSla")
async def terms_in_force(scene: Scene) -> Refused:
    sla = str(numbered(NodeType.SLA, scene.shop.studio.id, 1))
    return Refused({"slaId": sla}, ["slaId"], {})


@case("INVALID", "changeTimeZone")
async def a_second_change_of_the_time_zone(scene: Scene) -> Refused:
    await done(scene.shop.client, "changeTimeZone", timeZone="UTC")
    return Refused({"timeZone": "Asia/Tokyo"}, ["timeZone"], {"earliest": "2026-04-09T12:00:00Z"})


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
