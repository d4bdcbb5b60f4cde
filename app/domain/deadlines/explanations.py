"""Explanations of deadlines, as ordered steps for people (domain rules, section 3, "Explanation")."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app.domain.deadlines.enums import DeadlineStatus
from app.domain.deadlines.rules import expedite_turnaround, next_morning, standard_deadline_of
from app.domain.deadlines.steps import (
    AwaitingStaffStep,
    BaseDeadlineStep,
    ClockChangeStep,
    DeadlineStep,
    ExpeditePositionStep,
    PlanVoidStep,
    RejectedAtStep,
    SlaVersionStep,
    StaffConfirmedStep,
    StaffRevisedStep,
    WeekendShiftStep,
)
from app.domain.deadlines.upload_steps import CutoffStep, GuaranteePositionStep, UploadedAtStep, ZoneChangedStep
from app.domain.deadlines.zones import ZoneChange, latest_zone
from app.domain.ledger.positions import Positions
from app.domain.local_time import clock_change, local_day, local_day_interval
from app.domain.orders.enums import ServiceLevel
from app.domain.sla.terms import DELIVERY_PLAN_MULTIPLE, SlaTerms
from app.domain.user_time import utc_offset

_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant (UTC) at which something happened to an account, and the account's zone then: its user time."""

    at: datetime
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Expedite:
    """The expedite of the images of a promise: its instant, which is the upload if they were placed so, and positions.

    `terms` are those of the ledger day of the expedite.
    """

    asked: Moment
    positions: Positions
    terms: SlaTerms


@dataclass(frozen=True, slots=True)
class Promise:
    """The delivery deadline of an order, or of one image, or one to be quoted, and the facts it is made from.

    - `service_level`, `deadline_status`, `due_at` (UTC): as commands left them; no `due_at` while staff have to set
      it.
    - `closed`: staff set no deadline any more: the images are delivered or cancelled, or the one they had has passed.
    - `sla_version`: the version of the SLA that made it.
    - `image_count`: the images that share it; 1 for an image.
    - `uploaded`, and `guarantee`, the positions they took in the guarantee of the ledger day of the upload, with its
      `terms`.
    - `expedite`: None unless they were expedited.
    - `confirmed`: when staff set `due_at`; None if a rule did, or nobody yet.
    - `review_by`: by when staff have promised the deadline they owe; without a meaning once it is closed.
    - `first_due_at`: the deadline that they set first, where they set the earlier `due_at` since, last when `revised`.
    - `zone_changes`: changes of the zone by which the upload's deadline is the latest of several zones.
    - `void`: the deadline kept at the plan level has passed without a delivery plan.
    """

    service_level: ServiceLevel
    deadline_status: DeadlineStatus
    due_at: datetime | None
    closed: bool
    sla_version: int
    image_count: int
    uploaded: Moment
    guarantee: Positions
    terms: SlaTerms
    expedite: Expedite | None
    confirmed: Moment | None
    zone_changes: Sequence[ZoneChange] = ()
    void: bool = False
    review_by: datetime | None = None
    first_due_at: datetime | None = None
    revised: Moment | None = None

    @property
    def guaranteed(self) -> bool:
        """True if all the images are within the guarantee of the day of their upload."""
        return self.guarantee.last <= self.guarantee.size

    @property
    def keeps_deadline(self) -> bool:
        """True if the images have the deadline they would have without the expedite, and no delivery plan."""
        return self.deadline_status is DeadlineStatus.PLAN_REQUIRED and self.due_at is not None


def explain(promise: Promise) -> list[DeadlineStep]:
    """Return the steps that lead to the deadline, in the order in which they happened or were decided.

    A deadline kept until there is a delivery plan is explained first, then the wait for the plan, or that it is void.
    """
    expedite = promise.expedite
    position = GuaranteePositionStep(promise.image_count, promise.guarantee)
    return [
        UploadedAtStep(promise.uploaded.at, promise.uploaded.zone),
        *(_upload_promise(promise, position) if expedite is None or promise.keeps_deadline else [position]),
        *(_expedite_promise(promise, expedite) if expedite is not None else []),
        SlaVersionStep(promise.sla_version),
    ]


def explain_rejection(rejected: Moment, due_at: datetime, sla_version: int, terms: SlaTerms) -> list[DeadlineStep]:
    """Return the steps that lead to the redo deadline of a rejection by terms."""
    at, zone = rejected.at, rejected.zone
    base = at + terms.rejection_turnaround
    return [
        RejectedAtStep(at, zone),
        BaseDeadlineStep(base, zone, terms.rejection_turnaround),
        *_weekend_shift(base, due_at, zone),
        *_clock_change(rejected, due_at),
        SlaVersionStep(sla_version),
    ]


