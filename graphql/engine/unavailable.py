"""Temporary errors: the database cannot be reached, too much is under way, or a lock is held for too long.

Clients see the code UNAVAILABLE with `retryAfter`; the log has one line a second with their count.
"""

from typing import Final

import structlog

from app.logging import CountedWarning
from app.services.commands import Overtaken
from db.failures import OutcomeUnknown, asks_to_try_again, is_locked, is_outage, is_timeout
from engine.gate import Busy

RETRY_AFTER: Final = 1
"""Seconds until a client may retry."""

_OUTCOME_UNKNOWN: Final = (
    "The database's response was lost, so this may or may not have been done. Repeat it with the same idempotencyKey to"
    " have it done once; without a key, check first whether it was done."
)
_OUT_OF_REACH: Final = "The database cannot be reached for now; try again."
_BUSY: Final = "Another change of the same data is in progress, so it was not done; try again."
_SLOW: Final = "The database took too long; try again."

_warning: Final = CountedWarning(structlog.get_logger("loupe.api"), "unavailable")


def why_unavailable(cause: BaseException) -> str | None:
    """Return the message for clients of a temporary error, and count it; None for any other."""
    message = _message(cause)
    if message is not None:
        _warning.count(cause)
    return message


def _message(cause: BaseException) -> str | None:
    if isinstance(cause, OutcomeUnknown):
        return _OUTCOME_UNKNOWN
    if isinstance(cause, Busy):
        return str(cause)
    if is_outage(cause):
        return _OUT_OF_REACH
    if is_locked(cause) or asks_to_try_again(cause) or isinstance(cause, Overtaken):
        return _BUSY
    return _SLOW if is_timeout(cause) else None
