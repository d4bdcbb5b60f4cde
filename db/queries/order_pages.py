"""Reads of the orders of accounts, newest first, filtered in every way, at a cost that does not grow with the account.

An index by status, level and deadline status keeps the orders of each such kind by their placing. A filter is therefore
a set of kinds: each is walked from the bound, and the walks are merged. A search takes the matches from the indexes by
beginning when they are few; when they are many, some are soon met on a walk from the bound.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import product
from typing import Final, NamedTuple
from uuid import UUID

from app.domain.vocabulary import DeadlineStatus, OrderStatus, ServiceLevel
from db.connections import Reader, Record, Statement
from db.queries.orders import ORDER_COLUMNS, ORDER_SPECIFICATION, OrderRow, order_row
from db.queries.pages import EARLIEST, LATEST, WALKED, Key, Page, Slice, Span, Walk, pages, walk

_GREATEST_NUMBER: Final = 2**31 - 1
_FEW: Final = 2_000
"""Matches of a search up to which all are looked at."""

ORDER_SPAN: Final = Span(least=(EARLIEST, 0), greatest=(LATEST, 0), descending=True)


@dataclass(frozen=True, slots=True)
class OrderSelection:
    """Which orders are meant: those that fulfil all of it.

    `late` is judged at `now`. `search` is an order number, or the beginning of a name or of an image's filename in any
    case.
    """

    now: datetime
    statuses: tuple[OrderStatus, ...] = tuple(OrderStatus)
    service_levels: tuple[ServiceLevel, ...] = tuple(ServiceLevel)
    deadline_statuses: tuple[DeadlineStatus, ...] = tuple(DeadlineStatus)
    placed_from: datetime | None = None
    placed_before: datetime | None = None
    late: bool | None = None
    search: str | None = None

    @property
    def span(self) -> Span:
        """The keys that orders placed at these times can have."""
        least = (self.placed_from, 0) if self.placed_from else ORDER_SPAN.least
        greatest = (self.placed_before, 0) if self.placed_before else ORDER_SPAN.greatest
        return Span(max(least, ORDER_SPAN.least), min(greatest, ORDER_SPAN.greatest), descending=True)

    @property
    def shape(self) -> "_Shape":
        """What of it the text of a statement depends on."""
        every_kind = (tuple(OrderStatus), tuple(ServiceLevel), tuple(DeadlineStatus))
        kinds = (self.statuses, self.service_levels, self.deadline_statuses)
        return _Shape(self.late is not None or kinds != every_kind, self.late, self.search is not None)

    def arguments(self) -> tuple[object, ...]:
        """Return the arguments that a statement of this shape takes after the page's."""
        kinds = list(zip(*product(self.statuses, self.service_levels, self.deadline_statuses), strict=True))
        return (self.now, *(kinds or ([], [], [])), self.search, _number(self.search))

    @property
    def everything(self) -> bool:
        """Whether all orders of an account are selection."""
        return self == OrderSelection(self.now)


class _Shape(NamedTuple):
    by_kind: bool
    late: bool | None
    search: bool


# The arguments by name, so that each statement of whatever shape takes the same ones; 1114111 is the last character.
_QUESTION: Final = """
      SELECT $2::timestamptz AS lower_at, $3::int AS lower_number, $4::timestamptz AS upper_at, $5::int AS upper_number,
        $6::timestamptz AS now, $7::text[] AS statuses, $8::text[] AS service_levels, $9::text[] AS deadline_statuses,
        lower($10::text) AS search, lower($10::text) || chr(1114111) AS search_end, $11::int AS search_number"""
_LATENESS: Final = {
    None: "",
    True: "AND o.late_at < q.now",
    False: "AND (o.late_at IS NULL OR o.late_at >= q.now)",
}
_BETWEEN_BOUNDS: Final = """
        o.account_id = p.account_id
        AND (o.placed_at, o.number) > (q.lower_at, q.lower_number)
        AND (o.placed_at, o.number) < (q.upper_at, q.upper_number)"""
_OF_KIND: Final = """
        AND o.status = k.status AND o.service_level = k.service_level AND o.deadline_status = k.deadline_status"""
_OF_KINDS: Final = """
        AND o.status = ANY(q.statuses) AND o.service_level = ANY(q.service_levels)
        AND o.deadline_status = ANY(q.deadline_statuses)"""

# Bytewise comparison, as in the indexes by name and by filename; a LIKE with a pattern by parameter would not use them.
_NAMED_SO: Final = "lower({0}) ~>=~ q.search AND lower({0}) ~<~ q.search_end"

# For the orders met on a walk. Filenames that match few images of the account are known by then; else those of the
# order are looked at, and neither EXISTS nor a range leads the planner to those of the account instead.
_MATCHING: Final = f"""
        AND (
          o.number = q.search_number OR {_NAMED_SO.format("o.name")} OR CASE WHEN (SELECT many_images FROM matches)
          THEN (
            SELECT true FROM images i
            WHERE i.account_id = o.account_id AND i.order_id = o.id
              AND left(lower(i.filename), length(q.search)) = q.search
            LIMIT 1
          )
          ELSE o.id IN (SELECT id FROM found) END
        )"""


def _wanted(shape: _Shape) -> str:
    """Write the condition that orders between the bounds fulfil, of whatever kind."""
    return f"{_BETWEEN_BOUNDS} {_LATENESS[shape.late]}"


