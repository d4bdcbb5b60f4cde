from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.local_time import Interval
from app.domain.pulse.figures import PulseFigures, StepFigures, TermCounts, WindowFigures
from app.domain.pulse.kpis import (
    AverageLeadTime,
    Productivity,
    ProductivityStreak,
    Pulse,
    Quality,
    Reliability,
    StepSavings,
    TimeSavings,
    pulse_at,
)
from app.domain.pulse.streak import Streak, WeekRun
from app.domain.pulse.trends import Sentiment, Trend, TrendDirection

AT = datetime(2026, 3, 31, 1, tzinfo=UTC)
NOTHING = WindowFigures()
EMPTY = PulseFigures(NOTHING, NOTHING, uploaded_this_month=0, all_time_processed=0, open=None)
QUIET = Streak(None, longest=0, uploaded_this_week=False, keep_by=AT + timedelta(days=6))
STILL = Trend(TrendDirection.FLAT, None, Sentiment.NEUTRAL)
HOUR = 3_600_000_000


def pulse_of(current: WindowFigures, previous: WindowFigures = NOTHING, streak: Streak = QUIET) -> Pulse:
    return pulse_at(AT, replace(EMPTY, current=current, previous=previous), streak)


def up(percent: float, sentiment: Sentiment = Sentiment.POSITIVE) -> Trend:
    return Trend(TrendDirection.UP, percent, sentiment)


def test_a_pulse_names_its_instant_and_both_windows() -> None:
    pulse = pulse_of(NOTHING)
    assert pulse.as_of == AT
    assert pulse.current_window == Interval(datetime(2026, 3, 1, 1, tzinfo=UTC), AT)
    assert pulse.previous_window == Interval(datetime(2026, 1, 30, 1, tzinfo=UTC), datetime(2026, 3, 1, 1, tzinfo=UTC))


def test_productivity_is_the_count_of_uploads_with_a_summary() -> None:
    figures = PulseFigures(
        replace(NOTHING, uploaded=1_240),
        replace(NOTHING, uploaded=1_103),
        310,
        all_time_processed=39_000_000,
        open=None,
    )
    assert pulse_at(AT, figures, QUIET).productivity == Productivity(
        label="Productivity",
        summary="1,240 images, up 12.4 %",
        trend=up(12.4),
        images_uploaded=1_240,
        previous_images_uploaded=1_103,
        images_this_month=310,
        all_time_processed=39_000_000,
    )


@pytest.mark.parametrize(
    ("uploaded", "before", "summary"),
    [
        (0, 0, "0 images"),
        (1, 0, "1 image, up from none"),
        (2, 2, "2 images, unchanged"),
        (39, 28, "39 images, up 39.3 %"),
        (28, 39, "28 images, down 28.2 %"),
    ],
)
def test_the_summary_of_productivity_is_one_line(uploaded: int, before: int, summary: str) -> None:
    pulse = pulse_of(replace(NOTHING, uploaded=uploaded), replace(NOTHING, uploaded=before))
    assert pulse.productivity.summary == summary


def test_quality_is_the_share_of_first_deliveries_that_were_not_rejected() -> None:
    pulse = pulse_of(replace(NOTHING, delivered=40, rejected=1), replace(NOTHING, delivered=10, rejected=1))
    assert pulse.quality == Quality(
        label="Quality",
        summary="97.5 % right first time, up 7.5 points (8.3 %)",
        trend=replace(up(8.3), change_points=7.5),
        rate=0.975,
        previous_rate=0.9,
        delivered_count=40,
        approved_count=39,
        rejected_count=1,
    )


def test_time_savings_are_exact_hours_of_each_step() -> None:
    steps = (StepFigures("CLIPPING", 39, 39 * 180_000), StepFigures("SHADOW", 20, 20 * 95_500))
    before = (StepFigures("CLIPPING", 28, 28 * 180_000),)
    assert pulse_of(replace(NOTHING, steps=steps), replace(NOTHING, steps=before)).time_savings == TimeSavings(
        label="Time Savings",
        summary="2.5 hours saved, up 77.2 %",
        trend=up(77.2),
        hours=8_930_000 / 3_600_000,
        previous_hours=1.4,
        by_steps=(StepSavings("CLIPPING", 1.95, 39), StepSavings("SHADOW", 1_910_000 / 3_600_000, 20)),
    )


