"""Filling in the columns that the previous release, 0.1.0, does not write (docs/operating.md, upgrades)."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from app.domain.ledger.days import LedgerDay
from db.connections import Statement
from db.writer import Writer

# Corrects who delivered images, of orders of an account placed from an instant ($2) until another ($3), and clears
# their results, where 0.1.0 delivered them last: its events have no version of their form. It knows no results, so that
# those of a delivery before are still there. orders_by_placing_idx, events_of_order_idx and the images' primary key
# find the rows.
FILL_IN_IMAGES: Final = Statement(
    "fill_in_images",
    """
    UPDATE images SET delivered_by = d.worker, result_url = NULL, result_preview_url = NULL
    FROM (
      SELECT e.at, e.data->>'worker' AS worker, image.id::uuid AS id
      FROM orders o
      JOIN events e ON e.account_id = $1 AND e.order_id = o.id AND e.type = 'IMAGES_DELIVERED'
        AND e.withdrawn_by IS NULL AND e.import_run IS NULL AND NOT e.data ? 'version'
      CROSS JOIN LATERAL jsonb_array_elements_text(e.data->'images') AS image (id)
      WHERE o.account_id = $1 AND o.placed_at >= $2 AND o.placed_at < $3
    ) d
    WHERE images.account_id = $1 AND images.id = d.id AND images.delivered_at = d.at
      AND (images.delivered_by, images.result_url, images.result_preview_url) IS DISTINCT FROM (d.worker, NULL, NULL)
    """,
)

# Corrects the columns of orders of an account placed from an instant ($2) until another ($3), by the facts that 0.1.0
# does write: events of its commands but claims, claims and deliveries of images. The orders of this release are
# right and stay. orders_by_placing_idx, images_of_order_idx and events_of_order_idx find the rows.
FILL_IN_ORDERS: Final = Statement(
    "fill_in_orders",
    """
    WITH facts AS MATERIALIZED (
      SELECT o.id, greatest(o.updated_at, e.at) AS updated_at, i.begun_at, i.last_delivered_at, i.thumbnail_url
      FROM orders o
      CROSS JOIN LATERAL (
        SELECT max(at) AS at
        FROM events
        WHERE account_id = $1 AND order_id = o.id AND withdrawn_by IS NULL AND type IN (
          'ORDER_PLACED', 'ORDER_SPLIT', 'ORDER_EXPEDITED', 'ORDER_CANCELLED', 'ORDER_COMPLETED',
          'IMAGES_DELIVERED', 'IMAGES_REJECTED', 'DEADLINE_CONFIRMED')
      ) e
      CROSS JOIN LATERAL (
        SELECT min(coalesce(first_claimed_at, first_delivered_at)) AS begun_at,
          max(delivered_at) FILTER (WHERE status = 'DELIVERED') AS last_delivered_at,
          (array_agg(coalesce(result_preview_url, preview_url) ORDER BY number)
            FILTER (WHERE cancelled_at IS NOT DISTINCT FROM o.cancelled_at))[1] AS thumbnail_url
        FROM images
        WHERE account_id = $1 AND order_id = o.id
      ) i
      WHERE o.account_id = $1 AND o.placed_at >= $2 AND o.placed_at < $3
    )
    UPDATE orders SET updated_at = f.updated_at, begun_at = f.begun_at, last_delivered_at = f.last_delivered_at,
      thumbnail_url = f.thumbnail_url
    FROM facts f
    WHERE orders.account_id = $1 AND orders.id = f.id
      AND (orders.updated_at, orders.begun_at, orders.last_delivered_at, orders.thumbnail_url)
        IS DISTINCT FROM (f.updated_at, f.begun_at, f.last_delivered_at, f.thumbnail_url)
    """,
)


async def fill_in_orders(writer: Writer, account_id: UUID, days: Sequence[LedgerDay]) -> None:
    """Correct the orders placed in consecutive ledger days, one at least, of an account whose counters are locked.

    Their images come first: orders show their previews.
    """
    for statement in (FILL_IN_IMAGES, FILL_IN_ORDERS):
        await writer.execute(statement, account_id, days[0].opens_at, days[-1].closes_at)
