"""Query fields of accounts."""

from functools import partial
from typing import Annotated, Final

import strawberry

from api.account.types import Account, account
from api.context import Context, Info
from api.enums import AccountOrder
from api.ids import NodeType, named_account
from app.domain.sla.enums import Plan
from db.queries.account_lists import AccountFilter
from db.queries.accounts import AccountRow
from db.queries.pages import Page, Slice
from engine.arguments import or_none, text_or_none
from engine.connections import DEFAULT_SIZE, After, Connection, First, Listing
from engine.cursors import ID, INSTANT, TEXT, CursorKind
from engine.decorators import field, object_type
from engine.ids import GlobalId
from engine.nodes import reads
from engine.weights import LOOK_UP

_BY_NAME: Final = CursorKind("accountsByName", (TEXT, ID))
_BY_CREATION: Final = CursorKind("accountsByCreation", (INSTANT, ID))


def all_accounts(context: Context, wanted: AccountFilter) -> Listing[AccountRow, Account]:
    """List all accounts that match, by name or by creation."""
    loaders = context.loaders

    async def read(part: Slice) -> Page[AccountRow]:
        found = await loaders.all_accounts.load((part, wanted))
        await context.view.include([row.id for _, row in found.rows])
        return found

    cursors = _BY_NAME if wanted.by_name else _BY_CREATION
    return Listing(cursors, wanted.span, read, partial(loaders.all_accounts_count.load, (wanted,)), account)


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
        plan: Annotated[Plan | None, strawberry.argument(description="Only accounts on this plan.")] = strawberry.UNSET,
        search: Annotated[
            str | None,
            strawberry.argument(description="Only accounts with this text in their name or ref, ignoring case."),
        ] = strawberry.UNSET,
        order_by: Annotated[
            AccountOrder | None, strawberry.argument(description="The order of the accounts.")
        ] = AccountOrder.CREATED,
    ) -> Connection[Account] | None:
        """All accounts; for staff."""
        context = info.context
        text, by_name = text_or_none("search", search) or "", order_by is AccountOrder.NAME

        def cut() -> Connection[Account]:
            wanted = AccountFilter(context.now, text, or_none(plan), by_name)
            return all_accounts(context, wanted).first(first, after)

        return await context.page_of_all_accounts(cut)
