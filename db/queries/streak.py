"""The weeks in a row with an upload (domain rules, section 6).

`upload_weeks` holds the weeks of the zone in force now. For an instant not after a change of zone, or in the running
week, orders are probed instead, week by week: their `placed_at` is the upload of all their images.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from app.domain.local_time import Interval, just_before
from app.domain.pulse.as_of import AsOf
from app.domain.pulse.streak import Streak, WeekRun, monday_of, streak_at, weeks_between
from db.connections import Record, Statement
from db.readers import Reader

# Runs of weeks with an upload, and the uploads that were cancelled only at T or later (of weeks counted in
# `upload_weeks`, which know the cancellation already). Weeks are found by the primary key of upload_weeks, orders by
# orders_by_placing_idx, cancelled images by images_cancelled_idx. LIMIT, sorting and grouping keep each lateral
# subquery one probe of an index; EXISTS would be joined to all orders.
UPLOAD_RUNS: Final = Statement(
    "upload_runs",
    """
    WITH asked AS MATERIALIZED (
      SELECT *
      FROM unnest(
        (SELECT $1::uuid[]), (SELECT $2::timestamptz[]), (SELECT $3::date[]), (SELECT $4::timestamptz[]),
        (SELECT $5::bool[])
      ) WITH ORDINALITY AS r (account_id, at, this_week, week_starts_at, zone_is_current, request)
    ), weeks AS (
      SELECT a.request, w.week
      FROM asked a
      JOIN upload_weeks w ON w.account_id = a.account_id AND w.week < a.this_week AND w.images > 0
      WHERE a.zone_is_current
      UNION ALL
      SELECT a.request, p.week
      FROM unnest((SELECT $6::bigint[]), (SELECT $7::date[]), (SELECT $8::timestamptz[]), (SELECT $9::timestamptz[]))
        AS p (request, week, starts_at, ends_at)
      JOIN asked a ON a.request = p.request
      CROSS JOIN LATERAL (
        SELECT
        FROM orders
        WHERE account_id = a.account_id AND placed_at >= p.starts_at AND placed_at < p.ends_at
          AND (cancelled_at IS NULL OR cancelled_at >= a.at)
        ORDER BY placed_at DESC, number DESC
        LIMIT 1
      ) o
    ), runs AS (
      SELECT request, week, week - 7 * row_number() OVER (PARTITION BY request ORDER BY week)::int AS run
      FROM weeks
    )
    SELECT request, min(week) AS first_week, max(week) AS last_week, NULL::timestamptz AS uploaded_at
    FROM runs
    GROUP BY request, run
    UNION ALL
    SELECT a.request, NULL, NULL, i.uploaded_at
    FROM asked a
    CROSS JOIN LATERAL (
      SELECT uploaded_at
      FROM images
      WHERE account_id = a.account_id AND cancelled_at >= a.at AND cancelled_at < 'infinity'
        AND uploaded_at < a.week_starts_at
      GROUP BY account_id, cancelled_at, uploaded_at
    ) i
    WHERE a.zone_is_current
    """,
)


async def streaks(reader: Reader, requests: Sequence[AsOf]) -> list[Streak]:
    """Read the streaks of all requests, in their order, by one statement."""
    if not requests:
        return []
    all_weeks = [_weeks_to_probe(request) for request in requests]
    accounts = [
        (request.account_id, request.at, monday, week.start, request.zone_is_current)
        for request, (*_, (monday, week)) in zip(requests, all_weeks, strict=True)
    ]
    probes = [
        (number, monday, week.start, min(week.end, request.at))
        for number, (request, weeks) in enumerate(zip(requests, all_weeks, strict=True), 1)
        for monday, week in weeks
    ]
    rows = await reader.fetch(UPLOAD_RUNS, *zip(*accounts, strict=True), *zip(*probes, strict=True))
    return _streaks(requests, rows)


def _weeks_to_probe(request: AsOf) -> list[tuple[date, Interval]]:
    """Return the weeks to look for orders in, with their Mondays: all of a zone that is gone, and the running one."""
    until = just_before(request.at)
    since = until if request.zone_is_current else min(request.created_at or until, until)
    return list(weeks_between(since, until, request.zone))


def _streaks(requests: Sequence[AsOf], rows: Iterable[Record]) -> list[Streak]:
    runs: defaultdict[int, list[WeekRun]] = defaultdict(list)
    for row in rows:
        number: int = row["request"] - 1
        if row["uploaded_at"] is None:
            runs[number].append(WeekRun(row["first_week"], row["last_week"]))
        else:
            monday = monday_of(row["uploaded_at"], requests[number].zone)
            runs[number].append(WeekRun(monday, monday))
    return [streak_at(request.at, request.zone, runs[number]) for number, request in enumerate(requests)]
