"""Figures from rollups equal those of plain SQL over images, for any history and instant."""

import re
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from app.domain.orders.enums import ServiceLevel
from app.domain.pulse.as_of import AsOf
from app.domain.pulse.figures import NONE_COUNTED, PulseFigures, StepFigures, TermCounts, WindowFigures
from app.domain.pulse.segments import WINDOW
from db.connections import Pool, Statement
from db.pools import open_pool
from db.queries.pulse import PULSE_FIGURES, pulse_figures
from db.queries.pulse_reference import reference_figures, reference_streaks
from db.queries.streak import UPLOAD_RUNS, streaks
from db.readers import PoolReader
from db.writer import unit_of_work
from tests.support.histories import CREATED_AT, DAY, MICROSECOND, ZONES, History, write_history
from tests.support.past_images import PastImage, PastRejection, PastReview
from tests.support.pulse_reads import AGO, AT, HOUR, figures_at, past_and_present, weeks_at
from tests.support.random_histories import calendar_edges, histories


@settings(
    max_examples=200, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(drawn=histories())
async def test_figures_and_streaks_equal_the_reference(pool: Pool, drawn: tuple[History, datetime]) -> None:
    history, at = drawn
    await write_history(pool, history)
    reader = PoolReader(pool)
    edges = [*calendar_edges(at, history.zone), history.moved_at]
    asked_at = [at, at - MICROSECOND, at + MICROSECOND, at - DAY, at + 30 * DAY, *edges]
    figures = past_and_present(history, asked_at)
    found = await pulse_figures(reader, figures)
    assert found == await reference_figures(reader, figures)
    weeks = [weeks_at(history, asked) for asked in asked_at]
    running = await streaks(reader, weeks)
    assert running == await reference_streaks(reader, weeks)
    for asked, of_t, streak in zip(asked_at, found, running, strict=False):
        known = (of_t.uploaded_this_month, streak.uploaded_this_week)
        assert known == _uploads_of_the_calendar(history, asked)


def _uploads_of_the_calendar(history: History, at: datetime) -> tuple[int, bool]:
    """Return the uploads of the month of the last instant before T, and whether its week has one, by the calendar."""
    zone = history.zone_before(at)
    last = (at - MICROSECOND).astimezone(zone)
    uploads = [
        image.uploaded_at.astimezone(zone)
        for image in history.images
        if image.uploaded_at < at and not (image.cancelled_at and image.cancelled_at < at)
    ]
    this_month = sum((upload.year, upload.month) == (last.year, last.month) for upload in uploads)
    return this_month, any(upload.isocalendar()[:2] == last.isocalendar()[:2] for upload in uploads)


async def test_figures_of_a_batch_are_in_the_order_of_its_accounts(pool: Pool) -> None:
    reader = PoolReader(pool)
    histories = [
        History(tuple(PastImage(AGO - number * 20 * DAY) for number in range(size)), zone=zone, first_zone=zone)
        for size, zone in enumerate(ZONES)
    ]
    for history in histories:
        await write_history(pool, history)
    requests = [request for history in histories for request in past_and_present(history, [AT, AT - 30 * DAY])]
    figures = await pulse_figures(reader, requests)
    assert figures == await reference_figures(reader, requests)
    assert [answer.current.uploaded for answer in figures[::3]] == [0, 1, 2, 2, 2]
    weeks = [weeks_at(history, AT) for history in histories]
    assert await streaks(reader, weeks) == await reference_streaks(reader, weeks)


async def test_an_account_without_images_has_only_zeros(pool: Pool) -> None:
    history = History(())
    await write_history(pool, history)
    assert await figures_at(pool, AT, history) == PulseFigures(WindowFigures(), WindowFigures(), 0, 0, NONE_COUNTED)


async def test_an_empty_request_runs_no_statement(pool: Pool) -> None:
    assert await pulse_figures(PoolReader(pool), []) == []
    assert await streaks(PoolReader(pool), []) == []


async def test_a_delivery_at_exactly_t_counts_from_the_next_instant_on(pool: Pool) -> None:
    history = History((PastImage(AGO, AT + HOUR, first_delivered_at=AT),))
    await write_history(pool, history)
    requests = [AsOf(history.account_id, at, history.zone, is_now=False) for at in (AT, AT + MICROSECOND)]
    at_t, after_t = await pulse_figures(PoolReader(pool), requests)
    assert (at_t.current.delivered, at_t.current.met, at_t.all_time_processed) == (0, NONE_COUNTED, 0)
    assert (after_t.current.delivered, after_t.current.met) == (1, TermCounts(standard=1))
    assert (after_t.all_time_processed, after_t.open) == (1, None)


async def test_a_deadline_at_exactly_t_is_missed_from_the_next_instant_on(pool: Pool) -> None:
    history = History((PastImage(AGO, AT),))
    await write_history(pool, history)
    at_t = await figures_at(pool, AT, history)
    assert (at_t.current.late, at_t.open) == (NONE_COUNTED, TermCounts(standard=1))
    after_t = await figures_at(pool, AT + MICROSECOND, history)
    assert (after_t.current.late, after_t.open) == (TermCounts(standard=1), NONE_COUNTED)


async def test_a_delivery_at_exactly_its_deadline_is_on_time(pool: Pool) -> None:
    due_at = AT - HOUR
    history = History((PastImage(AGO, due_at, due_at), PastImage(AGO, due_at, due_at + MICROSECOND)))
    await write_history(pool, history)
    current = (await figures_at(pool, AT, history)).current
    assert (current.met, current.late) == (TermCounts(standard=1), TermCounts(standard=1))


async def test_an_image_cancelled_at_exactly_its_deadline_is_not_late(pool: Pool) -> None:
    history = History((PastImage(AGO, AT - HOUR, cancelled_at=AT - HOUR),))
    await write_history(pool, history)
    assert await figures_at(pool, AT, history) == PulseFigures(WindowFigures(), WindowFigures(), 0, 0, NONE_COUNTED)


async def test_an_image_that_was_late_before_its_cancellation_stays_late(pool: Pool) -> None:
    history = History((PastImage(AGO, AT - HOUR, cancelled_at=AT - HOUR + MICROSECOND),))
    await write_history(pool, history)
    current = (await figures_at(pool, AT, history)).current
    assert (current.uploaded, current.late) == (0, TermCounts(standard=1))


async def test_a_later_rejection_or_cancellation_does_not_count_before_it(pool: Pool) -> None:
    rejection = PastRejection(AT, AT + 5 * HOUR)
    history = History(
        (PastImage(AGO, first_delivered_at=AT - HOUR, rejections=(rejection,)), PastImage(AGO, cancelled_at=AT)),
    )
    await write_history(pool, history)
    requests = [AsOf(history.account_id, at, history.zone, is_now=False) for at in (AT, AT + MICROSECOND)]
    before, after = await pulse_figures(PoolReader(pool), requests)
    assert (before.current.uploaded, before.current.delivered, before.current.rejected) == (2, 1, 0)
    assert (after.current.uploaded, after.current.delivered, after.current.rejected) == (1, 1, 1)


async def test_open_deadlines_of_any_age_count_by_their_term(pool: Pool) -> None:
    rejection = PastRejection(AT - HOUR, AT + 4 * HOUR)
    delivered = PastImage(AGO, AT, AT - 2 * HOUR, (rejection,))
    old = CREATED_AT + DAY
    open_images = [PastImage(old, AT + 50 * DAY, service_level=level) for level in ServiceLevel]
    history = History((*open_images, PastImage(old, service_level=ServiceLevel.ADDITIONAL), delivered))
    await write_history(pool, history)
    figures = await figures_at(pool, AT, history)
    assert figures.open == TermCounts(1, 1, 1, 1, 1, rejection=1)


async def test_a_review_that_ends_when_it_is_due_is_met_and_counts_from_the_next_instant_on(pool: Pool) -> None:
    met, missed = PastReview(AGO, AT, AT), PastReview(AGO, AT, AT + MICROSECOND)
    history = History((PastImage(AGO, reviews=(met,)), PastImage(AGO, reviews=(missed,))))
    await write_history(pool, history)
    requests = [AsOf(history.account_id, at, history.zone, is_now=False) for at in (AT, AT + MICROSECOND)]
    figures = await pulse_figures(PoolReader(pool), requests)
    assert figures == await reference_figures(PoolReader(pool), requests)
    assert [(each.current.met, each.current.late) for each in figures] == [
        (NONE_COUNTED, NONE_COUNTED),
        (TermCounts(review=1), TermCounts(review=1)),
    ]


async def test_a_review_counts_by_itself_and_one_cancelled_while_it_is_open_nowhere(pool: Pool) -> None:
    reviews = (PastReview(AGO, AGO, AGO + HOUR), PastReview(AGO + HOUR, AT + DAY))
    cancelled_at = (AT - HOUR, AT - HOUR + MICROSECOND)
    cancelled = [PastImage(AGO, cancelled_at=at, reviews=(PastReview(AGO, AT - HOUR),)) for at in cancelled_at]
    history = History((PastImage(AGO, reviews=reviews), *cancelled))
    await write_history(pool, history)
    figures = await figures_at(pool, AT, history)
    assert (figures.current.met, figures.current.late) == (NONE_COUNTED, TermCounts(review=2))
    assert figures.open == TermCounts(review=1)


async def test_time_saved_is_counted_by_the_steps_of_the_version_an_image_was_ordered_with(pool: Pool) -> None:
    delivered = [PastImage(AGO, first_delivered_at=AT - HOUR, version=version) for version in (1, 1, 2, 3)]
    history = History((*delivered, PastImage(AGO - 30 * DAY, first_delivered_at=AGO - 29 * DAY, specification=1)))
    await write_history(pool, history)
    figures = await figures_at(pool, AT, history)
    assert figures.current.steps == (
        StepFigures("CLIPPING", images=3, milliseconds=360_003),
        StepFigures("SHADOW", images=2, milliseconds=191_000),
    )
    assert figures.previous.saved_milliseconds == 275_500


async def test_figures_older_than_the_minutes_are_exact(pool: Pool) -> None:
    seconds = [timedelta(seconds=second) for second in range(-4000, 4000, 97)]
    images = [PastImage(AT - WINDOW + second, AT, AT - WINDOW + second + HOUR) for second in seconds]
    history = History(tuple(images), minutes_since=AT)
    await write_history(pool, history)
    requests = past_and_present(history, [AT, AT - WINDOW, AT - WINDOW + HOUR])
    assert await pulse_figures(PoolReader(pool), requests) == await reference_figures(PoolReader(pool), requests)


@pytest.mark.parametrize(
    ("statement", "indexes"),
    [
        (
            PULSE_FIGURES,
            {
                "account_heads_pkey",
                "images_cancelled_idx",
                "images_delivered_idx",
                "images_first_rejected_idx",
                "images_late_idx",
                "images_uploaded_idx",
                "inquiries_met_idx",
                "inquiries_missed_idx",
                "orders_by_review_idx",
                "rejections_late_idx",
                "rejections_met_idx",
                "reviews_late_idx",
                "reviews_met_idx",
                "rollups_pkey",
                "savings_rollups_pkey",
                "specification_versions_pkey",
            },
        ),
        (UPLOAD_RUNS, {"images_cancelled_idx", "orders_by_placing_idx", "upload_weeks_pkey"}),
    ],
)
async def test_every_read_is_served_by_the_index_made_for_it(
    new_database: str, statement: Statement, indexes: set[str]
) -> None:
    """Also before the tables are analyzed, since the plan cached then is used for two million images later."""
    pool = await open_pool(new_database)
    nothing = [None] * max(int(number) for number in re.findall(r"\$(\d+)", statement.sql))
    async with unit_of_work(pool) as writer:
        await writer.execute(Statement("no_scans", "SET LOCAL enable_seqscan = off"))
        rows = await writer.fetch(Statement("explain", "EXPLAIN (GENERIC_PLAN) " + statement.sql), *nothing)
    await pool.close()
    plan = "\n".join(row[0] for row in rows)
    assert set(re.findall(r"Index.* (\w+_(?:pkey|idx)) on", plan)) == indexes
    assert "Seq Scan on" not in plan
