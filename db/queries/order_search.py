"""Search of an account's orders: by number, and by the prefixes of names and filenames, in any case and in NFC.

Texts are stored in NFC, except for some of the first release, which have indexes of their own.

Few matches are looked at one by one. Of many, the newest may be far from the bound, and the indexes by prefix do not
know time. So time is cut into periods, and those that have orders are searched one after the other, by indexes that
begin with the period, until the page is full: few matches of a period are looked at one by one, of many some are soon
met on a walk through it. A period costs microseconds when nothing in it matches, and at most a walk through it.
"""

from typing import Final

from db.queries.order_selection import OF_KINDS, SIZE, Shape, between, ordered, walked, wanted
from db.tables.base import PERIOD, PERIOD_LENGTH

_FEW: Final = 100
"""Matches up to which all are looked at."""

# Bytewise comparison, as in the indexes by name and by filename; a LIKE with a pattern by parameter would not use them.
_STARTS: Final = "{0} ~>=~ q.search AND {0} ~<~ q.search_end"
_IS_ASCII: Final = "octet_length({0}) = length({0})"  # so it is in NFC; that takes a tenth of the time of looking it up
# The names in NFC that start so, and the others.
_NAMED_SO: Final = (
    f"({_IS_ASCII} OR {{0}} IS NFC NORMALIZED) AND {_STARTS.format('lower({0})')}",
    f"{{0}} IS NOT NFC NORMALIZED AND {_STARTS.format('lower(normalize({0}, NFC))')}",
)
_IS_NAMED_SO: Final = f"starts_with(lower(CASE WHEN {_IS_ASCII} THEN {{0}} ELSE normalize({{0}}, NFC) END), q.search)"

# For orders found on a walk. Few images that match are known by then; else those of the order are looked at, and
# neither EXISTS nor a range leads the planner to the account's filenames instead.
_MATCHING: Final = f"""
        AND (
          o.number = q.search_number OR {_IS_NAMED_SO.format("o.name")} OR CASE WHEN cardinality(f.by_image) = {_FEW}
          THEN (
            SELECT true FROM images i
            WHERE i.account_id = o.account_id AND i.order_id = o.id AND {_IS_NAMED_SO.format("i.filename")}
            LIMIT 1
          )
          ELSE o.id = ANY(f.by_image) END
        )"""
_IN_PERIOD: Final = f" AND o.placed_at >= n.starts_at AND o.placed_at < n.starts_at + {PERIOD_LENGTH}"

REST: Final = (
    "s.lower_at, s.lower_number, n.starts_at, 0",
    f"n.starts_at + {PERIOD_LENGTH}, 0, s.upper_at, s.upper_number",
)
"""The rest of the search after a period, forwards and backwards."""


def searched(shape: Shape) -> str:
    """Write the search of a page's orders, and some more; `{rest}` in it is replaced by one of REST."""
    walk = walked(shape, wanted(shape, "s") + _IN_PERIOD + _MATCHING)
    return f"""
      SELECT o.placed_at, o.number
      FROM ({_few()}) AS g
      CROSS JOIN LATERAL (
        WITH RECURSIVE periods (lower_at, lower_number, upper_at, upper_number, numbers, met) AS (
          SELECT q.lower_at, q.lower_number, q.upper_at, q.upper_number, '{{{{}}}}'::int[], 0
          UNION ALL
          SELECT {{rest}}, m.numbers, s.met + cardinality(m.numbers)
          FROM periods s
          CROSS JOIN LATERAL (
            SELECT {PERIOD.format("o.placed_at")} AS starts_at FROM ({ordered(between("s"), limit=1)}) AS o
          ) AS n
          CROSS JOIN LATERAL ({_few_of_period()}) AS f
          CROSS JOIN LATERAL (
            SELECT coalesce(array_agg(o.number), '{{{{}}}}') AS numbers FROM ({_few_or(walk, shape, "s", "f")}) AS o
          ) AS m
          WHERE s.met < {SIZE}
        )
        {_few_or("SELECT NULL::timestamptz AS placed_at, unnest(numbers) FROM periods", shape, "q", "g")}
      ) AS o"""


def matching(shape: Shape, ids: str = "", bounds: str = "q") -> str:
    """Write the query of the orders of these ids, or of all that the search finds, that match a selection.

    OFFSET 0 has each read by the primary key before the filter judges it.
    """
    found = ids or f"ARRAY({_named()} UNION ALL {_of_images()})"
    return f"""
          SELECT o.placed_at, o.number
          FROM (SELECT * FROM orders o WHERE o.account_id = p.account_id AND o.id = ANY({found}) OFFSET 0) AS o
          WHERE {wanted(shape, bounds)} {OF_KINDS}"""


def _few_or(many: str, shape: Shape, bounds: str, found: str) -> str:
    """Write the query that looks at the matches found or, if these are many, runs another one."""
    most = f"greatest(cardinality({found}.by_name), cardinality({found}.by_image))"
    return f"""
        (
          {matching(shape, f"{found}.by_name || {found}.by_image", bounds)} AND {most} BETWEEN 1 AND {_FEW - 1}
          ORDER BY o.placed_at {{desc}}, o.number {{desc}}
          LIMIT {SIZE}
        )
        UNION ALL
        (SELECT * FROM ({many}) AS o WHERE {most} = {_FEW})"""


def _few() -> str:
    """Write the query of a few orders that a search matches, by name and by image; OFFSET 0 has it run once."""
    by_name, by_image = (f"ARRAY({found} LIMIT {_FEW})" for found in (_named(), _of_images()))
    return f"SELECT {by_name} AS by_name, {by_image} AS by_image OFFSET 0"


def _few_of_period() -> str:
    """Return the query of a few matches in a period, by name and by image, each only if any period has a match."""
    by_name, by_image = (f"ARRAY({found} LIMIT {_FEW})" for found in (_named("n"), _of_images("n")))
    return f"""
      SELECT CASE WHEN g.by_name <> '{{{{}}}}' THEN {by_name} ELSE '{{{{}}}}' END AS by_name,
        CASE WHEN g.by_image <> '{{{{}}}}' THEN {by_image} ELSE '{{{{}}}}' END AS by_image
      OFFSET 0"""


def _named(period: str = "") -> str:
    """Write the query of orders by the unique key of numbers, and by their names.

    orders_by_name_idx and orders_by_old_name_idx, or orders_by_period_idx and orders_by_old_period_idx.
    """
    placed = f"AND {PERIOD.format('o.placed_at')} = {period}.starts_at" if period else ""
    return " UNION ALL ".join(
        f"SELECT o.id FROM orders o WHERE o.account_id = p.account_id {placed} AND {condition}"
        for condition in ("o.number = q.search_number", *(each.format("o.name") for each in _NAMED_SO))
    )


def _of_images(period: str = "") -> str:
    """Write the query of the orders of images by their filenames.

    images_by_filename_idx and images_by_old_filename_idx, or images_by_period_idx and images_by_old_period_idx.
    """
    uploaded = f"AND {PERIOD.format('i.uploaded_at')} = {period}.starts_at" if period else ""
    return " UNION ALL ".join(
        f"SELECT i.order_id FROM images i WHERE i.account_id = p.account_id {uploaded} AND {each.format('i.filename')}"
        for each in _NAMED_SO
    )
