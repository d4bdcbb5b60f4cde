"""Mutations of specifications: creating, changing and archiving them. Orders keep the version they were placed with."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

import strawberry

from api.context import Info
from api.execution import Call, Payload
from api.ids import NodeType
from api.specification.types import Specification, specification
from api.user_error.codes import KEYED
from api.user_error.codes import UserErrorCode as Code
from api.validation import NAME_RULE
from app.domain.bounds import MAX_STEPS
from app.domain.pulse.figures import Step
from app.domain.specifications import SpecificationTerms, step_of
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


@input_type
class SpecificationStepInput:
    """A retouching step."""

    step: str = strawberry.field(description=f"The name of the step: {NAME_RULE}.")
    seconds: float = strawberry.field(
        description="The seconds that a median human retoucher needs for the step, per image: 0 to 1,000,000, at most"
        " three decimals."
    )


@input_type
class CreateSpecificationInput:
    """The specification to create."""

    account_id: strawberry.ID | None = optional("The account. Required of staff; a client's own by default.")
    name: str = strawberry.field(description=f"The name of the specification: {NAME_RULE}.")
    price_per_image: Decimal = strawberry.field(
        description="The price of an image that is not expedited, with at most four decimals."
    )
    currency: str = strawberry.field(description="The ISO 4217 currency code, such as USD.")
    steps: list[SpecificationStepInput] = strawberry.field(
        description="The retouching steps, in their order; at most 100."
    )
    idempotency_key: str | None = idempotency_key()


@input_type
class UpdateSpecificationInput:
    """The changes to a specification; omitted fields stay unchanged."""

    specification_id: strawberry.ID = strawberry.field(description="The specification.")
    name: str | None = optional(f"The name of the specification: {NAME_RULE}.")
    price_per_image: Decimal | None = optional(
        "The price of an image that is not expedited, with at most four decimals."
    )
    steps: list[SpecificationStepInput] | None = optional("All retouching steps, in their order; at most 100.")
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
        """Creates a specification."""
        call = Call(info, input)
        account_id = call.account(or_none(input.account_id))
        name, price = call.name(input.name, "name"), call.price(input.price_per_image, "pricePerImage")
        terms = SpecificationTerms(name, price, call.currency(input.currency, "currency"), _steps(call, input.steps))
        return await call.perform(CreateSpecificationPayload, create_specification, account_id, terms)

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
        name, price, stated = or_none(input.name), or_none(input.price_per_image), or_none(input.steps)
        if name is not None:
            name = call.name(name, "name")
        if price is not None:
            price = call.price(price, "pricePerImage")
        steps = None if stated is None else _steps(call, stated)
        return await call.perform(
            UpdateSpecificationPayload, update_specification, key, name=name, price_per_image=price, steps=steps
        )

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


def _steps(call: Call, steps: Sequence[SpecificationStepInput]) -> tuple[Step, ...]:
    call.limit(len(steps), MAX_STEPS, "steps")
    return tuple(
        step_of(
            call.name(each.step, "steps", str(index), "step"),
            call.seconds(each.seconds, "steps", str(index), "seconds"),
        )
        for index, each in enumerate(steps[:MAX_STEPS])
    )
