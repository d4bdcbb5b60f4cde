"""Reads of the watch over deadlines and reviews: orders to look at, and recorded events (domain rules, section 3)."""

from typing import Final

from db.connections import Statement

DEADLINES_PAGE: Final = 500
"""Deadlines that are looked at in one transaction."""

# Deadlines from a bound on that may need an alert in the time from $4 to $5: missed ones; those that became at
# risk, by time ($6 is the first deadline that was not at risk by $4, $7 is $5 with the lead, $8 the lead
# in seconds, since an interval of days would ask for a zone) or by being set so late, with an image that was open then:
# an order that is all delivered may have lost one to a sibling or by a cancellation; and those that replaced a later
# one, which may have been at risk before. Reviews that were missed by $5, open and ended ones, with the orders that had
# their images before, three at most: an image leaves one with a portion, with an expedite, and with a portion of its
# plan. orders_by_deadline_idx, rejections_by_deadline_idx, all_orders_by_review_idx and reviews_missed_idx, from the
# bound on; primary keys, images_of_order_idx and orders_by_split_idx for the rest. LIMITs by number keep the planner to
# these.
_DEADLINES: Final = f"""
    SELECT due_at, account_id, id, order_id, image_count, origins
    FROM (
      (
        SELECT o.due_at, o.account_id, o.id, o.id AS order_id, o.image_count, '{{{{}}}}'::uuid[] AS origins
        FROM orders o
        WHERE (o.due_at, o.account_id, o.id) > ($1, $2, $3) AND o.due_at < $7 {{of_orders}} AND (
          o.due_at < $5 AND o.late_at IS NOT NULL
          OR o.kept_due_at - make_interval(secs => $8) < o.confirmed_at AND o.confirmed_at >= $4
          OR o.revised_at >= $4
          OR o.expedited_at > o.placed_at AND o.expedited_at >= $4
          OR (o.due_at >= $6 OR greatest(o.placed_at, o.expedited_at, o.confirmed_at, o.revised_at) >= $4) AND (
            coalesce(o.delivered_at, o.cancelled_at, 'infinity') > o.due_at - make_interval(secs => $8)
            OR o.cancelled_count > 0 AND EXISTS (
              SELECT FROM images i
              WHERE i.account_id = o.account_id AND i.order_id = o.id
                AND i.cancelled_at > o.due_at - make_interval(secs => $8))
            OR EXISTS (
              SELECT FROM orders s
              WHERE s.account_id = o.account_id AND s.split_from = o.id AND s.split_from IS NOT NULL
                AND s.expedited_at > o.due_at - make_interval(secs => $8))))
        ORDER BY o.due_at, o.account_id, o.id
        LIMIT {DEADLINES_PAGE}
      )
      UNION ALL
      (
        SELECT r.due_at, r.account_id, r.id, i.order_id, o.image_count, '{{{{}}}}'::uuid[]
        FROM rejections r
        JOIN images i ON i.account_id = r.account_id AND i.id = r.image_id
        JOIN orders o ON o.account_id = i.account_id AND o.id = i.order_id
        WHERE (r.due_at, r.account_id, r.id) > ($1, $2, $3) AND r.due_at < $7 {{of_rejections}} AND (
          r.due_at < $5 AND r.late_at IS NOT NULL
          OR (r.due_at >= $6 OR r.at >= $4)
            AND coalesce(r.redelivered_at, 'infinity') > r.due_at - make_interval(secs => $8))
        ORDER BY r.due_at, r.account_id, r.id
        LIMIT {DEADLINES_PAGE}
      )
      UNION ALL
      (
        SELECT w.due_at, w.account_id, w.id, o.id,
          o.image_count + coalesce(p.image_count, 0) + coalesce(q.image_count, 0) + coalesce(r.image_count, 0),
          ARRAY[p.id, q.id, r.id]
        FROM (
          (
            SELECT w.review_by AS due_at, w.account_id, w.id, w.id AS order_id, NULL::uuid AS image_id
            FROM orders w
            WHERE (w.review_by, w.account_id, w.id) > ($1, $2, $3) AND w.review_by < $5 {{of_reviews}}
            ORDER BY w.review_by, w.account_id, w.id
            LIMIT {DEADLINES_PAGE}
          )
          UNION ALL
          (
            SELECT w.due_at, w.account_id, w.image_id, NULL, w.image_id
            FROM reviews w
            WHERE (w.due_at, w.account_id, w.image_id) > ($1, $2, $3) AND w.due_at < $5 AND w.late_at IS NOT NULL
              {{of_reviews}}
            ORDER BY w.due_at, w.account_id, w.image_id
            LIMIT {DEADLINES_PAGE}
          )
        ) AS w
        LEFT JOIN images i ON i.account_id = {{account}} AND i.id = w.image_id
        JOIN orders o ON o.account_id = {{account}} AND o.id = coalesce(w.order_id, i.order_id)
        LEFT JOIN orders p ON p.account_id = {{account}} AND p.id = o.split_from
        LEFT JOIN orders q ON q.account_id = {{account}} AND q.id = p.split_from
        LEFT JOIN orders r ON r.account_id = {{account}} AND r.id = q.split_from
      )
    ) AS d
    ORDER BY due_at, account_id, id
    LIMIT {DEADLINES_PAGE}
"""

