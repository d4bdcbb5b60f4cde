"""Writing rollups, in the transaction of the rows they count (domain rules, section 6)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.pulse.rollups import Tally
from app.domain.pulse.streak import weeks_between
from db.connections import Statement
from db.writer import Writer

# Adds counts to the buckets of accounts, to those of specification versions, and to weeks: three tables at once, which
# know nothing of each other. The primary keys find what is there.
ADD_ROLLUPS: Final = Statement(
    "add_rollups",
    """
    WITH weeks AS (
      INSERT INTO upload_weeks (account_id, week, images)
      SELECT * FROM unnest($1::uuid[], $2::date[], $3::int[])
      ON CONFLICT (account_id, week) DO UPDATE SET images = upload_weeks.images + excluded.images
    ), savings AS (
      INSERT INTO savings_rollups (account_id, grain, bucket, specification_id, specification_version, images)
      SELECT * FROM unnest($4::uuid[], $5::smallint[], $6::timestamptz[], $7::uuid[], $8::int[], $9::int[])
      ON CONFLICT (account_id, grain, bucket, specification_id, specification_version) DO UPDATE SET
        images = savings_rollups.images + excluded.images
    )
    INSERT INTO rollups (
      account_id, grain, bucket, uploaded, delivered, rejected, lead_microseconds,
      met_standard, met_expedited, met_additional, met_rejection,
      late_standard, late_expedited, late_additional, late_rejection)
    SELECT * FROM unnest(
      $10::uuid[], $11::smallint[], $12::timestamptz[], $13::int[], $14::int[], $15::int[], $16::bigint[],
      $17::int[], $18::int[], $19::int[], $20::int[], $21::int[], $22::int[], $23::int[], $24::int[])
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
_WEEK_COLUMNS: Final = 3
_SAVINGS_COLUMNS: Final = 6
_ROLLUP_COLUMNS: Final = 15

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
    """Add the tallies of a batch of accounts, by one statement.

    `minutes_since` and `zones` (the zone in force now, whose weeks `upload_weeks` holds) are those of each account in
    `tallies`. Rows are sorted by their keys, so that two batches never wait for each other in a circle.
    """
    accounts = [(account, tallies[account]) for account in sorted(tallies)]
    weeks = [(account, *row) for account, tally in accounts for row in tally.week_rows(zones[account])]
    savings = [(account, *row) for account, tally in accounts for row in tally.savings_rows(minutes_since[account])]
    rollups = [(account, *row) for account, tally in accounts for row in tally.rollup_rows(minutes_since[account])]
    if weeks or savings or rollups:
        await writer.execute(
            ADD_ROLLUPS,
            *_columns(weeks, _WEEK_COLUMNS),
            *_columns(savings, _SAVINGS_COLUMNS),
            *_columns(rollups, _ROLLUP_COLUMNS),
        )


async def recount_upload_weeks(
    writer: Writer, account_id: UUID, zone: ZoneInfo, *, since: datetime, until: datetime
) -> None:
    """Count an account's uploads anew by the weeks of `zone`, now that it is the account's.

    `since` and `until` (UTC) are not after its first and not before its last upload. The orders have to be written.
    """
    weeks = [(monday, week.start, week.end) for monday, week in weeks_between(since, until, zone)]
    await writer.execute(FORGET_UPLOAD_WEEKS, account_id)
    await writer.execute(COUNT_UPLOAD_WEEKS, account_id, *zip(*weeks, strict=True))


def _columns(rows: Sequence[tuple[object, ...]], count: int) -> Sequence[Sequence[object]]:
    return list(zip(*rows, strict=True)) if rows else [()] * count
