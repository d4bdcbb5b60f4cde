"""Cases of recording operations."""

from typing import Any

from tests.support.mutations import done
from tests.support.user_errors.cases import Refused, Scene, case


def operation(image: str, **values: object) -> dict[str, Any]:
    return {"imageId": image, "step": "CLIPPING", "performedBy": "SCRIPT", "seconds": 1, **values}


async def claimed(scene: Scene) -> str:
    """Place an image and claim it for Ada; return its id."""
    [order] = await scene.shop.place()
    await done(scene.staff, "claimImages", worker="Ada")
    image: str = order["imageIds"][0]
    return image


@case("INVALID", "recordOperations")
async def no_operations(_scene: Scene) -> Refused:
    return Refused({"worker": "Ada", "operations": []}, ["operations"], {"least": "1", "most": "500"})


@case("INVALID", "recordOperations")
async def a_step_that_the_specification_lacks(scene: Scene) -> Refused:
    image = await claimed(scene)
    operations = [operation(image), operation(image, step="DUST")]
    return Refused({"worker": "Ada", "operations": operations}, ["operations", "1", "step"], {"step": "DUST"})


@case("INVALID", "recordOperations")
async def seconds_with_four_decimals(scene: Scene) -> Refused:
    operations = [operation(await claimed(scene), seconds=0.0001)]
    facts = {"least": "0", "most": "1000000"}
    return Refused({"worker": "Ada", "operations": operations}, ["operations", "0", "seconds"], facts)


@case("LIMIT_EXCEEDED", "recordOperations")
async def more_than_500_operations(scene: Scene) -> Refused:
    operations = [operation(await claimed(scene))] * 501
    return Refused({"worker": "Ada", "operations": operations}, ["operations"], {"limit": 500, "given": 501})


@case("NOT_CLAIMED", "recordOperations")
async def an_operation_on_an_image_of_another_worker(scene: Scene) -> Refused:
    image = await claimed(scene)
    operations = [operation(image), operation(image, step="SHADOW")]
    return Refused({"worker": "Bob", "operations": operations}, ["operations", "0", "imageId"], {"imageId": image})
