"""Activity by plain SQL over images and rejections: the reference for the counts of days.

Nothing here is fast or serves requests: it reads every image of an account, and neither counts nor `late_at`, only the
raw facts (domain rules, section 6).
"""

from collections import defaultdict
from datetime import date
from typing import Final

from app.domain.activity.figures import ActivityFigures
from app.domain.ledger.days import closed_ledger_days, ledger_day_at
from db.connections import Statement
from db.queries.activity import ActivitySource
from db.readers import Reader

# The counts of ledger days that follow on each other, by their dates ($2) and openings ($3), as of T ($4). Reads all
# images.
ACTIVITY_REFERENCE: Final = Statement(
    "activity_reference",
    """
    WITH facts AS (
      SELECT i.uploaded_at AS at, CASE WHEN i.cancelled_at IS NULL THEN 'uploaded' ELSE 'cancelled' END AS fact, i.*
      FROM images i WHERE i.account_id = $1
      UNION ALL
      SELECT i.first_delivered_at, 'delivered', i.* FROM images i WHERE i.account_id = $1
      UNION ALL
      SELECT i.first_delivered_at, 'on_time', i.*
      FROM images i WHERE i.account_id = $1 AND i.first_delivered_at <= i.due_at
      UNION ALL
      SELECT i.due_at, 'late', i.*
      FROM images i
      WHERE i.account_id = $1 AND (i.first_delivered_at IS NULL OR i.first_delivered_at > i.due_at)
        AND (i.cancelled_at IS NULL OR i.cancelled_at > i.due_at)
      UNION ALL
      SELECT r.at, 'rejected', i.*
      FROM rejections r JOIN images i ON i.account_id = $1 AND i.id = r.image_id WHERE r.account_id = $1
    )
    SELECT ($2::date[])[width_bucket(f.at, $3::timestamptz[])] AS date, v.currency,
      count(*) FILTER (WHERE f.fact = 'uploaded') AS uploaded,
      count(*) FILTER (WHERE f.fact = 'cancelled') AS cancelled,
      count(*) FILTER (WHERE f.fact = 'delivered') AS delivered, count(*) FILTER (WHERE f.fact = 'on_time') AS on_time,
      count(*) FILTER (WHERE f.fact = 'late') AS late, count(*) FILTER (WHERE f.fact = 'rejected') AS rejected,
      (
        extract(epoch FROM coalesce(sum(f.at - f.uploaded_at) FILTER (WHERE f.fact = 'delivered'), '0')) * 1000000
      )::bigint AS lead_microseconds,
      coalesce(sum(v.milliseconds) FILTER (WHERE f.fact = 'delivered'), 0)::bigint AS saved_milliseconds,
      sum(f.price) FILTER (WHERE f.fact = 'uploaded') AS spend
    FROM facts f
    JOIN (
      SELECT v.*, (SELECT coalesce(sum((s ->> 'milliseconds')::bigint), 0) FROM jsonb_array_elements(v.steps) s)
        AS milliseconds
      FROM specification_versions v WHERE v.account_id = $1
    ) v ON v.specification_id = f.specification_id AND v.version = f.specification_version
    WHERE f.at < $4
    GROUP BY 1, 2
    """,
)


async def reference_activity(reader: Reader, of: ActivitySource) -> dict[date, ActivityFigures]:
    """Read the figures of all ledger days up to the running one, by date; days without any are left out."""
    days = [*closed_ledger_days(None, of.at, of.periods), ledger_day_at(of.at, of.periods)]
    openings = [day.opens_at for day in days]
    sums: defaultdict[date, ActivityFigures] = defaultdict(ActivityFigures)
    for record in await reader.fetch(ACTIVITY_REFERENCE, of.account_id, [day.date for day in days], openings, of.at):
        day, currency, *amounts, spend = record
        sums[day] += ActivityFigures(*amounts, spend={} if spend is None else {currency: spend})
    return dict(sums)
