"""The mutation of the catalogue of retouching steps."""

from typing import Annotated

import strawberry

from api.context import Info
from api.execution import Call, Payload
from api.money import MoneyInput
from api.retouching_step.types import RetouchingStep, retouching_step
from api.user_error.codes import KEYED
from api.validation import NAME_RULE
from app.domain.catalogue import StepChange
from app.domain.specifications import milliseconds_of
from app.services.catalogue import RetouchingStepOutcome, set_retouching_step
from engine.arguments import or_none
from engine.decorators import field, input_type, object_type
from engine.inputs import idempotency_key, optional
from engine.mutation import mutation


@input_type
class SetRetouchingStepInput:
    """The step to add to the catalogue, or to change there; omitted fields stay unchanged."""

    step: str = strawberry.field(description=f"The name of the step: {NAME_RULE}.")
    seconds: float | None = optional(
        "The seconds that a median human retoucher needs for the step, per image: 0 to 1,000,000, at most three"
        " decimals. Required for a new step."
    )
    price: MoneyInput | None = optional(
        "The part of the price of an image that the step costs, with at most four decimals, in the currency of the"
        " catalogue. Required for a new step."
    )
    archived: bool | None = optional("True if specifications cannot choose the step any more; false for a new step.")
    idempotency_key: str | None = idempotency_key()


@object_type
class SetRetouchingStepPayload(Payload):
    """The result of setting a step of the catalogue."""

    result_type = RetouchingStepOutcome

    @field
    async def retouching_step(self, info: Info) -> RetouchingStep | None:
        """The step in its current state."""
        if self.result is None:
            return None
        row = await info.context.loaders.retouching_steps_by_id.load(self.result.step_id)
        return None if row is None else retouching_step(row)


@object_type
class RetouchingStepMutations:
    """Mutations of the catalogue of retouching steps."""

    @mutation(staff=True, codes=KEYED)
    async def set_retouching_step(
        self,
        info: Info,
        input: Annotated[SetRetouchingStepInput, strawberry.argument(description="The step to add or to change.")],  # noqa: A002
    ) -> SetRetouchingStepPayload:
        """Adds a step to the catalogue, or changes it; for staff.

        Jobs then make new versions of the specifications that follow it; existing orders keep their versions.
        """
        call = Call(info, input)
        seconds, price = or_none(input.seconds), or_none(input.price)
        change = StepChange(
            call.name(input.step, "step"),
            None if seconds is None else milliseconds_of(call.seconds(seconds, "seconds")),
            None if price is None else call.money(price, "price"),
            or_none(input.archived),
        )
        currency = info.context.settings.catalogue_currency
        return await call.perform(SetRetouchingStepPayload, set_retouching_step, change, currency)
