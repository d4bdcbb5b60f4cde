"""The steps of a deadline's explanation: one type for each code, with all that its text names."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

import strawberry

from app.domain.deadlines import steps
from app.domain.deadlines.steps import DeadlineStepCode
from app.domain.sla.terms import UPLOAD_BY
from engine.decorators import interface, object_type
from engine.scalars import LocalTime, TimeZone


@interface
class DeadlineStep:
    """A step on the way to a deadline. Its type has all that the text names, to say it in another language."""

    code: DeadlineStepCode = strawberry.field(description="The kind of the step.")
    text: str = strawberry.field(description="The step in words, times in user time.")


@object_type
class UploadedAtStep(DeadlineStep):
    """The upload."""

    at: datetime | None = strawberry.field(description="When the images were uploaded; never null.")
    time_zone: TimeZone = strawberry.field(description="The account's time zone then.")


@object_type
class CutoffStep(DeadlineStep):
    """The end of the day of the upload, before which it came."""

    at: datetime | None = strawberry.field(description="The cutoff; never null.")
    day: date = strawberry.field(name="date", description="The local date that ends at the cutoff.")
    upload_by: LocalTime = strawberry.field(description="The time of the cutoff, user time.")
    counted_for: date | None = strawberry.field(
        description="The ledger day whose guarantee the images exceed; null for images within it."
    )


@object_type
class GuaranteePositionStep(DeadlineStep):
    """The places of the images in the day's guarantee."""

    first: int = strawberry.field(name="from", description="The place of the first image, from 1.")
    to: int = strawberry.field(description="The place of the last image.")
    of: int = strawberry.field(description="Images guaranteed that day.")
    image_count: int = strawberry.field(description="Images: fewer than the places from first to last if split off.")
    day: date = strawberry.field(name="date", description="The ledger day.")


@object_type
class ExpeditePositionStep(DeadlineStep):
    """The places of the images in the day's expedites."""

    first: int = strawberry.field(name="from", description="The place of the first image, from 1.")
    to: int = strawberry.field(description="The place of the last image.")
    of: int = strawberry.field(description="Expedites at the shortest turnaround that day.")
    image_count: int = strawberry.field(description="Images: fewer than the places from first to last if split off.")
    day: date = strawberry.field(name="date", description="The ledger day.")
    at: datetime | None = strawberry.field(description="When they were expedited; never null.")
    time_zone: TimeZone = strawberry.field(description="The account's time zone then.")
    window_opens_at: datetime = strawberry.field(description="Since when expedites could be asked for in that week.")
    window_closes_at: datetime = strawberry.field(description="Until when they could be asked for.")


@object_type
class BaseDeadlineStep(DeadlineStep):
    """The deadline by the terms of the SLA, before a weekend moves it."""

    at: datetime | None = strawberry.field(description="That deadline; never null.")
    time_zone: TimeZone = strawberry.field(description="The account's time zone as the time began to run.")
    turnaround: timedelta | None = strawberry.field(
        description="The time from the expedite or the rejection on; null for the morning after the upload."
    )


@object_type
class WeekendShiftStep(DeadlineStep):
    """The deadline moved from a weekend to Monday."""

    hours: float = strawberry.field(description="Hours by which it moved, elapsed.")
    base: datetime = strawberry.field(name="from", description="The deadline on the weekend.")
    at: datetime = strawberry.field(name="to", description="The deadline on Monday.")
    time_zone: TimeZone = strawberry.field(description="The account's time zone as the time began to run.")


@object_type
class ClockChangeStep(DeadlineStep):
    """The clock changes before the deadline."""

    at: datetime | None = strawberry.field(description="When it changes; never null.")
    time_zone: TimeZone = strawberry.field(description="The time zone whose clock it is.")
    offset_before_seconds: float = strawberry.field(description="Seconds ahead of UTC before it, negative behind.")
    offset_after_seconds: float = strawberry.field(description="Seconds ahead of UTC from then on, negative behind.")


@object_type
class AwaitingStaffStep(DeadlineStep):
    """Support and production are to set the deadline or to make a delivery plan."""

    closed: bool = strawberry.field(description="Whether nobody is awaited any more: they did not in time.")
    plan_from: int | None = strawberry.field(
        description="Expedites in a day from which a delivery plan is needed, 0 on a day without; null if none is."
    )
    deadline_stands: bool = strawberry.field(description="Whether the deadline of the steps before stands until then.")


