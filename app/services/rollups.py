"""Writing rollups, in the transaction of the rows they count (domain rules, section 6)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import accumulate
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.pulse.rollups import Tally, day_of
from app.domain.pulse.streak import weeks_between
from db.columns import columns_of
from db.connections import Statement
from db.json_values import array_text
from db.tables.base import Table
from db.tables.rollups import Rollup, SavingsRollup, UploadWeek
from db.writer import Writer
from db.writes import adding

_TABLES: Final[Sequence[type[Table]]] = (UploadWeek, SavingsRollup, Rollup)
_WIDTHS: Final = tuple(len(columns_of(table)) - 1 for table in _TABLES)
_FIRST: Final = tuple(accumulate(_WIDTHS, initial=2))
_NONE: Final = array_text(())
_WEEKS, _SAVINGS, _COUNTS = (adding(table, first) for table, first in zip(_TABLES, _FIRST, strict=False))

# Adds counts to the buckets of an account, to those of specification versions, and to weeks: three tables at once, each
# by its primary key.
ADD_ROLLUPS: Final = Statement("add_rollups", f"WITH weeks AS ({_WEEKS}), savings AS ({_SAVINGS}) {_COUNTS}")

# Deletes the weeks of an account; the primary key.
DELETE_UPLOAD_WEEKS: Final = Statement("delete_upload_weeks", "DELETE FROM upload_weeks WHERE account_id = $1")

# Counts an account's images in some weeks; orders_by_placing_idx finds the orders of each.
COUNT_UPLOAD_WEEKS: Final = Statement(
    "count_upload_weeks",
    """
    INSERT INTO upload_weeks (account_id, week, images)
    SELECT $1::uuid, w.week, sum(o.image_count)::int
    FROM unnest($2::date[], $3::timestamptz[], $4::timestamptz[]) AS w (week, starts_at, ends_at)
    JOIN orders o ON o.account_id = $1 AND o.placed_at >= w.starts_at AND o.placed_at < w.ends_at
    WHERE o.cancelled_at IS NULL
    GROUP BY w.week
    """,
)

# Sets the counts of images in 6 h and of delivery plans in the buckets of an account that begin from an instant ($2)
# until another ($3), both at the start of a UTC day, by its images: images_delivered_idx and images_late_idx. A bucket
# that counts such an image exists, since it counts it among the expedited ones.
COMPLETE_ROLLUPS: Final = Statement(
    "complete_rollups",
    """
    WITH outcomes AS (
      SELECT 'met' AS outcome, service_level, first_delivered_at AS at
      FROM images
      WHERE account_id = $1 AND coalesce(first_delivered_at <= due_at, false)
        AND first_delivered_at >= $2 AND first_delivered_at < $3
        AND service_level IN ('EXPEDITED_ADDITIONAL', 'EXPEDITED_PLAN')
      UNION ALL
      SELECT 'late', service_level, late_at
      FROM images
      WHERE account_id = $1 AND late_at >= $2 AND late_at < $3
        AND service_level IN ('EXPEDITED_ADDITIONAL', 'EXPEDITED_PLAN')
    ), counts AS (
      SELECT g.grain, date_bin(g.grain * interval '1 minute', o.at, timestamptz '1970-01-01 00:00+00') AS bucket,
        count(*) FILTER (WHERE outcome = 'met' AND service_level = 'EXPEDITED_ADDITIONAL') AS met_expedited_additional,
        count(*) FILTER (WHERE outcome = 'met' AND service_level = 'EXPEDITED_PLAN') AS met_delivery_plan,
        count(*) FILTER (WHERE outcome = 'late' AND service_level = 'EXPEDITED_ADDITIONAL')
          AS late_expedited_additional,
        count(*) FILTER (WHERE outcome = 'late' AND service_level = 'EXPEDITED_PLAN') AS late_delivery_plan
      FROM outcomes o
      CROSS JOIN (VALUES (1), (60), (1440)) AS g (grain)
      GROUP BY 1, 2
    ), complete AS (
      SELECT r.grain, r.bucket, coalesce(c.met_expedited_additional, 0) AS met_expedited_additional,
        coalesce(c.met_delivery_plan, 0) AS met_delivery_plan,
        coalesce(c.late_expedited_additional, 0) AS late_expedited_additional,
        coalesce(c.late_delivery_plan, 0) AS late_delivery_plan
      FROM rollups r
      LEFT JOIN counts c ON c.grain = r.grain AND c.bucket = r.bucket
      WHERE r.account_id = $1 AND r.grain IN (1, 60, 1440) AND r.bucket >= $2 AND r.bucket < $3
    )
    UPDATE rollups SET met_expedited_additional = c.met_expedited_additional, met_delivery_plan = c.met_delivery_plan,
      late_expedited_additional = c.late_expedited_additional, late_delivery_plan = c.late_delivery_plan
    FROM complete c
    WHERE rollups.account_id = $1 AND rollups.grain = c.grain AND rollups.bucket = c.bucket
      AND (rollups.met_expedited_additional, rollups.met_delivery_plan, rollups.late_expedited_additional,
        rollups.late_delivery_plan) IS DISTINCT FROM (c.met_expedited_additional, c.met_delivery_plan,
        c.late_expedited_additional, c.late_delivery_plan)
    """,
)


async def write_rollups(
    writer: Writer,
    tallies: Mapping[UUID, Tally],
    minutes_since: Mapping[UUID, datetime],
    zones: Mapping[UUID, ZoneInfo],
) -> None:
    """Add the tallies of a batch of accounts.

    `minutes_since` and `zones` (the zone in force now, whose weeks `upload_weeks` holds) are those of each account in
    `tallies`. Rows are sorted by their keys, so that two batches never wait for each other in a circle.
    """
    added = (
        (account_id, *_columns(tallies[account_id], minutes_since[account_id], zones[account_id]))
        for account_id in sorted(tallies)
    )
    await writer.execute_many(ADD_ROLLUPS, [arguments for arguments in added if set(arguments[1:]) != {_NONE}])


async def recount_upload_weeks(
    writer: Writer, account_id: UUID, zone: ZoneInfo, *, since: datetime, until: datetime
) -> None:
    """Count an account's uploads again by the weeks of its new `zone`.

    `since` and `until` (UTC) are not after its first and not before its last upload. The orders are written already.
    """
    weeks = [(monday, week.start, week.end) for monday, week in weeks_between(since, until, zone)]
    await writer.execute(DELETE_UPLOAD_WEEKS, account_id)
    await writer.execute(COUNT_UPLOAD_WEEKS, account_id, *zip(*weeks, strict=True))


async def complete_rollups(writer: Writer, account_id: UUID, start: datetime, end: datetime) -> None:
    """Count in an account's rollups, by its images, what release 0.1.0 does not count; its counters are locked.

    The buckets of the UTC days from that of `start` until that of `end` are completed, without the latter.
    """
    await writer.execute(COMPLETE_ROLLUPS, account_id, day_of(start), day_of(end))


def _columns(tally: Tally, minutes_since: datetime, zone: ZoneInfo) -> Iterator[str]:
    """Yield the columns of all rows of a tally as arrays, in the order of the parameters."""
    all_rows: Sequence[Sequence[Sequence[object]]] = (
        tally.week_rows(zone),
        tally.savings_rows(minutes_since),
        tally.rollup_rows(minutes_since),
    )
    for rows, width in zip(all_rows, _WIDTHS, strict=True):
        yield from map(array_text, zip(*rows, strict=True) if rows else [()] * width)
