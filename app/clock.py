"""The clock. Nothing in the domain reads one: instants are passed on from here."""

from datetime import UTC, datetime, timedelta
from typing import Protocol

_NO_OFFSET = timedelta()


class Clock(Protocol):
    """What tells the time."""

    def now(self) -> datetime:
        """Tell the instant, in UTC, to the microsecond."""
        ...


class SystemClock:
    """The machine's clock, ahead by a constant offset, or behind by a negative one."""

    def __init__(self, offset: timedelta = _NO_OFFSET) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """Tell the instant, in UTC, to the microsecond."""
        return datetime.now(UTC) + self.offset


def clock_from(start: datetime | None) -> SystemClock:
    """Start a running clock at an instant with a time zone, or the machine's own without one."""
    return SystemClock() if start is None else SystemClock(start - datetime.now(UTC))
