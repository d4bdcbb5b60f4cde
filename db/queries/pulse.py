"""The figures of Pulse and of compliance, read from rollups (domain rules, section 6).

One statement reads all sums of any number of accounts, each as of its own instant T: whole days, hours and minutes from
the rollups, and raw rows for the minute in which a window starts or ends (a cut). Rollups hold the present
state, so changes at or after T are corrected from the rows. `pulse_reference` is the plain form, which tests compare.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from app.domain.pulse.as_of import AsOf
from app.domain.pulse.assembly import Sums, Version, assembled
from app.domain.pulse.figures import PulseFigures, Step
from app.domain.pulse.segments import Part, cuts_at, segments
from db.connections import Record, Statement
from db.queries.pulse_rows import ROWS_WITHOUT_ROLLUPS
from db.readers import Reader

ROLLUPS_COMPLETE: Final = "coalesce({0}.rollups_sequence = {0}.next_event_sequence, false) AS rollups_complete"
"""Whether all columns of an account's rollups count; `{0}` is the row of its counters."""

# All sums of accounts over the parts of their time; 'saved' counts images of a specification version, with its steps.
# Partial days (`head`) hold corrections of all time before their cut, which cancel out between two cuts. Rollups are
# found by their primary keys; raw rows by images_uploaded_idx, images_delivered_idx, images_late_idx,
# rejections_met_idx, rejections_late_idx, reviews_met_idx and reviews_late_idx; corrections by images_cancelled_idx and
# images_first_rejected_idx. Open reviews and inquiries have no rollups. If its rollups are not complete, an account's
# images in 6 h and of delivery plans are counted from raw rows.
#
# Grouping or sorting, in the order of its index, keeps each lateral subquery one probe of that index for one range,
# however PostgreSQL estimates the numbers of requests and segments; 'infinity' makes a range without end a narrow one,
# too. `(SELECT $1)` hides the length of an array: so the plan for arrays of any length costs no more, and is kept.
PULSE_FIGURES: Final = Statement(
    "pulse_figures",
    f"""
    WITH asked AS MATERIALIZED (
      SELECT r.*, h.minutes_since, {ROLLUPS_COMPLETE.format("h")}
      FROM unnest(
        (SELECT $1::uuid[]), (SELECT $2::int[]), (SELECT $3::timestamptz[]), (SELECT $4::timestamptz[]),
        (SELECT $5::timestamptz[]), (SELECT $6::timestamptz[])
      ) WITH ORDINALITY AS r (account_id, time_line, previous_start, current_start, month_start, at, request)
      JOIN account_heads h ON h.account_id = r.account_id
    ), spans AS MATERIALIZED (
      SELECT a.request, a.account_id, s.part, s.sign, s.grain, s.starts_at, s.ends_at,
        a.rollups_complete, a.rollups_complete::int AS complete
      FROM asked a
      JOIN unnest(
        (SELECT $7::int[]), (SELECT $8::text[]), (SELECT $9::int[]), (SELECT $10::int[]),
        (SELECT $11::timestamptz[]), (SELECT $12::timestamptz[]), (SELECT $13::timestamptz[]), (SELECT $14::bool[])
      ) AS s (time_line, part, sign, grain, starts_at, ends_at, hour, by_minutes) ON s.time_line = a.time_line
      WHERE s.by_minutes IS NULL OR s.by_minutes = (s.hour >= a.minutes_since)
    ), facts AS (
      SELECT s.request, s.part, f.figure, f.amount * s.sign AS amount,
        NULL::uuid AS specification_id, NULL::int AS version
      FROM spans s
      CROSS JOIN LATERAL (
        SELECT sum(uploaded) AS uploaded, sum(delivered) AS delivered, sum(rejected) AS rejected,
          sum(lead_microseconds) AS lead_microseconds,
          sum(met_standard) AS met_standard, sum(met_additional) AS met_additional,
          sum(met_expedited) AS met_expedited, sum(met_rejection) AS met_rejection,
          sum(met_expedited_additional * s.complete) AS met_expedited_additional,
          sum(met_delivery_plan * s.complete) AS met_delivery_plan,
          sum(late_standard) AS late_standard, sum(late_additional) AS late_additional,
          sum(late_expedited) AS late_expedited, sum(late_rejection) AS late_rejection,
          sum(late_expedited_additional * s.complete) AS late_expedited_additional,
          sum(late_delivery_plan * s.complete) AS late_delivery_plan,
          sum(met_review) AS met_review, sum(late_review) AS late_review
        FROM rollups
        WHERE account_id = s.account_id AND grain = s.grain AND bucket >= s.starts_at AND bucket < s.ends_at
        GROUP BY account_id
      ) r
      CROSS JOIN LATERAL (VALUES
        ('uploaded', r.uploaded), ('delivered', r.delivered), ('rejected', r.rejected),
        ('lead_microseconds', r.lead_microseconds),
        ('met_standard', r.met_standard), ('met_additional', r.met_additional),
        ('met_expedited', r.met_expedited - r.met_expedited_additional - r.met_delivery_plan),
        ('met_expedited_additional', r.met_expedited_additional), ('met_delivery_plan', r.met_delivery_plan),
        ('met_rejection', r.met_rejection), ('met_review', r.met_review),
        ('late_standard', r.late_standard), ('late_additional', r.late_additional),
        ('late_expedited', r.late_expedited - r.late_expedited_additional - r.late_delivery_plan),
        ('late_expedited_additional', r.late_expedited_additional), ('late_delivery_plan', r.late_delivery_plan),
        ('late_rejection', r.late_rejection), ('late_review', r.late_review)
      ) AS f (figure, amount)
      WHERE s.grain > 0 AND f.amount <> 0
      UNION ALL
      SELECT s.request, s.part, i.outcome || f.term, f.images * s.sign, NULL, NULL
      FROM spans s
      CROSS JOIN LATERAL (
        SELECT 'met_' AS outcome, count(*) FILTER (WHERE service_level = 'EXPEDITED_ADDITIONAL') AS additional,
          count(*) FILTER (WHERE service_level = 'EXPEDITED_PLAN') AS planned
        FROM images
        WHERE account_id = s.account_id AND coalesce(first_delivered_at <= due_at, false)
          AND first_delivered_at >= s.starts_at AND first_delivered_at < s.ends_at
        GROUP BY account_id
        UNION ALL
        SELECT 'late_', count(*) FILTER (WHERE service_level = 'EXPEDITED_ADDITIONAL'),
          count(*) FILTER (WHERE service_level = 'EXPEDITED_PLAN')
        FROM images
        WHERE account_id = s.account_id AND late_at >= s.starts_at AND late_at < s.ends_at
          AND service_level IN ('EXPEDITED_ADDITIONAL', 'EXPEDITED_PLAN')
        GROUP BY account_id
      ) i
      CROSS JOIN LATERAL (VALUES
        ('expedited_additional', i.additional), ('delivery_plan', i.planned), ('expedited', -i.additional - i.planned)
      ) AS f (term, images)
      WHERE s.grain > 0 AND NOT s.rollups_complete AND s.part IN (
        'previous_days', 'current_days', 'coming_days', 'previous_head', 'current_head', 'last_head')
      UNION ALL
      SELECT s.request, s.part, 'saved', r.images * s.sign, r.specification_id, r.specification_version
      FROM spans s
      CROSS JOIN LATERAL (
        SELECT specification_id, specification_version, sum(images) AS images
        FROM savings_rollups
        WHERE account_id = s.account_id AND grain = s.grain AND bucket >= s.starts_at AND bucket < s.ends_at
        GROUP BY account_id, specification_id, specification_version
      ) r
      WHERE s.grain > 0 AND s.part IN (
        'previous_days', 'current_days', 'previous_head', 'current_head', 'last_head')
      UNION ALL
      SELECT s.request, s.part, 'uploaded', i.images, NULL, NULL
      FROM spans s
      CROSS JOIN LATERAL (
        SELECT count(*) AS images
        FROM (
          SELECT
          FROM images
          WHERE account_id = s.account_id AND uploaded_at >= s.starts_at AND uploaded_at < s.ends_at
            AND cancelled_at IS NULL
          ORDER BY uploaded_at DESC, id DESC
        ) i
      ) i
      WHERE s.grain = 0
      UNION ALL
      SELECT s.request, s.part, f.figure, f.amount, f.specification_id, f.version
      FROM spans s
      CROSS JOIN LATERAL (
        SELECT specification_id, specification_version, count(*) AS delivered, count(first_rejected_at) AS rejected,
          extract(epoch FROM sum(first_delivered_at - uploaded_at)) * 1000000 AS lead_microseconds,
          count(*) FILTER (WHERE first_delivered_at <= due_at AND service_level = 'STANDARD') AS standard,
          count(*) FILTER (WHERE first_delivered_at <= due_at AND service_level = 'ADDITIONAL') AS additional,
          count(*) FILTER (WHERE first_delivered_at <= due_at AND service_level = 'EXPEDITED') AS expedited,
          count(*) FILTER (WHERE first_delivered_at <= due_at AND service_level = 'EXPEDITED_ADDITIONAL')
            AS expedited_additional,
          count(*) FILTER (WHERE first_delivered_at <= due_at AND service_level = 'EXPEDITED_PLAN') AS delivery_plan
        FROM images
        WHERE account_id = s.account_id AND first_delivered_at >= s.starts_at AND first_delivered_at < s.ends_at
          AND coalesce(first_delivered_at <= due_at, false) IN (true, false)
        GROUP BY account_id, specification_id, specification_version
      ) i
      CROSS JOIN LATERAL (VALUES
        ('delivered', i.delivered, NULL, NULL), ('rejected', i.rejected, NULL, NULL),
        ('lead_microseconds', i.lead_microseconds, NULL, NULL), ('met_standard', i.standard, NULL, NULL),
        ('met_additional', i.additional, NULL, NULL), ('met_expedited', i.expedited, NULL, NULL),
        ('met_expedited_additional', i.expedited_additional, NULL, NULL),
        ('met_delivery_plan', i.delivery_plan, NULL, NULL),
        ('saved', i.delivered, i.specification_id, i.specification_version)
      ) AS f (figure, amount, specification_id, version)
      WHERE s.grain = 0
      UNION ALL
      SELECT s.request, s.part,
        'late_' || CASE i.service_level WHEN 'EXPEDITED_PLAN' THEN 'delivery_plan' ELSE lower(i.service_level) END,
        i.images, NULL, NULL
      FROM spans s
      CROSS JOIN LATERAL (
        SELECT service_level, count(*) AS images
        FROM images
        WHERE account_id = s.account_id AND late_at >= s.starts_at AND late_at < s.ends_at
          AND service_level IN ('STANDARD', 'ADDITIONAL', 'EXPEDITED', 'EXPEDITED_ADDITIONAL', 'EXPEDITED_PLAN')
        GROUP BY account_id, service_level
      ) i
      WHERE s.grain = 0
      UNION ALL
      SELECT s.request, s.part, p.figure, p.amount, NULL, NULL
      FROM spans s
      CROSS JOIN LATERAL (
        SELECT 'met_rejection' AS figure, count(*) AS amount
        FROM rejections
        WHERE account_id = s.account_id AND redelivered_at >= s.starts_at AND redelivered_at < s.ends_at
          AND redelivered_at <= due_at
        GROUP BY account_id
        UNION ALL
        SELECT 'late_rejection', count(*)
        FROM rejections WHERE account_id = s.account_id AND late_at >= s.starts_at AND late_at < s.ends_at
        GROUP BY account_id
        UNION ALL
        SELECT 'met_review', count(*)
        FROM reviews
        WHERE account_id = s.account_id AND ended_at >= s.starts_at AND ended_at < s.ends_at AND ended_at <= due_at
        GROUP BY account_id
        UNION ALL
        SELECT 'late_review', count(*)
        FROM reviews WHERE account_id = s.account_id AND late_at >= s.starts_at AND late_at < s.ends_at
        GROUP BY account_id
      ) p
      WHERE s.grain = 0
      UNION ALL
      SELECT a.request, f.part, 'uploaded', f.images, NULL, NULL
      FROM asked a
      CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE uploaded_at < a.previous_start) AS before_previous,
          count(*) FILTER (WHERE uploaded_at < a.current_start) AS before_current,
          count(*) FILTER (WHERE uploaded_at < a.month_start) AS before_month, count(*) AS images
        FROM images
        WHERE account_id = a.account_id AND cancelled_at >= a.at AND cancelled_at < 'infinity' AND uploaded_at < a.at
        GROUP BY account_id
      ) i
      CROSS JOIN LATERAL (VALUES
        ('previous_head', i.before_previous), ('current_head', i.before_current), ('month_head', i.before_month),
        ('last_head', i.images)
      ) AS f (part, images)
      UNION ALL
      SELECT a.request, f.part, 'rejected', -f.images, NULL, NULL
      FROM asked a
      CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE first_delivered_at < a.previous_start) AS before_previous,
          count(*) FILTER (WHERE first_delivered_at < a.current_start) AS before_current, count(*) AS images
        FROM (
          SELECT first_delivered_at
          FROM images
          WHERE account_id = a.account_id AND first_rejected_at >= a.at AND first_rejected_at < 'infinity'
            AND first_delivered_at < a.at
          ORDER BY first_rejected_at, first_delivered_at
        ) i
      ) i
      CROSS JOIN LATERAL (VALUES
        ('previous_head', i.before_previous), ('current_head', i.before_current), ('last_head', i.images)
      ) AS f (part, images)
      UNION ALL {ROWS_WITHOUT_ROLLUPS}
    ), sums AS (
      SELECT request, part, figure, specification_id, version, sum(amount)::bigint AS amount
      FROM facts
      GROUP BY request, part, figure, specification_id, version
    )
    SELECT s.request, s.part, s.figure, s.amount, s.specification_id, s.version, (
      SELECT steps
      FROM specification_versions
      WHERE account_id = a.account_id AND specification_id = s.specification_id AND version = s.version
    ) AS steps
    FROM sums s
    JOIN asked a ON a.request = s.request
    WHERE s.amount <> 0
    """,
)


