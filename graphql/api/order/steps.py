"""The steps of a deadline's explanation: one type per code, with all facts that its text names."""

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
    """A step in the explanation of a deadline; its fields have all facts of the text, for other languages."""

    code: DeadlineStepCode = strawberry.field(description="The kind of the step.")
    text: str = strawberry.field(description="The step in words, with times in user time.")


@object_type
class UploadedAtStep(DeadlineStep):
    """The upload of the images."""

    at: datetime | None = strawberry.field(description="The instant of the upload; never null.")
    time_zone: TimeZone = strawberry.field(description="The account's time zone at that instant.")


@object_type
class CutoffStep(DeadlineStep):
    """The end of the upload day, by which the images were uploaded."""

    at: datetime | None = strawberry.field(description="The instant of the cutoff; never null.")
    day: date = strawberry.field(name="date", description="The local date that ends at the cutoff.")
    upload_by: LocalTime = strawberry.field(description="The time of the cutoff, in user time.")
    counted_for: date | None = strawberry.field(
        description="The ledger day whose guarantee the images exceed; null for images within it."
    )


@object_type
class GuaranteePositionStep(DeadlineStep):
    """The positions of the images in the day's guarantee."""

    first: int = strawberry.field(name="from", description="The position of the first image, from 1.")
    to: int = strawberry.field(description="The position of the last image.")
    of: int = strawberry.field(description="Images guaranteed on that day.")
    image_count: int = strawberry.field(
        description="The number of images; fewer than the positions from first to last if some were split off."
    )
    day: date = strawberry.field(name="date", description="The ledger day.")


@object_type
class ExpeditePositionStep(DeadlineStep):
    """The positions of the images in the day's expedites."""

    first: int = strawberry.field(name="from", description="The position of the first image, from 1.")
    to: int = strawberry.field(description="The position of the last image.")
    of: int = strawberry.field(description="Expedites at the shortest turnaround on that day.")
    image_count: int = strawberry.field(
        description="The number of images; fewer than the positions from first to last if some were split off."
    )
    day: date = strawberry.field(name="date", description="The ledger day.")
    at: datetime | None = strawberry.field(description="The instant of the expedite; never null.")
    time_zone: TimeZone = strawberry.field(description="The account's time zone at that instant.")
    window_opens_at: datetime = strawberry.field(description="The instant at which that week's expedites opened.")
    window_closes_at: datetime = strawberry.field(description="The instant at which that week's expedites close.")


@object_type
class BaseDeadlineStep(DeadlineStep):
    """The deadline by the terms of the SLA, before any move from a weekend."""

    at: datetime | None = strawberry.field(description="The instant of the deadline; never null.")
    time_zone: TimeZone = strawberry.field(description="The account's time zone when the time began to run.")
    turnaround: timedelta | None = strawberry.field(
        description="The time from the expedite or rejection; null for the morning after the upload."
    )


@object_type
class WeekendShiftStep(DeadlineStep):
    """The move of a weekend deadline to Monday."""

    hours: float = strawberry.field(description="The elapsed hours of the move.")
    base: datetime = strawberry.field(name="from", description="The deadline on the weekend.")
    at: datetime = strawberry.field(name="to", description="The deadline on Monday.")
    time_zone: TimeZone = strawberry.field(description="The account's time zone when the time began to run.")


@object_type
class ClockChangeStep(DeadlineStep):
    """A clock change before the deadline."""

    at: datetime | None = strawberry.field(description="The instant of the clock change; never null.")
    time_zone: TimeZone = strawberry.field(description="The time zone of the clock.")
    offset_before_seconds: float = strawberry.field(
        description="Seconds ahead of UTC before the change; negative if behind."
    )
    offset_after_seconds: float = strawberry.field(
        description="Seconds ahead of UTC after the change; negative if behind."
    )


@object_type
class AwaitingStaffStep(DeadlineStep):
    """A deadline or delivery plan that support and production have to set."""

    closed: bool = strawberry.field(description="True if staff are no longer awaited: they set nothing in time.")
    plan_from: int | None = strawberry.field(
        description="The number of expedites in a day from which a delivery plan is needed, 0 on a day without"
        " expedites; null if none is needed."
    )
    deadline_stands: bool = strawberry.field(
        description="True if the deadline of the earlier steps applies until then."
    )


@object_type
class StaffConfirmedStep(DeadlineStep):
    """The deadline set by support and production."""

    at: datetime | None = strawberry.field(
        description="The instant at which the deadline was set; null if only the events have it."
    )
    deadline: datetime = strawberry.field(description="The instant of the deadline.")
    time_zone: TimeZone = strawberry.field(description="The account's time zone at that instant.")


@object_type
class RejectedAtStep(DeadlineStep):
    """The rejection of the image."""

    at: datetime | None = strawberry.field(description="The instant of the rejection; never null.")
    time_zone: TimeZone = strawberry.field(description="The account's time zone at that instant.")


@object_type
class SlaVersionStep(DeadlineStep):
    """The version of the SLA under which the promise was made."""

    version: int = strawberry.field(description="The version number.")


@object_type
class PlanVoidStep(DeadlineStep):
    """A delivery plan that was not made before the deadline of the earlier steps passed; the deadline remains."""

    at: datetime | None = strawberry.field(description="The instant of the deadline; never null.")
    time_zone: TimeZone = strawberry.field(
        description="The account's time zone at the upload, or when staff set the deadline."
    )
    plan_from: int | None = strawberry.field(
        description="The number of expedites in a day from which a delivery plan is needed, 0 on a day without"
        " expedites; never null."
    )


def deadline_step(step: steps.DeadlineStep) -> DeadlineStep:
    """Return a step as the type of its code."""
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
"""The schema's type for each code, with its facts; the schema lists them, since no field has one as its own type."""
