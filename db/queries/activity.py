"""The activity of an account, from the counts of its closed ledger days and from those of the days since.

Closed ledger days have rows in `activity_days`, up to `account_heads.activity_until`. The running day is read from the
rollups by hour, and by minute up to its first full hour. Days that closed since, which the job at midnight has not
rolled up yet, are read from the rows of their facts; so is a running day that no rollup fits. `activity_reference` is
the plain form, which tests compare.
"""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from app.domain.activity.buckets import Bucket, bucket_date
from app.domain.activity.enums import Grain
from app.domain.activity.figures import AMOUNTS, ActivityFigures
from app.domain.ledger.days import LedgerDay, ZonePeriod, closed_ledger_days, first_ledger_day, ledger_day_at
from app.domain.pulse.rollups import HOUR, MINUTE, minutes_kept_since
from db.connections import Record, Statement
from db.readers import Reader

ACTIVITY_UNTIL: Final = (
    "CASE WHEN {0}.activity_sequence = {0}.next_event_sequence THEN {0}.activity_until END AS activity_until"
)
"""The instant up to which ledger days have their rows, of counters {0}; null if an older release wrote since."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ONE_HOUR: Final = timedelta(hours=1)

MILLISECONDS: Final = """(
          SELECT coalesce(sum((step ->> 'milliseconds')::bigint), 0) FROM jsonb_array_elements(v.steps) AS s (step)
        )"""
"""The retouching time of an image of a specification version `v`."""

SUMS: Final = f"""
    SELECT f.date, v.currency, sum(f.uploaded)::int AS uploaded, sum(f.cancelled)::int AS cancelled,
      sum(f.delivered)::int AS delivered, sum(f.on_time)::int AS on_time, sum(f.late)::int AS late,
      sum(f.rejected)::int AS rejected, sum(f.lead_microseconds)::bigint AS lead_microseconds,
      sum(f.delivered * v.milliseconds)::bigint AS saved_milliseconds, sum(f.spend) AS spend
    FROM facts f
    CROSS JOIN LATERAL (
      SELECT v.currency, {MILLISECONDS} AS milliseconds
      FROM specification_versions v
      WHERE v.account_id = $1 AND v.specification_id = f.specification_id AND v.version = f.version
    ) v
    GROUP BY f.date, v.currency
