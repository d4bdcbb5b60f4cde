"""The figures of Pulse and compliance by plain SQL over images, rejections and reviews: the reference for the rollups.

Nothing here is fast or serves requests: it reads every image of an account, and neither rollups nor `late_at`, only the
raw facts (domain rules, section 6). Tests hold it against `pulse` and `streak` over random histories.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from app.domain.local_time import Interval, just_before
from app.domain.pulse.as_of import AsOf
from app.domain.pulse.figures import InquiryCounts, PulseFigures, StepFigures, TermCounts, WindowFigures
from app.domain.pulse.segments import month_start
from app.domain.pulse.streak import WEEK, Streak, WeekRun, running_week, week_interval, weeks_between
from db.connections import Record, Statement
from db.readers import Reader

# The counts in each window of accounts as of their instants T, by the facts known just before T. Reads all images.
# Reviews are not joined with images: a plan that was made while there were few rows would compare all with all.
PULSE_REFERENCE: Final = Statement(
    "pulse_reference",
    """
    WITH asked AS (
      SELECT *
      FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) WITH ORDINALITY
        AS r (account_id, at, month_start, request)
    ), windows AS (
      SELECT request, at, 'current' AS name, at - interval '720 hours' AS starts_at, at AS ends_at FROM asked
      UNION ALL
      SELECT request, at, 'previous', at - interval '1440 hours', at - interval '720 hours' FROM asked
      UNION ALL
      SELECT request, at, 'month', month_start, at FROM asked
      UNION ALL
      SELECT request, at, 'ever', '-infinity', at FROM asked
      UNION ALL
      SELECT request, at, 'coming', at, 'infinity' FROM asked
    ), known AS (
      SELECT a.request, a.at, i.account_id, i.id, i.specification_id, i.specification_version, i.uploaded_at, i.due_at,
        CASE i.service_level WHEN 'EXPEDITED_PLAN' THEN 'delivery_plan' ELSE lower(i.service_level) END AS term,
        CASE WHEN i.first_delivered_at < a.at THEN i.first_delivered_at END AS delivered_at,
        CASE WHEN i.cancelled_at < a.at THEN i.cancelled_at END AS cancelled_at,
        coalesce(i.first_rejected_at < a.at, false) AS rejected, i.review_by,
        i.review_by IS NOT NULL AND i.first_delivered_at IS NULL AND i.cancelled_at IS NULL AND (
          SELECT deadline_status FROM orders WHERE account_id = i.account_id AND id = i.order_id
        ) <> 'CONFIRMED' AS is_owed
      FROM asked a
      JOIN images i ON i.account_id = a.account_id AND i.uploaded_at < a.at
    ), known_rejections AS (
      SELECT a.request, a.at, r.due_at, CASE WHEN r.redelivered_at < a.at THEN r.redelivered_at END AS delivered_at
      FROM asked a
      JOIN rejections r ON r.account_id = a.account_id AND r.at < a.at
    ), known_reviews AS (
      SELECT a.request, a.at, r.due_at, CASE WHEN r.ended_at < a.at THEN r.ended_at END AS ended_at,
        CASE WHEN r.ended_at IS NULL THEN (
          SELECT cancelled_at FROM images
          WHERE account_id = r.account_id AND id = r.image_id AND cancelled_at < a.at
        ) END AS cancelled_at
      FROM asked a
      JOIN reviews r ON r.account_id = a.account_id AND r.begun_at < a.at
      UNION ALL
      SELECT k.request, k.at, k.review_by, NULL, NULL FROM known k WHERE k.is_owed
    ), promises AS (
      SELECT request, at, term, due_at, delivered_at, cancelled_at FROM known WHERE due_at IS NOT NULL
      UNION ALL
      SELECT request, at, 'rejection', due_at, delivered_at, NULL FROM known_rejections
      UNION ALL
      SELECT request, at, 'review', due_at, ended_at, cancelled_at FROM known_reviews
    ), outcomes AS (
      SELECT request, 'met' AS outcome, term, delivered_at AS happened_at
      FROM promises
      WHERE delivered_at <= due_at
      UNION ALL
      SELECT request, 'late', term, due_at
      FROM promises
      WHERE due_at < at AND (delivered_at IS NULL OR delivered_at > due_at)
        AND (cancelled_at IS NULL OR cancelled_at > due_at)
      UNION ALL
      SELECT request, 'open', term, due_at
      FROM promises
      WHERE due_at >= at AND delivered_at IS NULL AND cancelled_at IS NULL
    ), counts_of_windows AS (
      SELECT w.request, w.name,
        count(*) FILTER (
          WHERE k.uploaded_at >= w.starts_at AND k.uploaded_at < w.ends_at AND k.cancelled_at IS NULL) AS uploaded,
        count(*) FILTER (WHERE k.delivered_at >= w.starts_at AND k.delivered_at < w.ends_at) AS delivered,
        count(*) FILTER (
          WHERE k.delivered_at >= w.starts_at AND k.delivered_at < w.ends_at AND k.rejected) AS rejected,
        sum(k.delivered_at - k.uploaded_at) FILTER (
          WHERE k.delivered_at >= w.starts_at AND k.delivered_at < w.ends_at) AS lead_time
      FROM windows w
      JOIN known k ON k.request = w.request
      GROUP BY w.request, w.name
    ), outcomes_of_windows AS (
      SELECT request, name, jsonb_object_agg(outcome, outcomes) AS outcomes
      FROM (
        SELECT w.request, w.name, o.outcome || '_' || o.term AS outcome, count(*) AS outcomes
        FROM windows w
        JOIN outcomes o ON o.request = w.request AND o.happened_at >= w.starts_at AND o.happened_at < w.ends_at
        GROUP BY w.request, w.name, o.outcome, o.term
      ) o
      GROUP BY request, name
    ), steps_of_windows AS (
      SELECT request, name, jsonb_agg(jsonb_build_array(step, images, milliseconds)) AS steps
      FROM (
        SELECT w.request, w.name, s.step ->> 'step' AS step,
          count(DISTINCT k.id) AS images, sum((s.step ->> 'milliseconds')::bigint) AS milliseconds
        FROM windows w
        JOIN known k ON k.request = w.request AND k.delivered_at >= w.starts_at AND k.delivered_at < w.ends_at
        JOIN specification_versions v ON v.account_id = k.account_id AND v.specification_id = k.specification_id
          AND v.version = k.specification_version
        CROSS JOIN LATERAL jsonb_array_elements(v.steps) AS s (step)
        GROUP BY w.request, w.name, s.step ->> 'step'
      ) s
      GROUP BY request, name
    )
    SELECT request, name, coalesce(c.uploaded, 0) AS uploaded, coalesce(c.delivered, 0) AS delivered,
      coalesce(c.rejected, 0) AS rejected, coalesce(c.lead_time, '0') AS lead_time,
      coalesce(o.outcomes, '{}') AS outcomes, coalesce(s.steps, '[]') AS steps
    FROM windows
    LEFT JOIN counts_of_windows c USING (request, name)
    LEFT JOIN outcomes_of_windows o USING (request, name)
    LEFT JOIN steps_of_windows s USING (request, name)
    """,
)

# The inquiries of an account as of an instant T, by the facts known just before T. Reads all of them.
INQUIRIES_REFERENCE: Final = Statement(
    "inquiries_reference",
    """
    WITH known AS (
      SELECT due_at, CASE WHEN answered_at < $2 THEN answered_at END AS answered_at
      FROM inquiries WHERE account_id = $1 AND created_at < $2
    )
    SELECT
      count(*) FILTER (WHERE answered_at <= due_at AND answered_at >= $2 - interval '720 hours') AS met,
      count(*) FILTER (WHERE due_at < $2 AND due_at >= $2 - interval '720 hours'
        AND (answered_at IS NULL OR answered_at > due_at)) AS missed,
      count(*) FILTER (WHERE due_at >= $2 AND answered_at IS NULL) AS open
    FROM known
    """,
)

# Those of some weeks in which accounts uploaded images that were not cancelled before T. Reads all images.
WEEKS_REFERENCE: Final = Statement(
    "weeks_reference",
    """
    SELECT DISTINCT w.request, w.week
    FROM unnest($1::uuid[], $2::timestamptz[]) WITH ORDINALITY AS r (account_id, at, request)
    JOIN unnest($3::bigint[], $4::date[], $5::timestamptz[], $6::timestamptz[])
      AS w (request, week, starts_at, ends_at) ON w.request = r.request
    JOIN images i ON i.account_id = r.account_id AND i.uploaded_at >= w.starts_at AND i.uploaded_at < w.ends_at
    WHERE i.uploaded_at < r.at AND (i.cancelled_at IS NULL OR i.cancelled_at >= r.at)
    """,
)


async def reference_figures(reader: Reader, requests: Sequence[AsOf]) -> list[PulseFigures]:
    """Read the figures of all requests, in their order, from the rows themselves."""
    rows = await reader.fetch(
        PULSE_REFERENCE,
        [request.account_id for request in requests],
        [request.at for request in requests],
        [month_start(request.at, request.zone) for request in requests],
    )
    windows: defaultdict[int, dict[str, Record]] = defaultdict(dict)
    for row in rows:
        windows[row["request"]][row["name"]] = row
    inquiries = [await _inquiries(reader, request) for request in requests]
    return [
        PulseFigures(
            current=_window(windows[number]["current"]),
            previous=_window(windows[number]["previous"]),
            uploaded_this_month=windows[number]["month"]["uploaded"],
            all_time_processed=windows[number]["ever"]["delivered"],
            open=_terms(windows[number]["coming"], "open") if request.is_now else None,
            inquiries=inquiries[number - 1],
        )
        for number, request in enumerate(requests, 1)
    ]


async def _inquiries(reader: Reader, request: AsOf) -> InquiryCounts:
    row = await reader.fetch_row(INQUIRIES_REFERENCE, request.account_id, request.at)
    met, missed, open_ = (0, 0, 0) if row is None else row
    return InquiryCounts(met, missed, open_ if request.is_now else 0)


async def reference_streaks(reader: Reader, requests: Sequence[AsOf]) -> list[Streak]:
    """Count the streaks of all requests, in their order, week by week over the images."""
    weeks = [
        (number, monday, week.start, week.end)
        for number, request in enumerate(requests, 1)
        for monday, week in _weeks(request)
    ]
    rows = await reader.fetch(
        WEEKS_REFERENCE,
        [request.account_id for request in requests],
        [request.at for request in requests],
        *zip(*weeks, strict=True),
    )
    uploaded: defaultdict[int, set[date]] = defaultdict(set)
    for row in rows:
        uploaded[row["request"]].add(row["week"])
    return [_streak(request, uploaded[number]) for number, request in enumerate(requests, 1)]


def _weeks(request: AsOf) -> Iterator[tuple[date, Interval]]:
    """Yield the weeks from that of the account's creation to the one that runs at T."""
    until = just_before(request.at)
    return weeks_between(min((request.created_at or request.at), until), until, request.zone)


