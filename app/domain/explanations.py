"""Why a deadline is what it is, as ordered steps for people (domain rules, section 3, "Explanation")."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from app.domain.deadlines import EXPEDITE_TURNAROUNDS, next_morning, off_weekend
from app.domain.local_time import clock_change, local_day, local_day_interval
from app.domain.sla import DELIVERY_PLAN_MULTIPLE, REJECTION_TURNAROUND, UPLOAD_BY
from app.domain.vocabulary import DeadlineStatus, ServiceLevel

_TO: Final = "\N{EN DASH}"
_ONE_HOUR: Final = timedelta(hours=1)


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


@dataclass(frozen=True, slots=True)
class DeadlineStep:
    """One step: its code, a text for people in user time, and the instant (UTC) it is about, if it is about one."""

    code: DeadlineStepCode
    text: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Expedite:
    """How the images of a promise were expedited.

    `at` is the instant it was asked (UTC), the upload's when they were placed so. `first_position` and `last_position`
    are their places, from 1, in the quota of the ledger day that holds `at`; `quota` is that day's size.
    """

    at: datetime
    first_position: int
    last_position: int
    quota: int


@dataclass(frozen=True, slots=True)
class Promise:
    """The delivery deadline of an order, or of one image, and the facts it was made from.

    - `service_level`, `deadline_status`, `due_at` (UTC): what is promised now; no `due_at` while staff are to set it.
    - `sla_version`: the version of the SLA that made it.
    - `image_count`: the images that share it; 1 for an image.
    - `uploaded_at` (UTC), and `zone`, the account's at that instant: the "user time" of every step.
    - `first_position`, `last_position`: the places, from 1, that they took in the guarantee of the ledger day of the
      upload; `capacity` is that day's guarantee.
    - `expedite`: None unless they were expedited.
    - `confirmed_at` (UTC): when staff set `due_at`; None where a rule did or nobody yet.
    """

    service_level: ServiceLevel
    deadline_status: DeadlineStatus
    due_at: datetime | None
    sla_version: int
    image_count: int
    uploaded_at: datetime
    zone: ZoneInfo
    first_position: int
    last_position: int
    capacity: int
    expedite: Expedite | None
    confirmed_at: datetime | None

    @property
    def guaranteed(self) -> bool:
        """Whether the images are within the guarantee of the day of their upload."""
        return self.last_position <= self.capacity

    @property
    def keeps_deadline(self) -> bool:
        """Whether the images, expedited later than uploaded, await a delivery plan but have a deadline until then."""
        return self.deadline_status is DeadlineStatus.PLAN_REQUIRED and self.due_at is not None


def explain(promise: Promise) -> list[DeadlineStep]:
    """Return the steps that lead to the deadline, in the order in which they happened or were decided.

    A deadline kept until there is a delivery plan is explained first, then the wait for the plan.
    """
    expedite = promise.expedite
    return [
        _upload(promise),
        *(_upload_promise(promise) if expedite is None or promise.keeps_deadline else []),
        *(_expedite_promise(promise, expedite) if expedite is not None else []),
        _sla(promise.sla_version),
    ]


def explain_rejection(rejected_at: datetime, zone: ZoneInfo, due_at: datetime, sla_version: int) -> list[DeadlineStep]:
    """Return the steps that lead to the redo deadline of a rejection; `zone` is the account's at `rejected_at`."""
    base = rejected_at + REJECTION_TURNAROUND
    return [
        DeadlineStep(DeadlineStepCode.REJECTED_AT, f"Rejected {_user_time(rejected_at, zone)}", rejected_at),
        _turnaround(base, REJECTION_TURNAROUND, zone),
        *_weekend_shift(base, due_at, zone),
        *_clock_change(rejected_at, due_at, zone),
        _sla(sla_version),
    ]


def _upload_promise(promise: Promise) -> list[DeadlineStep]:
    """Explain the next morning within the guarantee, and beyond it what staff set or are to set."""
    if not promise.guaranteed:
        return [_guarantee_position(promise), *(_confirmation(promise) or [_CONFIRMATION_AWAITED])]
    base = next_morning(local_day(promise.uploaded_at, promise.zone), promise.zone)
    due_at = off_weekend(base, promise.zone)
    return [
        _cutoff(promise),
        _guarantee_position(promise),
        DeadlineStep(DeadlineStepCode.BASE_DEADLINE, f"Due the next morning, {_user_time(base, promise.zone)}", base),
        *_weekend_shift(base, due_at, promise.zone),
        *_clock_change(promise.uploaded_at, due_at, promise.zone),
    ]


def _expedite_promise(promise: Promise, expedite: Expedite) -> list[DeadlineStep]:
    """Explain the 3 h or 6 h, and at the plan level what staff set or are to set."""
    position = _expedite_position(promise, expedite)
    turnaround = EXPEDITE_TURNAROUNDS.get(promise.service_level)
    if turnaround is not None:
        base = expedite.at + turnaround
        return [position, _turnaround(base, turnaround, promise.zone), *_clock_change(expedite.at, base, promise.zone)]
    if promise.deadline_status is DeadlineStatus.PLAN_REQUIRED:
        return [position, _plan_awaited(promise, expedite)]
    return [position, *_confirmation(promise)]