def _upload_promise(promise: Promise, position: DeadlineStep) -> list[DeadlineStep]:
    """Explain the next morning within the guarantee, and beyond it the deadline that staff set or have to set."""
    if not promise.guaranteed:
        return [_ledger_cutoff(promise), position, *(_confirmation(promise) or [_awaited(promise)])]
    at, deliver_by = promise.uploaded.at, promise.terms.deliver_by
    zone = latest_zone(at, promise.uploaded.zone, promise.zone_changes, deliver_by)
    day = local_day(at, zone)
    base = next_morning(day, zone, deliver_by)
    due_at = standard_deadline_of(day, zone, deliver_by)
    return [
        *(ZoneChangedStep(each.at, each.before, each.after, each.day_closes_at) for each in promise.zone_changes),
        CutoffStep(local_day_interval(day, zone).end, day),
        position,
        BaseDeadlineStep(base, zone, deliver_by=deliver_by),
        *_weekend_shift(base, due_at, zone),
        *_clock_change(Moment(at, zone), due_at),
    ]


def _expedite_promise(promise: Promise, expedite: Expedite) -> list[DeadlineStep]:
    """Explain the 3 h or 6 h, and at the plan level the deadline that staff set or have to set."""
    asked = expedite.asked
    position = ExpeditePositionStep(asked.at, asked.zone, promise.image_count, expedite.positions)
    turnaround = expedite_turnaround(promise.service_level, expedite.terms)
    if turnaround is not None:
        base = asked.at + turnaround
        return [position, BaseDeadlineStep(base, asked.zone, turnaround), *_clock_change(asked, base)]
    plan_from = DELIVERY_PLAN_MULTIPLE * expedite.positions.size
    if promise.void and promise.due_at is not None:
        zone = (promise.confirmed or promise.uploaded).zone
        return [position, PlanVoidStep(promise.due_at, zone, plan_from)]
    if promise.deadline_status is DeadlineStatus.PLAN_REQUIRED:
        return [position, _awaited(promise, expedite)]
    return [position, *_confirmation(promise)]


def _awaited(promise: Promise, planned: Expedite | None = None) -> AwaitingStaffStep:
    """Explain the wait for staff, for a delivery plan of `planned` images.

    Its review began with the upload, or with the expedite of images that had a deadline and keep it.
    """
    keeps_deadline, review_by = promise.keeps_deadline, None if promise.closed else promise.review_by
    kept = planned if keeps_deadline else None
    zone, terms = (promise.uploaded.zone, promise.terms) if kept is None else (kept.asked.zone, kept.terms)
    return AwaitingStaffStep(
        closed=promise.closed,
        zone=zone,
        review_by=review_by,
        turnaround=None if review_by in (None, promise.due_at) else terms.review_turnaround,
        plan_from=None if planned is None else DELIVERY_PLAN_MULTIPLE * planned.positions.size,
        price_multiplier=None if planned is None else planned.terms.expedite_multiplier,
        keeps_deadline=keeps_deadline,
    )


def _ledger_cutoff(promise: Promise) -> DeadlineStep:
    """Return the cutoff for images beyond the guarantee: no deadline follows from it, only which day's guarantee."""
    day = promise.guarantee.day
    last = local_day(day.closes_at - _MICROSECOND, promise.uploaded.zone)
    return CutoffStep(day.closes_at, last, day.date)


def _weekend_shift(base: datetime, due_at: datetime, zone: ZoneInfo) -> list[DeadlineStep]:
    return [] if due_at == base else [WeekendShiftStep(base, due_at, zone)]


def _clock_change(cause: Moment, due_at: datetime) -> list[DeadlineStep]:
    at, zone = cause.at, cause.zone
    changed_at = clock_change(at, due_at, zone)
    if changed_at is None:
        return []
    return [ClockChangeStep(changed_at, zone, utc_offset(at, zone), utc_offset(changed_at, zone))]


def _confirmation(promise: Promise) -> list[DeadlineStep]:
    """Explain a deadline that staff set; no step if they have not.

    Only the events still have its instant if they set another one for the order's other images since.
    """
    if promise.due_at is None:
        return []
    confirmed = promise.confirmed
    at, zone = (None, promise.uploaded.zone) if confirmed is None else (confirmed.at, confirmed.zone)
    first = promise.first_due_at or promise.due_at
    steps: list[DeadlineStep] = [*_clock_change(promise.uploaded, first), StaffConfirmedStep(at, first, zone)]
    if promise.due_at == first:
        return steps
    revised = promise.revised
    at, zone = (None, zone) if revised is None else (revised.at, revised.zone)
    return [*steps, StaffRevisedStep(at, promise.due_at, zone)]
