"""Retouching steps of the catalogue: the service's price and time of each."""

from typing import Final
from uuid import UUID

import strawberry

from api.context import Info
from api.ids import NodeType
from api.money import Money, money_of
from app.domain.specifications import MILLISECONDS
from db.queries.retouching_steps import RetouchingStepRow
from engine.decorators import field, object_type
from engine.ids import GlobalId
from engine.nodes import Node
from engine.weights import COUNT, LOOK_UP

_NO_ACCOUNT: Final = UUID(int=0)


@object_type
class MeasuredTime:
    """The time that operations of human retouchers took, over all accounts."""

    median_seconds: float = strawberry.field(description="The median of their seconds.")
    operation_count: int = strawberry.field(description="The number of operations.")


@object_type(count=LOOK_UP)
class RetouchingStep(Node):
    """A retouching step of the service's catalogue, of which specifications are made."""

    step: str = strawberry.field(description="The name of the step.")
    seconds: float = strawberry.field(
        description="The seconds that a median human retoucher needs for the step, per image."
    )
    price: Money = strawberry.field(description="The part of the price of an image that the step costs.")
    archived: bool = strawberry.field(
        description="True if the step is archived: specifications that have it keep it, others cannot choose it."
    )

    @field(cost=COUNT, staff=True)
    async def specification_count(self, info: Info) -> int | None:
        """The number of specifications, of all accounts, that a change of both the price and the seconds would change.

        A change of only one of them leaves out those that have negotiated that one. Archived specifications are never
        counted. For staff only.
        """
        return await info.context.loaders.specification_counts_of_steps.load(self.step)

    @field(cost=COUNT, staff=True)
    async def measured(self, info: Info) -> MeasuredTime | None:
        """The time that human retouchers took for the step in the last 90 days; null if none was recorded.

        It is beside `seconds`, which it does not change. For staff only.
        """
        found = await info.context.loaders.measured_steps.load((self.step, info.context.now))
        if found is None:
            return None
        return MeasuredTime(median_seconds=found.median / MILLISECONDS, operation_count=found.operation_count)


def retouching_step(row: RetouchingStepRow) -> RetouchingStep:
    """Return the API's retouching step of a row; its id has no account, since it belongs to no client."""
    return RetouchingStep(
        name_in_api=GlobalId(NodeType.RETOUCHING_STEP, _NO_ACCOUNT, row.id),
        step=row.step,
        seconds=row.milliseconds / MILLISECONDS,
        price=money_of(row.price, row.currency),
        archived=row.archived,
    )
