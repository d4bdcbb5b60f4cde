"""Writing rollups, in the transaction of the rows they count (domain rules, section 6)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.rollups import Tally
from app.domain.streak import weeks_between
from db.connections import Statement, Writer

# Adds counts to the buckets of several accounts; the primary key finds the buckets that are there.
ADD_ROLLUPS: Final = Statement(
    "add_rollups",
    """
    INSERT INTO rollups (
      account_id, grain, bucket, uploaded, delivered, rejected, lead_microseconds,
      met_standard, met_expedited, met_additional, met_rejection,
      late_standard, late_expedited, late_additional, late_rejection)
    SELECT * FROM unnest(
      $1::uuid[], $2::smallint[], $3::timestamptz[], $4::int[], $5::int[], $6::int[], $7::bigint[],
      $8::int[], $9::int[], $10::int[], $11::int[], $12::int[], $13::int[], $14::int[], $15::int[])
    ON CONFLICT (account_id, grain, bucket) DO UPDATE SET
      uploaded = rollups.uploaded + excluded.uploaded,
      delivered = rollups.delivered + excluded.delivered,
      rejected = rollups.rejected + excluded.rejected,
      lead_microseconds = rollups.lead_microseconds + excluded.lead_microseconds,
      met_standard = rollups.met_standard + excluded.met_standard,
      met_expedited = rollups.met_expedited + excluded.met_expedited,
      met_additional = rollups.met_additional + excluded.met_additional,
      met_rejection = rollups.met_rejection + excluded.met_rejection,
      late_standard = rollups.late_standard + excluded.late_standard,
      late_expedited = rollups.late_expedited + excluded.late_expedited,
      late_additional = rollups.late_additional + excluded.late_additional,
      late_rejection = rollups.late_rejection + excluded.late_rejection
    """,
)

# Adds images to the buckets of specification versions; the primary key finds the buckets that are there.
ADD_SAVINGS: Final = Statement(
    "add_savings",
    """
    INSERT INTO savings_rollups (account_id, grain, bucket, specification_id, specification_version, images)
    SELECT * FROM unnest($1::uuid[], $2::smallint[], $3::timestamptz[], $4::uuid[], $5::int[], $6::int[])
    ON CONFLICT (account_id, grain, bucket, specification_id, specification_version) DO UPDATE SET
      images = savings_rollups.images + excluded.images
    """,
)

# Adds images to the weeks of several accounts; the primary key finds the weeks that are there.
ADD_UPLOAD_WEEKS: Final = Statement(
    "add_upload_weeks",
    """
    INSERT INTO upload_weeks (account_id, week, images)
    SELECT * FROM unnest($1::uuid[], $2::date[], $3::int[])
    ON CONFLICT (account_id, week) DO UPDATE SET images = upload_weeks.images + excluded.images
    """,
)

# Forgets the weeks of an account; the primary key finds them.
FORGET_UPLOAD_WEEKS: Final = Statement("forget_upload_weeks", "DELETE FROM upload_weeks WHERE account_id = $1")

# Counts an account's images in given weeks; orders_by_placing_idx finds the orders of each.
COUNT_UPLOAD_WEEKS: Final = Statement(
    "count_upload_weeks",
    """
    INSERT INTO upload_weeks (account_id, week, images)
    SELECT o.account_id, w.week, sum(o.image_count)
    FROM unnest($2::date[], $3::timestamptz[], $4::timestamptz[]) AS w (week, starts_at, ends_at)
    JOIN orders o ON o.account_id = $1 AND o.placed_at >= w.starts_at AND o.placed_at < w.ends_at
    WHERE o.cancelled_at IS NULL
    GROUP BY o.account_id, w.week
    """,
)


async def write_rollups(
    writer: Writer,
    tallies: Mapping[UUID, Tally],
    minutes_since: Mapping[UUID, datetime],
    zones: Mapping[UUID, ZoneInfo],
) -> None:
    """Add the tallies of a batch of accounts, by one statement for each table that changes.

    `minutes_since` and `zones` (the zone in force now, whose weeks `upload_weeks` holds) are those of each account in
    `tallies`. Rows are sorted by their keys, so that two batches never wait for each other in a circle.
    """
    accounts = sorted(tallies)
    rollups = ((account, *row) for account in accounts for row in tallies[account].rollup_rows(minutes_since[account]))
    await _write(writer, ADD_ROLLUPS, rollups)
    savings = ((account, *row) for account in accounts for row in tallies[account].savings_rows(minutes_since[account]))
    await _write(writer, ADD_SAVINGS, savings)
    weeks = ((account, *row) for account in accounts for row in tallies[account].week_rows(zones[account]))
    await _write(writer, ADD_UPLOAD_WEEKS, weeks)


async def recount_upload_weeks(
    writer: Writer, account_id: UUID, zone: ZoneInfo, *, since: datetime, until: datetime
) -> None:
    """Count an account's uploads anew by the weeks of `zone`, now that it is the account's.

    `since` and `until` (UTC) are not after its first and not before its last upload. The orders have to be written.
    """
    weeks = [(monday, week.start, week.end) for monday, week in weeks_between(since, until, zone)]
    await writer.execute(FORGET_UPLOAD_WEEKS, account_id)
    await writer.execute(COUNT_UPLOAD_WEEKS, account_id, *zip(*weeks, strict=True))


async def _write(writer: Writer, statement: Statement, rows: Iterable[tuple[object, ...]]) -> None:
    columns = list(zip(*rows, strict=True))
    if columns:
        await writer.execute(statement, *columns)
