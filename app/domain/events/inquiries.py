"""The events of inquiries (domain rules, section 2.11)."""

from datetime import datetime
from uuid import UUID

from app.domain.events.inquiry_kinds import InquiryAnswered, InquiryOpened, InquiryOverdue
from app.domain.events.new_events import NewEvent
from app.domain.inquiries import NewInquiry


def inquiry_opened(inquiry_id: UUID, new: NewInquiry, due_at: datetime, at: datetime) -> NewEvent:
    """Return the event of a client's inquiry at `at`, to be answered by `due_at` (both UTC)."""
    return NewEvent(at, new.order_id, None, InquiryOpened(inquiry_id, new.topic, due_at, new.text))


def inquiry_answered(inquiry_id: UUID, order_id: UUID | None, answer: str, at: datetime) -> NewEvent:
    """Return the event of staff's answer at an instant (UTC) to an inquiry, about the order of the inquiry."""
    return NewEvent(at, order_id, None, InquiryAnswered(inquiry_id, at, answer))


def inquiry_overdue(inquiry_id: UUID, order_id: UUID | None, due_at: datetime) -> NewEvent:
    """Return the event of an inquiry that was not answered by `due_at` (UTC), about the order of the inquiry."""
    return NewEvent(due_at, order_id, None, InquiryOverdue(inquiry_id, due_at))
