"""Specifications: how an account wants its images retouched."""

from collections.abc import Awaitable
from functools import partial
from typing import Final
from uuid import UUID

import strawberry

from api.context import Context
from api.money import Money
from api.nodes import Node
from app.domain.sla.terms import STANDARD_SUMMARY
from db.queries.pages import Page, Slice
from db.queries.specifications import SPECIFICATION_SPAN, SpecificationRow
from engine.connections import Listing
from engine.cursors import ID, CursorKind
from engine.decorators import attribute, object_type
from engine.ids import GlobalId, NodeType
from engine.weights import LOOK_UP

_CURSORS: Final = CursorKind("specifications", (ID,))
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


def specifications_of(
    context: Context, account_id: UUID, archived: bool | None
) -> Listing[SpecificationRow, Specification]:
    """List an account's specifications, oldest first."""
    loaders = context.loaders

    def read(part: Slice) -> Awaitable[Page[SpecificationRow]]:
        return loaders.specifications_of_accounts.load((account_id, part, archived))

    count = partial(loaders.specification_counts.load, (account_id, archived))
    return Listing(_CURSORS, SPECIFICATION_SPAN, read, count, specification)
