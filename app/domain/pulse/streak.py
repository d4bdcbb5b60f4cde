"""Weeks in a row with an upload (domain rules, section 6). Weeks are ISO weeks of one zone, named by their Monday."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app.domain.local_time import Interval, just_before, local_day, midnight, week_start

WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, order=True)
class WeekRun:
    """Consecutive weeks with an upload, named by the Mondays of the first and the last."""

    first: date
    last: date

    @property
    def weeks(self) -> int:
        """Its number of weeks."""
        return (self.last - self.first) // WEEK + 1


@dataclass(frozen=True, slots=True)
class Streak:
    """The run of weeks that continues at an instant, `None` for none, and the length of the longest.

    `keep_by` (UTC) is the end of the running week, None once it has an upload.
    """

    current: WeekRun | None
    longest: int
    uploaded_this_week: bool
    keep_by: datetime | None


def monday_of(at: datetime, zone: ZoneInfo) -> date:
    """Return the Monday of the ISO week, user time, that holds the instant."""
    return week_start(local_day(at, zone))


def running_week(at: datetime, zone: ZoneInfo) -> date:
    """Return the Monday of the week that runs at an instant; at exactly its end it still does (domain rules, Time)."""
    return monday_of(just_before(at), zone)


def week_interval(monday: date, zone: ZoneInfo) -> Interval:
    """Return the time, UTC, from this Monday's midnight to the next one's."""
    return Interval(midnight(monday, zone), midnight(monday + WEEK, zone))


def weeks_between(since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[tuple[date, Interval]]:
    """Yield the weeks, each with its Monday, from the one that holds `since` to the one that holds `until`."""
    monday, last = monday_of(since, zone), monday_of(until, zone)
    while monday <= last:
        yield monday, week_interval(monday, zone)
        monday += WEEK


def joined(runs: Iterable[WeekRun]) -> list[WeekRun]:
    """Sort runs, joining those that overlap or follow each other without a gap."""
    result: list[WeekRun] = []
    for run in sorted(runs):
        if result and run.first <= result[-1].last + WEEK:
            before = result.pop()
            result.append(WeekRun(before.first, max(before.last, run.last)))
        else:
            result.append(run)
    return result


def streak_at(at: datetime, zone: ZoneInfo, runs: Sequence[WeekRun]) -> Streak:
    """Return the streak at an instant from all runs of weeks with an upload before it, in any order.

    It is counted back from the running week, or from the one before while that has no upload yet.
    """
    this_week = running_week(at, zone)
    known = joined(runs)
    last = known[-1] if known else None
    uploaded = last is not None and last.last == this_week
    return Streak(
        current=last if last is not None and last.last >= this_week - WEEK else None,
        longest=max((run.weeks for run in known), default=0),
        uploaded_this_week=uploaded,
        keep_by=None if uploaded else week_interval(this_week, zone).end,
    )
