"""The steps of explanations, a class for each code: the facts that a text names, and the text itself.

Instants are UTC; texts show them in user time, by `zone` (domain rules, section 3, "Explanation").
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import ClassVar, Final, TypeAlias
from zoneinfo import ZoneInfo

from app.domain.deadlines.enums import DeadlineStepCode
from app.domain.deadlines.upload_steps import CutoffStep, GuaranteePositionStep, UploadedAtStep, ZoneChangedStep
from app.domain.ledger.positions import EXPEDITES, Positions, positions_in_words
from app.domain.local_time import local_day, week_start
from app.domain.sla.terms import SUPPORT_DAYS, next_morning_in_words
from app.domain.user_time import duration_in_words, time_in_words, user_time

_ONE_HOUR: Final = timedelta(hours=1)

_BEFORE_END: Final = "before the delivery or cancellation"
_WINDOW: Final = timedelta(days=5)
_EXPEDITE_WINDOW: Final = "the window from Monday 00:00 to Friday 24:00 UTC"


@dataclass(frozen=True, slots=True)
class ExpeditePositionStep:
    """The positions of `image_count` images in the day's expedites, and when they were expedited."""

    code: ClassVar[DeadlineStepCode] = DeadlineStepCode.EXPEDITE_POSITION
    at: datetime
    zone: ZoneInfo
    image_count: int
    positions: Positions

    @property
    def window(self) -> tuple[datetime, datetime]:
        """The window of expedites of that week."""
        monday = datetime.combine(week_start(self.at.date()), time(0), UTC)
        return monday, monday + _WINDOW

    @property
    def text(self) -> str:
        """The step in words."""
        positions = positions_in_words(self.image_count, self.positions, EXPEDITES)
        return f"Expedited {user_time(self.at, self.zone)}, within {_EXPEDITE_WINDOW}: {positions}"


@dataclass(frozen=True, slots=True)
class BaseDeadlineStep:
    """The deadline by the terms, before a weekend: after a `turnaround`, or the next day at `deliver_by`, user time."""

    code: ClassVar[DeadlineStepCode] = DeadlineStepCode.BASE_DEADLINE
    at: datetime
    zone: ZoneInfo
    turnaround: timedelta | None = None
    deliver_by: time | None = None

    @property
    def text(self) -> str:
        """The step in words; a delivery time that the clock does not show that day is named, too."""
        at = user_time(self.at, self.zone)
        if self.deliver_by is None:
            return f"Due {duration_in_words(self.turnaround or timedelta())} later, {at}"
        due = f"Due the {next_morning_in_words(self.deliver_by)}, {at}"
        if self.at.astimezone(self.zone).time() == self.deliver_by:
            return due
        return f"{due}, since the clock does not show {time_in_words(self.deliver_by)} that day"


@dataclass(frozen=True, slots=True)
class WeekendShiftStep:
    """The deadline moved off the weekend."""

    code: ClassVar[DeadlineStepCode] = DeadlineStepCode.WEEKEND_SHIFT
    base: datetime
    at: datetime
    zone: ZoneInfo

    @property
    def hours(self) -> float:
        """The hours by which it moved, elapsed."""
        return (self.at - self.base) / _ONE_HOUR

    @property
    def text(self) -> str:
        """The step in words."""
        return f"{local_day(self.base, self.zone):%A} is no working day, so due {user_time(self.at, self.zone)}"


@dataclass(frozen=True, slots=True)
class ClockChangeStep:
    """A change of the zone's offset from UTC by the deadline."""

    code: ClassVar[DeadlineStepCode] = DeadlineStepCode.CLOCK_CHANGE
    at: datetime
    zone: ZoneInfo
    offset_before: timedelta
    offset_after: timedelta

    @property
    def text(self) -> str:
        """The step in words."""
        before = timezone(self.offset_before)
        return f"The clock changes from {before} by the deadline, on {user_time(self.at, self.zone)}"


