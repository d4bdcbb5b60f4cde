"""The way in: what can be asked."""

from asyncio import gather
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Final, TypeVar

import strawberry

from api.account.types import Account, account, accounts_of_all, read_account
from api.context import Context, Info
from api.enums import ViewerKind
from api.event.types import Event, event
from api.image.types import Image, Rejection, image, queue_of_production, rejection
from api.job_run.types import JobRun, job_run, runs_of_jobs
from api.nodes import Node
from api.order.types import Order, awaiting_deadline, order
from api.pulse.snapshots import PulseSnapshot, snapshot
from api.sla.types import SLA, read_sla_version
from api.specification.types import Specification, specification
from app.domain.vocabulary import Plan
from db.queries.events import GREATEST_SEQUENCE
from db.queries.job_runs import RunsWanted
from engine.arguments import given_text, or_none
from engine.connections import DEFAULT_SIZE, After, Connection, First
from engine.decorators import field, object_type
from engine.errors import bad_input
from engine.ids import GlobalId, NodeType, named_account
from engine.weights import LOOK_UP

Item = TypeVar("Item")
_MAX_NODES: Final = 100
_QUEUE_SIZE: Final = 50


@object_type
class Viewer:
    """Who asks."""

    kind: ViewerKind = strawberry.field(description="Whether this is a client or staff.")
    account: Account | None = strawberry.field(description="The client's account; null for staff.")


@object_type
class Query:
    """What can be asked; clients see their own account only.

    What would take too long is refused before it is read: the error QUERY_TOO_COMPLEX then tells what it costs, about
    the fields that its answer could have, and what is allowed.
    """

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
        return await _node(info.context, named)

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
        return await gather(*(_node(info.context, each) for each in named))

    @field
    async def viewer(self, info: Info) -> Viewer:
        """Who asks."""
        context = info.context
        own = context.viewer.account
        if own is None:
            return Viewer(kind=context.viewer.kind, account=None)
        await context.open_view()
        return Viewer(kind=context.viewer.kind, account=await read_account(context, own.id))

    @field(cost=LOOK_UP)
    async def account(
        self,
        info: Info,
        id: Annotated[  # noqa: A002 - the contract's name
            strawberry.ID | None, strawberry.argument(description="The id of an account; the caller's own without.")
        ] = strawberry.UNSET,
    ) -> Account | None:
        """The caller's account, or for staff the one of an id; null when there is none that the caller may see."""
        context = info.context
        text = or_none(id)
        own = context.viewer.account
        named = context.visible("id", text) if text is not None else None if own is None else named_account(own.id)
        if named is None or named.type is not NodeType.ACCOUNT:
            return None
        await context.open_view([named.account_id])
        return await _account(context, named)

    @field(staff=True)
    async def accounts(
        self,
        info: Info,
        first: First = DEFAULT_SIZE,
        after: After = strawberry.UNSET,
        search: Annotated[
            str | None, strawberry.argument(description="Only accounts whose name begins so, in capitals or not.")
        ] = strawberry.UNSET,
        plan: Annotated[Plan | None, strawberry.argument(description="Only accounts on this plan.")] = strawberry.UNSET,
    ) -> Connection[Account]:
        """All accounts, by name; for staff."""
        beginning = given_text("search", search) or ""
        return await _page(
            info.context, lambda: accounts_of_all(info.context, beginning, or_none(plan)).first(first, after)
        )

    @field(staff=True)
    async def production_queue(
        self, info: Info, first: First = _QUEUE_SIZE, after: After = strawberry.UNSET
    ) -> Connection[Image]:
        """Images of all accounts that wait for production, earliest deadline first; those claimed not; for staff."""
        size = _QUEUE_SIZE if first is None else first
        return await _page(info.context, lambda: queue_of_production(info.context).first(size, after))

    @field(staff=True)
    async def orders_awaiting_deadline(
        self, info: Info, first: First = DEFAULT_SIZE, after: After = strawberry.UNSET
    ) -> Connection[Order]:
        """Orders of all accounts whose deadline support and production have to set, oldest first; for staff."""
        return await _page(info.context, lambda: awaiting_deadline(info.context).first(first, after))

    @field(staff=True)
    async def job_runs(
        self,
        info: Info,
        first: First = DEFAULT_SIZE,
        after: After = strawberry.UNSET,
        job: Annotated[
            str | None, strawberry.argument(description="Only runs of the job of this name.")
        ] = strawberry.UNSET,
        account_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only runs that failed for this account once.")
        ] = strawberry.UNSET,
        failed: Annotated[
            bool | None, strawberry.argument(description="Only runs that failed, or only those that did not.")
        ] = strawberry.UNSET,
    ) -> Connection[JobRun]:
        """Runs of jobs, newest first; for staff."""
        context = info.context
        text = or_none(account_id)
        named = None if text is None else context.visible("accountId", text)
        if named is not None and named.type is not NodeType.ACCOUNT:
            raise bad_input("accountId", "This is not the id of an account.")
        wanted = RunsWanted(given_text("job", job), None if named is None else named.account_id, or_none(failed))
        return await _page(context, lambda: runs_of_jobs(context, wanted).first(first, after))


