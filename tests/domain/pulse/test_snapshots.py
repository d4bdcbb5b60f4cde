"""Sums and weeks are read back from JSON exactly."""

from datetime import date, datetime

import orjson
from hypothesis import given
from hypothesis import strategies as st

from app.domain.pulse.figures import PulseFigures, StepFigures, TermCounts, WindowFigures
from app.domain.pulse.snapshots import figures_from_json, figures_to_json, streak_from_json, streak_to_json
from app.domain.pulse.streak import WEEK, Streak, WeekRun
from tests.support.strategies import instants

COUNTS = st.integers(0, 2**31 - 1)
LONG = st.integers(0, 2**63 - 1)
MONDAYS = st.integers(0, 5000).map(lambda weeks: date(1970, 1, 5) + weeks * WEEK)
TERMS = st.builds(TermCounts, *[COUNTS] * 6, review=st.just(0))  # no snapshot keeps reviews
STEPS = st.lists(st.builds(StepFigures, st.text(), COUNTS, LONG), max_size=3).map(tuple)
WINDOWS = st.builds(WindowFigures, COUNTS, COUNTS, COUNTS, LONG, TERMS, TERMS, STEPS)
FIGURES = st.builds(PulseFigures, WINDOWS, WINDOWS, COUNTS, COUNTS, st.none())
RUNS = st.lists(MONDAYS, min_size=2, max_size=2).map(sorted).map(lambda weeks: WeekRun(*weeks))
STREAKS = st.builds(Streak, st.none() | RUNS, COUNTS, st.booleans(), st.none() | instants)


@given(FIGURES)
def test_sums_are_read_back_equal(figures: PulseFigures) -> None:
    assert figures_from_json(orjson.loads(orjson.dumps(figures_to_json(figures)))) == figures


@given(STREAKS)
def test_a_stored_streak_is_read_back_equal(streak: Streak) -> None:
    assert streak_from_json(orjson.loads(orjson.dumps(streak_to_json(streak)))) == streak


def test_sums_are_kept_by_the_names_of_the_rules() -> None:
    late = TermCounts(expedited=1, expedited_additional=2, delivery_plan=3)
    window = WindowFigures(5, 4, 1, 3_600_000_001, TermCounts(standard=3), late)
    steps = (StepFigures("CLIPPING", 4, 720_000),)
    kept = figures_to_json(PulseFigures(window, WindowFigures(steps=steps), 5, 9, None))
    nothing = {"standard": 0, "expedited": 0, "additional": 0, "rejection": 0}
    assert kept["current"] == {
        "uploaded": 5,
        "delivered": 4,
        "rejected": 1,
        "leadMicroseconds": 3_600_000_001,
        "met": nothing | {"standard": 3},
        "late": nothing | {"expedited": 6},
        "expeditedAdditional": {"met": 0, "late": 2},
        "deliveryPlan": {"met": 0, "late": 3},
        "steps": [],
    }
    assert kept["previous"]["steps"] == [{"step": "CLIPPING", "images": 4, "milliseconds": 720_000}]
    assert (kept["uploadedThisMonth"], kept["allTimeProcessed"]) == (5, 9)


def test_reviews_are_not_kept() -> None:
    window = WindowFigures(met=TermCounts(standard=1, review=2))
    kept = figures_from_json(figures_to_json(PulseFigures(window, window, 0, 0, None)))
    assert kept.current.met == TermCounts(standard=1)


def test_sums_of_a_release_that_counts_all_expedited_images_at_once_are_read() -> None:
    kept = figures_to_json(PulseFigures(WindowFigures(met=TermCounts(expedited=4)), WindowFigures(), 0, 0, None))
    for window in (kept["current"], kept["previous"]):
        del window["expeditedAdditional"], window["deliveryPlan"]
    assert figures_from_json(kept).current.met == TermCounts(expedited=4)


def test_weeks_are_kept_by_their_mondays() -> None:
    run = WeekRun(date(2026, 3, 2), date(2026, 3, 9))
    keep_by = datetime.fromisoformat("2026-03-15T23:00:00Z")
    assert streak_to_json(Streak(run, 7, uploaded_this_week=False, keep_by=keep_by)) == {
        "current": {"first": "2026-03-02", "last": "2026-03-09"},
        "longest": 7,
        "uploadedThisWeek": False,
        "keepBy": "2026-03-15T23:00:00Z",
    }
