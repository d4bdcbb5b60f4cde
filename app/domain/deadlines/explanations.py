"""Why a deadline is what it is, as ordered steps for people (domain rules, section 3, "Explanation")."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from app.domain.deadlines.rules import expedite_turnaround, next_morning, off_weekend
from app.domain.ledger.positions import EXPEDITES, GUARANTEED, Places, places_in_words
from app.domain.local_time import clock_change, local_day, local_day_interval
from app.domain.sla.terms import DELIVERY_PLAN_MULTIPLE, UPLOAD_BY, SlaTerms
from app.domain.user_time import date_in_words, duration_in_words, offset_in_words, user_time
from app.domain.vocabulary import DeadlineStatus, ServiceLevel

_MICROSECOND: Final = timedelta(microseconds=1)
_EXPEDITE_WINDOW: Final = "the window from Monday 00:00 to Friday 24:00 UTC"


class DeadlineStepCode(StrEnum):
    """What a step of an explanation is about."""

    UPLOADED_AT = "UPLOADED_AT"
    CUTOFF = "CUTOFF"
    GUARANTEE_POSITION = "GUARANTEE_POSITION"
    EXPEDITE_POSITION = "EXPEDITE_POSITION"
    BASE_DEADLINE = "BASE_DEADLINE"
    WEEKEND_SHIFT = "WEEKEND_SHIFT"
    CLOCK_CHANGE = "CLOCK_CHANGE"
    AWAITING_STAFF = "AWAITING_STAFF"
    STAFF_CONFIRMED = "STAFF_CONFIRMED"
    REJECTED_AT = "REJECTED_AT"
    SLA_VERSION = "SLA_VERSION"
    PLAN_VOID = "PLAN_VOID"


@dataclass(frozen=True, slots=True)
class DeadlineStep:
    """One step: its code, a text for people in user time, and the instant (UTC) it is about, if it is about one."""

    code: DeadlineStepCode
    text: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant (UTC) at which something happened to an account, and the account's zone then: its user time."""

    at: datetime
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Expedite:
    """How the images of a promise were expedited: when it was asked, the upload when they were placed so, and where.

    `terms` are those of the ledger day of the expedite.
    """

    asked: Moment
    places: Places
    terms: SlaTerms


@dataclass(frozen=True, slots=True)
class Promise:
    """The delivery deadline of an order, or of one image, or one to be quoted, and the facts it is made from.

    - `service_level`, `deadline_status`, `due_at` (UTC): what commands left it with; no `due_at` while staff are to set
      it.
    - `closed`: staff set no deadline any more: the images are delivered or cancelled, or the one they had has passed.
    - `sla_version`: the version of the SLA that made it.
    - `image_count`: the images that share it; 1 for an image.
    - `uploaded`, and `guarantee`, the places they took in the guarantee of the ledger day of the upload, whose `terms`
      these are.
    - `expedite`: None unless they were expedited.
    - `confirmed`: when staff set `due_at`; None where a rule did, or nobody yet.
    - `void`: the deadline kept at the plan level has passed without a delivery plan.
    """

    service_level: ServiceLevel
    deadline_status: DeadlineStatus
    due_at: datetime | None
    closed: bool
    sla_version: int
    image_count: int
    uploaded: Moment
    guarantee: Places
    terms: SlaTerms
    expedite: Expedite | None
    confirmed: Moment | None
    void: bool = False

    @property
    def guaranteed(self) -> bool:
        """Whether all the images are within the guarantee of the day of their upload."""
        return self.guarantee.last <= self.guarantee.size

    @property
    def keeps_deadline(self) -> bool:
        """Whether the images have the deadline they would have without the expedite, and no delivery plan."""
        return self.deadline_status is DeadlineStatus.PLAN_REQUIRED and self.due_at is not None


