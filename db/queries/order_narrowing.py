"""Selections of an account's orders by number, reference, update or delivery, by an index if there are few matches.

Fewer than 1,000 matches are all read and sorted. Of 1,000 or more, the walk from the bound soon meets some: the orders
placed last are the ones updated last, and none is placed after its delivery.
"""

from typing import Final

from db.queries.order_search import matching
from db.queries.order_selection import SIZE, Shape, walked, wanted
from db.tables.orders import UPDATED_AT

_TOO_MANY: Final = 1_000
"""The number of matches from which on they are not all read."""

_DELIVERED: Final = """o.delivered_at >= coalesce(q.delivered_from, '-infinity'::timestamptz)
            AND o.delivered_at < coalesce(q.delivered_before, 'infinity'::timestamptz)"""


def narrowed(shape: Shape) -> str:
    """Write the query of a page's orders, and some more, by the first index that narrows the selection."""
    return f"""
      SELECT o.placed_at, o.number
      FROM (SELECT {found(limit=_TOO_MANY)} AS ids OFFSET 0) AS f
      CROSS JOIN LATERAL (
        (
          {matching(shape, "f.ids")} AND cardinality(f.ids) BETWEEN 1 AND {_TOO_MANY - 1}
          ORDER BY o.placed_at {{desc}}, o.number {{desc}}
          LIMIT {SIZE}
        )
        UNION ALL
        (SELECT * FROM ({walked(shape, wanted(shape))}) AS o WHERE cardinality(f.ids) = {_TOO_MANY})
      ) AS o"""


def found(limit: int | None = None) -> str:
    """Write the array of the ids of an account's orders, by one of the indexes; the others are left unread.

    The unique key of numbers, orders_by_reference_key, orders_by_update_idx or orders_by_delivery_idx.
    """
    updated = UPDATED_AT.format("o.")
    return f"""CASE
          WHEN q.number IS NOT NULL THEN {_ids("o.number = q.number", "", limit)}
          WHEN q.external_reference IS NOT NULL THEN {_ids("o.external_reference = q.external_reference", "", limit)}
          WHEN q.updated_from IS NOT NULL THEN {_ids(f"{updated} >= q.updated_from", updated, limit)}
          ELSE {_ids(_DELIVERED, "o.delivered_at", limit)} END"""


def _ids(condition: str, order: str, limit: int | None) -> str:
    """Write the array of the ids of the account's orders that fulfil a condition; the order leads to its index."""
    ordered = f"ORDER BY o.account_id, {order}" if order else ""
    limited = "" if limit is None else f"LIMIT {limit}"
    return f"ARRAY(SELECT o.id FROM orders o WHERE o.account_id = p.account_id AND {condition} {ordered} {limited})"
