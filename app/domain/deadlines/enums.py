"""The statuses and kinds of deadlines (domain rules, sections 3 and 5)."""

from enum import StrEnum


class DeadlineStatus(StrEnum):
    """The status of a deadline: confirmed, or still to be set by staff."""

    CONFIRMED = "CONFIRMED"
    TO_BE_CONFIRMED = "TO_BE_CONFIRMED"
    PLAN_REQUIRED = "PLAN_REQUIRED"


class DeadlineKind(StrEnum):
    """The delivery that is due: the first one, or the next one after a rejection."""

    DELIVERY = "DELIVERY"
    REDO = "REDO"


class DeadlineStepCode(StrEnum):
    """The kind of a step of an explanation."""

    UPLOADED_AT = "UPLOADED_AT"
    CUTOFF = "CUTOFF"
    GUARANTEE_POSITION = "GUARANTEE_POSITION"
    EXPEDITE_POSITION = "EXPEDITE_POSITION"
    BASE_DEADLINE = "BASE_DEADLINE"
    WEEKEND_SHIFT = "WEEKEND_SHIFT"
    CLOCK_CHANGE = "CLOCK_CHANGE"
    AWAITING_STAFF = "AWAITING_STAFF"
    STAFF_CONFIRMED = "STAFF_CONFIRMED"
    STAFF_REVISED = "STAFF_REVISED"
    REJECTED_AT = "REJECTED_AT"
    SLA_VERSION = "SLA_VERSION"
    PLAN_VOID = "PLAN_VOID"
    ZONE_CHANGED = "ZONE_CHANGED"