def explain(promise: Promise) -> list[DeadlineStep]:
    """Return the steps that lead to the deadline, in the order in which they happened or were decided.

    A deadline kept until there is a delivery plan is explained first, then the wait for the plan, or that it is void.
    """
    expedite = promise.expedite
    position = _guarantee_position(promise)
    return [
        _upload(promise.uploaded),
        *(_upload_promise(promise, position) if expedite is None or promise.keeps_deadline else [position]),
        *(_expedite_promise(promise, expedite) if expedite is not None else []),
        _sla(promise.sla_version),
    ]


def explain_rejection(rejected: Moment, due_at: datetime, sla_version: int, terms: SlaTerms) -> list[DeadlineStep]:
    """Return the steps that lead to the redo deadline of a rejection by terms."""
    at, zone = rejected.at, rejected.zone
    base = at + terms.rejection_turnaround
    return [
        DeadlineStep(DeadlineStepCode.REJECTED_AT, f"Rejected {user_time(at, zone)}", at),
        _turnaround(base, terms.rejection_turnaround, zone),
        *_weekend_shift(base, due_at, zone),
        *_clock_change(rejected, due_at),
        _sla(sla_version),
    ]


def _upload_promise(promise: Promise, position: DeadlineStep) -> list[DeadlineStep]:
    """Explain the next morning within the guarantee, and beyond it what staff set or are to set."""
    if not promise.guaranteed:
        return [_ledger_cutoff(promise), position, *(_confirmation(promise) or [_confirmation_awaited(promise)])]
    zone = promise.uploaded.zone
    day = local_day(promise.uploaded.at, zone)
    base = next_morning(day, zone, promise.terms.deliver_by)
    due_at = off_weekend(base, zone)
    return [
        DeadlineStep(DeadlineStepCode.CUTOFF, _before_cutoff(day), local_day_interval(day, zone).end),
        position,
        DeadlineStep(DeadlineStepCode.BASE_DEADLINE, f"Due the next morning, {user_time(base, zone)}", base),
        *_weekend_shift(base, due_at, zone),
        *_clock_change(promise.uploaded, due_at),
    ]


def _expedite_promise(promise: Promise, expedite: Expedite) -> list[DeadlineStep]:
    """Explain the 3 h or 6 h, and at the plan level what staff set or are to set."""
    position = _expedite_position(promise, expedite)
    turnaround = expedite_turnaround(promise.service_level, expedite.terms)
    if turnaround is not None:
        base = expedite.asked.at + turnaround
        due = _turnaround(base, turnaround, expedite.asked.zone)
        return [position, due, *_clock_change(expedite.asked, base)]
    if promise.void and promise.due_at is not None:
        return [position, _plan_void(promise, expedite, promise.due_at)]
    if promise.deadline_status is DeadlineStatus.PLAN_REQUIRED:
        return [position, _plan_awaited(promise, expedite)]
    return [position, *_confirmation(promise)]


def _upload(uploaded: Moment) -> DeadlineStep:
    return DeadlineStep(DeadlineStepCode.UPLOADED_AT, f"Uploaded {user_time(uploaded.at, uploaded.zone)}", uploaded.at)


def _ledger_cutoff(promise: Promise) -> DeadlineStep:
    """Tell the cutoff for images beyond the guarantee: no deadline follows from it, only which day's guarantee it is.

    The two dates differ in a ledger day that a change of the time zone made longer.
    """
    day = promise.guarantee.day
    last = local_day(day.closes_at - _MICROSECOND, promise.uploaded.zone)
    counted = "that day" if last == day.date else date_in_words(day.date)
    return DeadlineStep(DeadlineStepCode.CUTOFF, f"{_before_cutoff(last)}, so counted for {counted}", day.closes_at)


def _before_cutoff(day: date) -> str:
    return f"Before the cutoff at {UPLOAD_BY} on {date_in_words(day)}"


def _guarantee_position(promise: Promise) -> DeadlineStep:
    text = places_in_words(promise.image_count, promise.guarantee, GUARANTEED)
    return DeadlineStep(DeadlineStepCode.GUARANTEE_POSITION, text[0].upper() + text[1:], None)


