from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.instants import rfc3339
from engine.scalars import (
    MalformedValue,
    read_date,
    read_instant,
    write_decimal,
    write_duration,
    write_local_time,
)

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def test_an_instant_is_written_in_utc_with_microseconds_only_where_there_are_some() -> None:
    assert rfc3339(NOON) == "2026-03-10T12:00:00Z"
    assert rfc3339(NOON.replace(microsecond=120_000)) == "2026-03-10T12:00:00.120000Z"
    assert rfc3339(NOON.astimezone(timezone(timedelta(hours=1)))) == "2026-03-10T12:00:00Z"


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_is_read_as_it_was_written(at: datetime) -> None:
    assert read_instant(rfc3339(at)) == at


@pytest.mark.parametrize(
    "text",
    ["2026-03-10T12:00:00Z", "2026-03-10t12:00:00z", "2026-03-10T13:30:00+01:30", "2026-03-10T12:00:00.000-00:00"],
)
def test_an_instant_is_read_with_any_offset(text: str) -> None:
    assert read_instant(text) == NOON


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-10T12:00:00",
        "2026-03-10",
        "2026-03-10 12:00:00Z",
        "2026-03-10T12:00Z",
        "2026-02-30T12:00:00Z",
        "2026-03-10T24:00:00Z",
        "2026-03-10T12:00:00.1234567Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "\N{ARABIC-INDIC DIGIT TWO}026-03-10T12:00:00Z",
        "2026-03-10T12:00:00Z\n",
        "yesterday",
        "",
        1_773_144_000,
        True,
    ],
)
def test_what_is_no_instant_is_malformed(value: object) -> None:
    with pytest.raises(MalformedValue):
        read_instant(value)


def test_a_date_is_read() -> None:
    assert read_date("2026-03-10") == date(2026, 3, 10)


@pytest.mark.parametrize("value", ["2026-3-10", "2026-02-30", "20260310", "2026-W11-2", "2026-03-10T12:00:00Z", "", 5])
def test_what_is_no_date_is_malformed(value: object) -> None:
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
    assert write_duration(duration) == text


def test_a_local_time_is_written_in_hours_and_minutes() -> None:
    assert write_local_time(time(9)) == "09:00"


@pytest.mark.parametrize(
    ("value", "text"), [("1.45", "1.45"), ("1E+3", "1000"), ("0.10", "0.10"), ("1E-7", "0.0000001")]
)
def test_a_decimal_is_written_without_an_exponent(value: str, text: str) -> None:
    assert write_decimal(Decimal(value)) == text
