"""Events that turn out to be untrue: each stays as it is, and another one withdraws it (domain rules, section 5)."""

from datetime import datetime
from uuid import UUID

from app.domain.events.orders import NewEvent
from app.domain.vocabulary import EventType


def withdrawal(sequence: int, order_id: UUID | None, image_id: UUID | None, at: datetime) -> NewEvent:
    """Withdraw at `at` (UTC) the event that has a place in its account's sequence; it concerns what that concerned."""
    data: dict[str, object] = {"before": None, "after": None, "event": sequence}
    return NewEvent(at, EventType.EVENT_WITHDRAWN, order_id, image_id, data)