def _expedite_position(promise: Promise, expedite: Expedite) -> DeadlineStep:
    asked = expedite.asked
    places = places_in_words(promise.image_count, expedite.places, EXPEDITES)
    text = f"Expedited {user_time(asked.at, asked.zone)}, within {_EXPEDITE_WINDOW}: {places}"
    return DeadlineStep(DeadlineStepCode.EXPEDITE_POSITION, text, asked.at)


def _turnaround(due_at: datetime, turnaround: timedelta, zone: ZoneInfo) -> DeadlineStep:
    text = f"Due {duration_in_words(turnaround)} later, {user_time(due_at, zone)}"
    return DeadlineStep(DeadlineStepCode.BASE_DEADLINE, text, due_at)


def _weekend_shift(base: datetime, due_at: datetime, zone: ZoneInfo) -> list[DeadlineStep]:
    if due_at == base:
        return []
    text = f"{local_day(base, zone):%A} is no working day, so due {user_time(due_at, zone)}"
    return [DeadlineStep(DeadlineStepCode.WEEKEND_SHIFT, text, due_at)]


def _clock_change(cause: Moment, due_at: datetime) -> list[DeadlineStep]:
    at, zone = cause.at, cause.zone
    changed_at = clock_change(at, due_at, zone)
    if changed_at is None:
        return []
    text = f"The clock changes from {offset_in_words(at, zone)} by the deadline, on {user_time(changed_at, zone)}"
    return [DeadlineStep(DeadlineStepCode.CLOCK_CHANGE, text, changed_at)]


def _confirmation(promise: Promise) -> list[DeadlineStep]:
    """Explain a deadline that staff set; nothing when they have not.

    Only the events still know when, where they set another one for the order's other images since.
    """
    if promise.due_at is None:
        return []
    at, zone, set_on = None, promise.uploaded.zone, ""
    if promise.confirmed is not None:
        at, zone = promise.confirmed.at, promise.confirmed.zone
        set_on = f" on {user_time(at, zone)}"
    text = f"Support set the deadline{set_on}: due {user_time(promise.due_at, zone)}"
    return [
        *_clock_change(promise.uploaded, promise.due_at),
        DeadlineStep(DeadlineStepCode.STAFF_CONFIRMED, text, at),
    ]


def _confirmation_awaited(promise: Promise) -> DeadlineStep:
    wait = "confirmed no deadline in time" if promise.closed else "are to confirm the deadline"
    return DeadlineStep(DeadlineStepCode.AWAITING_STAFF, f"Support and production {wait}", None)


def _plan_awaited(promise: Promise, expedite: Expedite) -> DeadlineStep:
    """Tell from how many expedites on there is a delivery plan, and what holds without one."""
    until = "they made none in time, so" if promise.closed else "until then"
    rest = "the deadline above stands" if promise.keeps_deadline else "there is no deadline"
    return DeadlineStep(DeadlineStepCode.AWAITING_STAFF, f"{_plan_needed(expedite)}; {until} {rest}", None)


def _plan_void(promise: Promise, expedite: Expedite, due_at: datetime) -> DeadlineStep:
    """Explain that no delivery plan was made by an instant, so that the kept deadline counts."""
    zone = (promise.confirmed or promise.uploaded).zone
    none = f"they made none by {user_time(due_at, zone)}, so the deadline above stands"
    return DeadlineStep(DeadlineStepCode.PLAN_VOID, f"{_plan_needed(expedite)}; {none}", due_at)


def _plan_needed(expedite: Expedite) -> str:
    many = DELIVERY_PLAN_MULTIPLE * expedite.places.size
    reason = f"From {many:,} expedites in a day on" if many else "Without expedites for the day"
    return f"{reason}, support and production make a delivery plan"


def _sla(version: int) -> DeadlineStep:
    return DeadlineStep(DeadlineStepCode.SLA_VERSION, f"Under version {version} of the SLA", None)
