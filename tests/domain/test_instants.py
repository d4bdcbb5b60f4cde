from datetime import UTC, datetime, timedelta, timezone

from app.domain.instants import rfc3339


def test_an_instant_is_written_in_utc_with_a_z() -> None:
    assert rfc3339(datetime(2026, 3, 2, 13, 5, tzinfo=UTC)) == "2026-03-02T13:05:00Z"


def test_microseconds_are_written_where_there_are_any() -> None:
    assert rfc3339(datetime(2026, 3, 2, 13, 5, 0, 1, tzinfo=UTC)) == "2026-03-02T13:05:00.000001Z"


def test_other_offsets_are_told_in_utc() -> None:
    at = datetime(2026, 3, 2, 1, 5, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    assert rfc3339(at) == "2026-03-01T19:20:00Z"
