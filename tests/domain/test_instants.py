from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.instants import BadInstant, read_instant, rfc3339

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
FORM = "must be an instant with an offset, like 2026-03-02T13:05:00Z"
YEARS = "must be in the years 1970 to 2200"
BAD = {
    "2026-03-10T12:00:00": FORM,
    "2026-03-10": FORM,
    "2026-03-10 12:00:00Z": FORM,
    "2026-03-10T12:00Z": FORM,
    "2026-03-10T24:00:00Z": FORM,
    "2026-03-10T12:00:00.Z": FORM,
    "2026-03-10T12:00:00,5Z": FORM,
    "\N{ARABIC-INDIC DIGIT TWO}026-03-10T12:00:00Z": FORM,
    "2026-03-10T12:00:00Z\n": FORM,
    f"2026-03-10T12:00:00.{'0' * 100}Z": FORM,
    "yesterday": FORM,
    "": FORM,
    "2026-02-30T12:00:00Z": "is no instant that exists: 2026-02-30T12:00:00Z",
    "2026-03-10T12:00:60Z": "is no instant that exists: 2026-03-10T12:00:60Z",
    "2026-03-10T12:00:00+24:00": "is no instant that exists: 2026-03-10T12:00:00+24:00",
    "1969-12-31T23:59:59Z": YEARS,
    "1970-01-01T00:00:00+00:01": YEARS,
    "2201-01-01T00:00:00Z": YEARS,
    "2200-12-31T23:59:59-01:00": YEARS,
    "0001-01-01T00:00:00+01:00": YEARS,
    "9999-12-31T23:59:59-01:00": YEARS,
}


@pytest.mark.parametrize(
    "text",
    ["2026-03-10T12:00:00Z", "2026-03-10t12:00:00z", "2026-03-10T13:30:00+01:30", "2026-03-10T12:00:00.000-00:00"],
)
def test_an_instant_is_read_with_any_offset_in_either_case(text: str) -> None:
    read = read_instant(text)
    assert (read, read.tzinfo) == (NOON, UTC)


@pytest.mark.parametrize(
    ("fraction", "microseconds"), [("5", 500_000), ("1234567", 123_456), ("9999999999", 999_999), ("0000009", 0)]
)
def test_digits_after_the_microseconds_are_cut_off(fraction: str, microseconds: int) -> None:
    for offset in ("Z", "+00:00"):
        assert read_instant(f"2026-03-10T12:00:00.{fraction}{offset}") == NOON.replace(microsecond=microseconds)


@pytest.mark.parametrize("text", BAD)
def test_an_instant_outside_the_supported_years_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(BadInstant) as refused:
        read_instant(text)
    assert (refused.value.problem, str(refused.value)) == (BAD[text], f"It {BAD[text]}.")


@pytest.mark.parametrize("value", [1_773_144_000, True, None, ["2026-03-10T12:00:00Z"]])
def test_a_value_that_is_not_text_is_no_instant(value: object) -> None:
    with pytest.raises(BadInstant):
        read_instant(value)


@given(st.datetimes(datetime(1970, 1, 1), datetime(2200, 12, 31, 23, 59, 59, 999_999), timezones=st.just(UTC)))  # noqa: DTZ001 - it adds UTC
def test_an_instant_is_read_as_it_was_written(at: datetime) -> None:
    assert read_instant(rfc3339(at)) == at


def test_an_instant_is_written_in_utc_with_a_z() -> None:
    assert rfc3339(NOON) == "2026-03-10T12:00:00Z"


def test_microseconds_are_written_unless_they_are_zero() -> None:
    assert rfc3339(datetime(2026, 3, 2, 13, 5, 0, 1, tzinfo=UTC)) == "2026-03-02T13:05:00.000001Z"
    assert rfc3339(NOON.replace(microsecond=120_000)) == "2026-03-10T12:00:00.120000Z"


def test_other_offsets_are_written_in_utc() -> None:
    at = datetime(2026, 3, 2, 1, 5, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    assert rfc3339(at) == "2026-03-01T19:20:00Z"
