"""Rollups, counters and ledger days of an import equal a recount of its orders and images."""

from collections import Counter
from datetime import date, timedelta

import pytest

from app.domain.local_time import local_day, time_zone, week_start
from app.domain.pulse.rollups import GRAINS
from db.connections import Pool
from tests.support.import_files import rows, run_import
from tests.support.random_files import random_file

pytestmark = pytest.mark.parametrize("seed", range(6))

RECOUNTED_ROLLUPS = """
WITH terms AS (
  SELECT *, CASE service_level WHEN 'STANDARD' THEN 'standard' WHEN 'ADDITIONAL' THEN 'additional' ELSE 'expedited' END
    AS term FROM images
  UNION ALL
  SELECT *, CASE service_level WHEN 'EXPEDITED_PLAN' THEN 'delivery plan' ELSE 'expedited additional' END
    FROM images WHERE service_level IN ('EXPEDITED_ADDITIONAL', 'EXPEDITED_PLAN')
), facts AS (
  SELECT account_id, uploaded_at AS at, 'uploaded' AS what, 1 AS amount FROM images WHERE cancelled_at IS NULL
  UNION ALL SELECT account_id, first_delivered_at, 'delivered', 1 FROM images WHERE first_delivered_at IS NOT NULL
  UNION ALL SELECT account_id, first_delivered_at, 'rejected', 1 FROM images WHERE first_rejected_at IS NOT NULL
  UNION ALL SELECT account_id, first_delivered_at, 'lead', extract(epoch FROM first_delivered_at - uploaded_at) * 1e6
    FROM images WHERE first_delivered_at IS NOT NULL
  UNION ALL SELECT account_id, first_delivered_at, 'met ' || term, 1 FROM terms WHERE first_delivered_at <= due_at
  UNION ALL SELECT account_id, due_at, 'late ' || term, 1 FROM terms
    WHERE coalesce(first_delivered_at, cancelled_at, 'infinity') > due_at
  UNION ALL SELECT account_id, redelivered_at, 'met rejection', 1 FROM rejections WHERE redelivered_at <= due_at
  UNION ALL SELECT account_id, due_at, 'late rejection', 1 FROM rejections
    WHERE coalesce(redelivered_at, 'infinity') > due_at
  UNION ALL SELECT account_id, ended_at, 'met review', 1 FROM reviews WHERE ended_at <= due_at
  UNION ALL SELECT w.account_id, w.due_at, 'late review', 1 FROM reviews w JOIN images i
    ON i.account_id = w.account_id AND i.id = w.image_id
    WHERE coalesce(w.ended_at, i.cancelled_at, 'infinity') > w.due_at
), bucketed AS (
  SELECT account_id, date_bin(make_interval(mins => $1), at, 'epoch') AS bucket, what, amount FROM facts
)
SELECT account_id, bucket, what, sum(amount)::bigint FROM bucketed JOIN account_heads USING (account_id)
 WHERE $1 > 1 OR bucket >= minutes_since
 GROUP BY account_id, bucket, what HAVING sum(amount) <> 0 ORDER BY 1, 2, 3
"""
KEPT_ROLLUPS = """
SELECT account_id, bucket, what, amount::bigint FROM rollups CROSS JOIN LATERAL (VALUES
  ('uploaded', uploaded::bigint), ('delivered', delivered), ('rejected', rejected), ('lead', lead_microseconds),
  ('met standard', met_standard), ('met expedited', met_expedited), ('met additional', met_additional),
  ('met rejection', met_rejection), ('late standard', late_standard), ('late expedited', late_expedited),
  ('late additional', late_additional), ('late rejection', late_rejection),
  ('met expedited additional', met_expedited_additional), ('met delivery plan', met_delivery_plan),
  ('late expedited additional', late_expedited_additional), ('late delivery plan', late_delivery_plan),
  ('met review', met_review), ('late review', late_review))
  AS counts (what, amount)
WHERE grain = $1 AND amount <> 0 ORDER BY 1, 2, 3
"""
WRONG_ORDERS = """
SELECT o.number FROM orders o CROSS JOIN LATERAL (
  SELECT count(*) AS images, min(position) AS first, max(position) AS last,
         min(expedite_position) AS first_expedite, max(expedite_position) AS last_expedite, sum(price) AS price,
         count(*) FILTER (WHERE status = 'DELIVERED') AS delivered, count(rejected_at) AS rejected,
         max(delivered_at) AS delivered_at
    FROM images i WHERE i.account_id = o.account_id AND i.order_id = o.id
     AND i.cancelled_at IS NOT DISTINCT FROM o.cancelled_at) AS own
  CROSS JOIN LATERAL (
  SELECT count(*) AS images, min(late_at) AS late_at, min(coalesce(first_claimed_at, first_delivered_at)) AS begun_at
    FROM images i WHERE i.account_id = o.account_id AND i.order_id = o.id) AS every
WHERE (o.image_count, o.first_position, o.last_position, o.delivered_count, o.rejected_count, o.price)
      <> (own.images, own.first, own.last, own.delivered, own.rejected, own.price)
   OR o.cancelled_count <> every.images - own.images
   OR o.late_at IS DISTINCT FROM every.late_at
   OR o.begun_at IS DISTINCT FROM every.begun_at
   OR o.first_expedite_position IS DISTINCT FROM own.first_expedite
   OR o.last_expedite_position IS DISTINCT FROM own.last_expedite
   OR o.delivered_at IS DISTINCT FROM CASE WHEN own.delivered = own.images THEN own.delivered_at END
   OR o.status <> CASE WHEN o.cancelled_at IS NOT NULL THEN 'CANCELLED'
                       WHEN own.delivered = own.images THEN 'READY_FOR_DOWNLOAD' ELSE 'IN_PRODUCTION' END
"""
WRONG_IMAGES = """
SELECT i.filename FROM images i JOIN orders o ON o.account_id = i.account_id AND o.id = i.order_id
  CROSS JOIN LATERAL (
    SELECT min(at) AS first_at, max(at) FILTER (WHERE redelivered_at IS NULL) AS open_at,
           max(due_at) FILTER (WHERE redelivered_at IS NULL) AS redo_due_at
      FROM rejections r WHERE r.account_id = i.account_id AND r.image_id = i.id) AS own
WHERE (i.service_level, i.uploaded_at, i.specification_id) <> (o.service_level, o.placed_at, o.specification_id)
   OR i.due_at <> o.due_at AND NOT coalesce(i.due_at = o.kept_due_at AND i.first_delivered_at < o.confirmed_at, false)
      AND NOT coalesce(i.cancelled_at < greatest(o.confirmed_at, o.expedited_at), false)
   OR i.late_at IS DISTINCT FROM
      CASE WHEN coalesce(i.first_delivered_at, i.cancelled_at, 'infinity') > i.due_at THEN i.due_at END
   OR i.rejected_at IS DISTINCT FROM own.open_at
   OR i.redo_due_at IS DISTINCT FROM own.redo_due_at
   OR i.first_rejected_at IS DISTINCT FROM own.first_at
"""
RECOUNTED_DAYS = """
SELECT d.account_id, d.date,
  (SELECT count(*) FROM images i WHERE i.account_id = d.account_id
     AND i.uploaded_at >= d.opens_at AND i.uploaded_at < d.closes_at
     AND NOT coalesce(i.cancelled_at < d.closes_at, false)),
  (SELECT count(*) FROM images i JOIN orders o ON o.account_id = i.account_id AND o.id = i.order_id
     WHERE i.account_id = d.account_id AND i.expedite_position IS NOT NULL
     AND o.expedited_at >= d.opens_at AND o.expedited_at < d.closes_at
     AND NOT coalesce(i.cancelled_at < d.closes_at, false))
FROM ledger_days d ORDER BY 1, 2
"""


