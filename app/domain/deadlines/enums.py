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
