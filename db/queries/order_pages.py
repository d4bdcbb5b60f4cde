"""Pages of an account's orders by any filter, newest first, and their counts."""

from collections.abc import Sequence
from functools import cache
from uuid import UUID

from db.connections import Record, Statement
from db.queries.order_narrowing import found, narrowed
from db.queries.order_search import REST, matching, searched
from db.queries.order_selection import OF_KINDS, QUESTION, OrderSelection, Shape, walked, wanted
from db.queries.orders import ORDER_COLUMNS, ORDER_SPECIFICATION, OrderRow, order_row
from db.queries.pages import Key, Page, Slice, Walk, pages, walk
from db.readers import Reader


@cache
def _page_statements(shape: Shape) -> Walk:
    """Make the statements that read a page of the orders of accounts by a filter of this shape."""
    orders = searched(shape) if shape.search else narrowed(shape) if shape.narrowed else walked(shape, wanted(shape))
    return walk(
        "orders_page",
        f"""
    WITH page AS MATERIALIZED (
      SELECT p.account_id, o.number
      FROM ({QUESTION}) AS q
      CROSS JOIN unnest($1::uuid[]) AS p (account_id)
      CROSS JOIN LATERAL ({orders}) AS o
    )
    SELECT {ORDER_COLUMNS}
    FROM page p
    JOIN orders o ON o.account_id = p.account_id AND o.number = p.number {ORDER_SPECIFICATION}
    ORDER BY o.account_id, o.placed_at {{desc}}, o.number {{desc}}
    """,
        rest=REST,
    )


@cache
def _count_statement(shape: Shape) -> Statement:
    """Make the statement that counts the orders of accounts by a filter of this shape; it reads every match."""
    orders = f"SELECT * FROM orders o WHERE {wanted(shape)} {OF_KINDS}"
    if shape.search or shape.narrowed:
        orders = matching(shape) if shape.search else matching(shape, found())
    return Statement(
        "orders_count",
        f"""
    SELECT p.account_id, o.orders
    FROM ({QUESTION}) AS q
    CROSS JOIN unnest($1::uuid[]) AS p (account_id)
    CROSS JOIN LATERAL (SELECT count(*) AS orders FROM ({orders}) AS o) AS o
    """,
    )


async def orders_of_accounts(
    reader: Reader, accounts: Sequence[UUID], part: Slice, selection: OrderSelection
) -> dict[UUID, Page[OrderRow]]:
    """Read a page of each account's orders, newest first."""
    lower, upper = selection.span.within(part)
    statement = _page_statements(selection.shape).towards(part)
    records = await reader.fetch(statement, accounts, *lower, *upper, *selection.arguments(), part.size + 1)
    return await pages(records, accounts, part, _keyed)


async def count_orders(reader: Reader, accounts: Sequence[UUID], selection: OrderSelection) -> dict[UUID, int]:
    """Count each account's orders; the cost grows with them."""
    span = selection.span
    arguments = (*span.least, *span.greatest, *selection.arguments(), None)
    records = await reader.fetch(_count_statement(selection.shape), accounts, *arguments)
    return dict(map(tuple, records))


def _keyed(record: Record) -> tuple[UUID, Key, OrderRow]:
    row = order_row(record)
    return row.account_id, (row.placed_at, row.number), row