async def test_rollups_are_the_counts_of_images_rejections_and_reviews(pool: Pool, seed: int) -> None:
    await run_import(pool, random_file(seed), chunk_lines=9)
    for grain in GRAINS:
        kept = await rows(pool, KEPT_ROLLUPS, grain)
        assert kept == await rows(pool, RECOUNTED_ROLLUPS, grain)
        assert {"met review", "late review"} <= {counted for _, _, counted, _ in kept}


async def test_savings_are_the_images_delivered_of_each_specification(pool: Pool, seed: int) -> None:
    await run_import(pool, random_file(seed), chunk_lines=9)
    kept = """
        SELECT grain, bucket, specification_id, images FROM savings_rollups WHERE images <> 0 ORDER BY 1, 2, 3"""
    recounted = """
        SELECT grain, bucket, specification_id, count(*) FROM images JOIN account_heads USING (account_id)
         CROSS JOIN unnest($1::int[]) AS grain
         CROSS JOIN LATERAL date_bin(make_interval(mins => grain), first_delivered_at, 'epoch') AS bucket
         WHERE grain > 1 AND bucket IS NOT NULL OR bucket >= minutes_since GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"""
    assert await rows(pool, kept) == await rows(pool, recounted, list(GRAINS))


async def test_weeks_are_those_of_the_zone_in_force_now(pool: Pool, seed: int) -> None:
    await run_import(pool, random_file(seed), chunk_lines=9)
    uploads = await rows(
        pool,
        """
        SELECT a.ref, a.time_zone, i.uploaded_at FROM images i JOIN accounts a ON a.id = i.account_id
         WHERE i.cancelled_at IS NULL""",
    )
    weeks: Counter[tuple[str, date]] = Counter(
        (ref, week_start(local_day(uploaded_at, time_zone(zone)))) for ref, zone, uploaded_at in uploads
    )
    query = "SELECT ref, week, images FROM upload_weeks w JOIN accounts a ON a.id = w.account_id WHERE images <> 0"
    assert {(ref, week): images for ref, week, images in await rows(pool, query)} == weeks


