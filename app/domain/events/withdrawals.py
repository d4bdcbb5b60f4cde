"""Withdrawals: an event that turns out untrue stays, and another one withdraws it (domain rules, section 5)."""

from datetime import datetime
from uuid import UUID

from app.domain.events.kinds import EventWithdrawn
from app.domain.events.new_events import NewEvent


def withdrawal(sequence: int, order_id: UUID | None, image_id: UUID | None, at: datetime) -> NewEvent:
    """Return the event that withdraws another one of the account at `at` (UTC), about the same order and image."""
    return NewEvent(at, order_id, image_id, EventWithdrawn(sequence))