_NOT_WAITING: Final = """AND NOT EXISTS (
          SELECT FROM job_cursors c
          WHERE c.account_id = {0}.account_id AND c.job = $10 AND c.retry_at > $5 AND c.retry_at <= $9)"""

# Those of all accounts except postponed ones, until $9 at most: these have rescan requests.
DEADLINES: Final = Statement(
    "deadlines_to_watch",
    _DEADLINES.format(
        of_orders=_NOT_WAITING.format("o"),
        of_rejections=_NOT_WAITING.format("r"),
        of_reviews=_NOT_WAITING.format("w"),
        account="w.account_id",
    ),
    many="the watch looks at the deadlines of all accounts",
)

# Those of one account.
DEADLINES_OF_ACCOUNT: Final = Statement(
    "deadlines_of_account_to_watch",
    _DEADLINES.format(
        of_orders="AND o.account_id = $9",
        of_rejections="AND r.account_id = $9",
        of_reviews="AND w.account_id = $9",
        account="$9",
    ),
)

# The events of orders of an account that set or concern deadlines, unless withdrawn, and of siblings split off them;
# events_of_order_idx. Events of all images of an order are not read.
EVENTS_OF_DEADLINES: Final = Statement(
    "events_of_deadlines",
    """
    SELECT e.account_id, e.order_id, e.type, e.at,
      e.data #>> '{after,kind}' AS kind, (e.data #>> '{after,dueAt}')::timestamptz AS due_at,
      CASE WHEN e.type = 'ORDER_SPLIT' THEN e.data -> 'into' END AS into_orders
    FROM events e
    WHERE e.account_id = $1 AND e.order_id = ANY($2::uuid[]) AND e.withdrawn_by IS NULL AND e.type IN (
      'ORDER_PLACED', 'ORDER_SPLIT', 'ORDER_EXPEDITED', 'DEADLINE_CONFIRMED', 'DEADLINE_REVISED',
      'DEADLINE_AT_RISK', 'DEADLINE_MISSED', 'REVIEW_OVERDUE')
    """,
)

ALERTS_PAGE: Final = 500

# The alerts of an account at or after an instant that were not withdrawn, from a bound on: events_of_order_idx, all of
# the account from there, and the primary key of orders.
ALERTS_SINCE: Final = Statement(
    "alerts_since",
    f"""
    SELECT e.sequence, e.at, e.type, e.order_id, e.image_id, e.data,
      o.image_count
    FROM events e
    JOIN orders o ON o.account_id = e.account_id AND o.id = e.order_id
    WHERE e.account_id = $1 AND (e.order_id, e.at, e.sequence) > ($2, $3, $4) AND e.at >= $5
      AND e.type IN ('DEADLINE_AT_RISK', 'DEADLINE_MISSED', 'REVIEW_OVERDUE') AND e.withdrawn_by IS NULL
    ORDER BY e.order_id, e.at, e.sequence
    LIMIT {ALERTS_PAGE}
    """,
)

# Rescan requests that are due at an instant, and those that wait longer than possible, by a clock that went ahead;
# job_cursors_due_idx.
RESCAN_REQUESTS: Final = Statement(
    "rescan_requests",
    """
    SELECT account_id, due_at, retry_at, imported FROM job_cursors
    WHERE job = $3 AND (retry_at IS NULL OR retry_at <= $1 OR retry_at > $2)
    ORDER BY due_at, account_id
    """,
    many="the watch looks for rescan requests",
)

# How often the watch failed at an account; the primary key.
FAILED_ATTEMPTS: Final = Statement(
    "failed_watches", "SELECT attempts FROM job_cursors WHERE account_id = $1 AND job = $2"
)
