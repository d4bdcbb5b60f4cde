"""Rules of deadlines (domain rules, section 3). Instants are UTC; "user time" is that of the `zone` of an argument."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from app.domain.deadlines.enums import DeadlineStatus
from app.domain.errors import ExpediteWindowClosed, NoGain
from app.domain.ledger.guarantee import Part
from app.domain.local_time import local_day, midnight, next_local_day, wall_clock, week_start
from app.domain.orders.enums import ServiceLevel
from app.domain.sla.terms import SlaTerms

HAVE_TURNAROUND: Final = frozenset({ServiceLevel.EXPEDITED, ServiceLevel.EXPEDITED_ADDITIONAL})
"""The levels whose deadline is a turnaround from the expedite."""

DeliverBy: TypeAlias = Callable[[date], time]
"""Returns the time, user time, by which uploads of a local day are delivered on the next working morning."""

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
    """The window of expedites: `closes_at` while they are possible, else `opens_at`, both UTC."""

    available: bool
    opens_at: datetime | None
    closes_at: datetime | None


def standard_deadline(uploaded_at: datetime, zone: ZoneInfo, deliver_by: time) -> datetime:
    """Return the deadline of an image within the daily guarantee: that time, user time, on the next working day."""
    return standard_deadline_of(local_day(uploaded_at, zone), zone, deliver_by)


@lru_cache(maxsize=_CACHED_DAYS)
def standard_deadline_of(day: date, zone: ZoneInfo, deliver_by: time) -> datetime:
    """Return the deadline of the uploads of a local day; cached, since an import asks for few days often.

    It is that time on the wall on the next working day, also where the clock jumps over it on a weekend.
    """
    following = next_local_day(day, zone)
    shift = _DAYS_OFF_WEEKEND.get(following.weekday(), timedelta(0))
    return wall_clock(following + shift, deliver_by, zone)


def next_morning(day: date, zone: ZoneInfo, deliver_by: time) -> datetime:
    """Return that time, user time, on the day after this one: the deadline of its uploads before a weekend moves it."""
    return wall_clock(next_local_day(day, zone), deliver_by, zone)


def is_on_weekend(at: datetime, zone: ZoneInfo) -> bool:
    """Return whether an instant (UTC) is on a Saturday or Sunday, user time."""
    return local_day(at, zone).weekday() in _DAYS_OFF_WEEKEND


def off_weekend(at: datetime, zone: ZoneInfo) -> datetime:
    """Return the same time on the wall on Monday for an instant on a weekend, user time; any other unchanged."""
    day = local_day(at, zone)
    shift = _DAYS_OFF_WEEKEND.get(day.weekday())
    return at if shift is None else wall_clock(day + shift, at.astimezone(zone).time(), zone)


def latest_upload_for(due: datetime, zone: ZoneInfo, now: datetime, deliver_by: DeliverBy) -> datetime | None:
    """Return the end (UTC) of uploads whose standard deadline is `due` or earlier; None if `now` is not before it.

    It is the end of the last local day whose standard deadline is not after `due`: an upload just before it is in time,
    one at it is not. `deliver_by` returns the time of delivery of a local day's uploads. DateOutOfRange if `due` is
    after 2200.
    """
    if due <= now:  # no day ends after its own deadline
        return None
    due_day = local_day(due, zone)
    days = (due_day - timedelta(days=back) for back in range(1, _DAYS_TO_SEARCH + 1))
    last = next(day for day in days if standard_deadline_of(day, zone, deliver_by(day)) <= due)
    end = midnight(last + _ONE_DAY, zone)
    return end if now < end else None


def rejection_deadline(at: datetime, zone: ZoneInfo, terms: SlaTerms) -> datetime:
    """Return the deadline of an image rejected at `at`: a turnaround later, moved to Monday from a weekend."""
    return off_weekend(at + terms.rejection_turnaround, zone)


def expedite_turnaround(level: ServiceLevel, terms: SlaTerms) -> timedelta | None:
    """Return the elapsed time from the expedite to the deadline; None if the level has no deadline of its own."""
    match level:
        case ServiceLevel.EXPEDITED:
            return terms.expedite_turnaround
        case ServiceLevel.EXPEDITED_ADDITIONAL:
            return terms.expedite_additional_turnaround
        case _:
            return None


def expedite_deadline(at: datetime, level: ServiceLevel, terms: SlaTerms) -> datetime | None:
    """Return the deadline of an image expedited at `at`; None at the plan level, where staff set it.

    No weekend moves it: the window of expedites is their calendar.
    """
    turnaround = expedite_turnaround(level, terms)
    return None if turnaround is None else at + turnaround


def initial_deadline(
    level: ServiceLevel, uploaded_at: datetime, zone: ZoneInfo, terms: SlaTerms, *, guaranteed: bool
) -> datetime | None:
    """Return the deadline of an image placed at this level by these terms, within the day's guarantee or not.

    At the plan level it is the standard one until staff set an earlier one. None beyond the guarantee without a
    turnaround, where staff set it: ADDITIONAL, EXPEDITED_PLAN.
    """
    due_at = expedite_deadline(uploaded_at, level, terms)
    return standard_deadline(uploaded_at, zone, terms.deliver_by) if due_at is None and guaranteed else due_at


def is_plan_void(status: DeadlineStatus, due_at: datetime | None, at: datetime) -> bool:
    """Return True if a delivery plan is void at `at`: the kept deadline `due_at` passed before staff made the plan."""
    return status is DeadlineStatus.PLAN_REQUIRED and due_at is not None and due_at < at


def deadline_status(status: DeadlineStatus, due_at: datetime | None, at: datetime) -> DeadlineStatus:
    """Return the status at `at` of a deadline by its stored status: a void plan confirms the kept deadline.

    `db.queries.order_selection` has the same rule in SQL, for filters.
    """
    return DeadlineStatus.CONFIRMED if is_plan_void(status, due_at, at) else status


def expedite_window(at: datetime) -> ExpediteWindow:
    """Return the window of expedites at `at`: open from Monday 00:00 until Saturday 00:00, UTC."""
    monday = datetime.combine(week_start(at.date()), time(0), UTC)
    saturday = monday + timedelta(days=_SATURDAY)
    if at < saturday:
        return ExpediteWindow(available=True, opens_at=None, closes_at=saturday)
    return ExpediteWindow(available=False, opens_at=monday + timedelta(weeks=1), closes_at=None)


def require_expedite_window(at: datetime) -> None:
    """Raise ExpediteWindowClosed, with the next opening, if the window of expedites is closed at `at`."""
    opens_at = expedite_window(at).opens_at
    if opens_at is not None:
        raise ExpediteWindowClosed(opens_at)


def require_gain(parts: Sequence[Part], due: Sequence[datetime | None], at: datetime, terms: SlaTerms) -> None:
    """Raise NoGain unless expediting at `at` brings every image at a level with a turnaround an earlier deadline.

    `due` has the deadlines of the images without it, in the order that `parts` index; an image without one gains.
    """
    promised = [
        (current, earlier)
        for part in parts
        if (earlier := expedite_deadline(at, part.service_level, terms)) is not None
        for current in due[part.start : part.start + part.count]
    ]
    gaining = sum(current is None or earlier < current for current, earlier in promised)
    if gaining < len(promised):
        raise NoGain(gaining, len(due))
