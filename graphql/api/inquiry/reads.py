"""Query fields of inquiries, and the lists of inquiries."""

from collections.abc import Awaitable
from functools import partial
from typing import Annotated, Final, Protocol, TypeAlias

import strawberry

from api.context import Context, Info
from api.ids import NodeType
from api.inquiry.types import Inquiry, inquiry
from db.queries.accounts import AccountRow
from db.queries.inquiries import ALL_INQUIRIES_SPAN, INQUIRY_SPAN, InquiryRow
from db.queries.pages import Page, Slice
from engine.arguments import or_none
from engine.connections import DEFAULT_SIZE, After, Connection, First, Listing
from engine.cursors import ID, INSTANT, CursorKind
from engine.decorators import field, object_type
from engine.ids import GlobalId
from engine.nodes import reads

_CURSORS: Final = CursorKind("inquiries", (INSTANT, ID))
_ALL_CURSORS: Final = CursorKind("allInquiries", (INSTANT, ID))

Open: TypeAlias = Annotated[
    bool | None,
    strawberry.argument(description="True for inquiries without an answer only, false for answered ones only."),
]


class _OfAccount(Protocol):
    """An object of the API with the row of an account."""

    row: AccountRow


def inquiries_of_account(
    self: _OfAccount,
    info: Info,
    first: First = DEFAULT_SIZE,
    after: After = strawberry.UNSET,
    open: Open = strawberry.UNSET,  # noqa: A002 - the contract's name
) -> Connection[Inquiry] | None:
    """The account's inquiries, newest first."""
    loaders, account_id, is_open = info.context.loaders, self.row.id, or_none(open)

    def read(part: Slice) -> Awaitable[Page[InquiryRow]]:
        return loaders.inquiries_of_accounts.load((account_id, part, is_open))

    count = partial(loaders.inquiry_counts.load, (account_id, is_open))
    return Listing(_CURSORS, INQUIRY_SPAN, read, count, inquiry, (account_id,)).first(first, after)


def all_inquiries(context: Context, is_open: bool | None) -> Listing[InquiryRow, Inquiry]:
    """List the inquiries of all accounts, earliest due first."""
    loaders = context.loaders

    async def read(part: Slice) -> Page[InquiryRow]:
        found = await loaders.all_inquiries.load((part, is_open))
        await context.view.include({row.account_id for _, row in found.rows})
        return found

    count = partial(loaders.all_inquiries_count.load, (is_open,))
    return Listing(_ALL_CURSORS, ALL_INQUIRIES_SPAN, read, count, inquiry)


@reads(NodeType.INQUIRY)
async def inquiry_node(context: Context, named: GlobalId) -> Inquiry | None:
    """Return the inquiry with this id; None if it does not exist."""
    row = await context.loaders.inquiries.load(named.within_account)
    return None if row is None else inquiry(row)


@object_type
class InquiryQueries:
    """Query fields of inquiries."""

    @field(staff=True)
    async def inquiries(
        self,
        info: Info,
        first: First = DEFAULT_SIZE,
        after: After = strawberry.UNSET,
        open: Open = strawberry.UNSET,  # noqa: A002 - the contract's name
    ) -> Connection[Inquiry] | None:
        """Inquiries of all accounts, earliest due first; for staff."""
        context, chosen = info.context, or_none(open)
        return await context.page_of_all_accounts(lambda: all_inquiries(context, chosen).first(first, after))
