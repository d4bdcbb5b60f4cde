"""Query fields of accounts."""

from typing import Annotated, Final

import strawberry

from api.account.types import Account, account
from api.context import Context, Info
from api.ids import NodeType, named_account
from app.domain.sla.enums import Plan
from db.queries.accounts import ACCOUNT_SPAN, AccountRow
from db.queries.pages import Page, Slice
from engine.arguments import or_none, text_or_none
from engine.connections import DEFAULT_SIZE, After, Connection, First, Listing
from engine.cursors import ID, TEXT, CursorKind
from engine.decorators import field, object_type
from engine.ids import GlobalId
from engine.nodes import reads
from engine.weights import LOOK_UP

_CURSORS: Final = CursorKind("accounts", (TEXT, ID))


def accounts_of_all(context: Context, prefix: str, plan: Plan | None) -> Listing[AccountRow, Account]:
    """List the accounts whose name starts with a prefix, in any case, by name."""
    loaders = context.loaders

    async def read(part: Slice) -> Page[AccountRow]:
        found = await loaders.accounts_by_name.load((part, prefix, plan, context.now))
        await context.view.include([row.id for _, row in found.rows])
        return found

    async def count() -> int:
        return await loaders.account_count.load((prefix, plan, context.now))

    return Listing(_CURSORS, ACCOUNT_SPAN, read, count, account)


@reads(NodeType.ACCOUNT)
async def account_node(context: Context, named: GlobalId) -> Account | None:
    """Return the account with this id; None if it does not exist."""
    row = await context.account(named.account_id)
    return None if row is None else account(row)


@object_type
class AccountQueries:
    """Query fields of accounts."""

    @field(cost=LOOK_UP)
    async def account(
        self,
        info: Info,
        id: Annotated[  # noqa: A002 - the contract's name
            strawberry.ID | None,
            strawberry.argument(description="The global id of an account; the caller's own by default."),
        ] = strawberry.UNSET,
    ) -> Account | None:
        """The caller's account, or for staff the one with this id; null if there is none visible to the caller."""
        context = info.context
        text = or_none(id)
        own = context.viewer.account
        named = context.visible("id", text) if text is not None else None if own is None else named_account(own.id)
        if named is None or named.type is not NodeType.ACCOUNT:
            return None
        await context.open_view([named.account_id])
        return await account_node(context, named)

    @field(staff=True)
    async def accounts(
        self,
        info: Info,
        first: First = DEFAULT_SIZE,
        after: After = strawberry.UNSET,
        search: Annotated[
            str | None,
            strawberry.argument(description="Only accounts whose name starts with this text, ignoring case."),
        ] = strawberry.UNSET,
        plan: Annotated[Plan | None, strawberry.argument(description="Only accounts on this plan.")] = strawberry.UNSET,
    ) -> Connection[Account] | None:
        """All accounts, by name; for staff."""
        prefix = text_or_none("search", search) or ""
        return await info.context.page_of_all(
            lambda: accounts_of_all(info.context, prefix, or_none(plan)).first(first, after)
        )
