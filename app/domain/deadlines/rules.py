"""When an image is due (domain rules, section 3). Instants are UTC; "user time" is the zone given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from app.domain.errors import ExpediteWindowClosed, NoGain
from app.domain.ledger.guarantee import Part
from app.domain.local_time import local_day, midnight, next_local_day, wall_clock, week_start
from app.domain.sla.terms import DELIVER_BY, EXPEDITE_ADDITIONAL_TURNAROUND, EXPEDITE_TURNAROUND, REJECTION_TURNAROUND
from app.domain.vocabulary import DeadlineStatus, ServiceLevel

EXPEDITE_TURNAROUNDS: Final[Mapping[ServiceLevel, timedelta]] = MappingProxyType(
    {
        ServiceLevel.EXPEDITED: EXPEDITE_TURNAROUND,
        ServiceLevel.EXPEDITED_ADDITIONAL: EXPEDITE_ADDITIONAL_TURNAROUND,
    }
)
"""Elapsed time from the expedite to the deadline; what is not named has no deadline by rule."""

_SATURDAY: Final = 5
_DAYS_OFF_WEEKEND: Final[Mapping[int, timedelta]] = MappingProxyType(
    {
        _SATURDAY: timedelta(days=2),
        _SATURDAY + 1: timedelta(days=1),
    }
)
_ONE_DAY: Final = timedelta(days=1)
# Early on a Monday only Thursday's deadline has passed; a zone may have skipped a date in between.
_DAYS_TO_SEARCH: Final = 7
_CACHED_DAYS: Final = 2**14


@dataclass(frozen=True, slots=True)
class ExpediteWindow:
    """Whether expedites can be asked for: `closes_at` is told while they can, else `opens_at`, both UTC."""

    available: bool
    opens_at: datetime | None
    closes_at: datetime | None


def standard_deadline(uploaded_at: datetime, zone: ZoneInfo) -> datetime:
    """Return when an image within the daily guarantee is due: 09:00 user time on the next day that is no weekend."""
    return _standard_deadline_of(local_day(uploaded_at, zone), zone)


def next_morning(day: date, zone: ZoneInfo) -> datetime:
    """Return 09:00 user time on the day after this one: what its uploads are due before a weekend moves it."""
    return wall_clock(next_local_day(day, zone), DELIVER_BY, zone)


def off_weekend(at: datetime, zone: ZoneInfo) -> datetime:
    """Return the same time on the wall on Monday for an instant on a weekend, user time; any other unchanged."""
    day = local_day(at, zone)
    shift = _DAYS_OFF_WEEKEND.get(day.weekday())
    return at if shift is None else wall_clock(day + shift, at.astimezone(zone).time(), zone)


def latest_upload_for(due: datetime, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return by when to upload for the standard deadline to be `due` or earlier, UTC; None when `now` is not before it.

    It is the end of the last local day whose standard deadline is not after `due`: an upload just before it is in time,
    one at it is not. DateOutOfRange when `due` is after 2200.
    """
    if due <= now:  # no day ends after its own deadline
        return None
    last = local_day(due, zone)
    days = (last - timedelta(days=back) for back in range(1, _DAYS_TO_SEARCH + 1))
    end = next(midnight(day + _ONE_DAY, zone) for day in days if _standard_deadline_of(day, zone) <= due)
    return end if now < end else None


def rejection_deadline(at: datetime, zone: ZoneInfo) -> datetime:
    """Return when an image rejected at `at` is due again: 5 h later, moved to Monday from a weekend, user time."""
    return off_weekend(at + REJECTION_TURNAROUND, zone)


def expedite_deadline(at: datetime, level: ServiceLevel) -> datetime | None:
    """Return when an image expedited at `at` is due; None at the plan level, where staff set the deadline.

    No weekend moves it: the window in which expedites can be asked for is their calendar.
    """
    turnaround = EXPEDITE_TURNAROUNDS.get(level)
    return None if turnaround is None else at + turnaround


def initial_deadline(
    level: ServiceLevel, uploaded_at: datetime, zone: ZoneInfo, *, guaranteed: bool
) -> datetime | None:
    """Return the deadline of an image placed at this level, within the day's guarantee or not.

    At the plan level it is the standard one until staff set an earlier one. None beyond the guarantee without a
    turnaround, where staff set it: ADDITIONAL, EXPEDITED_PLAN.
    """
    due_at = expedite_deadline(uploaded_at, level)
    return standard_deadline(uploaded_at, zone) if due_at is None and guaranteed else due_at


def is_plan_void(status: DeadlineStatus, due_at: datetime | None, at: datetime) -> bool:
    """Say whether a delivery plan is void at `at`: the kept deadline `due_at` passed before staff made the plan."""
    return status is DeadlineStatus.PLAN_REQUIRED and due_at is not None and due_at < at


def deadline_status(status: DeadlineStatus, due_at: datetime | None, at: datetime) -> DeadlineStatus:
    """Return the status at `at` of a deadline that commands left with this status: a void plan confirms what is kept.

    SQL says the same for filters, in `db.queries.order_selection`.
    """
    return DeadlineStatus.CONFIRMED if is_plan_void(status, due_at, at) else status


def expedite_window(at: datetime) -> ExpediteWindow:
    """Say whether an expedite can be asked for at `at`: from Monday 00:00 until Saturday 00:00, UTC."""
    monday = datetime.combine(week_start(at.date()), time(0), UTC)
    saturday = monday + timedelta(days=_SATURDAY)
    if at < saturday:
        return ExpediteWindow(available=True, opens_at=None, closes_at=saturday)
    return ExpediteWindow(available=False, opens_at=monday + timedelta(weeks=1), closes_at=None)


def require_expedite_window(at: datetime) -> None:
    """Raise ExpediteWindowClosed, naming the next opening, when no expedite can be asked for at `at`."""
    opens_at = expedite_window(at).opens_at
    if opens_at is not None:
        raise ExpediteWindowClosed(opens_at)


def require_gain(parts: Sequence[Part], due: Sequence[datetime | None], at: datetime) -> None:
    """Raise NoGain unless expediting at `at` brings every image at the 3 h or 6 h level an earlier deadline.

    `due` has the deadlines of the images without it, in the order that `parts` index; an image without one gains.
    """
    promised = [
        (current, earlier)
        for part in parts
        if (earlier := expedite_deadline(at, part.service_level)) is not None
        for current in due[part.start : part.start + part.count]
    ]
    gaining = sum(current is None or earlier < current for current, earlier in promised)
    if gaining < len(promised):
        raise NoGain(gaining, len(due))


@lru_cache(maxsize=_CACHED_DAYS)
def _standard_deadline_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the one deadline of all uploads of a local day; cached, since an import asks for few days often."""
    return off_weekend(next_morning(day, zone), zone)
