"""The input of a negotiation of terms."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Final, TypeVar

import strawberry

from api.validation import PROSE_RULE, Validation
from app.domain.bounds import MAX_PER_DAY, TURNAROUNDS
from app.domain.sla.negotiation import Negotiation
from app.domain.sla.terms import NegotiableTerms
from engine.arguments import or_none
from engine.decorators import input_type
from engine.inputs import idempotency_key, optional
from engine.scalars import LocalTime

Given = TypeVar("Given")
Checked = TypeVar("Checked")

_DURATION: Final = f"in whole seconds: {TURNAROUNDS}"


@input_type
class NegotiateSlaInput:
    """The negotiated terms; an omitted term continues."""

    account_id: strawberry.ID = strawberry.field(description="The account.")
    images_per_day: int | None = optional("Images guaranteed per ledger day: 0 to 1,000,000.")
    expedites_per_day: int | None = optional("Images per ledger day at the shortest turnaround: 0 to 1,000,000.")
    deliver_by: LocalTime | None = optional(
        "The delivery time on the next working morning, user time: 00:00 to 23:59:59. On a day on which the clock does"
        " not show it, the first instant after; where the clock shows it twice, the first."
    )
    expedite_turnaround: timedelta | None = optional(
        f"The turnaround of expedites within the quota, {_DURATION}, at most that of further ones."
    )
    expedite_additional_turnaround: timedelta | None = optional(f"The turnaround of further expedites, {_DURATION}.")
    expedite_multiplier: Decimal | None = optional(
        "The factor by which an expedite multiplies the price of an image: 1 to 100, with at most 2 decimals."
    )
    rejection_turnaround: timedelta | None = optional(f"The time from a rejection to the redelivery, {_DURATION}.")
    review_turnaround: timedelta | None = optional(f"The time within which staff set a deadline, {_DURATION}.")
    flow_available: bool | None = optional("True if the account has Flow.")
    support_response: timedelta | None = optional(f"The response time of support, {_DURATION}.")
    support_phone: bool | None = optional("True if support answers by phone, false if case by case only.")
    effective_date: date = strawberry.field(
        description="The date of the first ledger day with these terms; later than the running one."
    )
    note: str | None = optional(f"A note for staff: {PROSE_RULE}.")
    message: str | None = optional(f"A message to the client: {PROSE_RULE}.")
    idempotency_key: str | None = idempotency_key()


def negotiation(validation: Validation, given: NegotiateSlaInput) -> Negotiation:
    """Return the negotiation of an input; notes its errors."""
    terms = _terms(validation, given)
    note = validation.optional_prose(given.note, "note")
    message = validation.optional_prose(given.message, "message")
    return Negotiation(terms, given.effective_date, note, message)


def _terms(validation: Validation, given: NegotiateSlaInput) -> NegotiableTerms:
    per_day: Callable[[int, str], int] = partial(_per_day, validation)
    turnaround = validation.turnaround
    return NegotiableTerms(
        images_per_day=_checked(per_day, given.images_per_day, "imagesPerDay"),
        expedites_per_day=_checked(per_day, given.expedites_per_day, "expeditesPerDay"),
        deliver_by=_checked(validation.clock, given.deliver_by, "deliverBy"),
        expedite_turnaround=_checked(turnaround, given.expedite_turnaround, "expediteTurnaround"),
        expedite_additional_turnaround=_checked(
            turnaround, given.expedite_additional_turnaround, "expediteAdditionalTurnaround"
        ),
        expedite_multiplier=_checked(validation.multiplier, given.expedite_multiplier, "expediteMultiplier"),
        rejection_turnaround=_checked(turnaround, given.rejection_turnaround, "rejectionTurnaround"),
        review_turnaround=_checked(turnaround, given.review_turnaround, "reviewTurnaround"),
        flow_available=or_none(given.flow_available),
        support_response=_checked(turnaround, given.support_response, "supportResponse"),
        support_phone=or_none(given.support_phone),
    )


def _checked(check: Callable[[Given, str], Checked], given: Given | None, field: str) -> Checked | None:
    """Check a term; None if it is left out."""
    value = or_none(given)
    return None if value is None else check(value, field)


def _per_day(validation: Validation, count: int, field: str) -> int:
    return validation.number(count, 0, MAX_PER_DAY, field)