def _window(row: Record) -> WindowFigures:
    steps = [StepFigures(step, images, milliseconds) for step, images, milliseconds in row["steps"]]
    return WindowFigures(
        uploaded=row["uploaded"],
        delivered=row["delivered"],
        rejected=row["rejected"],
        lead_microseconds=row["lead_time"] // timedelta(microseconds=1),
        met=_terms(row, "met"),
        late=_terms(row, "late"),
        steps=tuple(sorted(steps, key=lambda figures: (-figures.milliseconds, figures.step))),
    )


def _terms(row: Record, outcome: str) -> TermCounts:
    return TermCounts(*(row["outcomes"].get(f"{outcome}_{term}", 0) for term in TermCounts._fields))


def _streak(request: AsOf, uploaded: set[date]) -> Streak:
    """Count by walking from week to week."""
    this_week = running_week(request.at, request.zone)
    last = this_week if this_week in uploaded else this_week - WEEK
    first = last
    while first in uploaded:
        first -= WEEK
    current = WeekRun(first + WEEK, last) if last in uploaded else None
    return Streak(
        current=current,
        longest=max((_weeks_from(week, uploaded) for week in uploaded), default=0),
        uploaded_this_week=this_week in uploaded,
        keep_by=None if this_week in uploaded else week_interval(this_week, request.zone).end,
    )


def _weeks_from(week: date, uploaded: set[date]) -> int:
    count = 0
    while week + count * WEEK in uploaded:
        count += 1
    return count
