"""How an account's orders are searched: by number, and by the beginnings of names and filenames.

Few matches are looked at one by one. Of many, the newest may be far from the bound, and the indexes by beginning do not
know time. So time is cut into periods, and those that have orders are searched one after the other, by indexes that
begin with the period, until the page is full: few matches of a period are looked at one by one, of many some are soon
met on a walk through it. A period costs microseconds when nothing in it matches, and at most a walk through it.
"""

from typing import Final

from db.queries.order_selection import OF_KINDS, Shape, between, ordered, walked, wanted
from db.tables import PERIOD

_FEW: Final = 200
_FEW_OF_PERIOD: Final = 1_000
"""Matches up to which all are looked at."""

# Bytewise comparison, as in the indexes by name and by filename; a LIKE with a pattern by parameter would not use them.
_NAMED_SO: Final = "lower({0}) ~>=~ q.search AND lower({0}) ~<~ q.search_end"

# For the orders met on a walk: neither EXISTS nor a range leads the planner to the account's filenames instead.
_MATCHING: Final = f"""
        AND (
          o.number = q.search_number OR {_NAMED_SO.format("o.name")} OR (
            SELECT true FROM images i
            WHERE i.account_id = o.account_id AND i.order_id = o.id
              AND left(lower(i.filename), length(q.search)) = q.search
            LIMIT 1
          )
        )"""
_IN_PERIOD: Final = " AND o.placed_at >= n.starts_at AND o.placed_at < n.starts_at + interval '6 hours'"

REST: Final = (
    "s.lower_at, s.lower_number, n.starts_at, 0",
    "n.starts_at + interval '6 hours', 0, s.upper_at, s.upper_number",
)
"""What is left to search after a period, forwards and backwards."""


def searched(shape: Shape) -> str:
    """Write the search of a page's orders, and some more; `{rest}` in it stands for one of REST."""
    return f"""
      WITH RECURSIVE periods (lower_at, lower_number, upper_at, upper_number, numbers, met) AS (
        SELECT q.lower_at, q.lower_number, q.upper_at, q.upper_number, '{{{{}}}}'::int[], 0
        UNION ALL
        SELECT {{rest}}, m.numbers, s.met + cardinality(m.numbers)
        FROM periods s
        CROSS JOIN LATERAL (
          SELECT {PERIOD.format("o.placed_at")} AS starts_at FROM ({ordered(between("s"), limit=1)}) AS o
        ) AS n
        CROSS JOIN LATERAL (
          SELECT coalesce(array_agg(o.number), '{{{{}}}}') AS numbers
          FROM ({_few_or(walked(shape, wanted(shape, "s") + _IN_PERIOD + _MATCHING), shape, "s", "n")}) AS o
        ) AS m
        WHERE s.met < $13
      )
      SELECT o.placed_at, o.number
      FROM ({_few_or("SELECT NULL::timestamptz AS placed_at, unnest(numbers) FROM periods", shape, "q")}) AS o"""


def matching(shape: Shape, found: str | None = None, bounds: str = "q") -> str:
    """Write the query of the orders among the found ones, or all, that a selection means.

    OFFSET 0 has each read by the primary key before the filter judges it.
    """
    return f"""
          SELECT o.placed_at, o.number
          FROM (
            SELECT * FROM orders o WHERE o.account_id = p.account_id AND o.id = ANY(ARRAY({found or _found()})) OFFSET 0
          ) AS o
          WHERE {wanted(shape, bounds)} {OF_KINDS}"""


def _few_or(many: str, shape: Shape, bounds: str, period: str = "") -> str:
    """Write the query that looks at the matches, of all or of a period, or when there are many, makes another one."""
    few = _FEW_OF_PERIOD if period else _FEW
    return f"""
        WITH found AS MATERIALIZED ({_found(period, f"LIMIT {few}")}
        )
        (
          {matching(shape, f"SELECT id FROM found WHERE (SELECT count(*) FROM found) < {few}", bounds)}
          ORDER BY o.placed_at {{desc}}, o.number {{desc}}
          LIMIT $13
        )
        UNION ALL
        (SELECT * FROM ({many}) AS o WHERE (SELECT count(*) FROM found) >= {few})"""


def _found(period: str = "", limit: str = "") -> str:
    """Write the query of what a search matches, in all or in a period.

    By the unique key of numbers, by orders_by_name_idx and images_by_filename_idx, or in a period by
    orders_by_period_idx and images_by_period_idx.
    """
    placed, uploaded = (
        (f"AND {PERIOD.format(at)} = {period}.starts_at" if period else "") for at in ("o.placed_at", "i.uploaded_at")
    )
    return f"""
        (SELECT o.id FROM orders o WHERE o.account_id = p.account_id AND o.number = q.search_number {placed})
        UNION ALL
        (SELECT o.id FROM orders o WHERE o.account_id = p.account_id {placed} AND {_NAMED_SO.format("o.name")} {limit})
        UNION ALL
        (
          SELECT i.order_id FROM images i
          WHERE i.account_id = p.account_id {uploaded} AND {_NAMED_SO.format("i.filename")} {limit}
        )"""
