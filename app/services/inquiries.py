"""Inquiries of clients and their answers (domain rules, section 2.11)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from app.clock import Clock
from app.domain.events.inquiries import inquiry_answered, inquiry_opened
from app.domain.inquiries import AlreadyAnswered, NewInquiry, answer_due_at
from app.domain.instants import rfc3339
from app.services.accounts.counters import begin_command
from app.services.accounts.facts import read_account
from app.services.accounts.recording import record
from app.services.ids import new_id
from app.services.orders.outcome import NotFound
from app.services.stored_results import StoredResult, keys_from_json, keys_to_json
from db.queries.inquiries import InquiryKey, inquiries_by_id
from db.queries.orders import orders_by_id
from db.tables.inquiries import Inquiry
from db.writer import Writer
from db.writes import update

# Answers an inquiry; the primary key.
ANSWER: Final = update("answer_inquiry", Inquiry, "answer", "answered_at")


@dataclass(frozen=True, slots=True)
class InquiryOutcome:
    """The inquiry that a client made, or staff answered, at `at` (UTC)."""

    at: datetime
    account_id: UUID
    inquiry_id: UUID
    changed: bool = True

    @property
    def key(self) -> InquiryKey:
        """The account and the inquiry."""
        return self.account_id, self.inquiry_id

    @property
    def account_ids(self) -> set[UUID]:
        """The account of the inquiry."""
        return {self.account_id}

    def to_json(self) -> StoredResult:
        """Return the form that is stored with a key."""
        return {"at": rfc3339(self.at), "inquiries": keys_to_json([self.key])}

    @classmethod
    def from_json(cls, stored: StoredResult) -> "InquiryOutcome":
        """Return the result stored with a key."""
        [key] = keys_from_json(stored["inquiries"])
        return cls(datetime.fromisoformat(stored["at"]), *key)


async def contact_support(writer: Writer, clock: Clock, account_id: UUID, new: NewInquiry) -> InquiryOutcome:
    """Make an inquiry of an account, open or closed; the caller commits.

    Imports continue after it, since its deadline depends on the zone and the terms of its instant. Raises
    UnknownAccount, and NotFound for an order that the account does not have.
    """
    counters = await begin_command(writer, clock, account_id)
    at = counters.instant
    if new.order_id is not None and not await orders_by_id(writer, [(account_id, new.order_id)]):
        raise NotFound("order", new.order_id)
    account, _ = await read_account(writer, account_id, at)
    id_, due_at = new_id(at), answer_due_at(account, at)
    await writer.insert([inquiry_row(account_id, id_, new, at, due_at)])
    await record(writer, counters, at, inquiry_opened(id_, new, due_at, at))
    return InquiryOutcome(at, account_id, id_)


async def answer_inquiry(writer: Writer, clock: Clock, key: InquiryKey, answer: str) -> InquiryOutcome:
    """Answer an inquiry, once; the caller commits. No line of an import depends on it.

    Raises UnknownAccount, NotFound and AlreadyAnswered.
    """
    account_id, inquiry_id = key
    counters = await begin_command(writer, clock, account_id)
    at = counters.instant
    row = (await inquiries_by_id(writer, [key])).get(key)
    if row is None:
        raise NotFound("inquiry", inquiry_id)
    if row.answered_at is not None:
        raise AlreadyAnswered(row.answered_at)
    await writer.execute(ANSWER, *key, answer, at)
    answered = inquiry_answered(inquiry_id, row.order_id, answer, at)
    await record(writer, counters, at, answered, keeps_watermark=True)
    return InquiryOutcome(at, *key)


def inquiry_row(account_id: UUID, id_: UUID, new: NewInquiry, at: datetime, due_at: datetime) -> Inquiry:
    """Return the row of an inquiry at `at`, to be answered by `due_at` (both UTC)."""
    return Inquiry(
        account_id=account_id,
        id=id_,
        order_id=new.order_id,
        topic=new.topic,
        text=new.text,
        created_at=at,
        due_at=due_at,
        answer=None,
        answered_at=None,
    )
