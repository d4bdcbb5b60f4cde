from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.deadlines.working_hours import working_hours_after
from app.domain.local_time import Interval, local_day, midnight, time_zone, wall_clock, week_start
from tests.support.strategies import MICROSECOND, ONE_DAY, moments

COPENHAGEN = time_zone("Europe/Copenhagen")
CHICAGO = time_zone("America/Chicago")
CAIRO = time_zone("Africa/Cairo")
FIVE_HOURS = timedelta(hours=5)

durations = st.timedeltas(timedelta(seconds=1), timedelta(weeks=3)) | st.just(FIVE_HOURS)


def on_the_wall(text: str, zone: ZoneInfo) -> datetime:
    reading = datetime.fromisoformat(text)
    return wall_clock(reading.date(), reading.time(), zone)


@pytest.mark.parametrize(
    ("at", "after"),
    [
        ("2026-03-04 10:00", "2026-03-04 15:00"),  # Wednesday
        ("2026-03-04 22:00", "2026-03-05 03:00"),
        ("2026-03-06 18:59", "2026-03-06 23:59"),  # Friday
        ("2026-03-06 19:00", "2026-03-07 00:00"),  # until the midnight that ends Friday
        ("2026-03-06 22:00", "2026-03-09 03:00"),
        ("2026-03-07 00:00", "2026-03-09 05:00"),  # Saturday
        ("2026-03-08 23:59", "2026-03-09 05:00"),
        ("2026-03-09 00:00", "2026-03-09 05:00"),  # Monday
    ],
)
@pytest.mark.parametrize("zone", [COPENHAGEN, CHICAGO], ids=str)
def test_five_hours_run_from_monday_to_friday_user_time(at: str, after: str, zone: ZoneInfo) -> None:
    assert working_hours_after(on_the_wall(at, zone), FIVE_HOURS, zone) == on_the_wall(after, zone)


def test_hours_longer_than_a_week_leave_out_each_weekend() -> None:
    after = working_hours_after(on_the_wall("2026-03-06 12:00", COPENHAGEN), timedelta(hours=12 + 120 + 1), COPENHAGEN)
    assert after == on_the_wall("2026-03-16 01:00", COPENHAGEN)


def test_an_hour_that_the_clock_jumps_over_has_not_elapsed() -> None:
    at = on_the_wall("2026-04-23 22:00", CAIRO)  # on Friday 24 April the clock jumps from 00:00 to 01:00
    assert working_hours_after(at, FIVE_HOURS, CAIRO) == on_the_wall("2026-04-24 04:00", CAIRO)


def test_monday_opens_at_its_midnight_after_a_clock_change_on_the_weekend() -> None:
    at = on_the_wall("2026-03-27 22:00", COPENHAGEN)  # on Sunday 29 March the clock jumps from 02:00 to 03:00
    assert working_hours_after(at, FIVE_HOURS, COPENHAGEN) == datetime(2026, 3, 30, 1, tzinfo=UTC)


@given(moments(), durations)
def test_the_working_hours_between_are_the_duration(moment: tuple[ZoneInfo, datetime], duration: timedelta) -> None:
    zone, at = moment
    after = working_hours_after(at, duration, zone)
    assert _running(at, after, zone) == duration
    assert _running(at, after - MICROSECOND, zone) < duration


@given(moments(), durations, st.timedeltas(timedelta(0), timedelta(weeks=1)))
def test_later_instants_have_no_earlier_ends(
    moment: tuple[ZoneInfo, datetime], duration: timedelta, later: timedelta
) -> None:
    zone, at = moment
    assert working_hours_after(at, duration, zone) <= working_hours_after(at + later, duration, zone)


@given(moments(), durations)
def test_no_working_hours_end_amid_a_weekend(moment: tuple[ZoneInfo, datetime], duration: timedelta) -> None:
    zone, at = moment
    assert local_day(working_hours_after(at, duration, zone) - MICROSECOND, zone).weekday() < 5


def _running(start: datetime, end: datetime, zone: ZoneInfo) -> timedelta:
    """Return the time between two instants that belongs to local days from Monday to Friday, day by day."""
    day, last = week_start(local_day(start, zone)), local_day(end, zone)
    running = timedelta(0)
    while day <= last:
        today = Interval(midnight(day, zone), midnight(day + ONE_DAY, zone))
        if day.weekday() < 5:
            running += max(min(end, today.end) - max(start, today.start), timedelta(0))
        day += ONE_DAY
    return running
