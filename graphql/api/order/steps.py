"""The steps of a deadline's explanation: one type for each code, with the facts that its text names."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import strawberry

from app.domain.deadlines import steps
from app.domain.deadlines.enums import DeadlineStepCode
from app.domain.sla.terms import UPLOAD_BY
from engine.decorators import attribute, field, interface, object_type
from engine.scalars import LocalTime, TimeZone, write_local_time


@interface
class DeadlineStep:
    """A step in the explanation of a deadline; its fields have all facts of the text, for other languages."""

    code: DeadlineStepCode = strawberry.field(description="The kind of the step.")
    text: str = strawberry.field(description="The step in words, with times in user time.")
    step: strawberry.Private[Any]


@object_type
class UploadedAtStep(DeadlineStep):
    """The upload of the images."""

    at: datetime | None = attribute("The instant of the upload; never null.", of="step.at")
    time_zone: TimeZone = attribute("The account's time zone at that instant.", of="step.zone.key")


@object_type
class CutoffStep(DeadlineStep):
    """The end of the upload day, by which the images were uploaded."""

    at: datetime | None = attribute("The instant of the cutoff; never null.", of="step.at")
    day: date = attribute("The local date that ends at the cutoff.", name="date", of="step.day")

    @field
    def upload_by(self) -> LocalTime:
        """The time of the cutoff, in user time."""
        return LocalTime(UPLOAD_BY)

    counted_for: date | None = attribute(
        "The ledger day whose guarantee the images exceed; null for images within it.", of="step.counted_for"
    )


@object_type
class GuaranteePositionStep(DeadlineStep):
    """The positions of the images in the day's guarantee."""

    first: int = attribute("The position of the first image, from 1.", name="from", of="step.positions.first")
    to: int = attribute("The position of the last image.", of="step.positions.last")
    of: int = attribute("Images guaranteed on that day.", of="step.positions.size")
    image_count: int = attribute(
        "The number of images; fewer than the positions from first to last if some were split off.",
        of="step.image_count",
    )
    day: date = attribute("The ledger day.", name="date", of="step.positions.day.date")


@object_type
class ExpeditePositionStep(DeadlineStep):
    """The positions of the images in the day's expedites."""

    step: strawberry.Private[steps.ExpeditePositionStep]
    first: int = attribute("The position of the first image, from 1.", name="from", of="step.positions.first")
    to: int = attribute("The position of the last image.", of="step.positions.last")
    of: int = attribute("Expedites at the shortest turnaround on that day.", of="step.positions.size")
    image_count: int = attribute(
        "The number of images; fewer than the positions from first to last if some were split off.",
        of="step.image_count",
    )
    day: date = attribute("The ledger day.", name="date", of="step.positions.day.date")
    at: datetime | None = attribute("The instant of the expedite; never null.", of="step.at")
    time_zone: TimeZone = attribute("The account's time zone at that instant.", of="step.zone.key")

    @field
    def window_opens_at(self) -> datetime:
        """The instant at which the week's window for expedites opened."""
        return self.step.window[0]

    @field
    def window_closes_at(self) -> datetime:
        """The instant at which the week's window for expedites closes."""
        return self.step.window[1]


@object_type
class BaseDeadlineStep(DeadlineStep):
    """The deadline by the terms of the SLA, before any move from a weekend."""

    step: strawberry.Private[steps.BaseDeadlineStep]
    at: datetime | None = attribute("The instant of the deadline; never null.", of="step.at")
    time_zone: TimeZone = attribute("The account's time zone when the time began to run.", of="step.zone.key")
    turnaround: timedelta | None = attribute(
        "The time from the expedite or rejection; null for the morning after the upload.", of="step.turnaround"
    )

    @field
    def deliver_by(self) -> LocalTime | None:
        """The delivery time of the morning after the upload, user time; null after an expedite or rejection.

        The deadline is that time on the wall: where the clock jumps over it, the first instant after.
        """
        return None if self.step.deliver_by is None else write_local_time(self.step.deliver_by)


@object_type
class WeekendShiftStep(DeadlineStep):
    """The move of a weekend deadline to Monday."""

    hours: float = attribute("The elapsed hours of the move.", of="step.hours")
    base: datetime = attribute("The deadline on the weekend.", name="from", of="step.base")
    at: datetime = attribute("The deadline on Monday.", name="to", of="step.at")
    time_zone: TimeZone = attribute("The account's time zone when the time began to run.", of="step.zone.key")


@object_type
class ClockChangeStep(DeadlineStep):
    """A clock change before the deadline."""

    step: strawberry.Private[steps.ClockChangeStep]
    at: datetime | None = attribute("The instant of the clock change; never null.", of="step.at")
    time_zone: TimeZone = attribute("The time zone of the clock.", of="step.zone.key")

    @field
    def offset_before_seconds(self) -> float:
        """Seconds ahead of UTC before the change; negative if behind."""
        return self.step.offset_before.total_seconds()

    @field
    def offset_after_seconds(self) -> float:
        """Seconds ahead of UTC after the change; negative if behind."""
        return self.step.offset_after.total_seconds()