async def test_orders_agree_with_their_images(pool: Pool, seed: int) -> None:
    await run_import(pool, random_file(seed), chunk_lines=9)
    assert await rows(pool, WRONG_ORDERS) == []
    assert await rows(pool, WRONG_IMAGES) == []


async def test_the_ledger_has_the_use_that_was_not_released(pool: Pool, seed: int) -> None:
    await run_import(pool, random_file(seed), chunk_lines=9)
    kept = await rows(pool, "SELECT account_id, date, used, expedite_used FROM ledger_days ORDER BY 1, 2")
    assert kept == await rows(pool, RECOUNTED_DAYS)
    gaps = await rows(
        pool,
        """
        SELECT l.date FROM (SELECT *, lead(opens_at) OVER (PARTITION BY account_id ORDER BY date) AS next
                              FROM ledger_days) AS l WHERE l.closes_at > l.next""",
    )
    assert gaps == []


async def test_numbers_have_no_gaps_and_counters_are_ahead_of_all_rows(pool: Pool, seed: int) -> None:
    await run_import(pool, random_file(seed), chunk_lines=9)
    counters = await rows(
        pool,
        """
        SELECT h.next_order_number, count(o), max(o.number), h.last_at - greatest(
                 (SELECT max(at) FROM events e WHERE e.account_id = h.account_id),
                 (SELECT max(at) FROM operations p WHERE p.account_id = h.account_id)),
               h.next_event_sequence - (SELECT max(sequence) FROM events e WHERE e.account_id = h.account_id)
          FROM account_heads h JOIN orders o ON o.account_id = h.account_id GROUP BY h.account_id""",
    )
    assert len(counters) == 2
    for next_number, count, last_number, ahead, free_sequences in counters:
        assert next_number == count + 1 == last_number + 1
        assert ahead == timedelta(0)
        assert free_sequences == 1
