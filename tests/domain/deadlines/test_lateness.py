from datetime import UTC, datetime, timedelta

from app.domain.deadlines.lateness import late_at, late_by, on_time
from tests.support.strategies import MICROSECOND

DUE = datetime(2026, 3, 9, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_an_undelivered_image_is_late_from_its_deadline_on() -> None:
    assert late_at(DUE, None, None) == DUE


def test_a_delivery_a_microsecond_after_the_deadline_is_late_and_one_at_it_is_not() -> None:
    assert late_at(DUE, DUE + MICROSECOND, None) == DUE
    assert late_at(DUE, DUE, None) is None
    assert late_at(DUE, DUE - HOUR, None) is None


def test_an_image_cancelled_late_stays_late_and_one_cancelled_at_its_deadline_is_not() -> None:
    assert late_at(DUE, None, DUE + MICROSECOND) == DUE
    assert late_at(DUE, None, DUE) is None
    assert late_at(DUE, None, DUE - HOUR) is None


def test_without_a_deadline_an_image_is_never_late_and_never_on_time() -> None:
    assert late_at(None, None, None) is None
    assert late_at(None, DUE, None) is None
    assert on_time(None, DUE) is None
    assert late_by(None, DUE) is None


def test_on_time_depends_on_the_first_delivery() -> None:
    assert on_time(DUE, None) is None
    assert on_time(DUE, DUE) is True
    assert on_time(DUE, DUE + MICROSECOND) is False


def test_only_a_late_delivery_has_a_delay() -> None:
    assert late_by(DUE, DUE + MICROSECOND) == MICROSECOND
    assert late_by(DUE, DUE) is None
    assert late_by(DUE, None) is None
