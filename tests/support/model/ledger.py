"""The model of an account's ledger: its days, its zones, its terms, and whether it is closed."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, TypeVar, cast
from zoneinfo import ZoneInfo

from app.domain.local_time import local_day, midnight, time_zone
from tests.support.model.facts import Day, Reason, Version
from tests.support.model.refusals import FRIDAY
from tests.support.model.terms import Agreement

Result = TypeVar("Result")

PLAN: Final = (200, 20)
"""The images and expedites of the Professional plan."""
MICROSECOND: Final = timedelta(microseconds=1)
MINUTE: Final = timedelta(minutes=1)
DAY: Final = timedelta(days=1)


class Ledger:
    """The ledger days of an account, and its terms."""

    def __init__(self, created_at: datetime, zone: str, images: int, expedites: int) -> None:
        self.zone = time_zone(zone)
        self.zones_of_day = [self.zone]
        first = local_day(created_at, self.zone)
        self.agreement = Agreement([Version(1, first, images, expedites, plan=PLAN)])
        self.last_at = created_at
        self.closed_at: datetime | None = None
        self.days = [self._open(midnight(first, self.zone))]

    def instant(self, now: datetime) -> datetime:
        """Return the instant of a command, later than those before it."""
        return max(now, self.last_at + MICROSECOND)

    def running(self, at: datetime) -> Day:
        """Return the ledger day of an instant, opening all days up to it."""
        while self.days[-1].closes_at <= at:
            self.zones_of_day = [self.zone]
            self.days.append(self._open(self.days[-1].closes_at))
        return self.days[-1]

    def _open(self, opens_at: datetime) -> Day:
        name = local_day(opens_at, self.zone)
        closes_at = midnight(name + DAY, self.zone)
        return Day(name, opens_at, closes_at, closes_at, *self.agreement.on(name), self.agreement.others_on(name))

    def agree(self, now: datetime, change: Callable[[Agreement, date], Result]) -> Result:
        """Change the SLA, given the date of the running ledger day; False is no change."""
        at = self.instant(now)
        changed = change(self.agreement, self.running(at).name)
        if cast("object", changed) is not False:
            self.last_at = at
        return changed

    def change_zone(self, now: datetime, zone: str) -> Day | None:
        """Move unless already there; the running ledger day is never shortened, and the next one has a later date."""
        if self.zone.key == zone:
            return None
        self.last_at = self.instant(now)
        day = self.running(self.last_at)
        self.zone = time_zone(zone)
        self.zones_of_day.append(self.zone)
        date_ = day.name + DAY
        while midnight(date_, self.zone) < max(day.planned_end, self.last_at):
            date_ += DAY
        day.closes_at = midnight(date_, self.zone)
        return self.running(self.last_at)

    def close(self, now: datetime) -> None:
        """Close the account, unless it is closed."""
        if self.closed_at is None:
            self.closed_at = self.last_at = self.instant(now)

    def reopen(self, now: datetime) -> None:
        """Open the account again, unless it is open."""
        if self.closed_at is not None:
            self.closed_at, self.last_at = None, self.instant(now)

    def closed(self) -> list[Reason]:
        """Return the reason to refuse uploads and expedites, if the account is closed."""
        return [] if self.closed_at is None else [Reason("AccountIsClosed")]

    def redo_due_at(self, at: datetime) -> datetime:
        """Return the deadline after a rejection: a turnaround later, or at that wall clock time on Monday."""
        turnaround: timedelta = self.running(at).terms["rejection_turnaround"]
        due_at = at + turnaround
        day = local_day(due_at, self.zone)
        if day.isoweekday() <= FRIDAY:
            return due_at
        monday = day + (8 - day.isoweekday()) * DAY
        return _reading(monday, due_at.astimezone(self.zone).time(), self.zone)

    def promised_by(self, at: datetime, term: str) -> datetime:
        """Return the instant a turnaround later, of which only the hours from Monday to Friday count."""
        left: timedelta = self.running(at).terms[term]
        day = local_day(at, self.zone)
        while True:
            end = midnight(day + DAY, self.zone)
            if day.isoweekday() <= FRIDAY:
                if at + left <= end:
                    return at + left
                left -= end - at
            day, at = day + DAY, end

    def next_morning(self, at: datetime) -> datetime:
        """Return the deadline of an upload within the guarantee, the later one of the zones of its day."""
        deliver_by = self.running(at).terms["deliver_by"]
        return max(_next_morning_in(zone, at, deliver_by) for zone in self.zones_of_day)


def _next_morning_in(zone: ZoneInfo, at: datetime, deliver_by: time) -> datetime:
    day = local_day(at, zone) + DAY
    while day.isoweekday() > FRIDAY:
        day += DAY
    return _reading(day, deliver_by, zone)


def _reading(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return the first instant (UTC) at which a clock shows a time of a day, or else the first one after the gap."""
    wanted = datetime.combine(day, clock.replace(fold=0), zone)
    instant = wanted.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wanted.replace(tzinfo=None):
        return instant
    instant = instant.replace(second=0)  # it is after the gap, by at most as much as the gap is long
    while (instant - MINUTE).astimezone(zone).replace(tzinfo=None) >= wanted.replace(tzinfo=None):
        instant -= MINUTE
    return instant
