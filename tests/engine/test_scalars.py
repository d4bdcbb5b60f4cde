from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from app.domain.durations import iso8601
from engine.scalars import (
    MalformedValue,
    parse_instant,
    read_date,
    read_duration,
    write_decimal,
    write_local_time,
)


def test_an_instant_is_read_as_everywhere_else() -> None:
    assert parse_instant("2026-03-10t13:00:00.1234567+01:00") == datetime(2026, 3, 10, 12, 0, 0, 123_456, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("2026-03-10", "It must be an instant with an offset, like 2026-03-02T13:05:00Z."),
        (1_773_144_000, "It must be an instant with an offset, like 2026-03-02T13:05:00Z."),
        ("2201-01-01T00:00:00Z", "It must be in the years 1970 to 2200."),
    ],
)
def test_any_other_value_is_no_instant(value: object, message: str) -> None:
    with pytest.raises(MalformedValue) as malformed:
        parse_instant(value)
    assert str(malformed.value) == message


def test_a_date_is_read() -> None:
    assert read_date("2026-03-10") == date(2026, 3, 10)


@pytest.mark.parametrize("value", ["2026-3-10", "2026-02-30", "20260310", "2026-W11-2", "2026-03-10T12:00:00Z", "", 5])
def test_any_other_value_is_no_date(value: object) -> None:
    with pytest.raises(MalformedValue):
        read_date(value)


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (timedelta(hours=3), "PT3H"),
        (timedelta(hours=30), "PT30H"),
        (timedelta(minutes=90), "PT1H30M"),
        (timedelta(seconds=61), "PT1M1S"),
        (timedelta(0), "PT0S"),
    ],
)
def test_a_duration_is_written_in_iso_8601(duration: timedelta, text: str) -> None:
    assert iso8601(duration) == text


def test_a_local_time_is_written_in_hours_and_minutes() -> None:
    assert write_local_time(time(9)) == "09:00"


@pytest.mark.parametrize(
    ("value", "text"), [("1.45", "1.45"), ("1E+3", "1000"), ("0.10", "0.10"), ("1E-7", "0.0000001")]
)
def test_a_decimal_is_written_without_an_exponent(value: str, text: str) -> None:
    assert write_decimal(Decimal(value)) == text


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("PT2H", timedelta(hours=2)),
        ("P1D", timedelta(days=1)),
        ("P2DT3H4M5S", timedelta(days=2, hours=3, minutes=4, seconds=5)),
        ("PT0S", timedelta()),
        ("PT90M", timedelta(minutes=90)),
        ("PT2592000S", timedelta(days=30)),
    ],
)
def test_a_duration_is_read_in_iso_8601(text: str, duration: timedelta) -> None:
    assert read_duration(text) == duration


@pytest.mark.parametrize(
    "value", ["", "P", "PT", "P1DT", "2H", "PT2", "-PT2H", "PT1.5H", "PT2H ", "P1M", "PT\u0662H", 7200]
)
def test_a_value_that_is_no_duration_is_refused(value: object) -> None:
    with pytest.raises(MalformedValue, match="A duration is written as PT3H"):
        read_duration(value)


@pytest.mark.parametrize("value", ["P999999999D", "PT12345678H", "P1DT00000001S", f"PT{'9' * 5_000}M"])
def test_a_duration_that_is_written_well_but_too_long_is_refused_as_such(value: str) -> None:
    with pytest.raises(MalformedValue, match=r"^The numbers of a duration have at most 7 digits\.$"):
        read_duration(value)
