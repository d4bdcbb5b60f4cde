from datetime import UTC, datetime, timedelta

from app.clock import SystemClock, clock_from

SECOND = timedelta(seconds=1)


def test_without_a_start_the_clock_is_the_machines() -> None:
    before = datetime.now(UTC)
    assert before <= clock_from(None).now() <= datetime.now(UTC)


def test_a_clock_runs_on_from_its_start() -> None:
    start = datetime(2026, 3, 28, 22, 59, 30, tzinfo=UTC)
    clock = clock_from(start)
    first, second = clock.now(), clock.now()
    assert start <= first <= second < start + SECOND


def test_a_clock_returns_utc_for_any_offset() -> None:
    assert SystemClock(timedelta(days=-400)).now().tzinfo is UTC
