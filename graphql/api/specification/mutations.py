"""What changes specifications: making, rewording and archiving them. Orders keep the wording they were placed with."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

import strawberry

from api.answers import answer, begin, read_keys, written_keys
from api.checks import Checks
from api.context import Info
from api.order.payloads import Payload, payload_fields
from api.specification.types import Specification, specification
from app.domain.bounds import MAX_STEPS
from app.domain.instants import rfc3339
from app.domain.pulse.figures import Step
from app.domain.specifications import SpecificationTerms, step_of
from app.services.commands import Answer
from app.services.specifications import (
    SpecificationOutcome,
    archive_specification,
    create_specification,
    update_specification,
)
from db.connections import Writer
from engine.arguments import or_none
from engine.decorators import field, input_type, object_type
from engine.ids import NodeType
from engine.inputs import idempotency_key, optional
from engine.weights import COMMAND


@input_type
class SpecificationStepInput:
    """A retouching step."""

    step: str = strawberry.field(description="Its name, 1 to 255 characters.")
    seconds: Decimal = strawberry.field(
        description="How long a median human retoucher needs for it, per image; at most three decimals."
    )


@input_type
class CreateSpecificationInput:
    """What is to be done to images, and for how much."""

    account_id: strawberry.ID | None = optional("The account: staff name it, a client's is its own.")
    name: str = strawberry.field(description="What to call it, 1 to 255 characters.")
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
    name: str | None = optional("What to call it, 1 to 255 characters.")
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

    @field
    async def specification(self, info: Info) -> Specification | None:
        """The specification as it is now."""
        if not self.is_done:
            return None
        row = await info.context.loaders.specifications.load(read_keys(self.answer, "specifications")[0])
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

    @field(cost=COMMAND)
    async def create_specification(
        self,
        info: Info,
        input: Annotated[  # noqa: A002
            CreateSpecificationInput, strawberry.argument(description="What is to be done to images, and for how much.")
        ],
    ) -> CreateSpecificationPayload:
        """Make a specification."""
        context = info.context
        checks = begin(context, input)
        account_id = checks.account(or_none(input.account_id))
        name, price = checks.name(input.name, "name"), checks.price(input.price_per_image, "pricePerImage")
        wording = SpecificationTerms(
            name, price, checks.currency(input.currency, "currency"), _steps(checks, input.steps)
        )

        async def work(writer: Writer) -> Answer:
            return _answered(await create_specification(writer, context.clock, account_id, wording))

        return CreateSpecificationPayload(**payload_fields(await answer(context, "createSpecification", checks, work)))

    @field(cost=COMMAND)
    async def update_specification(
        self,
        info: Info,
        input: Annotated[  # noqa: A002
            UpdateSpecificationInput,
            strawberry.argument(description="What a specification is to say from now on."),
        ],
    ) -> UpdateSpecificationPayload:
        """Reword a specification; orders that were placed keep their price and steps."""
        context = info.context
        checks = begin(context, input)
        key = checks.node(NodeType.SPECIFICATION, input.specification_id, "specificationId")
        name, price, stated = or_none(input.name), or_none(input.price_per_image), or_none(input.steps)
        if name is not None:
            checks.name(name, "name")
        if price is not None:
            checks.price(price, "pricePerImage")
        steps = None if stated is None else _steps(checks, stated)

        async def work(writer: Writer) -> Answer:
            outcome = await update_specification(
                writer, context.clock, key, name=name, price_per_image=price, steps=steps
            )
            return _answered(outcome)

        return UpdateSpecificationPayload(**payload_fields(await answer(context, "updateSpecification", checks, work)))

    @field(cost=COMMAND)
    async def archive_specification(
        self,
        info: Info,
        input: Annotated[ArchiveSpecificationInput, strawberry.argument(description="What is put away.")],  # noqa: A002
    ) -> ArchiveSpecificationPayload:
        """Put a specification away: nothing new is ordered by it."""
        context = info.context
        checks = begin(context, input)
        key = checks.node(NodeType.SPECIFICATION, input.specification_id, "specificationId")

        async def work(writer: Writer) -> Answer:
            return _answered(await archive_specification(writer, context.clock, key))

        return ArchiveSpecificationPayload(
            **payload_fields(await answer(context, "archiveSpecification", checks, work))
        )


def _answered(outcome: SpecificationOutcome) -> Answer:
    keys = written_keys([(outcome.account_id, outcome.specification_id)])
    return {"at": rfc3339(outcome.at), "specifications": keys, "changed": outcome.changed}


def _steps(checks: Checks, steps: Sequence[SpecificationStepInput]) -> tuple[Step, ...]:
    checks.limit(len(steps), MAX_STEPS, "steps")
    return tuple(
        step_of(
            checks.name(each.step, "steps", str(place), "step"),
            checks.seconds(each.seconds, "steps", str(place), "seconds"),
        )
        for place, each in enumerate(steps[:MAX_STEPS])
    )
