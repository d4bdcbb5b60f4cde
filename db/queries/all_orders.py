"""The list of the orders of all accounts, newest first, by the filters that are fast without an account.

Each walks an index from a bound: an account has at most one order of a number and of a reference. All other filters
walk a stretch per status and service level, with and without a known lateness, and these walks are merged.
"""

from functools import cache
from typing import Final, NamedTuple

from db.connections import Statement
from db.queries.order_selection import LATENESS, OrderSelection
from db.queries.orders import ORDER_COLUMNS, ORDER_SPECIFICATION, OrderRow, order_row
from db.queries.pages import LEAST_UUID, WALKED, Page, Slice, Span, Walk, page, walk
from db.readers import Reader

_MANY: Final = "staff list the orders of all accounts"


class AllOrdersShape(NamedTuple):
    """The parts of a selection that a statement's text depends on: how its orders are found, and `late`."""

    by_number: bool
    by_reference: bool
    late: bool | None

    @property
    def by_kind(self) -> bool:
        """True if walks through the kinds of orders are merged."""
        return not (self.by_number or self.by_reference)


# The arguments by name, so that statements of all shapes take the same ones.
_QUESTION: Final = """
      SELECT $1::timestamptz AS lower_at, $2::uuid AS lower_id, $3::timestamptz AS upper_at, $4::uuid AS upper_id,
        $5::timestamptz AS now, $6::boolean[] AS known, $7::text[] AS statuses, $8::text[] AS service_levels,
        $9::int AS number, $10::text AS external_reference, $11::int AS size"""
_SIZE: Final = "$11"

_BETWEEN: Final = """
        (o.placed_at, o.id) > (q.lower_at, q.lower_id) AND (o.placed_at, o.id) < (q.upper_at, q.upper_id)"""
_OF_KIND: Final = """
        AND (o.late_at IS NOT NULL) = k.known AND o.status = k.status AND o.service_level = k.service_level"""
_OF_KINDS: Final = "o.status = ANY(q.statuses) AND o.service_level = ANY(q.service_levels)"
_KINDS: Final = "unnest(q.known, q.statuses, q.service_levels) AS k (known, status, service_level)"


@cache
def _page_statements(shape: AllOrdersShape) -> Walk:
    """Make the statements that read a page by a filter of this shape."""
    order = "ORDER BY o.placed_at {desc}, o.id {desc}"
    walked = f"SELECT * FROM ({_matching(shape, order)} {order} LIMIT {WALKED}) AS o LIMIT {_SIZE}"
    if shape.by_kind:
        walked = f"SELECT o.* FROM {_KINDS} CROSS JOIN LATERAL ({walked}) AS o {order} LIMIT {_SIZE}"
    return walk(
        "all_orders",
        f"""
    WITH page AS MATERIALIZED (
      SELECT o.* FROM ({_QUESTION}) AS q CROSS JOIN LATERAL ({walked}) AS o
    )
    SELECT {ORDER_COLUMNS}
    FROM page o {ORDER_SPECIFICATION}
    {order}
    """,
        many=_MANY,
    )


@cache
def _count_statement(shape: AllOrdersShape) -> Statement:
    """Make the statement that counts the orders by a filter of this shape; it reads every match in an index."""
    kinds = f"CROSS JOIN {_KINDS}" if shape.by_kind else ""
    return Statement(
        "all_orders_count",
        f"""
    SELECT count(*)
    FROM ({_QUESTION}) AS q {kinds}
    CROSS JOIN LATERAL ({_matching(shape)}) AS o
    """,
        many=_MANY,
    )


# The number of all orders, by the counters of the accounts.
_COUNT_EVERY: Final = Statement(
    "all_orders_counters", "SELECT coalesce(sum(next_order_number - 1), 0)::bigint FROM account_heads", many=_MANY
)


def _matching(shape: AllOrdersShape, order: str = "") -> str:
    """Write the query of the orders that match, for one kind if they are found by kind.

    all_orders_by_reference_idx, all_orders_by_number_idx or all_orders_by_kind_idx; OFFSET 0 has the first two find the
    orders before the filter judges them.
    """
    lateness = LATENESS[shape.late]
    if shape.by_kind:
        return f"SELECT * FROM orders o WHERE {_BETWEEN} {_OF_KIND} {lateness}"
    number = "AND o.number = q.number" if shape.by_number else ""
    reference = "AND o.external_reference = q.external_reference" if shape.by_reference else ""
    found = f"SELECT * FROM orders o WHERE {_BETWEEN} {number} {reference} {order} OFFSET 0"
    return f"SELECT * FROM ({found}) AS o WHERE {_OF_KINDS} {lateness}"


def all_orders_span(selection: OrderSelection) -> Span:
    """Return the keys that orders of all accounts placed at these times can have."""
    (low, _), (high, _) = selection.span.least, selection.span.greatest
    return Span((low, LEAST_UUID), (high, LEAST_UUID), descending=True)


async def all_orders(reader: Reader, part: Slice, selection: OrderSelection) -> Page[OrderRow]:
    """Read a page of the orders of all accounts, newest first; `selection` has no condition that needs an account."""
    lower, upper = all_orders_span(selection).within(part)
    arguments = (*lower, *upper, *_arguments(selection), part.size + 1)
    records = await reader.fetch(_page_statements(_shape(selection)).towards(part), *arguments)
    return page([((row.placed_at, row.id), row) for row in map(order_row, records)], part)


async def count_all_orders(reader: Reader, selection: OrderSelection) -> int:
    """Count the orders of all accounts; by a filter, the cost grows with those that match."""
    if selection.everything:
        record = await reader.fetch_row(_COUNT_EVERY)
    else:
        span = all_orders_span(selection)
        arguments = (*span.least, *span.greatest, *_arguments(selection), None)
        record = await reader.fetch_row(_count_statement(_shape(selection)), *arguments)
    return 0 if record is None else record[0]


def _shape(selection: OrderSelection) -> AllOrdersShape:
    return AllOrdersShape(selection.number is not None, selection.external_reference is not None, selection.late)


def _arguments(selection: OrderSelection) -> tuple[object, ...]:
    kinds = [*dict.fromkeys(kind[:3] for kind in selection.kinds())]
    columns = ([kind[part] for kind in kinds] for part in range(3))
    return (selection.now, *columns, selection.number, selection.external_reference)