@dataclass(frozen=True, slots=True)
class AwaitingStaffStep:
    """Staff have to confirm a deadline, or nobody any more once it is `closed`.

    - `zone`: the zone in which the wait began.
    - `review_by`, `turnaround`: by when staff have promised the deadline, and the working hours after which that is;
      no turnaround where the deadline kept until then comes first.
    - `plan_from`: the expedites in a day from which staff have to make a delivery plan, 0 if the day has none; with the
      plan each image costs `price_multiplier` times its price.
    - `keeps_deadline`: the earlier deadline holds until then, and for good once it is closed.
    """

    code: ClassVar[DeadlineStepCode] = DeadlineStepCode.AWAITING_STAFF
    closed: bool
    zone: ZoneInfo
    review_by: datetime | None = None
    turnaround: timedelta | None = None
    plan_from: int | None = None
    price_multiplier: Decimal | None = None
    keeps_deadline: bool = False

    @property
    def text(self) -> str:
        """The step in words."""
        if self.plan_from is None:
            wait = f"confirmed no deadline {_BEFORE_END}" if self.closed else f"are to confirm the deadline{self._by}"
            return f"Support and production {wait}"
        rest = "the deadline above stands" if self.keeps_deadline else "there is no deadline"
        if self.closed:
            return f"{_plan_needed(self.plan_from)}; they made none {_BEFORE_END}, so {rest}"
        costs = f"with it each image costs {self.price_multiplier:f} times its price"
        return f"{_plan_needed(self.plan_from)}{self._by}; {costs}, without it {rest}"

    @property
    def _by(self) -> str:
        if self.review_by is None:
            return ""
        by = f" by {user_time(self.review_by, self.zone)}"
        if self.turnaround is None:
            return f"{by}, when the deadline above passes"
        return f"{by}, within {duration_in_words(self.turnaround)} from {SUPPORT_DAYS}"


@dataclass(frozen=True, slots=True)
class PlanVoidStep:
    """No delivery plan was made by `at`, so that the deadline before it counts; `plan_from` as above."""

    code: ClassVar[DeadlineStepCode] = DeadlineStepCode.PLAN_VOID
    at: datetime
    zone: ZoneInfo
    plan_from: int

    @property
    def text(self) -> str:
        """The step in words."""
        none = f"they made none by {user_time(self.at, self.zone)}, so the deadline above stands"
        return f"{_plan_needed(self.plan_from)}; {none}"


@dataclass(frozen=True, slots=True)
class StaffConfirmedStep:
    """The deadline `due_at` that staff set, at `at` if that is still known outside the events."""

    code: ClassVar[DeadlineStepCode] = DeadlineStepCode.STAFF_CONFIRMED
    at: datetime | None
    due_at: datetime
    zone: ZoneInfo

    @property
    def text(self) -> str:
        """The step in words."""
        set_on = "" if self.at is None else f" on {user_time(self.at, self.zone)}"
        return f"Support and production set the deadline{set_on}: due {user_time(self.due_at, self.zone)}"


@dataclass(frozen=True, slots=True)
class StaffRevisedStep:
    """The earlier deadline `due_at` that staff set instead, at `at` if that is still known outside the events."""

    code: ClassVar[DeadlineStepCode] = DeadlineStepCode.STAFF_REVISED
    at: datetime | None
    due_at: datetime
    zone: ZoneInfo

    @property
    def text(self) -> str:
        """The step in words."""
        set_on = "" if self.at is None else f" on {user_time(self.at, self.zone)}"
        return f"Support and production set an earlier deadline{set_on}: due {user_time(self.due_at, self.zone)}"


@dataclass(frozen=True, slots=True)
class RejectedAtStep:
    """The rejection."""

    code: ClassVar[DeadlineStepCode] = DeadlineStepCode.REJECTED_AT
    at: datetime
    zone: ZoneInfo

    @property
    def text(self) -> str:
        """The step in words."""
        return f"Rejected {user_time(self.at, self.zone)}"


@dataclass(frozen=True, slots=True)
class SlaVersionStep:
    """The version of the SLA that made the promise."""

    code: ClassVar[DeadlineStepCode] = DeadlineStepCode.SLA_VERSION
    version: int

    @property
    def text(self) -> str:
        """The step in words."""
        return f"Under version {self.version} of the SLA"


DeadlineStep: TypeAlias = (
    UploadedAtStep
    | CutoffStep
    | GuaranteePositionStep
    | ExpeditePositionStep
    | BaseDeadlineStep
    | WeekendShiftStep
    | ClockChangeStep
    | AwaitingStaffStep
    | PlanVoidStep
    | StaffConfirmedStep
    | StaffRevisedStep
    | RejectedAtStep
    | SlaVersionStep
    | ZoneChangedStep
)


def _plan_needed(plan_from: int) -> str:
    reason = f"From {plan_from:,} expedites in a day on" if plan_from else "Without expedites for the day"
    return f"{reason}, support and production make a delivery plan"
