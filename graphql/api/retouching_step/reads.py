"""Query fields of the catalogue of retouching steps."""

from functools import partial
from typing import Annotated, Final

import strawberry

from api.context import Context, Info
from api.ids import NodeType
from api.retouching_step.types import RetouchingStep, retouching_step
from db.queries.pages import Page, Slice
from db.queries.retouching_steps import STEP_SPAN, RetouchingStepRow
from engine.connections import After, Connection, First, Listing
from engine.cursors import ID, TEXT, CursorKind
from engine.decorators import field, object_type
from engine.ids import GlobalId
from engine.nodes import reads

_CURSORS: Final = CursorKind("retouchingSteps", (TEXT, ID))
_PAGE_SIZE: Final = 50


def steps_of_catalogue(context: Context, *, archived: bool | None) -> Listing[RetouchingStepRow, RetouchingStep]:
    """List the steps of the catalogue, by name."""
    loaders = context.loaders

    async def read(part: Slice) -> Page[RetouchingStepRow]:
        return await loaders.retouching_steps.load((part, archived))

    count = partial(loaders.retouching_step_count.load, (archived,))
    return Listing(_CURSORS, STEP_SPAN, read, count, retouching_step)


@reads(NodeType.RETOUCHING_STEP)
async def retouching_step_node(context: Context, named: GlobalId) -> RetouchingStep | None:
    """Return the step of the catalogue with this id; None if it does not exist."""
    row = await context.loaders.retouching_steps_by_id.load(named.key)
    return None if row is None else retouching_step(row)


@object_type
class RetouchingStepQueries:
    """Query fields of the catalogue of retouching steps."""

    @field
    async def retouching_steps(
        self,
        info: Info,
        first: First = _PAGE_SIZE,
        after: After = strawberry.UNSET,
        archived: Annotated[
            bool | None,
            strawberry.argument(description="True for archived steps only, false for the others only, null for both."),
        ] = False,
    ) -> Connection[RetouchingStep] | None:
        """The service's catalogue of retouching steps, by name."""
        await info.context.open_view()
        return steps_of_catalogue(info.context, archived=archived).first(first, after)