def _upload(promise: Promise) -> DeadlineStep:
    at = promise.uploaded_at
    return DeadlineStep(DeadlineStepCode.UPLOADED_AT, f"Uploaded {_user_time(at, promise.zone)}", at)


def _cutoff(promise: Promise) -> DeadlineStep:
    day = local_day(promise.uploaded_at, promise.zone)
    text = f"Before the cutoff at {UPLOAD_BY} on {_date(day)}"
    return DeadlineStep(DeadlineStepCode.CUTOFF, text, local_day_interval(day, promise.zone).end)


def _guarantee_position(promise: Promise) -> DeadlineStep:
    places = _places(promise.image_count, promise.first_position, promise.last_position, promise.capacity)
    text = f"{places} guaranteed that day".capitalize()
    return DeadlineStep(DeadlineStepCode.GUARANTEE_POSITION, text, None)


def _expedite_position(promise: Promise, expedite: Expedite) -> DeadlineStep:
    places = _places(promise.image_count, expedite.first_position, expedite.last_position, expedite.quota)
    text = f"Expedited {_user_time(expedite.at, promise.zone)}: {places} expedites that day"
    return DeadlineStep(DeadlineStepCode.EXPEDITE_POSITION, text, expedite.at)


def _turnaround(due_at: datetime, turnaround: timedelta, zone: ZoneInfo) -> DeadlineStep:
    text = f"Due {turnaround // _ONE_HOUR} hours later, {_user_time(due_at, zone)}"
    return DeadlineStep(DeadlineStepCode.BASE_DEADLINE, text, due_at)


def _weekend_shift(base: datetime, due_at: datetime, zone: ZoneInfo) -> list[DeadlineStep]:
    if due_at == base:
        return []
    text = f"{local_day(base, zone):%A} is no working day, so due {_user_time(due_at, zone)}"
    return [DeadlineStep(DeadlineStepCode.WEEKEND_SHIFT, text, due_at)]


def _clock_change(cause: datetime, due_at: datetime, zone: ZoneInfo) -> list[DeadlineStep]:
    changed_at = clock_change(cause, due_at, zone)
    if changed_at is None:
        return []
    text = f"The clock changes from {_offset(cause, zone)} on {_user_time(changed_at, zone)}, before the deadline"
    return [DeadlineStep(DeadlineStepCode.CLOCK_CHANGE, text, changed_at)]


def _confirmation(promise: Promise) -> list[DeadlineStep]:
    """Explain a deadline that staff set; nothing when they have not."""
    confirmed_at, due_at, zone = promise.confirmed_at, promise.due_at, promise.zone
    if confirmed_at is None or due_at is None:
        return []
    text = f"Support set the deadline {_user_time(confirmed_at, zone)}: due {_user_time(due_at, zone)}"
    return [
        *_clock_change(promise.uploaded_at, due_at, zone),
        DeadlineStep(DeadlineStepCode.STAFF_CONFIRMED, text, confirmed_at),
    ]


def _plan_awaited(promise: Promise, expedite: Expedite) -> DeadlineStep:
    until = "the deadline from before stands" if promise.keeps_deadline else "there is no deadline"
    expedites = f"{DELIVERY_PLAN_MULTIPLE * expedite.quota:,} expedites in a day"
    text = f"From {expedites} on, support and production make a delivery plan; until then {until}"
    return DeadlineStep(DeadlineStepCode.AWAITING_STAFF, text, None)


def _sla(version: int) -> DeadlineStep:
    return DeadlineStep(DeadlineStepCode.SLA_VERSION, f"Under version {version} of the SLA", None)


def _places(count: int, first: int, last: int, size: int) -> str:
    """Return places in a day's allowance: "image 7 of the 200", "images 201 to 235, beyond the 200".

    Images that were split off from between others leave `count` below the places from `first` to `last`.
    """
    if first == last:
        places = f"image {first:,}"
    elif count == last - first + 1:
        places = f"images {first:,}{_TO}{last:,}"
    else:
        places = f"{count:,} images between {first:,} and {last:,}"
    return f"{places} of the {size:,}" if last <= size else f"{places}, beyond the {size:,}"


def _user_time(at: datetime, zone: ZoneInfo) -> str:
    """Return an instant as its people read it: Friday 6 March 2026, 14:05 (UTC+01:00, Europe/Copenhagen)."""
    local = at.astimezone(zone)
    # The zone UTC is its own offset.
    place = ", ".join(dict.fromkeys((_offset(at, zone), zone.key)))
    return f"{_date(local)}, {local:%H:%M} ({place})"


def _offset(at: datetime, zone: ZoneInfo) -> str:
    return str(timezone(at.astimezone(zone).utcoffset() or timedelta(0)))


def _date(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


_CONFIRMATION_AWAITED: Final = DeadlineStep(
    DeadlineStepCode.AWAITING_STAFF, "Support and production are to confirm the deadline", None
)
