from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.local_time import time_zone
from app.domain.pulse.streak import (
    WEEK,
    Streak,
    WeekRun,
    joined,
    monday_of,
    running_week,
    streak_at,
    week_interval,
    weeks_between,
)

UTC_ZONE = time_zone("UTC")
NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)  # a Wednesday
THIS_WEEK = date(2026, 3, 9)
END_OF_WEEK = datetime(2026, 3, 16, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

mondays = st.integers(0, 60).map(lambda weeks: THIS_WEEK - weeks * WEEK)
runs = st.tuples(mondays, st.integers(0, 5)).map(lambda drawn: WeekRun(drawn[0] - drawn[1] * WEEK, drawn[0]))


def ago(weeks: int) -> date:
    return THIS_WEEK - weeks * WEEK


def test_a_streak_counts_back_from_the_current_week() -> None:
    streak = streak_at(NOW, UTC_ZONE, [WeekRun(ago(9), ago(5)), WeekRun(ago(2), ago(0))])
    assert streak == Streak(WeekRun(ago(2), ago(0)), longest=5, uploaded_this_week=True, keep_by=None)


def test_a_streak_counts_back_from_the_last_week_while_the_current_has_no_upload() -> None:
    streak = streak_at(NOW, UTC_ZONE, [WeekRun(ago(3), ago(1))])
    assert streak == Streak(WeekRun(ago(3), ago(1)), longest=3, uploaded_this_week=False, keep_by=END_OF_WEEK)


def test_a_week_without_an_upload_ends_a_streak() -> None:
    streak = streak_at(NOW, UTC_ZONE, [WeekRun(ago(4), ago(2))])
    assert streak == Streak(None, longest=3, uploaded_this_week=False, keep_by=END_OF_WEEK)


def test_without_any_upload_there_is_no_streak() -> None:
    assert streak_at(NOW, UTC_ZONE, []) == Streak(None, longest=0, uploaded_this_week=False, keep_by=END_OF_WEEK)


def test_before_a_cancellation_the_upload_joins_two_runs() -> None:
    known = [WeekRun(ago(4), ago(3)), WeekRun(ago(1), ago(1))]
    assert streak_at(NOW, UTC_ZONE, [*known, WeekRun(ago(2), ago(2))]).current == WeekRun(ago(4), ago(1))


def test_weeks_end_at_midnight_of_monday_user_time() -> None:
    zone = time_zone("Pacific/Auckland")
    last_instant = datetime(2026, 3, 8, 10, 59, 59, 999_999, tzinfo=UTC)
    assert monday_of(last_instant, zone) == date(2026, 3, 2)
    assert monday_of(last_instant + timedelta(microseconds=1), zone) == date(2026, 3, 9)
    assert streak_at(last_instant, zone, []).keep_by == datetime(2026, 3, 8, 11, tzinfo=UTC)


def test_a_streak_that_lives_until_the_end_of_a_week_still_counts_at_it() -> None:
    known = [WeekRun(ago(3), ago(1))]
    ending = streak_at(END_OF_WEEK, UTC_ZONE, known)
    assert ending == Streak(WeekRun(ago(3), ago(1)), longest=3, uploaded_this_week=False, keep_by=END_OF_WEEK)
    over = streak_at(END_OF_WEEK + MICROSECOND, UTC_ZONE, known)
    assert over == Streak(None, longest=3, uploaded_this_week=False, keep_by=END_OF_WEEK + WEEK)


def test_the_end_of_a_week_belongs_to_that_week() -> None:
    zone = time_zone("Pacific/Auckland")
    end = datetime(2026, 3, 8, 11, tzinfo=UTC)
    assert running_week(end, zone) == date(2026, 3, 2)
    assert running_week(end + MICROSECOND, zone) == date(2026, 3, 9)


def test_a_week_with_a_clock_change_is_an_hour_shorter() -> None:
    week = week_interval(date(2026, 3, 23), time_zone("Europe/Copenhagen"))
    assert week.end - week.start == timedelta(hours=167)


def test_weeks_between_two_instants_are_walked_with_both_ends() -> None:
    weeks = list(weeks_between(datetime(2026, 2, 22, 23, tzinfo=UTC), NOW, UTC_ZONE))
    assert [monday for monday, _ in weeks] == [date(2026, 2, 16), date(2026, 2, 23), date(2026, 3, 2), THIS_WEEK]
    assert all(before.end == after.start for (_, before), (_, after) in pairwise(weeks))


@pytest.mark.parametrize("weeks", [1, 2, 53])
def test_a_run_includes_its_first_and_last_week(weeks: int) -> None:
    assert WeekRun(ago(weeks - 1), THIS_WEEK).weeks == weeks


@given(st.lists(runs))
def test_joined_runs_have_the_same_weeks_and_gaps_between_them(drawn: list[WeekRun]) -> None:
    result = joined(drawn)
    assert _weeks(result) == _weeks(drawn)
    assert all(after.first - before.last > WEEK for before, after in pairwise(result))


def _weeks(drawn: list[WeekRun]) -> set[date]:
    return {run.first + number * WEEK for run in drawn for number in range(run.weeks)}
