"""The clocks. Nothing in the domain reads one: instants are passed on from here.

Instants of the business are read off PostgreSQL's clock alone, by the statements that lock an account's counters or
settle an answer's instant (domain rules, section 1), so servers whose own clocks differ agree. A process's own clock
wakes jobs and times requests.
"""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol

_NO_OFFSET = timedelta()


class ClockReading(NamedTuple):
    """The reading of PostgreSQL's clock by a statement: ahead of it by `offset`, or `frozen` (UTC) by tests."""

    frozen: datetime | None
    offset: timedelta


class Clock(Protocol):
    """A source of the time."""

    def now(self) -> datetime:
        """Return the instant by the process's own clock, in UTC, to the microsecond."""
        ...

    @property
    def reading(self) -> ClockReading:
        """The parameters with which statements read PostgreSQL's clock."""
        ...


class SystemClock:
    """The running clocks, of the machine and of PostgreSQL, ahead by a constant offset, or behind by a negative one."""

    def __init__(self, offset: timedelta = _NO_OFFSET) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """Return the instant by the process's own clock, in UTC, to the microsecond."""
        return datetime.now(UTC) + self.offset

    @property
    def reading(self) -> ClockReading:
        """The parameters with which statements read PostgreSQL's clock."""
        return ClockReading(None, self.offset)


def clock_from(start: datetime | None, now: datetime | None = None) -> SystemClock:
    """Return running clocks that are at `start` now; the clocks' own time without it.

    `now` (UTC) is PostgreSQL's clock; without it, the machine's is used.
    """
    return SystemClock() if start is None else SystemClock(start - (now or datetime.now(UTC)))
