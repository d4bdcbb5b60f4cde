"""The part of the statement of figures that reads rows without rollups: open reviews, and inquiries."""

from typing import Final

# Counts open reviews by their orders: orders_by_review_idx. All images of one that are neither delivered nor cancelled
# have one with the same promise; the release before, 0.1.0, leaves it when it sets the deadline or cancels the order.
# Counts inquiries by inquiries_met_idx and inquiries_missed_idx.
ROWS_WITHOUT_ROLLUPS: Final = """
      SELECT a.request, r.part, 'late_review', r.images, NULL::uuid, NULL::int
      FROM asked a
      CROSS JOIN LATERAL (
        SELECT
          sum(image_count - delivered_count - rejected_count) FILTER (WHERE review_by < a.current_start) AS previous,
          sum(image_count - delivered_count - rejected_count)
            FILTER (WHERE review_by >= a.current_start AND review_by < a.at) AS current,
          sum(image_count - delivered_count - rejected_count) FILTER (WHERE review_by >= a.at) AS coming
        FROM orders
        WHERE account_id = a.account_id AND review_by >= a.previous_start AND review_by < 'infinity'
          AND deadline_status <> 'CONFIRMED' AND cancelled_at IS NULL
        GROUP BY account_id
      ) o
      CROSS JOIN LATERAL (VALUES
        ('previous_days', o.previous), ('current_days', o.current), ('coming_days', o.coming)
      ) AS r (part, images)
      UNION ALL
      SELECT a.request, 'current_days', i.figure, i.inquiries, NULL, NULL
      FROM asked a
      CROSS JOIN LATERAL (
        SELECT 'met_inquiry' AS figure, count(*) AS inquiries
        FROM inquiries
        WHERE account_id = a.account_id AND answered_at >= a.current_start AND answered_at < a.at
          AND answered_at <= due_at
        GROUP BY account_id
        UNION ALL
        SELECT 'missed_inquiry', count(*)
        FROM inquiries
        WHERE account_id = a.account_id AND due_at >= a.current_start AND due_at < a.at
          AND (answered_at IS NULL OR answered_at > due_at)
        GROUP BY account_id
        UNION ALL
        SELECT 'open_inquiry', count(*)
        FROM inquiries
        WHERE account_id = a.account_id AND due_at >= a.at AND due_at < 'infinity' AND answered_at IS NULL
        GROUP BY account_id
      ) i"""
