"""The stored form of the events of inquiries, as in `stored`."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from app.domain.events.enums import EventType
from app.domain.events.facts import ERASED
from app.domain.events.forms import Form, StoredTexts
from app.domain.events.inquiry_kinds import InquiryAnswered, InquiryOpened, InquiryOverdue
from app.domain.events.keys import INSTANT, Data, Keys
from app.domain.inquiries import InquiryTopic

_OPENED: Final = Keys(
    {"id": ("inquiry_id", UUID), "topic": ("topic", InquiryTopic), "dueAt": ("due_at", INSTANT)},
)
_OVERDUE: Final = Keys({"id": ("inquiry_id", UUID), "dueAt": ("due_at", INSTANT)})
_ANSWERED: Final = Keys({"id": ("inquiry_id", UUID), "answeredAt": ("answered_at", INSTANT)})


def _write_opened(event: InquiryOpened) -> tuple[Data, Data]:
    return {"before": None, "after": _OPENED.write(event)}, {"text": event.text}


def _read_opened(data: Data, texts: StoredTexts) -> InquiryOpened:
    return InquiryOpened(**_OPENED.read(data["after"]), text=texts.one("text", data) or ERASED)


def _write_answered(event: InquiryAnswered) -> tuple[Data, Data]:
    before = {"id": event.inquiry_id, "answeredAt": None}
    return {"before": before, "after": _ANSWERED.write(event)}, {"answer": event.answer}


def _read_answered(data: Data, texts: StoredTexts) -> InquiryAnswered:
    return InquiryAnswered(**_ANSWERED.read(data["after"]), answer=texts.one("answer", data) or ERASED)


def _write_overdue(event: InquiryOverdue) -> tuple[Data, Data]:
    return {"before": None, "after": _OVERDUE.write(event)}, {}


def _read_overdue(data: Data, _: StoredTexts) -> InquiryOverdue:
    return InquiryOverdue(**_OVERDUE.read(data["after"]))


INQUIRY_FORMS: Final[Mapping[EventType, Form[Any]]] = {
    EventType.INQUIRY_OPENED: Form(_write_opened, _read_opened),
    EventType.INQUIRY_ANSWERED: Form(_write_answered, _read_answered),
    EventType.INQUIRY_OVERDUE: Form(_write_overdue, _read_overdue),
}
