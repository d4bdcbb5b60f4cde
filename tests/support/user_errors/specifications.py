"""Cases of specifications and of the catalogue of retouching steps."""

from tests.support.user_errors.cases import Refused, Scene, case


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
