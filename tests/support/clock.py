"""A clock that stands still until a test advances it."""

from datetime import datetime, timedelta

from app.clock import ClockReading

MICROSECOND = timedelta(microseconds=1)


class FrozenClock:
    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    @property
    def reading(self) -> ClockReading:
        return ClockReading(self._at, timedelta())

    def advance(self, by: timedelta = MICROSECOND) -> datetime:
        """Advance by a duration; windows are half-open, so the last event is inside one a microsecond later."""
        self._at += by
        return self._at

    def advance_to(self, at: datetime) -> datetime:
        """Set the clock to an instant."""
        self._at = at
        return self._at
