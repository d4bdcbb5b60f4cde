"""An account's ledger days, which tile time for its guarantee and quota (domain rules, section 4).

Normally they are the local days of the account's zone. A zone change never shortens the running one: it lasts until a
midnight of the new zone. They follow from the account's short zone history alone, whether jobs have run or not.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from app.domain.errors import BeforeFirstLedgerDay
from app.domain.local_time import just_before, local_day, local_day_interval, midnight, time_zone
from app.domain.sla.terms import SlaVersion

_ONE_DAY: Final = timedelta(days=1)
_CACHED_DAYS: Final = 2**14


class ChangedBy(StrEnum):
    """The caller who changed a time zone; an import is of staff."""

    CLIENT = "CLIENT"
    STAFF = "STAFF"


@dataclass(frozen=True, slots=True)
class ZonePeriod:
    """A zone, by name, and the instant since which it is the account's.

    A history ascends by instant; its first period starts with the account. `changed_by` is None for the first, and for
    changes recorded by releases in which they did not postpone the deadlines of uploads.
    """

    starts_at: datetime
    time_zone: str
    changed_by: ChangedBy | None = None


@dataclass(frozen=True, slots=True)
class LedgerDay:
    """The time from `opens_at` until just before `closes_at`, UTC, named by the local date at its opening."""

    date: date
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class _Run:
    """The ledger day in which a zone became the account's, then that zone's local days, until the next run's first.

    `planned_end` is the closing that the first day had at its opening. A second change in that day starts a run with
    the same day, which replaces this one.
    """

    first: LedgerDay
    planned_end: datetime
    zone: ZoneInfo


def zone_at(at: datetime, periods: Sequence[ZonePeriod]) -> ZoneInfo:
    """Return the account's zone at the instant; before the account, its first one."""
    in_force = next((period for period in reversed(periods) if period.starts_at <= at), periods[0])
    return time_zone(in_force.time_zone)


def zone_before(at: datetime, periods: Sequence[ZonePeriod]) -> ZoneInfo:
    """Return the account's zone just before the instant, by which months and weeks are counted (domain rules, Time)."""
    return zone_at(just_before(at), periods)


def first_ledger_day(periods: Sequence[ZonePeriod]) -> LedgerDay:
    """Return the ledger day in which the account was created: the whole local day, longer if the zone changed in it."""
    return ledger_day_at(periods[0].starts_at, periods)


def ledger_day_at(at: datetime, periods: Sequence[ZonePeriod]) -> LedgerDay:
    """Return the ledger day of an instant; raises BeforeFirstLedgerDay for one before the account's first.

    A zone change alters the day running at it and later ones, none before. Future days are of the last zone.
    """
    runs = _runs(periods)
    run = next((run for run in reversed(runs) if at >= run.first.opens_at), None)
    if run is None:
        raise BeforeFirstLedgerDay(at, runs[0].first.opens_at)
    return _day_in(run, at)


def ledger_day_of(day: date, periods: Sequence[ZonePeriod]) -> LedgerDay | None:
    """Return the ledger day of this date; None before the first, and for a date that was skipped."""
    found = ledger_day_from(day, periods)
    return found if found.date == day else None


def first_ledger_days_from(dates: Iterable[date], periods: Sequence[ZonePeriod]) -> list[LedgerDay]:
    """Return the first ledger day of each date or a later one; a future day is of the last zone."""
    runs = _runs(periods)
    return [_first_day_from(day, runs) for day in dates]


def closed_ledger_days(since: datetime | None, until: datetime, periods: Sequence[ZonePeriod]) -> Iterator[LedgerDay]:
    """Yield the days that closed by `until`, from the one that opened at `since` (UTC) or else from the first."""
    day = first_ledger_day(periods) if since is None else ledger_day_at(since, periods)
    while day.closes_at <= until:
        yield day
        day = ledger_day_at(day.closes_at, periods)


def sla_effective_from(version: int, periods: Sequence[ZonePeriod], versions: Sequence[SlaVersion]) -> datetime:
    """Return the instant (UTC) from which a version is in force: the opening of the first ledger day from its date on.

    A future day is of the last zone. Raises KeyError when no version has the number.
    """
    effective_dates = {each.version: each.effective_date for each in versions}
    return ledger_day_from(effective_dates[version], periods).opens_at


def ledger_day_from(day: date, periods: Sequence[ZonePeriod]) -> LedgerDay:
    """Return the first ledger day of this date or a later one; future days are of the last zone."""
    return _first_day_from(day, _runs(periods))


def _first_day_from(day: date, runs: Sequence[_Run]) -> LedgerDay:
    """Return the first ledger day of this date or a later one."""
    run = next((run for run in reversed(runs) if day >= run.first.date), runs[0])
    if day <= run.first.date:
        return run.first
    return _day_in(run, max(midnight(day, run.zone), run.first.closes_at))


def _runs(periods: Sequence[ZonePeriod]) -> list[_Run]:
    """Return a run for each period; the account's opening starts the first one."""
    zone = time_zone(periods[0].time_zone)
    first = _local_ledger_day(local_day(periods[0].starts_at, zone), zone)
    runs = [_Run(first, first.closes_at, zone)]
    for change in periods[1:]:
        runs.append(_run_after(runs[-1], change))
    return runs


def _run_after(run: _Run, change: ZonePeriod) -> _Run:
    """Return the run that a zone change starts: the day running at it ends at a midnight of the new zone.

    That midnight is the first one neither before the planned end nor before the change that opens a later date. So
    however often zones change, no day is shorter than planned and no date comes twice.
    """
    running = _day_in(run, change.starts_at)
    planned_end = run.planned_end if running is run.first else running.closes_at
    zone = time_zone(change.time_zone)
    closes_at = _first_midnight(max(planned_end, change.starts_at), running.date + _ONE_DAY, zone)
    return _Run(replace(running, closes_at=closes_at), planned_end, zone)


def _first_midnight(not_before: datetime, earliest: date, zone: ZoneInfo) -> datetime:
    """Return the first midnight of the zone from `not_before` on that opens `earliest` or a later date."""
    day = max(local_day(not_before, zone), earliest)
    opens_at = midnight(day, zone)
    return opens_at if opens_at >= not_before else midnight(day + _ONE_DAY, zone)


def _day_in(run: _Run, at: datetime) -> LedgerDay:
    """Return the day of a run that contains an instant not before it."""
    if at < run.first.closes_at:
        return run.first
    return _local_ledger_day(local_day(at, run.zone), run.zone)


@lru_cache(maxsize=_CACHED_DAYS)
def _local_ledger_day(day: date, zone: ZoneInfo) -> LedgerDay:
    """Return a local day as a ledger day; cached, since an import asks for one per order."""
    interval = local_day_interval(day, zone)
    return LedgerDay(day, interval.start, interval.end)