async def _page(context: Context, cut: Callable[[], Connection[Item]]) -> Connection[Item]:
    """Return a page of a list over all accounts; it is read twice, first outside the view, to find its accounts."""

    async def find() -> None:
        await context.view.read_clock()
        page = cut()
        await page.listing.read(page.part)

    await context.view.open(find)
    return cut()


async def _node(context: Context, named: GlobalId | None) -> Node | None:
    return None if named is None else await _READ[named.type](context, named)


async def _account(context: Context, named: GlobalId) -> Account | None:
    row = await context.account(named.account_id)
    return None if row is None else account(row)


async def _order(context: Context, named: GlobalId) -> Order | None:
    row = await context.loaders.orders.load(named.within_account)
    return None if row is None else order(row, context)


async def _image(context: Context, named: GlobalId) -> Image | None:
    row = await context.loaders.images.load(named.within_account)
    return None if row is None else image(row, context)


async def _rejection(context: Context, named: GlobalId) -> Rejection | None:
    row = await context.loaders.rejections.load(named.within_account)
    return None if row is None else rejection(row)


async def _specification(context: Context, named: GlobalId) -> Specification | None:
    row = await context.loaders.specifications.load(named.within_account)
    return None if row is None else specification(row)


async def _event(context: Context, named: GlobalId) -> Event | None:
    if named.number > GREATEST_SEQUENCE:
        return None
    ended = await context.view.ended_import(named.account_id)
    row = await context.loaders.events.load((named.account_id, named.number, ended))
    return None if row is None else event(row)


async def _sla(context: Context, named: GlobalId) -> SLA | None:
    row = await context.account(named.account_id)
    return None if row is None else await read_sla_version(context, row, named.number)


async def _snapshot(context: Context, named: GlobalId) -> PulseSnapshot | None:
    account = await context.account(named.account_id)
    if account is None:
        return None
    context.require_dashboard(account.plan)
    row = await context.loaders.snapshots.load(named.within_account)
    return None if row is None else snapshot(row)


async def _job_run(context: Context, named: GlobalId) -> JobRun | None:
    row = await context.loaders.job_runs_by_id.load(named.key)
    return None if row is None else job_run(row)


_READ: Final[Mapping[NodeType, Callable[[Context, GlobalId], Awaitable[Node | None]]]] = {
    NodeType.ACCOUNT: _account,
    NodeType.ORDER: _order,
    NodeType.IMAGE: _image,
    NodeType.REJECTION: _rejection,
    NodeType.SPECIFICATION: _specification,
    NodeType.EVENT: _event,
    NodeType.SLA: _sla,
    NodeType.PULSE_SNAPSHOT: _snapshot,
    NodeType.JOB_RUN: _job_run,
}
