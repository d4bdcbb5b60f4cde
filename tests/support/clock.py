"""A clock that stands still until it is told to go on."""

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
        """Go on; windows are half-open, so what just happened is known a microsecond later."""
        self._at += by
        return self._at

    def advance_to(self, at: datetime) -> datetime:
        """Go on to an instant, which may be before now too."""
        self._at = at
        return self._at