def _found(limit: str = "") -> str:
    """Write the query of what a search matches: by number, by orders_by_name_idx and by images_by_filename_idx."""
    return f"""
        SELECT o.id, false AS by_image FROM orders o WHERE o.account_id = p.account_id AND o.number = q.search_number
        UNION ALL
        (SELECT o.id, false FROM orders o WHERE o.account_id = p.account_id AND {_NAMED_SO.format("o.name")} {limit})
        UNION ALL
        (
          SELECT i.order_id, true FROM images i WHERE i.account_id = p.account_id AND {_NAMED_SO.format("i.filename")}
          {limit}
        )"""


def _ordered(condition: str) -> str:
    return f"""
      SELECT o.placed_at, o.number
      FROM orders o
      WHERE {condition}
      ORDER BY o.placed_at {{desc}}, o.number {{desc}}
      LIMIT {WALKED}"""


def _walked(shape: _Shape) -> str:
    """Write the walk from the bound: by orders_by_placing_idx, or per kind by orders_by_kind_idx or orders_late_idx."""
    condition = _wanted(shape) + (_MATCHING if shape.search else "")
    if not shape.by_kind:
        return _ordered(condition)
    return f"""
      SELECT o.placed_at, o.number
      FROM unnest(q.statuses, q.service_levels, q.deadline_statuses) AS k (status, service_level, deadline_status)
      CROSS JOIN LATERAL (SELECT * FROM ({_ordered(condition + _OF_KIND)}) AS o LIMIT $12) AS o
      ORDER BY o.placed_at {{desc}}, o.number {{desc}}
      LIMIT $12"""


def _searched(shape: _Shape) -> str:
    """Write the search: few matches are all looked at; when there are many, orders are walked until enough are met."""
    return f"""
      WITH found AS MATERIALIZED ({_found(f"LIMIT {_FEW}")}
      ), matches AS MATERIALIZED (
        SELECT count(*) >= {_FEW} AS many, count(*) FILTER (WHERE by_image) >= {_FEW} AS many_images FROM found
      )
      (
        SELECT o.placed_at, o.number
        FROM (SELECT DISTINCT id FROM found WHERE NOT (SELECT many FROM matches)) AS f
        CROSS JOIN LATERAL ({_match(shape)}) AS o
        ORDER BY o.placed_at {{desc}}, o.number {{desc}}
        LIMIT {WALKED}
      )
      UNION ALL
      (SELECT * FROM ({_walked(shape)}) AS o WHERE (SELECT many FROM matches))"""


def _match(shape: _Shape) -> str:
    """Write the query of a match; OFFSET 0 has it read by the primary key before the rest of the filter judges it."""
    return f"""
          SELECT o.placed_at, o.number
          FROM (SELECT * FROM orders o WHERE o.account_id = p.account_id AND o.id = f.id OFFSET 0) AS o
          WHERE {_wanted(shape)} {_OF_KINDS}"""


def _counted(shape: _Shape) -> str:
    if not shape.search:
        return f"SELECT count(*) AS orders FROM orders o WHERE {_wanted(shape)} {_OF_KINDS}"
    return f"""
      WITH found AS MATERIALIZED ({_found()})
      SELECT count(*) AS orders FROM (SELECT DISTINCT id FROM found) AS f CROSS JOIN LATERAL ({_match(shape)}) AS o"""


@cache
def _page_statements(shape: _Shape) -> Walk:
    """Make the statements that read a page of the orders of accounts by a filter of this shape."""
    return walk(
        "orders_page",
        f"""
    WITH page AS MATERIALIZED (
      SELECT p.account_id, o.number
      FROM ({_QUESTION}) AS q
      CROSS JOIN unnest($1::uuid[]) AS p (account_id)
      CROSS JOIN LATERAL (
        SELECT * FROM ({_searched(shape) if shape.search else _walked(shape)}) AS o LIMIT $12
      ) AS o
    )
    SELECT {ORDER_COLUMNS}
    FROM page p
    JOIN orders o ON o.account_id = p.account_id AND o.number = p.number {ORDER_SPECIFICATION}
    ORDER BY o.account_id, o.placed_at {{desc}}, o.number {{desc}}
    """,
    )


@cache
def _count_statement(shape: _Shape) -> Statement:
    """Make the statement that counts the orders of accounts by a filter of this shape, whatever it has to read."""
    return Statement(
        "orders_count",
        f"""
    SELECT p.account_id, o.orders
    FROM ({_QUESTION}) AS q
    CROSS JOIN unnest($1::uuid[]) AS p (account_id)
    CROSS JOIN LATERAL ({_counted(shape)}) AS o
    """,
    )


async def orders_of_accounts(
    reader: Reader, accounts: Sequence[UUID], part: Slice, selection: OrderSelection
) -> dict[UUID, Page[OrderRow]]:
    """Read a page of each account's orders, newest first."""
    lower, upper = selection.span.within(part)
    statement = _page_statements(selection.shape).towards(part)
    records = await reader.fetch(statement, accounts, *lower, *upper, *selection.arguments(), part.size + 1)
    return pages(records, accounts, part, _keyed)


async def count_orders(reader: Reader, accounts: Sequence[UUID], selection: OrderSelection) -> dict[UUID, int]:
    """Count each account's orders; the cost grows with them."""
    span = selection.span
    arguments = (*span.least, *span.greatest, *selection.arguments())
    records = await reader.fetch(_count_statement(selection.shape), accounts, *arguments)
    return dict(map(tuple, records))


def _keyed(record: Record) -> tuple[UUID, Key, OrderRow]:
    row = order_row(record)
    return row.account_id, (row.placed_at, row.number), row


def _number(search: str | None) -> int | None:
    """Return the order number a search can mean."""
    if search is None or not (search.isascii() and search.isdigit()):
        return None
    number = int(search[:20])
    return number if number <= _GREATEST_NUMBER else None
