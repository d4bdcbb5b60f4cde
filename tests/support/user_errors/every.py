"""Cases of the codes that every mutation declares."""

from typing import Final
from uuid import UUID

from tests.support.mutations import done, made_up_inputs
from tests.support.user_errors.cases import Refused, Scene


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
    if operation == "recordOperations":
        facts = {"id": values["operations"][0]["imageId"]}
        return Refused(values, ["operations", "0", "imageId"], facts, by_staff=True)
    names = ("accountId", "orderId", "specificationId", "slaId", "inquiryId", "imageIds")
    name = next(name for name in names if name in values)
    listed = isinstance(values[name], list)
    facts = {"id": values[name][0] if listed else values[name]}
    return Refused(values, [name, "0"] if listed else [name], facts, by_staff=True)


EACH: Final = {
    "INVALID": an_empty_key,
    "IDEMPOTENCY_CONFLICT": a_key_of_another_call,
    "NOT_FOUND": an_unknown_account,
}
"""The cases that every mutation has which declares the code."""