async def pulse_figures(reader: Reader, requests: Sequence[AsOf]) -> list[PulseFigures]:
    """Read the figures of all requests, in their order, by one statement; all are 0 for an account that is unknown.

    Requests as of the same instant in the same calendar month share a time line, which is cut into segments once.
    """
    if not requests:
        return []
    time_lines = [(cuts_at(request.at, request.zone), request.is_now) for request in requests]
    numbers = {time_line: number for number, time_line in enumerate(dict.fromkeys(time_lines))}
    accounts = [
        (request.account_id, numbers[time_line], *time_line[0])
        for request, time_line in zip(requests, time_lines, strict=True)
    ]
    ranges = [
        (number, *segment) for (cuts, is_now), number in numbers.items() for segment in segments(cuts, with_open=is_now)
    ]
    rows = await reader.fetch(PULSE_FIGURES, *zip(*accounts, strict=True), *zip(*ranges, strict=True))
    return _figures(requests, rows)


def _figures(requests: Sequence[AsOf], rows: Iterable[Record]) -> list[PulseFigures]:
    parts = [{part: Sums() for part in Part} for _ in requests]
    steps: dict[Version, list[Step]] = {}
    for row in rows:
        index: int = row["request"] - 1
        sums = parts[index][Part(row["part"])]
        if row["steps"] is None:
            sums.amounts[row["figure"]] += row["amount"]
        else:
            version: Version = (row["specification_id"], row["version"])
            sums.images[version] += row["amount"]
            steps[version] = [Step(step["step"], step["milliseconds"]) for step in row["steps"]]
    return [
        assembled(sums_of_parts, steps, with_open=request.is_now)
        for request, sums_of_parts in zip(requests, parts, strict=True)
    ]
