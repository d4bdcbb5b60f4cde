"""What changes specifications: making, rewording and archiving them. Orders keep the wording they were placed with."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

import strawberry

from api.context import Info
from api.execution import Call, Payload
from api.ids import NodeType
from api.specification.types import Specification, specification
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

    step: str = strawberry.field(description=f"Its name: {NAME_RULE}.")
    seconds: Decimal = strawberry.field(
        description="How long a median human retoucher needs for it, per image: 0 to 1,000,000, at most three decimals."
    )


@input_type
class CreateSpecificationInput:
    """What is to be done to images, and for how much."""

    account_id: strawberry.ID | None = optional("The account: staff name it, a client's is its own.")
    name: str = strawberry.field(description=f"What to call it: {NAME_RULE}.")
    price_per_image: Decimal = strawberry.field(
        description="The price of an image that is not expedited; at most four decimals."
    )
    currency: str = strawberry.field(description="The currency by its ISO 4217 code: USD.")
    steps: list[SpecificationStepInput] = strawberry.field(
        description="The retouching steps, in their order; at most 100."
    )
    idempotency_key: str | None = idempotency_key()


@input_type
class UpdateSpecificationInput:
    """What a specification is to say from now on; what is left out stays."""

    specification_id: strawberry.ID = strawberry.field(description="The specification.")
    name: str | None = optional(f"What to call it: {NAME_RULE}.")
    price_per_image: Decimal | None = optional("The price of an image that is not expedited; at most four decimals.")
    steps: list[SpecificationStepInput] | None = optional("All its retouching steps, in their order; at most 100.")
    idempotency_key: str | None = idempotency_key()


@input_type
class ArchiveSpecificationInput:
    """What is put away."""

    specification_id: strawberry.ID = strawberry.field(description="The specification.")
    idempotency_key: str | None = idempotency_key()


@object_type
class SpecificationPayload(Payload):
    """What a mutation of a specification came to."""

    result_type = SpecificationOutcome

    @field
    async def specification(self, info: Info) -> Specification | None:
        """The specification as it is now."""
        if self.result is None:
            return None
        row = await info.context.loaders.specifications.load(self.result.key)
        return None if row is None else specification(row)


@object_type
class CreateSpecificationPayload(SpecificationPayload):
    """What making a specification came to."""


@object_type
class UpdateSpecificationPayload(SpecificationPayload):
    """What rewording a specification came to."""


@object_type
class ArchiveSpecificationPayload(SpecificationPayload):
    """What archiving a specification came to."""


@object_type
class SpecificationMutations:
    """What changes specifications."""

    @mutation
    async def create_specification(
        self,
        info: Info,
        input: Annotated[  # noqa: A002
            CreateSpecificationInput, strawberry.argument(description="What is to be done to images, and for how much.")
        ],
    ) -> CreateSpecificationPayload:
        """Make a specification."""
        call = Call(info, input)
        account_id = call.account(or_none(input.account_id))
        name, price = call.name(input.name, "name"), call.price(input.price_per_image, "pricePerImage")
        wording = SpecificationTerms(name, price, call.currency(input.currency, "currency"), _steps(call, input.steps))
        return await call.perform(CreateSpecificationPayload, create_specification, account_id, wording)

    @mutation
    async def update_specification(
        self,
        info: Info,
        input: Annotated[  # noqa: A002
            UpdateSpecificationInput,
            strawberry.argument(description="What a specification is to say from now on."),
        ],
    ) -> UpdateSpecificationPayload:
        """Reword a specification; orders that were placed keep their price and steps."""
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

    @mutation
    async def archive_specification(
        self,
        info: Info,
        input: Annotated[ArchiveSpecificationInput, strawberry.argument(description="What is put away.")],  # noqa: A002
    ) -> ArchiveSpecificationPayload:
        """Put a specification away: nothing new is ordered by it."""
        call = Call(info, input)
        key = call.node(NodeType.SPECIFICATION, input.specification_id, "specificationId")
        return await call.perform(ArchiveSpecificationPayload, archive_specification, key)


def _steps(call: Call, steps: Sequence[SpecificationStepInput]) -> tuple[Step, ...]:
    call.limit(len(steps), MAX_STEPS, "steps")
    return tuple(
        step_of(
            call.name(each.step, "steps", str(place), "step"),
            call.seconds(each.seconds, "steps", str(place), "seconds"),
        )
        for place, each in enumerate(steps[:MAX_STEPS])
    )
