"""Reads of the rows of an account that may have texts to erase (domain rules, section 5.26).

Rows of a kind are found in the order of their keys, after a key ($3) and until `PAGE` are found. `weight` is how many
rows are erased with each. Those before an instant ($2) are found, or before their end, if they have one.
"""

from typing import Final

from db.connections import Statement
from db.queries.texts_of_events import names_worker

PAGE: Final = 1_000
FINISHED: Final = "status <> 'IN_PRODUCTION'"
"""The condition of orders that are not in production."""


def _found(name: str, table: str, key: str, rows: str, weight: str = "1") -> Statement:
    """Write the statement that finds rows of an account; the primary key."""
    return Statement(
        name,
        f"""
        SELECT {key} AS key, {weight} AS weight FROM {table}
        WHERE account_id = $1 AND {rows} AND {key} > $3
        ORDER BY {key}
        LIMIT {PAGE}
        """,
    )


# Orders placed before an instant, but for those in production, with all their images.
ORDERS: Final = _found(
    "orders_to_erase", "orders", "id", f"placed_at < $2 AND {FINISHED}", "image_count + cancelled_count"
)

# Events that concern no order, of before an instant, and answers to inquiries of before it, if they have texts beside
# them or may have some in their data.
EVENTS: Final = _found(
    "events_to_erase",
    "events",
    "sequence",
    """order_id IS NULL
        AND (at < $2 OR type = 'INQUIRY_ANSWERED' AND EXISTS (
          SELECT FROM inquiries q
          WHERE q.account_id = $1 AND q.id = (data #>> '{after,id}')::uuid AND q.created_at < $2))
        AND (texts <> '{}' OR NOT data ? 'version'
          OR type IN ('ACCOUNT_CREATED', 'ACCOUNT_RENAMED', 'SPECIFICATION_CHANGED'))""",
)

# Inquiries about no order.
INQUIRIES: Final = _found("inquiries_to_erase", "inquiries", "id", "order_id IS NULL AND created_at < $2")

# SLA versions negotiated before an instant.
SLA_VERSIONS: Final = _found("sla_versions_to_erase", "sla_versions", "version", "negotiated_at < $2")

# Specifications created before an instant, with all their versions.
SPECIFICATIONS: Final = _found("specifications_to_erase", "specifications", "id", "created_at < $2", "current_version")

# Keys of clients that were revoked or expired before an instant, and such tokens of releases before; of the latter
# all of the account are read.
API_KEYS: Final = _found("api_keys_to_erase", "api_keys", "id", "least(revoked_at, expires_at) < $2")
TOKENS: Final = _found("tokens_to_erase", "tokens", "id", "least(revoked_at, expires_at) < $2")

# Idempotency keys used before an instant.
IDEMPOTENCY_KEYS: Final = _found("idempotency_keys_to_erase", "idempotency_keys", "key", "created_at < $2")

# The number of orders placed before an instant and still in production; orders_by_kind_idx.
ORDERS_IN_PRODUCTION: Final = Statement(
    "orders_not_to_erase",
    """
    SELECT count(*) FROM orders
    WHERE account_id = $1 AND placed_at < $2 AND status = 'IN_PRODUCTION'
    """,
)

# The number of inquiries not answered yet that would be erased otherwise; inquiries_open_idx.
INQUIRIES_NOT_ANSWERED: Final = Statement(
    "inquiries_not_to_erase",
    f"""
    SELECT count(*) FROM inquiries
    WHERE account_id = $1 AND answered_at IS NULL AND (
      order_id IS NULL AND created_at < $2
      OR order_id IN (SELECT id FROM orders WHERE account_id = $1 AND placed_at < $2 AND {FINISHED}))
    """,
)

# The number of orders in production that name a worker ($2): orders_by_kind_idx, images_of_order_idx and
# events_of_order_idx.
ORDERS_OF_WORKER_IN_PRODUCTION: Final = Statement(
    "orders_of_worker_not_to_erase",
    f"""
    SELECT count(*) FROM orders o
    WHERE o.account_id = $1 AND o.status = 'IN_PRODUCTION' AND (
      EXISTS (
        SELECT FROM images i
        WHERE i.account_id = $1 AND i.order_id = o.id
          AND $2 IN (normalize(i.claimed_by, NFC), normalize(i.delivered_by, NFC)))
      OR EXISTS (
        SELECT FROM events e WHERE e.account_id = $1 AND e.order_id = o.id AND {names_worker("e", "$2")}))
    """,
)

# The number of the next event of an account, and whether its erasure before an instant ($2) is unfinished; the primary
# keys.
STATE: Final = Statement(
    "state_of_erasure",
    """
    SELECT next_event_sequence,
      EXISTS (SELECT FROM unfinished_erasures WHERE account_id = $1 AND before = $2) AS is_unfinished
    FROM account_heads WHERE account_id = $1
    """,
)

# A row if an import wrote to an account since a sequence ($2); the primary key.
IMPORTED_SINCE: Final = Statement(
    "imported_since",
    "SELECT 1 FROM events WHERE account_id = $1 AND sequence >= $2 AND import_run IS NOT NULL LIMIT 1",
)
