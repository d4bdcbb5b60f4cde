"""Specifications: the retouching that an account orders, and its price."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

import strawberry
from graphql.pyutils import AwaitableOrValue

from api.context import Info
from api.ids import NodeType
from api.money import Money, money_of
from api.sla.terms import (
    ExpediteTerms,
    RejectionTerms,
    StandardTurnaround,
    expedite_terms,
    rejection_terms,
    standard_turnaround,
)
from app.domain.sla.terms import SlaInForce
from app.domain.specifications import SpecifiedStep
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
    negotiated: bool = strawberry.field(
        description="True if the seconds are the specification's own; otherwise they are the catalogue's."
    )


@object_type
class SpecificationTurnaround:
    """The turnaround of images with a specification."""

    summary: str = strawberry.field(description="The turnaround of images that are not expedited, in words.")
    standard: StandardTurnaround = strawberry.field(description="The turnaround of images within the guarantee.")
    expedite: ExpediteTerms = strawberry.field(description="The terms of expedites.")
    rejection: RejectionTerms = strawberry.field(description="The terms of rejections.")


@object_type(count=LOOK_UP)
class Specification(Node):
    """The retouching of an order's images: its steps and price."""

    version: int = strawberry.field(
        description="The number of this version, from 1: the current one, or the one that an order was placed with."
    )
    name: str = strawberry.field(
        description="The name of the specification; `erased` after its erasure in an earlier version."
    )
    archived: bool = strawberry.field(description="True if the specification is archived; its existing orders keep it.")
    price_per_image: Money = strawberry.field(description="The price of an image that is not expedited.")
    price_negotiated: bool = strawberry.field(
        description="True if the price is the specification's own; otherwise it is the sum of the catalogue's prices."
    )
    negotiated: bool = strawberry.field(
        description="True if the price or the seconds of any step are the specification's own, not the catalogue's."
    )
    instructions: str | None = strawberry.field(
        description="The client's instructions; null without any, or after their erasure in an earlier version."
    )
    steps: list[SpecificationStep] = attribute("The retouching steps, in their order.", length=8)
    seconds_per_image: float = strawberry.field(
        description="The seconds that a median human retoucher needs for an image, all steps together."
    )
    account_id: strawberry.Private[UUID]

    @field
    def turnaround(self, info: Info) -> AwaitableOrValue[SpecificationTurnaround]:
        """The turnaround of images with this specification, by the terms in force now."""
        now = info.context.instant(self.account_id)
        return info.context.with_history(self.account_id, lambda history: _turnaround(history.terms_at(now), now))


def _turnaround(in_force: SlaInForce, at: datetime) -> SpecificationTurnaround:
    return SpecificationTurnaround(
        summary=in_force.terms.standard_summary,
        standard=standard_turnaround(in_force),
        expedite=expedite_terms(in_force, at),
        rejection=rejection_terms(in_force),
    )


def specification(row: SpecificationRow) -> Specification:
    """Return the API's specification of a row, in the version of the row."""
    terms = row.terms
    return Specification(
        name_in_api=GlobalId(NodeType.SPECIFICATION, row.account_id, row.id),
        version=row.version,
        name=terms.name,
        archived=row.archived_at is not None,
        price_per_image=money_of(terms.price_per_image, terms.currency),
        price_negotiated=terms.price_negotiated,
        negotiated=terms.negotiated,
        instructions=terms.instructions,
        steps=specification_steps(terms.steps),
        seconds_per_image=sum(step.milliseconds for step in terms.steps) / _MILLISECONDS,
        account_id=row.account_id,
    )


def specification_steps(steps: Iterable[SpecifiedStep]) -> list[SpecificationStep]:
    """Return the API's retouching steps."""
    return [
        SpecificationStep(step=step.step, seconds=step.milliseconds / _MILLISECONDS, negotiated=step.negotiated)
        for step in steps
    ]
