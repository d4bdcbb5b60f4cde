"""The query root."""

from asyncio import gather
from typing import Annotated, Final, cast

import strawberry

from api.account.reads import AccountQueries
from api.account.types import Account
from api.context import Context, Info
from api.enums import ViewerKind
from api.event.reads import EventQueries
from api.ids import named_account
from api.image.reads import ImageQueries
from api.inquiry.reads import InquiryQueries
from api.job_run.reads import JobRunQueries
from api.order.reads import OrderQueries
from api.retouching_step.reads import RetouchingStepQueries
from engine.decorators import field, object_type
from engine.errors import ApiError, bad_input
from engine.ids import GlobalId
from engine.nodes import Node, existing_node, read_node
from engine.weights import LOOK_UP

_MAX_NODES: Final = 100


@object_type
class Viewer:
    """The caller of the operation."""

    kind: ViewerKind = strawberry.field(description="The kind of the caller.")
    account: Account | None = strawberry.field(description="The client's account; null for staff.")


@object_type
class NodeQueries:
    """Query fields of nodes of all types, and of the caller."""

    @field(cost=LOOK_UP)
    async def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The global id of a node.")],  # noqa: A002
    ) -> Node | None:
        """The node with this id; null if it does not exist or is not visible to the caller."""
        named = info.context.visible("id", id)
        if named is None:
            return None
        await info.context.open_view([named.account_id])
        return await read_node(info.context, named)

    @field(item_cost=LOOK_UP, length="ids")
    async def nodes(
        self,
        info: Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="The global ids of up to 100 nodes.")],
    ) -> list[Node | None]:
        """The nodes with these ids, in the same order; null for each that does not exist or is not visible.

        A malformed id makes only its own node null, with an error. Nodes after the 100th are null, with one error.
        """
        named = [_visible_or_error(info.context, index, text) for index, text in enumerate(ids[:_MAX_NODES])]
        accounts = {each.account_id for each in named if isinstance(each, GlobalId)}
        if accounts:
            await info.context.open_view(accounts)
        found: list[object] = await gather(
            *(_node_or_none(info.context, each) for each in named), return_exceptions=True
        )
        return cast("list[Node | None]", found + _after_the_last(len(ids)))  # an error of one makes only that one null

    @field
    async def viewer(self, info: Info) -> Viewer:
        """The caller of the operation."""
        context = info.context
        own = context.viewer.account
        if own is None:
            return Viewer(kind=context.viewer.kind, account=None)
        await context.open_view()
        return Viewer(
            kind=context.viewer.kind, account=cast("Account", await existing_node(context, named_account(own.id)))
        )


@object_type
class Query(
    NodeQueries,
    AccountQueries,
    RetouchingStepQueries,
    ImageQueries,
    OrderQueries,
    EventQueries,
    InquiryQueries,
    JobRunQueries,
):
    """The root of all queries; clients see their own account only.

    An operation that costs too much is refused before anything is read: the error QUERY_TOO_COMPLEX names its cost,
    about the number of fields its result could have, and the highest cost allowed.
    """


def _visible_or_error(context: Context, index: int, text: str) -> GlobalId | ApiError | None:
    try:
        return context.visible(f"ids[{index}]", text)
    except ApiError as error:
        return error


async def _node_or_none(context: Context, named: GlobalId | ApiError | None) -> Node | None:
    if isinstance(named, ApiError):
        raise named
    return None if named is None else await read_node(context, named)


def _after_the_last(count: int) -> list[object]:
    """Return the items of the list after its 100th: an error as the first, which covers all, then nulls."""
    if count <= _MAX_NODES:
        return []
    error = bad_input("ids", f"At most {_MAX_NODES} nodes can be requested at once, not {count}.")
    return [error, *[None] * (count - _MAX_NODES - 1)]
