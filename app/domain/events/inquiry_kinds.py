"""The events of inquiries, as in `kinds`."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.domain.events.enums import EventType
from app.domain.inquiries import InquiryTopic


@dataclass(frozen=True, slots=True)
class InquiryOpened:
    """A client asked; the answer is due at `due_at`."""

    type: ClassVar[EventType] = EventType.INQUIRY_OPENED
    inquiry_id: UUID
    topic: InquiryTopic
    due_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class InquiryAnswered:
    """Staff answered an inquiry at `answered_at`, the instant of the event."""

    type: ClassVar[EventType] = EventType.INQUIRY_ANSWERED
    inquiry_id: UUID
    answered_at: datetime
    answer: str


@dataclass(frozen=True, slots=True)
class InquiryOverdue:
    """An inquiry was not answered by `due_at`, the instant of the event."""

    type: ClassVar[EventType] = EventType.INQUIRY_OVERDUE
    inquiry_id: UUID
    due_at: datetime
