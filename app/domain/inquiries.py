"""Inquiries: what clients ask the service, and by when it answers (domain rules, section 2.11)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.domain.account import Account
from app.domain.deadlines.working_hours import working_hours_after
from app.domain.errors import DomainError
from app.domain.instants import rfc3339


class InquiryTopic(StrEnum):
    """The subject of an inquiry."""

    SUPPORT = "SUPPORT"
    SLA = "SLA"
    DELIVERY_PLAN = "DELIVERY_PLAN"
    FEEDBACK = "FEEDBACK"
    DATA = "DATA"


@dataclass(frozen=True, slots=True)
class NewInquiry:
    """An inquiry as a client writes it; `order_id` is the order that it is about, None without one."""

    topic: InquiryTopic
    text: str
    order_id: UUID | None = None


class AlreadyAnswered(DomainError):  # noqa: N818 - refusals are named by their case
    """An inquiry that staff answered at `answered_at` (UTC)."""

    def __init__(self, answered_at: datetime) -> None:
        super().__init__(f"The inquiry was answered at {rfc3339(answered_at)}.")
        self.answered_at = answered_at


def answer_due_at(account: Account, at: datetime) -> datetime:
    """Return the instant (UTC) by which an inquiry of an account at `at` (UTC) is to be answered.

    It is the support response of the SLA version in force then, in working hours of the zone in force then.
    """
    return working_hours_after(at, account.terms_at(at).terms.support_response, account.zone_at(at))


def is_overdue(due_at: datetime, answered_at: datetime | None, at: datetime) -> bool:
    """Return True if an inquiry was not answered by `due_at`, as far as is known at `at` (all UTC)."""
    return due_at < (at if answered_at is None else answered_at)
