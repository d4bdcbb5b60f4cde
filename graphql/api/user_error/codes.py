"""The codes of user errors; a field declares those that it can answer."""

from enum import StrEnum
from typing import Final


class UserErrorCode(StrEnum):
    """The code of a user error."""

    INVALID = "INVALID"
    NOT_FOUND = "NOT_FOUND"
    EXPEDITE_WINDOW_CLOSED = "EXPEDITE_WINDOW_CLOSED"
    ALREADY_EXPEDITED = "ALREADY_EXPEDITED"
    ALREADY_LATE = "ALREADY_LATE"
    ALREADY_DELIVERED = "ALREADY_DELIVERED"
    NO_GAIN = "NO_GAIN"
    NOT_DELIVERED = "NOT_DELIVERED"
    NOT_REJECTABLE = "NOT_REJECTABLE"
    NOT_CLAIMED = "NOT_CLAIMED"
    NOT_CANCELLABLE = "NOT_CANCELLABLE"
    NOT_COMPLETABLE = "NOT_COMPLETABLE"
    DEADLINE_NOT_OPEN = "DEADLINE_NOT_OPEN"
    QUOTE_CHANGED = "QUOTE_CHANGED"
    IDEMPOTENCY_CONFLICT = "IDEMPOTENCY_CONFLICT"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    ARCHIVED = "ARCHIVED"
    ACCOUNT_CLOSED = "ACCOUNT_CLOSED"
    REFERENCE_TAKEN = "REFERENCE_TAKEN"
    ALREADY_ANSWERED = "ALREADY_ANSWERED"


KEYED: Final = (UserErrorCode.INVALID, UserErrorCode.IDEMPOTENCY_CONFLICT)
"""The codes of every mutation, from its idempotency key."""

NOT_EXPEDITABLE: Final = (
    UserErrorCode.ACCOUNT_CLOSED,
    UserErrorCode.EXPEDITE_WINDOW_CLOSED,
    UserErrorCode.ALREADY_EXPEDITED,
    UserErrorCode.ALREADY_LATE,
    UserErrorCode.ALREADY_DELIVERED,
    UserErrorCode.NO_GAIN,
)
"""The codes of an expedite of uploaded images."""
