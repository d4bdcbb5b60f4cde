"""Lines about inquiries by the rules; nothing is changed here (domain rules, section 2.11)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.events.inquiries import inquiry_answered, inquiry_opened
from app.domain.events.new_events import NewEvent
from app.domain.inquiries import NewInquiry, answer_due_at
from app.domain.texts import composed
from app.services.ids import new_id
from app.services.imports.cache import AccountState, Cache
from app.services.imports.lines import InquiryLine
from app.services.imports.references import composed_or_none
from app.services.imports.refusals import LineRefused, Subject, no_such


@dataclass(frozen=True, slots=True)
class ImportedInquiry:
    """An inquiry at `at`, to be answered by `due_at`, with its answer; instants are UTC."""

    id: UUID
    new: NewInquiry
    at: datetime
    due_at: datetime
    answer: str | None
    answered_at: datetime | None

    @property
    def last_at(self) -> datetime:
        """The instant of the answer, or else of the inquiry."""
        return self.answered_at or self.at

    def new_events(self) -> Iterator[NewEvent]:
        """Yield the events of the inquiry and of its answer."""
        yield inquiry_opened(self.id, self.new, self.due_at, self.at)
        if self.answer is not None and self.answered_at is not None:
            yield inquiry_answered(self.id, self.new.order_id, self.answer, self.answered_at)

    def row(self, account_id: UUID) -> tuple[object, ...]:
        """Return its row, in the order of the table's columns; a job emits the event of one that is overdue."""
        new = self.new
        asked = (account_id, self.id, new.order_id, new.topic, new.text, self.at, self.due_at)
        return *asked, self.answer, self.answered_at, False


def inquiry_of(line: InquiryLine, state: AccountState, cache: Cache, now: datetime) -> ImportedInquiry:
    """Return the inquiry of a line; no answer is after `now` (UTC). Raises LineRefused."""
    if (line.answer is None) is not (line.answered_at is None):
        missing = "answer" if line.answer is None else "answeredAt"
        raise LineRefused(missing, "is missing: an answer has both its text and its instant")
    if line.answered_at is not None and line.answered_at < line.at:
        raise LineRefused("answeredAt", "is before the inquiry")
    if line.answered_at is not None and line.answered_at > now:
        raise LineRefused("answeredAt", "is in the future")
    order_id = None if line.order is None else cache.first_order(state.id, line.order)
    if line.order is not None and order_id is None:
        raise no_such("order", Subject(state.ref, "order", line.order))
    new = NewInquiry(line.topic, composed(line.text), order_id)
    due_at = answer_due_at(state.account, line.at)
    return ImportedInquiry(new_id(line.at), new, line.at, due_at, composed_or_none(line.answer), line.answered_at)