"""
"""The sums of `facts` of an account ($1) by day and currency, in the order of the columns of `activity_days`."""

# Days ($2) from their openings until their closings, by specification version, from the rows of their facts: grouping,
# in the order of its index, keeps each lateral subquery a probe of one range of images_uploaded_idx,
# images_delivered_idx, images_late_idx and rejections_by_at_idx.
FACTS_OF_DAYS: Final = """
    WITH days AS MATERIALIZED (
      SELECT * FROM unnest($2::date[], $3::timestamptz[], $4::timestamptz[]) AS d (date, opens_at, closes_at)
    ), facts AS (
      SELECT d.date, i.specification_id, i.version, i.uploaded, i.cancelled, 0 AS delivered, 0 AS on_time, 0 AS late,
        0 AS rejected, 0 AS lead_microseconds, i.spend
      FROM days d
      CROSS JOIN LATERAL (
        SELECT specification_id, specification_version AS version,
          count(*) FILTER (WHERE cancelled_at IS NULL) AS uploaded, count(cancelled_at) AS cancelled,
          coalesce(sum(price) FILTER (WHERE cancelled_at IS NULL), 0) AS spend
        FROM images
        WHERE account_id = $1 AND uploaded_at >= d.opens_at AND uploaded_at < d.closes_at
        GROUP BY account_id, specification_id, specification_version
      ) i
      UNION ALL
      SELECT d.date, i.specification_id, i.version, 0, 0, i.delivered, i.on_time, 0, 0, i.lead_microseconds, 0
      FROM days d
      CROSS JOIN LATERAL (
        SELECT specification_id, specification_version AS version, count(*) AS delivered,
          count(*) FILTER (WHERE first_delivered_at <= due_at) AS on_time,
          extract(epoch FROM sum(first_delivered_at - uploaded_at)) * 1000000 AS lead_microseconds
        FROM images
        WHERE account_id = $1 AND first_delivered_at >= d.opens_at AND first_delivered_at < d.closes_at
          AND coalesce(first_delivered_at <= due_at, false) IN (true, false)
        GROUP BY account_id, specification_id, specification_version
      ) i
      UNION ALL
      SELECT d.date, i.specification_id, i.version, 0, 0, 0, 0, i.late, 0, 0, 0
      FROM days d
      CROSS JOIN LATERAL (
        SELECT specification_id, specification_version AS version, count(*) AS late
        FROM images
        WHERE account_id = $1 AND late_at >= d.opens_at AND late_at < d.closes_at
          AND service_level IN ('STANDARD', 'ADDITIONAL', 'EXPEDITED', 'EXPEDITED_ADDITIONAL', 'EXPEDITED_PLAN')
        GROUP BY account_id, specification_id, specification_version
      ) i
      UNION ALL
      SELECT d.date, i.specification_id, i.specification_version, 0, 0, 0, 0, 0, 1, 0, 0
      FROM days d
      CROSS JOIN LATERAL (
        SELECT image_id FROM rejections WHERE account_id = $1 AND at >= d.opens_at AND at < d.closes_at ORDER BY at
      ) r
      JOIN images i ON i.account_id = $1 AND i.id = r.image_id
    )"""

ACTIVITY_OF_DAYS: Final = Statement("activity_of_days", FACTS_OF_DAYS + SUMS)

# The sums of closed ledger days by day, week or month ($4) and currency: the primary key.
ACTIVITY_OF_CLOSED_DAYS: Final = Statement(
    "activity_of_closed_days",
    """
    SELECT date_trunc($4, date::timestamp)::date AS date, currency, sum(uploaded)::int AS uploaded,
      sum(cancelled)::int AS cancelled, sum(delivered)::int AS delivered, sum(on_time)::int AS on_time,
      sum(late)::int AS late, sum(rejected)::int AS rejected, sum(lead_microseconds)::bigint AS lead_microseconds,
      sum(saved_milliseconds)::bigint AS saved_milliseconds, sum(spend) AS spend
    FROM activity_days
    WHERE account_id = $1 AND date >= $2 AND date < $3
    GROUP BY 1, currency
    """,
)

# The running day since its opening ($2), up to T ($3) for deadlines alone, since all other facts are before T: rollups
# ($4 to $6) by their primary keys, the rest by orders_by_placing_idx, images_cancelled_idx, images_late_idx and
# rejections_by_at_idx. An order's price is the sum over its images that are not cancelled.
ACTIVITY_OF_RUNNING_DAY: Final = Statement(
    "activity_of_running_day",
    f"""
    WITH spans AS MATERIALIZED (
      SELECT * FROM unnest($4::int[], $5::timestamptz[], $6::timestamptz[]) AS s (grain, starts_at, ends_at)
    ), counts AS (
      SELECT sum(r.uploaded)::int AS uploaded, sum(r.delivered)::int AS delivered, sum(r.on_time)::int AS on_time,
        sum(r.lead_microseconds)::bigint AS lead_microseconds
      FROM spans s
      CROSS JOIN LATERAL (
        SELECT sum(uploaded) AS uploaded, sum(delivered) AS delivered,
          sum(met_standard + met_expedited + met_additional) AS on_time, sum(lead_microseconds) AS lead_microseconds
        FROM rollups
        WHERE account_id = $1 AND grain = s.grain AND bucket >= s.starts_at AND bucket < s.ends_at
        GROUP BY account_id
      ) r
    ), saved AS (
      SELECT r.specification_id, r.version, sum(r.images) AS images
      FROM spans s
      CROSS JOIN LATERAL (
        SELECT specification_id, specification_version AS version, sum(images) AS images
        FROM savings_rollups
        WHERE account_id = $1 AND grain = s.grain AND bucket >= s.starts_at AND bucket < s.ends_at
        GROUP BY account_id, specification_id, specification_version
      ) r
      GROUP BY r.specification_id, r.version
    ), spend AS (
      SELECT currency, sum(price) AS amount
      FROM orders
      WHERE account_id = $1 AND placed_at >= $2 AND cancelled_at IS NULL
      GROUP BY currency
    )
    SELECT coalesce(c.uploaded, 0) AS uploaded,
      (
        SELECT count(*)::int
        FROM images
        WHERE account_id = $1 AND cancelled_at >= $2 AND cancelled_at < 'infinity' AND uploaded_at >= $2
      ) AS cancelled,
      coalesce(c.delivered, 0) AS delivered, coalesce(c.on_time, 0) AS on_time,
      (
        SELECT count(*)::int
        FROM images
        WHERE account_id = $1 AND late_at >= $2 AND late_at < $3
          AND service_level IN ('STANDARD', 'ADDITIONAL', 'EXPEDITED', 'EXPEDITED_ADDITIONAL', 'EXPEDITED_PLAN')
      ) AS late,
      (SELECT count(*)::int FROM rejections WHERE account_id = $1 AND at >= $2 AND at < 'infinity') AS rejected,
      coalesce(c.lead_microseconds, 0) AS lead_microseconds,
      (
        SELECT coalesce(sum(s.images * v.milliseconds), 0)::bigint
        FROM saved s
        CROSS JOIN LATERAL (
          SELECT {MILLISECONDS} AS milliseconds
          FROM specification_versions v
          WHERE v.account_id = $1 AND v.specification_id = s.specification_id AND v.version = s.version
        ) v
      ) AS saved_milliseconds,
      ARRAY(SELECT currency FROM spend ORDER BY currency) AS currencies,
      ARRAY(SELECT amount FROM spend ORDER BY currency) AS amounts
    FROM counts c
    """,
)


class ActivitySource(NamedTuple):
    """An account and its zones as of a settled instant `at` (UTC); its closed days have their rows up to `until`."""

    account_id: UUID
    periods: Sequence[ZonePeriod]
    until: datetime | None
    at: datetime


async def read_activity(
    reader: Reader, of: ActivitySource, wanted: Sequence[Bucket], grain: Grain
) -> dict[date, ActivityFigures]:
    """Read the figures of one or more ascending buckets of a grain, by their dates; empty buckets may be missing."""
    start, end = wanted[0].start, wanted[-1].end
    since = of.until or first_ledger_day(of.periods).opens_at
    running = ledger_day_at(of.at, of.periods)
    days = list(closed_ledger_days(max(start, since), min(end, of.at), of.periods))
    sums: dict[date, ActivityFigures] = {}
    if start < since:
        cut = ledger_day_at(min(end, since), of.periods).date
        _add(sums, await reader.fetch(ACTIVITY_OF_CLOSED_DAYS, of.account_id, wanted[0].date, cut, grain.lower()))
    if end > running.opens_at and not _has_rollups(running, of.at):
        days.append(replace(running, closes_at=of.at))
    elif end > running.opens_at:
        _add_figures(sums, bucket_date(running.date, grain), await _of_running_day(reader, of, running))
    if days:
        columns = zip(*map(astuple, days), strict=True)
        _add(sums, await reader.fetch(ACTIVITY_OF_DAYS, of.account_id, *columns), grain)
    return sums


async def _of_running_day(reader: Reader, of: ActivitySource, day: LedgerDay) -> ActivityFigures:
    """Read the figures of the running day from its rollups: by minute until its first full hour, then by hour."""
    hour = day.opens_at + (_EPOCH - day.opens_at) % _ONE_HOUR
    spans = zip((MINUTE, day.opens_at, hour), (HOUR, hour, day.closes_at), strict=True)
    row = await reader.fetch_row(ACTIVITY_OF_RUNNING_DAY, of.account_id, day.opens_at, of.at, *spans)
    if row is None:
        raise LookupError(f"The running day of the account {of.account_id} has no sums.")
    spend = dict(zip(row["currencies"], row["amounts"], strict=True))
    return ActivityFigures(*(row[name] for name in AMOUNTS), spend=spend)


def _has_rollups(day: LedgerDay, at: datetime) -> bool:
    """Return whether the running day begins at a full minute, and within the retention of minute rollups.

    In Monrovia days began within a minute until 1972, and a day that zone changes prolong may last for months.
    """
    return day.opens_at.replace(second=0, microsecond=0) == day.opens_at and day.opens_at >= minutes_kept_since(at)


def _add(sums: dict[date, ActivityFigures], records: Iterable[Record], grain: Grain = Grain.DAY) -> None:
    """Add sums by date and currency to the sums of the day, week or month of the date."""
    for day, currency, *amounts, spend in records:
        figures = ActivityFigures(*amounts, spend={currency: spend} if amounts[0] else {})
        _add_figures(sums, bucket_date(day, grain), figures)


def _add_figures(sums: dict[date, ActivityFigures], day: date, figures: ActivityFigures) -> None:
    sums[day] = sums[day] + figures if day in sums else figures
