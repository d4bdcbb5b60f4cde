"""Reads of an import, each for many accounts at once."""

from typing import Final

from db.columns import selected
from db.connections import Statement
from db.queries.accounts import HISTORY, HISTORY_COLUMNS
from db.tables.accounts import AccountCounters

_COUNTERS: Final = selected(AccountCounters, "h", but=("account_id", "import_run", "import_from"))

# Accounts of these refs with their counters, zones and SLA versions; the unique index on ref and primary keys.
COUNTERS_BY_REF: Final = Statement(
    "counters_by_ref",
    f"""
    SELECT a.id, a.ref, a.closed_at, {_COUNTERS}, {HISTORY_COLUMNS}
      FROM accounts a JOIN account_heads h ON h.account_id = a.id
      {HISTORY.format("h.account_id")}
     WHERE a.ref = ANY($1::text[])
    """,
)

# The number of events of an account from a sequence on that are of some types, or of others, after an instant and of no
# import; the primary key.
HARMLESS_EVENTS_FROM: Final = Statement(
    "harmless_events_from",
    """
    SELECT count(*) AS events FROM events
     WHERE account_id = $1 AND sequence >= $2
       AND (type = ANY($3::text[]) OR (type = ANY($4::text[]) AND at > $5 AND import_run IS NULL))
    """,
)

# The accounts that imports opened and of which they have no dated line; the primary key finds the few other lines.
ONLY_OPENED: Final = Statement(
    "accounts_only_opened",
    """
    SELECT account_id FROM import_lines
     WHERE account_id = ANY($1::uuid[]) AND kind <> 'specification'
     GROUP BY account_id HAVING bool_and(kind = 'account')
    """,
)

# The ledger days in use of accounts that close after an instant of each; the primary key finds them. A day may last for
# weeks when the zone keeps changing, so that its date bounds nothing. Unused ones follow from zones and terms: a reset
# may have opened them by other zones and terms than those of the file.
LEDGER_DAYS: Final = Statement(
    "ledger_days_of_accounts",
    """
    SELECT d.account_id, d.date, d.opens_at, d.closes_at, d.sla_version,
           d.capacity, d.used, d.expedite_capacity, d.expedite_used
      FROM unnest($1::uuid[], $2::timestamptz[]) AS asked (account_id, since)
      JOIN ledger_days d ON d.account_id = asked.account_id AND d.closes_at > asked.since
       AND (d.used > 0 OR d.expedite_used > 0)
     ORDER BY d.account_id
    """,
)

# The imported lines with these keys; the primary key finds them.
IMPORT_LINES: Final = Statement(
    "import_lines_by_key",
    """
    SELECT l.account_id, l.kind, l.ref, l.digest, l.subject_id
      FROM unnest($1::uuid[], $2::text[], $3::text[]) AS asked (account_id, kind, ref)
      JOIN import_lines l ON l.account_id = asked.account_id AND l.kind = asked.kind AND l.ref = asked.ref
    """,
)

# Specifications by the refs of their lines, in all versions, oldest first; the primary keys.
SPECIFICATIONS_BY_REF: Final = Statement(
    "specifications_by_ref",
    """
    SELECT l.account_id, l.ref, v.created_at, s.archived_at,
           v.specification_id, v.version, v.price_per_image, v.currency, v.steps
      FROM unnest($1::uuid[], $2::text[]) AS asked (account_id, ref)
      JOIN import_lines l ON l.account_id = asked.account_id AND l.kind = 'specification' AND l.ref = asked.ref
      JOIN specifications s ON s.account_id = l.account_id AND s.id = l.subject_id
      JOIN specification_versions v ON v.account_id = s.account_id AND v.specification_id = s.id
     ORDER BY v.version
    """,
)

# The orders of lines, with those split from them, from these and so on: at placement, by expedites and into portions.
# The primary key finds the first, orders_by_split_idx the others.
ORDERS_BY_REF: Final = Statement(
    "orders_by_ref",
    """
    WITH RECURSIVE found AS (
      SELECT l.account_id, l.ref, l.subject_id AS id
        FROM unnest($1::uuid[], $2::text[]) AS asked (account_id, ref)
        JOIN import_lines l ON l.account_id = asked.account_id AND l.kind = 'order' AND l.ref = asked.ref
      UNION ALL
      SELECT o.account_id, found.ref, o.id
        FROM found JOIN orders o ON o.account_id = found.account_id AND o.split_from = found.id)
    SELECT account_id, ref, id FROM found
    """,
)

# Orders with a rejection from an instant on; rejections_by_at_idx and the images' primary key find them.
REJECTED_ORDERS: Final = Statement(
    "orders_rejected_since",
    """
    SELECT DISTINCT i.account_id, i.order_id AS id
      FROM unnest($1::uuid[], $2::timestamptz[]) AS asked (account_id, since)
      JOIN rejections r ON r.account_id = asked.account_id AND r.at >= asked.since
      JOIN images i ON i.account_id = r.account_id AND i.id = r.image_id
    """,
)

_EVENT_COLUMNS: Final = "e.account_id, e.sequence, e.at, e.type, e.order_id, e.image_id, e.data, e.texts, e.import_run"

# The events, not withdrawn, of images of orders after an instant; events_of_order_idx. A batch amends orders of many
# accounts, so they are read together.
EVENTS_OF_ORDERS: Final = Statement(
    "events_of_amended_orders",
    f"""
    SELECT {_EVENT_COLUMNS}
      FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) AS a (account_id, order_id, at)
      JOIN events e ON e.account_id = a.account_id AND e.order_id = a.order_id AND e.at > a.at
     WHERE e.type = ANY($4::text[]) AND e.withdrawn_by IS NULL
     ORDER BY e.account_id, e.sequence
    """,
)

# The events, not withdrawn, of the openings of accounts; events_of_order_idx, as they are of no order. A batch may open
# many accounts.
EVENTS_OF_OPENINGS: Final = Statement(
    "events_of_openings",
    f"""
    SELECT {_EVENT_COLUMNS}
      FROM unnest($1::uuid[], $2::timestamptz[]) AS b (account_id, at)
      JOIN events e ON e.account_id = b.account_id AND e.order_id IS NULL AND e.at = b.at
     WHERE e.type IN ('ACCOUNT_CREATED', 'SPECIFICATION_CHANGED') AND e.withdrawn_by IS NULL
     ORDER BY e.account_id, e.sequence
    """,
)