@object_type
class AwaitingStaffStep(DeadlineStep):
    """A deadline or delivery plan that support and production have to set."""

    closed: bool = attribute(
        "True if staff are no longer awaited: the images were delivered or cancelled before.", of="step.closed"
    )
    review_by: datetime | None = attribute(
        "The instant by which staff have promised the deadline or plan; null if they are no longer awaited.",
        of="step.review_by",
    )
    turnaround: timedelta | None = attribute(
        "The time from the start of the review to `reviewBy`, in hours from Monday to Friday, by the terms in force at"
        " the start; null where the deadline of the earlier steps comes first, or staff are no longer awaited.",
        of="step.turnaround",
    )
    time_zone: TimeZone = attribute("The account's time zone at the start of the wait.", of="step.zone.key")
    plan_from: int | None = attribute(
        "The number of expedites in a day from which a delivery plan is needed, 0 on a day without expedites; null if"
        " none is needed.",
        of="step.plan_from",
    )
    price_multiplier: Decimal | None = attribute(
        "The multiple of its price that each image costs with the delivery plan; null if none is needed.",
        of="step.price_multiplier",
    )
    deadline_stands: bool = attribute(
        "True if the deadline of the earlier steps applies until then.", of="step.keeps_deadline"
    )


@object_type
class StaffConfirmedStep(DeadlineStep):
    """The deadline set by support and production."""

    at: datetime | None = attribute(
        "The instant at which the deadline was set; null if only the events have it.", of="step.at"
    )
    deadline: datetime = attribute("The instant of the deadline.", of="step.due_at")
    time_zone: TimeZone = attribute("The account's time zone at that instant.", of="step.zone.key")


@object_type
class StaffRevisedStep(DeadlineStep):
    """The earlier deadline that support and production set in place of their previous one."""

    at: datetime | None = attribute(
        "The instant at which the earlier deadline was set; null if only the events have it.", of="step.at"
    )
    deadline: datetime = attribute("The instant of the deadline.", of="step.due_at")
    time_zone: TimeZone = attribute("The account's time zone at that instant.", of="step.zone.key")


@object_type
class RejectedAtStep(DeadlineStep):
    """The rejection of the image, from which the deadline of its redo is counted."""

    at: datetime | None = attribute("The instant of the rejection; never null.", of="step.at")
    time_zone: TimeZone = attribute("The account's time zone at that instant.", of="step.zone.key")


@object_type
class SlaVersionStep(DeadlineStep):
    """The version of the SLA under which the promise was made."""

    version: int = attribute("The version number.", of="step.version")


@object_type
class PlanVoidStep(DeadlineStep):
    """A delivery plan that was not made before the deadline of the earlier steps passed; the deadline remains."""

    at: datetime | None = attribute("The instant of the deadline; never null.", of="step.at")
    time_zone: TimeZone = attribute(
        "The account's time zone at the upload, or when staff set the deadline.", of="step.zone.key"
    )
    plan_from: int | None = attribute(
        "The number of expedites in a day from which a delivery plan is needed, 0 on a day without expedites; never"
        " null.",
        of="step.plan_from",
    )


@object_type
class ZoneChangedStep(DeadlineStep):
    """A change of the time zone before the upload; until the ledger day closes, the later zone's deadline counts."""

    at: datetime | None = attribute("The instant of the change; never null.", of="step.at")
    before: TimeZone = attribute("The time zone before the change.", name="from", of="step.before.key")
    to: TimeZone = attribute("The time zone from the change on.", of="step.after.key")
    day_closes_at: datetime = attribute("The close of the ledger day.", of="step.day_closes_at")


STEP_TYPES: Final[Mapping[DeadlineStepCode, Any]] = {
    DeadlineStepCode.UPLOADED_AT: UploadedAtStep,
    DeadlineStepCode.CUTOFF: CutoffStep,
    DeadlineStepCode.GUARANTEE_POSITION: GuaranteePositionStep,
    DeadlineStepCode.EXPEDITE_POSITION: ExpeditePositionStep,
    DeadlineStepCode.BASE_DEADLINE: BaseDeadlineStep,
    DeadlineStepCode.WEEKEND_SHIFT: WeekendShiftStep,
    DeadlineStepCode.CLOCK_CHANGE: ClockChangeStep,
    DeadlineStepCode.AWAITING_STAFF: AwaitingStaffStep,
    DeadlineStepCode.STAFF_CONFIRMED: StaffConfirmedStep,
    DeadlineStepCode.STAFF_REVISED: StaffRevisedStep,
    DeadlineStepCode.REJECTED_AT: RejectedAtStep,
    DeadlineStepCode.SLA_VERSION: SlaVersionStep,
    DeadlineStepCode.PLAN_VOID: PlanVoidStep,
    DeadlineStepCode.ZONE_CHANGED: ZoneChangedStep,
}
"""The type of the schema for each code; the schema names them all, since no field has one as its own type."""


def deadline_step(step: steps.DeadlineStep) -> DeadlineStep:
    """Show a step as the type of its code."""
    shown: DeadlineStep = STEP_TYPES[step.code](code=step.code, text=step.text, step=step)
    return shown