@object_type
class StaffConfirmedStep(DeadlineStep):
    """Support and production set the deadline."""

    at: datetime | None = strawberry.field(description="When they set it; null where only the events know.")
    deadline: datetime = strawberry.field(description="The deadline.")
    time_zone: TimeZone = strawberry.field(description="The account's time zone then.")


@object_type
class RejectedAtStep(DeadlineStep):
    """The rejection."""

    at: datetime | None = strawberry.field(description="When the client sent the image back; never null.")
    time_zone: TimeZone = strawberry.field(description="The account's time zone then.")


@object_type
class SlaVersionStep(DeadlineStep):
    """The version of the SLA that made the promise."""

    version: int = strawberry.field(description="The version.")


@object_type
class PlanVoidStep(DeadlineStep):
    """No delivery plan was made before the deadline of the steps before had passed, which therefore stands."""

    at: datetime | None = strawberry.field(description="That deadline; never null.")
    time_zone: TimeZone = strawberry.field(description="The account's time zone at the upload, or as staff set it.")
    plan_from: int | None = strawberry.field(
        description="Expedites in a day from which a delivery plan is needed, 0 on a day without; never null."
    )


def deadline_step(step: steps.DeadlineStep) -> DeadlineStep:
    """Show a step as the type of its code."""
    type_, facts = STEP_TYPES[step.code]
    shown: DeadlineStep = type_(code=step.code, text=step.text, **facts(step))
    return shown


def _moment(step: Any) -> dict[str, object]:  # noqa: ANN401 - a step with an instant
    return {"at": step.at, "time_zone": TimeZone(step.zone.key)}


def _places(step: steps.GuaranteePositionStep | steps.ExpeditePositionStep) -> dict[str, object]:
    places = step.places
    return {
        "first": places.first,
        "to": places.last,
        "of": places.size,
        "image_count": step.image_count,
        "day": places.day.date,
    }


def _cutoff(step: steps.CutoffStep) -> dict[str, object]:
    return {"at": step.at, "day": step.day, "upload_by": LocalTime(UPLOAD_BY), "counted_for": step.counted_for}


def _expedite(step: steps.ExpeditePositionStep) -> dict[str, object]:
    opens_at, closes_at = step.window
    return {**_moment(step), **_places(step), "window_opens_at": opens_at, "window_closes_at": closes_at}


def _clock_change(step: steps.ClockChangeStep) -> dict[str, object]:
    before, after = (offset.total_seconds() for offset in (step.offset_before, step.offset_after))
    return {**_moment(step), "offset_before_seconds": before, "offset_after_seconds": after}


def _awaited(step: steps.AwaitingStaffStep) -> dict[str, object]:
    return {"closed": step.closed, "plan_from": step.plan_from, "deadline_stands": step.keeps_deadline}


STEP_TYPES: Final[Mapping[DeadlineStepCode, tuple[Any, Callable[[Any], dict[str, object]]]]] = {
    DeadlineStepCode.UPLOADED_AT: (UploadedAtStep, _moment),
    DeadlineStepCode.CUTOFF: (CutoffStep, _cutoff),
    DeadlineStepCode.GUARANTEE_POSITION: (GuaranteePositionStep, _places),
    DeadlineStepCode.EXPEDITE_POSITION: (ExpeditePositionStep, _expedite),
    DeadlineStepCode.BASE_DEADLINE: (BaseDeadlineStep, lambda step: {**_moment(step), "turnaround": step.turnaround}),
    DeadlineStepCode.WEEKEND_SHIFT: (
        WeekendShiftStep,
        lambda step: {**_moment(step), "base": step.base, "hours": step.hours},
    ),
    DeadlineStepCode.CLOCK_CHANGE: (ClockChangeStep, _clock_change),
    DeadlineStepCode.AWAITING_STAFF: (AwaitingStaffStep, _awaited),
    DeadlineStepCode.STAFF_CONFIRMED: (
        StaffConfirmedStep,
        lambda step: {**_moment(step), "deadline": step.due_at},
    ),
    DeadlineStepCode.REJECTED_AT: (RejectedAtStep, _moment),
    DeadlineStepCode.SLA_VERSION: (SlaVersionStep, lambda step: {"version": step.version}),
    DeadlineStepCode.PLAN_VOID: (PlanVoidStep, lambda step: {**_moment(step), "plan_from": step.plan_from}),
}
"""The type of the schema for each code, and its facts; the schema names them all, since no field has one as its own."""
