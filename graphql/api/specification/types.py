"""Specifications: how an account wants its images retouched."""

from typing import Final

import strawberry

from api.money import Money
from app.domain.sla.terms import STANDARD_SUMMARY
from db.queries.specifications import SpecificationRow
from engine.decorators import attribute, object_type
from engine.ids import GlobalId, NodeType
from engine.nodes import Node
from engine.weights import LOOK_UP

_MILLISECONDS: Final = 1000


@object_type
class SpecificationStep:
    """A retouching step."""

    step: str = strawberry.field(description="Its name.")
    seconds: float = strawberry.field(description="How long a median human retoucher needs for it, per image.")


@object_type(count=LOOK_UP)
class Specification(Node):
    """What is to be done to the images of an order."""

    name: str = strawberry.field(description="What people call it.")
    archived: bool = strawberry.field(description="Whether it is put away; orders that have it keep it.")
    price_per_image: Money = strawberry.field(description="The price of an image that is not expedited.")
    turnaround: str = strawberry.field(description="When images of it are delivered, in words.")
    steps: list[SpecificationStep] = attribute("The retouching steps, in their order.", length=8)
    seconds_per_image: float = strawberry.field(
        description="How long a median human retoucher needs for an image: all steps together."
    )


def specification(row: SpecificationRow) -> Specification:
    """Show a specification in the wording that was read."""
    return Specification(
        name_in_api=GlobalId(NodeType.SPECIFICATION, row.account_id, row.id),
        name=row.name,
        archived=row.archived_at is not None,
        price_per_image=Money(amount=row.price_per_image, currency=row.currency),
        turnaround=STANDARD_SUMMARY,
        steps=[
            SpecificationStep(step=step["step"], seconds=step["milliseconds"] / _MILLISECONDS) for step in row.steps
        ],
        seconds_per_image=sum(step["milliseconds"] for step in row.steps) / _MILLISECONDS,
    )