def test_reliability_is_the_share_of_outcomes_on_time_over_all_levels() -> None:
    current = replace(
        NOTHING,
        met=TermCounts(90, 4, 2, 2, 1, rejection=50, review=50),
        late=TermCounts(delivery_plan=1, rejection=50, review=50),
    )
    previous = replace(NOTHING, met=TermCounts(standard=1), late=TermCounts())
    assert pulse_of(current, previous).reliability == Reliability(
        label="Reliability",
        summary="99.0 % on time, down 1.0 points (1.0 %)",
        trend=Trend(TrendDirection.DOWN, -1.0, Sentiment.NEGATIVE, change_points=-1.0),
        rate=0.99,
        previous_rate=1.0,
        due_count=100,
        on_time_count=99,
        late_count=1,
    )


def test_a_longer_lead_time_is_up_and_negative() -> None:
    current = replace(NOTHING, delivered=3, lead_microseconds=22 * HOUR)
    previous = replace(NOTHING, delivered=2, lead_microseconds=14 * HOUR)
    assert pulse_of(current, previous).average_lead_time == AverageLeadTime(
        label="Average Lead Time",
        summary="7 h 20 min, up 4.8 %",
        trend=up(4.8, Sentiment.NEGATIVE),
        seconds=26_400.0,
        previous_seconds=25_200.0,
        delivered_count=3,
    )


@pytest.mark.parametrize(
    ("microseconds", "summary"),
    [(59_999_999, "59 s"), (60_000_000, "1 min"), (HOUR - 1, "59 min"), (1_000 * HOUR, "1,000 h 0 min")],
)
def test_a_lead_time_is_written_in_days_hours_and_minutes(microseconds: int, summary: str) -> None:
    current = replace(NOTHING, delivered=1, lead_microseconds=microseconds)
    assert pulse_of(current).average_lead_time.summary == summary


def test_a_share_or_a_mean_over_nothing_is_none() -> None:
    pulse = pulse_of(NOTHING)
    assert (pulse.quality.rate, pulse.quality.previous_rate, pulse.quality.trend) == (None, None, STILL)
    assert (pulse.reliability.rate, pulse.reliability.previous_rate, pulse.reliability.trend) == (None, None, STILL)
    lead_time = pulse.average_lead_time
    assert (lead_time.seconds, lead_time.previous_seconds, lead_time.trend) == (None, None, STILL)
    assert (pulse.time_savings.hours, pulse.time_savings.summary) == (0.0, "0.0 hours saved")
    assert pulse.quality.summary == lead_time.summary == "Nothing delivered in 30 days"
    assert pulse.reliability.summary == "Nothing due in 30 days"


def test_a_streak_has_no_trend_and_names_its_first_monday() -> None:
    run = WeekRun(date(2026, 3, 2), date(2026, 3, 30))
    assert pulse_of(NOTHING, streak=Streak(run, 12, uploaded_this_week=True, keep_by=None)).productivity_streak == (
        ProductivityStreak(
            label="Productivity Streak",
            summary="5 weeks in a row",
            trend=None,
            weeks=5,
            longest=12,
            since=date(2026, 3, 2),
            uploaded_this_week=True,
            keep_by=None,
        )
    )


def test_no_streak_is_zero_weeks_without_a_first_monday() -> None:
    streak = pulse_of(NOTHING).productivity_streak
    assert (streak.weeks, streak.since, streak.summary) == (0, None, "0 weeks in a row")
    assert streak.keep_by == QUIET.keep_by


@pytest.mark.parametrize(
    ("rejected", "said"), [(0, "100.0 %"), (1, "99.9 %"), (9_999, "0.1 %"), (10_000, "0.0 %"), (5_000, "50.0 %")]
)
def test_a_share_is_called_all_or_none_only_if_it_is(rejected: int, said: str) -> None:
    pulse = pulse_of(replace(NOTHING, delivered=10_000, rejected=rejected))
    assert pulse.quality.summary.startswith(f"{said} right first time")
