"""Specifications: the retouching that an account orders, and its price."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

import strawberry
from graphql.pyutils import AwaitableOrValue

from api.context import Info
from api.ids import NodeType
from api.money import Money, money_of
from app.domain.pulse.figures import Step
from db.queries.specifications import SpecificationRow
from engine.decorators import attribute, field, object_type
from engine.ids import GlobalId
from engine.nodes import Node
from engine.weights import LOOK_UP

_MILLISECONDS: Final = 1000


@object_type
class SpecificationStep:
    """A retouching step."""

    step: str = strawberry.field(description="The name of the step.")
    seconds: float = strawberry.field(
        description="The seconds that a median human retoucher needs for the step, per image."
    )


@object_type(count=LOOK_UP)
class Specification(Node):
    """The retouching of an order's images: its steps and price."""

    name: str = strawberry.field(description="The name of the specification.")
    archived: bool = strawberry.field(description="True if the specification is archived; its existing orders keep it.")
    price_per_image: Money = strawberry.field(description="The price of an image that is not expedited.")
    steps: list[SpecificationStep] = attribute("The retouching steps, in their order.", length=8)
    seconds_per_image: float = strawberry.field(
        description="The seconds that a median human retoucher needs for an image, all steps together."
    )
    account_id: strawberry.Private[UUID]

    @field
    def turnaround(self, info: Info) -> AwaitableOrValue[str]:
        """The turnaround of images with this specification, in words."""
        now = info.context.instant(self.account_id)
        return info.context.with_history(self.account_id, lambda history: history.terms_at(now).terms.standard_summary)


def specification(row: SpecificationRow) -> Specification:
    """Return the API's specification of a row, in the version of the row."""
    return Specification(
        name_in_api=GlobalId(NodeType.SPECIFICATION, row.account_id, row.id),
        name=row.name,
        archived=row.archived_at is not None,
        price_per_image=money_of(row.price_per_image, row.currency),
        steps=specification_steps(Step(step["step"], step["milliseconds"]) for step in row.steps),
        seconds_per_image=sum(step["milliseconds"] for step in row.steps) / _MILLISECONDS,
        account_id=row.account_id,
    )


def specification_steps(steps: Iterable[Step]) -> list[SpecificationStep]:
    """Return the API's retouching steps."""
    return [SpecificationStep(step=step.step, seconds=step.milliseconds / _MILLISECONDS) for step in steps]
