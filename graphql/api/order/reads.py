"""Query fields of orders, and the lists of orders."""

from collections.abc import Awaitable
from functools import partial
from typing import TYPE_CHECKING, Final
from uuid import UUID

import strawberry

from api.context import Context, Info
from api.enums import OrderFeedFilter
from api.ids import NodeType
from api.order.filters import Filter, OrderFilter
from api.order.types import Order, order
from app.domain.orders.enums import OrderStatus
from app.domain.texts import composed
from db.queries.all_orders import all_orders_span
from db.queries.order_selection import OrderSelection
from db.queries.orders import AWAITING_SPAN, OrderRow
from db.queries.pages import Page, Slice
from engine.arguments import or_none, text_or_none
from engine.connections import DEFAULT_SIZE, After, Connection, First, Listing
from engine.cursors import ID, INSTANT, NUMBER, CursorKind
from engine.decorators import field, object_type
from engine.errors import bad_input
from engine.ids import GlobalId
from engine.nodes import reads

if TYPE_CHECKING:
    pass

_CURSORS: Final = CursorKind("orders", (INSTANT, NUMBER))


_AWAITING_CURSORS: Final = CursorKind("ordersAwaitingDeadline", (INSTANT, ID))
_ALL_ORDERS_CURSORS: Final = CursorKind("allOrders", (INSTANT, ID))


FEED_SIZE: Final = 10
"""The greatest number of orders in a feed (domain rules, section 5)."""


def orders_of(context: Context, account_id: UUID, wanted: OrderFilter | None) -> Listing[OrderRow, Order]:
    """List an account's orders, newest first."""
    now = context.instant(account_id)
    selection = wanted.selection(now) if wanted else OrderSelection(now)

    def read(part: Slice) -> Awaitable[Page[OrderRow]]:
        return context.loaders.orders_of_accounts.load((account_id, part, selection))

    async def count() -> int:
        if selection.everything:
            return (await context.history(account_id)).orders
        return await context.loaders.order_counts.load((account_id, selection))

    return Listing(_CURSORS, selection.span, read, count, partial(order, context=context), (account_id,))


async def order_named(
    context: Context, account_id: UUID, number: int | None, external_reference: str | None
) -> Order | None:
    """Return the order of an account with a number or an external reference; raises ApiError unless one is provided."""
    if (number is None) == (external_reference is None):
        raise bad_input("number", "Provide either a number or an externalReference, and not both.")
    if number is not None:
        row = await context.loaders.orders_by_number.load((account_id, number))
    else:
        reference = composed(text_or_none("externalReference", external_reference) or "")
        row = await context.loaders.orders_by_reference.load((account_id, reference))
    return None if row is None else order(row, context)


async def order_feed(context: Context, account_id: UUID, shown: OrderFeedFilter) -> list[Order]:
    """Return the most recent orders of an account (domain rules, section 5)."""
    now = context.instant(account_id)
    selection = OrderSelection(now)
    if shown is not OrderFeedFilter.ALL:
        selection = OrderSelection(now, statuses=(OrderStatus(shown),))
    page = await context.loaders.orders_of_accounts.load((account_id, Slice(FEED_SIZE), selection))
    return [order(row, context) for _, row in page.rows]


def awaiting_deadline(context: Context) -> Listing[OrderRow, Order]:
    """List the orders of all accounts whose deadline staff have to set, oldest first."""
    loaders = context.loaders

    async def read(part: Slice) -> Page[OrderRow]:
        found = await loaders.orders_awaiting_deadline.load((context.now, part))
        await context.view.include({row.account_id for _, row in found.rows})
        return found

    count = partial(loaders.awaiting_count.load, (context.now,))
    return Listing(_AWAITING_CURSORS, AWAITING_SPAN, read, count, partial(order, context=context))


def all_orders(context: Context, selection: OrderSelection) -> Listing[OrderRow, Order]:
    """List the orders of all accounts, newest first."""
    loaders = context.loaders

    async def read(part: Slice) -> Page[OrderRow]:
        found = await loaders.all_orders.load((part, selection))
        await context.view.include({row.account_id for _, row in found.rows})
        return found

    count = partial(loaders.all_orders_count.load, (selection,))
    return Listing(_ALL_ORDERS_CURSORS, all_orders_span(selection), read, count, partial(order, context=context))


@reads(NodeType.ORDER)
async def order_node(context: Context, named: GlobalId) -> Order | None:
    """Return the order with this id; None if it does not exist."""
    row = await context.loaders.orders.load(named.within_account)
    return None if row is None else order(row, context)


@object_type
class OrderQueries:
    """Query fields of orders."""

    @field(staff=True)
    async def orders(
        self,
        info: Info,
        first: First = DEFAULT_SIZE,
        after: After = strawberry.UNSET,
        filter: Filter = strawberry.UNSET,  # noqa: A002 - the contract's name
    ) -> Connection[Order] | None:
        """Orders of all accounts, newest first; for staff.

        `filter` takes only the conditions that need no account.
        """
        context, chosen = info.context, or_none(filter)

        def cut() -> Connection[Order]:
            now = context.now
            selection = chosen.selection_in_all_accounts(now) if chosen else OrderSelection(now)
            return all_orders(context, selection).first(first, after)

        return await context.page_of_all_accounts(cut)

    @field(staff=True)
    async def orders_awaiting_deadline(
        self, info: Info, first: First = DEFAULT_SIZE, after: After = strawberry.UNSET
    ) -> Connection[Order] | None:
        """Orders of all accounts that await a deadline from support and production, oldest first; for staff."""
        return await info.context.page_of_all_accounts(lambda: awaiting_deadline(info.context).first(first, after))
