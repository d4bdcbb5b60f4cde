from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.local_time import time_zone
from app.domain.user_time import date_in_words, duration_in_words, offset_in_words, user_time
from tests.support.strategies import MICROSECOND

COPENHAGEN = time_zone("Europe/Copenhagen")
MIDNIGHT = datetime(2026, 3, 3, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after_midnight", "reading"),
    [
        (timedelta(minutes=-1), "Tuesday 3 March 2026, 23:59"),
        (-MICROSECOND, "Tuesday 3 March 2026, 23:59:59"),
        (timedelta(0), "Wednesday 4 March 2026, 00:00"),
        (timedelta(milliseconds=1), "Wednesday 4 March 2026, 00:00"),
        (timedelta(seconds=1), "Wednesday 4 March 2026, 00:00:01"),
    ],
)
def test_an_instant_is_cut_off_to_the_second_and_seconds_are_written_unless_they_are_zero(
    after_midnight: timedelta, reading: str
) -> None:
    assert user_time(MIDNIGHT + after_midnight, COPENHAGEN) == f"{reading} (UTC+01:00, Europe/Copenhagen)"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Asia/Kathmandu", "Wednesday 4 March 2026, 04:45 (UTC+05:45, Asia/Kathmandu)"),
        ("Australia/Lord_Howe", "Wednesday 4 March 2026, 10:00 (UTC+11:00, Australia/Lord_Howe)"),
        ("Europe/London", "Tuesday 3 March 2026, 23:00 (UTC, Europe/London)"),
        ("UTC", "Tuesday 3 March 2026, 23:00 (UTC)"),
    ],
)
def test_an_instant_is_written_with_its_offset_and_its_zone_once_each(name: str, expected: str) -> None:
    assert user_time(MIDNIGHT, time_zone(name)) == expected


def test_an_offset_is_written_with_its_seconds() -> None:
    monrovia = time_zone("Africa/Monrovia")
    at = datetime(1971, 3, 3, 12, tzinfo=UTC)
    assert offset_in_words(at, monrovia) == "UTC-00:44:30"
    assert user_time(at, monrovia) == "Wednesday 3 March 1971, 11:15:30 (UTC-00:44:30, Africa/Monrovia)"


def test_both_readings_of_a_repeated_hour_are_written_differently() -> None:
    winter_time = datetime(2026, 10, 25, 1, tzinfo=UTC)
    assert user_time(winter_time - MICROSECOND, COPENHAGEN) == (
        "Sunday 25 October 2026, 02:59:59 (UTC+02:00, Europe/Copenhagen)"
    )
    assert user_time(winter_time, COPENHAGEN) == "Sunday 25 October 2026, 02:00 (UTC+01:00, Europe/Copenhagen)"


def test_a_date_is_written_without_a_leading_zero() -> None:
    assert date_in_words(date(2026, 3, 6)) == "Friday 6 March 2026"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (60, "1 hour"),
        (180, "3 hours"),
        (90, "90 minutes"),
        (1, "1 minute"),
        (1440, "24 hours"),
        (1.25, "75 seconds"),
    ],
)
def test_a_duration_is_written_in_whole_hours_or_else_in_minutes_or_seconds(minutes: float, words: str) -> None:
    assert duration_in_words(timedelta(minutes=minutes)) == words
