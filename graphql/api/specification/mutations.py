"""Mutations of specifications: creating, changing and archiving them. Orders keep the version they were placed with."""

from collections.abc import Sequence
from typing import Annotated, TypeVar

import strawberry

from api.context import Info
from api.execution import Call, Payload
from api.ids import NodeType
from api.money import MoneyInput
from api.specification.types import Specification, specification
from api.user_error.codes import KEYED
from api.user_error.codes import UserErrorCode as Code
from api.user_error.refusals import InputValue
from api.validation import NAME_RULE, PROSE_RULE
from app.domain.bounds import MAX_STEPS
from app.domain.specifications import UNCHANGED, SpecificationChange, Unchanged, milliseconds_of
from app.services.specifications import (
    SpecificationOutcome,
    archive_specification,
    create_specification,
    update_specification,
)
from engine.arguments import or_none
from engine.decorators import field, input_type, object_type
from engine.inputs import idempotency_key, optional
from engine.mutation import mutation

Value = TypeVar("Value")


@input_type
class SpecificationStepInput:
    """The negotiated seconds of a retouching step."""

    step: str = strawberry.field(description=f"The name of the step: {NAME_RULE}.")
    seconds: float = strawberry.field(
        description="The seconds that a median human retoucher needs for the step, per image: 0 to 1,000,000, at most"
        " three decimals."
    )


@input_type
class CreateSpecificationInput:
    """The specification to create."""

    account_id: strawberry.ID | None = optional("The account; for staff only, who have to name it.", staff=True)
    name: str = strawberry.field(description=f"The name of the specification: {NAME_RULE}.")
    steps: list[str] = strawberry.field(
        description="The retouching steps, in their order: 1 to 100 different ones of the catalogue, not archived."
    )
    instructions: str | None = optional(f"Instructions for production: {PROSE_RULE}.")
    price_per_image: MoneyInput | None = optional(
        "The negotiated price of an image that is not expedited, with at most four decimals; for staff only. Without it"
        " the price is the sum of the catalogue's.",
        staff=True,
    )
    step_seconds: list[SpecificationStepInput] | None = optional(
        "The steps with negotiated seconds; for staff only. All others have the catalogue's.", staff=True
    )
    idempotency_key: str | None = idempotency_key()


@input_type
class UpdateSpecificationInput:
    """The changes to a specification; omitted fields stay unchanged."""

    specification_id: strawberry.ID = strawberry.field(description="The specification.")
    name: str | None = optional(f"The name of the specification: {NAME_RULE}.")
    steps: list[str] | None = optional(
        "All retouching steps, in their order: 1 to 100 different ones of the catalogue, not archived unless the"
        " specification has them. The same steps in another order are no change. If a client changes the steps,"
        " the price and the seconds of new steps are the catalogue's."
    )
    instructions: str | None = optional(
        f"Instructions for production: {PROSE_RULE}; null removes them.", null_means=True
    )
    price_per_image: MoneyInput | None = optional(
        "The negotiated price of an image that is not expedited, with at most four decimals; for staff only. Null ends"
        " the negotiation: the price is then the sum of the catalogue's.",
        staff=True,
        null_means=True,
    )
    step_seconds: list[SpecificationStepInput] | None = optional(
        "All steps with negotiated seconds; for staff only. The others have the catalogue's: an empty list ends the"
        " negotiation.",
        staff=True,
    )
    idempotency_key: str | None = idempotency_key()


@input_type
class ArchiveSpecificationInput:
    """The specification to archive."""

    specification_id: strawberry.ID = strawberry.field(description="The specification.")
    idempotency_key: str | None = idempotency_key()


@object_type
class SpecificationPayload(Payload):
    """The result of a mutation of a specification."""

    result_type = SpecificationOutcome

    @field
    async def specification(self, info: Info) -> Specification | None:
        """The specification in its current state."""
        if self.result is None:
            return None
        row = await info.context.loaders.specifications.load(self.result.key)
        return None if row is None else specification(row)


