"""The way in: what can be asked."""

from asyncio import gather
from typing import Annotated, Final, cast

import strawberry

import api.event.reads  # noqa: F401 # pyright: ignore[reportUnusedImport] - registers the reader of events
from api.account.reads import AccountQueries
from api.account.types import Account
from api.context import Context, Info
from api.enums import ViewerKind
from api.ids import named_account
from api.image.reads import ImageQueries
from api.job_run.reads import JobRunQueries
from api.order.reads import OrderQueries
from engine.decorators import field, object_type
from engine.errors import bad_input
from engine.ids import GlobalId
from engine.nodes import Node, existing_node, read_node
from engine.weights import LOOK_UP

_MAX_NODES: Final = 100


@object_type
class Viewer:
    """Who asks."""

    kind: ViewerKind = strawberry.field(description="Whether this is a client or staff.")
    account: Account | None = strawberry.field(description="The client's account; null for staff.")


@object_type
class NodeQueries:
    """What can be asked of nodes of all types, and of who asks."""

    @field(cost=LOOK_UP)
    async def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The id of a node.")],  # noqa: A002
    ) -> Node | None:
        """The node of an id; null when there is none that the caller may see."""
        named = info.context.visible("id", id)
        if named is None:
            return None
        await info.context.open_view([named.account_id])
        return await read_node(info.context, named)

    @field(item_cost=LOOK_UP, length="ids")
    async def nodes(
        self,
        info: Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="The ids of at most 100 nodes.")],
    ) -> list[Node | None]:
        """The nodes of ids, in their order; null for those that there are not or that the caller may not see."""
        if len(ids) > _MAX_NODES:
            raise bad_input("ids", f"At most {_MAX_NODES} nodes can be asked for at once, not {len(ids)}.")
        named = [info.context.visible(f"ids[{place}]", text) for place, text in enumerate(ids)]
        accounts = {each.account_id for each in named if each is not None}
        if accounts:
            await info.context.open_view(accounts)
        return await gather(*(_node_or_none(info.context, each) for each in named))

    @field
    async def viewer(self, info: Info) -> Viewer:
        """Who asks."""
        context = info.context
        own = context.viewer.account
        if own is None:
            return Viewer(kind=context.viewer.kind, account=None)
        await context.open_view()
        return Viewer(
            kind=context.viewer.kind, account=cast("Account", await existing_node(context, named_account(own.id)))
        )


@object_type
class Query(NodeQueries, AccountQueries, ImageQueries, OrderQueries, JobRunQueries):
    """What can be asked; clients see their own account only.

    What would take too long is refused before it is read: the error QUERY_TOO_COMPLEX then tells what it costs, about
    the fields that its answer could have, and what is allowed.
    """


async def _node_or_none(context: Context, named: GlobalId | None) -> Node | None:
    return None if named is None else await read_node(context, named)
