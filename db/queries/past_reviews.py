"""Reads of the reviews of orders that the previous release, 0.1.0, does not write (docs/operating.md, upgrades)."""

from typing import Final

from db.columns import columns_of
from db.connections import Statement
from db.tables.reviews import Review

# The orders of an account placed from an instant ($2) until another ($3) with an image whose reviews may be others than
# the stored ones: that is open or not, unlike its deadline; that lacks the one which began at its placing beyond the
# guarantee; that lacks the one at the plan level; or that has one open there, which may have begun at its placing.
# orders_by_placing_idx, images_of_order_idx, events_of_order_idx and primary keys; a join might read all images.
ORDERS_TO_REVIEW: Final = Statement(
    "orders_to_review",
    """
    SELECT o.id AS order_id, o.image_count
    FROM orders o
    LEFT JOIN ledger_days d ON d.account_id = $1 AND d.opens_at <= o.placed_at AND d.closes_at > o.placed_at
    WHERE o.account_id = $1 AND o.placed_at >= $2 AND o.placed_at < $3 AND o.service_level <> 'STANDARD' AND (
      SELECT bool_or(
        (i.review_by IS NOT NULL) <> (o.deadline_status <> 'CONFIRMED' AND i.first_delivered_at IS NULL
          AND i.cancelled_at IS NULL)
        OR i.position > d.capacity AND (i.review_by IS NULL OR i.due_at IS NOT NULL)
          AND (o.expedited_at IS DISTINCT FROM o.placed_at OR EXISTS (
            SELECT FROM events e WHERE e.account_id = $1 AND e.order_id = o.id AND e.type = 'ORDER_EXPEDITED'))
          AND NOT EXISTS (
            SELECT FROM reviews w WHERE w.account_id = $1 AND w.image_id = i.id AND w.begun_at = o.placed_at)
        OR o.service_level = 'EXPEDITED_PLAN' AND i.expedite_position IS NOT NULL AND i.review_by IS NULL
          AND NOT EXISTS (
            SELECT FROM reviews w
            WHERE w.account_id = $1 AND w.image_id = i.id
              AND (w.begun_at = o.expedited_at OR coalesce(w.ended_at, 'infinity') > o.expedited_at))
        OR o.expedited_at > o.placed_at AND i.review_by IS NOT NULL AND i.due_at IS NULL)
      FROM images i
      WHERE i.account_id = $1 AND i.order_id = o.id)
    """,
)

# The deadlines that staff set and the expedites of images of placements of an account, at these instants, in order, by
# events that were not withdrawn: orders_by_placing_idx and events_of_order_idx. They name the images.
PAST_CHANGES: Final = Statement(
    "past_changes_of_images",
    """
    SELECT coalesce(c.image ->> 'id', c.image #>> '{}')::uuid AS image_id, e.at,
      e.type = 'ORDER_EXPEDITED' AS is_expedite
    FROM orders o
    JOIN events e ON e.account_id = $1 AND e.order_id = o.id
    CROSS JOIN LATERAL jsonb_array_elements(e.data -> 'images') AS c (image)
    WHERE o.account_id = $1 AND o.placed_at = ANY($2::timestamptz[])
      AND e.type IN ('DEADLINE_CONFIRMED', 'ORDER_EXPEDITED') AND e.withdrawn_by IS NULL
    ORDER BY e.at, e.sequence
    """,
)

# The ended reviews of images of an account as they are stored, in order; the primary key.
ENDED_REVIEWS: Final = Statement(
    "ended_reviews",
    f"""
    SELECT {", ".join(columns_of(Review))}
    FROM reviews
    WHERE account_id = $1 AND image_id = ANY($2::uuid[])
    ORDER BY image_id, number
    """,
)