@object_type
class CreateSpecificationPayload(SpecificationPayload):
    """The result of creating a specification."""


@object_type
class UpdateSpecificationPayload(SpecificationPayload):
    """The result of changing a specification."""


@object_type
class ArchiveSpecificationPayload(SpecificationPayload):
    """The result of archiving a specification."""


@object_type
class SpecificationMutations:
    """Mutations of specifications."""

    @mutation(codes=(*KEYED, Code.NOT_FOUND, Code.LIMIT_EXCEEDED))
    async def create_specification(
        self,
        info: Info,
        input: Annotated[  # noqa: A002
            CreateSpecificationInput, strawberry.argument(description="The specification to create.")
        ],
    ) -> CreateSpecificationPayload:
        """Creates a specification; its price and its seconds follow from its steps, by the catalogue."""
        call = Call(info, input)
        account_id = call.account(or_none(input.account_id))
        change = _change(call, input, or_none(input.instructions), or_none(input.price_per_image))
        return await call.perform(CreateSpecificationPayload, create_specification, account_id, change)

    @mutation(codes=(*KEYED, Code.NOT_FOUND, Code.LIMIT_EXCEEDED, Code.ARCHIVED))
    async def update_specification(
        self,
        info: Info,
        input: Annotated[  # noqa: A002
            UpdateSpecificationInput,
            strawberry.argument(description="The changes to a specification."),
        ],
    ) -> UpdateSpecificationPayload:
        """Changes a specification; orders already placed keep their price and steps."""
        call = Call(info, input)
        key = call.node(NodeType.SPECIFICATION, input.specification_id, "specificationId")
        change = _change(call, input, _stated(input.instructions), _stated(input.price_per_image))
        return await call.perform(UpdateSpecificationPayload, update_specification, key, change)

    @mutation(codes=(*KEYED, Code.NOT_FOUND, Code.ARCHIVED))
    async def archive_specification(
        self,
        info: Info,
        input: Annotated[ArchiveSpecificationInput, strawberry.argument(description="The specification to archive.")],  # noqa: A002
    ) -> ArchiveSpecificationPayload:
        """Archives a specification; it cannot be ordered any more."""
        call = Call(info, input)
        key = call.node(NodeType.SPECIFICATION, input.specification_id, "specificationId")
        return await call.perform(ArchiveSpecificationPayload, archive_specification, key)


def _change(
    call: Call,
    input_: CreateSpecificationInput | UpdateSpecificationInput,
    instructions: str | Unchanged | None,
    price: MoneyInput | Unchanged | None,
) -> SpecificationChange:
    """Check the terms of an input."""
    name, steps, seconds = or_none(input_.name), or_none(input_.steps), or_none(input_.step_seconds)
    return SpecificationChange(
        name=None if name is None else call.name(name, "name"),
        steps=None if steps is None else call.steps(steps, "steps"),
        instructions=call.prose(instructions, "instructions") if isinstance(instructions, str) else instructions,
        price=call.money(price, "pricePerImage") if isinstance(price, MoneyInput) else price,
        milliseconds=None if seconds is None else _milliseconds(call, seconds),
        by_client=call.viewer.account is not None,
    )


def _milliseconds(call: Call, negotiated: Sequence[SpecificationStepInput]) -> dict[str, int]:
    """Check the negotiated seconds of steps."""
    path = "stepSeconds"
    call.limit(len(negotiated), MAX_STEPS, path)
    found: dict[str, int] = {}
    for index, each in enumerate(negotiated[:MAX_STEPS]):
        step = call.name(each.step, path, str(index), "step")
        if step in found:
            call.refuse("The step is already in the list.", path, str(index), "step")
        call.ids.setdefault(step, InputValue((path, str(index), "step"), step))
        found[step] = milliseconds_of(call.seconds(each.seconds, path, str(index), "seconds"))
    return found


def _stated(value: Value | None) -> Value | Unchanged | None:
    """Return the value of a field where null differs from an omitted field."""
    return UNCHANGED if value is strawberry.UNSET else value
