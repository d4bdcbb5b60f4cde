"""What a user can mend of a mutation or a quote, and the one table that gives the refusals of the rules their codes."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID

import strawberry

from app.domain.errors import DateOutOfRange, DomainError, ExpediteWindowClosed, NoGain, Refusals, UnknownTimeZone
from app.domain.orders.quotes import InvalidQuoteToken, QuoteChanged, QuoteInPast
from app.domain.orders.refusals import (
    AlreadyDelivered,
    AlreadyExpedited,
    AlreadyLate,
    DeadlineNotAhead,
    DeadlineNotOpen,
    NotCancellable,
    NotClaimed,
    NotCompletable,
    NotDelivered,
    OrderCancelled,
)
from app.domain.sla.negotiation import EffectiveDateNotAhead, NoTermStated
from app.domain.specifications import SpecificationArchived
from app.services.accounts.counters import UnknownAccount
from app.services.commands import IdempotencyConflict
from app.services.orders.outcome import NotFound
from engine.decorators import attribute, describe, object_type

Path: TypeAlias = tuple[str, ...]
"""Leads to a part of an input: names of fields, and places in lists."""


class UserErrorCode(StrEnum):
    """What is to mend."""

    INVALID = "INVALID"
    NOT_FOUND = "NOT_FOUND"
    EXPEDITE_WINDOW_CLOSED = "EXPEDITE_WINDOW_CLOSED"
    ALREADY_EXPEDITED = "ALREADY_EXPEDITED"
    ALREADY_LATE = "ALREADY_LATE"
    ALREADY_DELIVERED = "ALREADY_DELIVERED"
    NO_GAIN = "NO_GAIN"
    NOT_DELIVERED = "NOT_DELIVERED"
    NOT_CLAIMED = "NOT_CLAIMED"
    NOT_CANCELLABLE = "NOT_CANCELLABLE"
    NOT_COMPLETABLE = "NOT_COMPLETABLE"
    DEADLINE_NOT_OPEN = "DEADLINE_NOT_OPEN"
    QUOTE_CHANGED = "QUOTE_CHANGED"
    IDEMPOTENCY_CONFLICT = "IDEMPOTENCY_CONFLICT"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    ARCHIVED = "ARCHIVED"


describe(
    UserErrorCode,
    "What a user can mend.",
    {
        "INVALID": "A value cannot be used: the message says which ones can.",
        "NOT_FOUND": "There is no such thing, or the caller may not see it.",
        "EXPEDITE_WINDOW_CLOSED": "Expedites cannot be asked for on weekends, UTC: the message says when again.",
        "ALREADY_EXPEDITED": "The image is expedited already.",
        "ALREADY_LATE": "The image's deadline has passed.",
        "ALREADY_DELIVERED": "The image has been delivered, be it rejected since or not.",
        "NO_GAIN": "Not every image would be due earlier than without the expedite: the message says how many would.",
        "NOT_DELIVERED": "The image has no delivery that could be rejected.",
        "NOT_CLAIMED": "The worker does not hold the image, or no longer.",
        "NOT_CANCELLABLE": "Work on the order has begun, or it is cancelled already.",
        "NOT_COMPLETABLE": "The order is not ready for download.",
        "DEADLINE_NOT_OPEN": "The order awaits no deadline.",
        "QUOTE_CHANGED": "What was quoted is not what would be got now, or the quote has expired.",
        "IDEMPOTENCY_CONFLICT": "The key came with another input before, which changed something.",
        "LIMIT_EXCEEDED": "There are too many for one call.",
        "ARCHIVED": "The specification is archived.",
    },
)


@object_type
class UserError:
    """Something a user can mend; where there is any, nothing was changed."""

    code: UserErrorCode = strawberry.field(description="What is to mend.")
    message: str = strawberry.field(description="What is to mend, in a sentence for people.")
    path: list[str] = attribute(
        "Leads to what is to mend within the input: names of fields, and places in lists, counted from 0:"
        ' ["imageIds", "3"]. Empty when it is no part of the input.',
        length=2,
    )


class Mapped(NamedTuple):
    """The code of a refusal, and the fields of an input it may be about: the first one that was given is."""

    code: UserErrorCode
    fields: Path


_ORDER: Final = ("orderId",)
CODES: Final[Mapping[type[DomainError], Mapped]] = {
    NotFound: Mapped(UserErrorCode.NOT_FOUND, ("specificationId", "orderId", "accountId")),
    UnknownAccount: Mapped(UserErrorCode.NOT_FOUND, ("accountId", "specificationId", "orderId")),
    ExpediteWindowClosed: Mapped(UserErrorCode.EXPEDITE_WINDOW_CLOSED, ("orderId", "expedite")),
    AlreadyExpedited: Mapped(UserErrorCode.ALREADY_EXPEDITED, _ORDER),
    AlreadyLate: Mapped(UserErrorCode.ALREADY_LATE, _ORDER),
    AlreadyDelivered: Mapped(UserErrorCode.ALREADY_DELIVERED, _ORDER),
    NoGain: Mapped(UserErrorCode.NO_GAIN, ("imageIds", "orderId", "expedite")),
    NotDelivered: Mapped(UserErrorCode.NOT_DELIVERED, ("imageIds",)),
    NotClaimed: Mapped(UserErrorCode.NOT_CLAIMED, ("imageIds",)),
    NotCancellable: Mapped(UserErrorCode.NOT_CANCELLABLE, _ORDER),
    NotCompletable: Mapped(UserErrorCode.NOT_COMPLETABLE, _ORDER),
    OrderCancelled: Mapped(UserErrorCode.INVALID, _ORDER),
    DeadlineNotOpen: Mapped(UserErrorCode.DEADLINE_NOT_OPEN, _ORDER),
    DeadlineNotAhead: Mapped(UserErrorCode.INVALID, ("deadline",)),
    SpecificationArchived: Mapped(UserErrorCode.ARCHIVED, ("specificationId",)),
    QuoteChanged: Mapped(UserErrorCode.QUOTE_CHANGED, ("quoteToken",)),
    InvalidQuoteToken: Mapped(UserErrorCode.INVALID, ("quoteToken",)),
    QuoteInPast: Mapped(UserErrorCode.INVALID, ("at",)),
    IdempotencyConflict: Mapped(UserErrorCode.IDEMPOTENCY_CONFLICT, ("idempotencyKey",)),
    UnknownTimeZone: Mapped(UserErrorCode.INVALID, ("timeZone",)),
    NoTermStated: Mapped(UserErrorCode.INVALID, ()),
    EffectiveDateNotAhead: Mapped(UserErrorCode.INVALID, ("effectiveDate",)),
    DateOutOfRange: Mapped(UserErrorCode.INVALID, ("effectiveDate", "at")),
}
"""The codes of refusals."""

_BY_OPERATION: Final[Mapping[tuple[str, type[DomainError]], UserErrorCode]] = {
    ("cancelOrder", OrderCancelled): UserErrorCode.NOT_CANCELLABLE,
    ("confirmDeadline", OrderCancelled): UserErrorCode.DEADLINE_NOT_OPEN,
}


def errors_of(
    refusal: DomainError, operation: str, paths: Mapping[UUID, Path], given: Collection[str]
) -> list[UserError]:
    """Return a refusal as errors, one for each of several, in the order of the input; raises it when it has no code.

    `paths` are those of the ids in the input, `given` the names of the fields that the input has.
    """
    refusals = refusal.refusals if isinstance(refusal, Refusals) else (refusal,)
    errors = [_error_of(each, operation, paths, given) for each in refusals]
    order = {path: index for index, path in enumerate(paths.values())}
    return sorted(errors, key=lambda error: order.get(tuple(error.path), -1))


def _error_of(refusal: DomainError, operation: str, paths: Mapping[UUID, Path], given: Collection[str]) -> UserError:
    mapped = next((CODES[kind] for kind in type(refusal).__mro__ if kind in CODES), None)
    if mapped is None:
        raise refusal
    code = _BY_OPERATION.get((operation, type(refusal)), mapped.code)
    named = _named(refusal)
    fallback = next(((field,) for field in mapped.fields if field in given), ())
    path = fallback if named is None else paths.get(named, fallback)
    return UserError(code=code, message=str(refusal), path=list(path))


def _named(refusal: DomainError) -> UUID | None:
    """Return the id of what a refusal is about, where it names it."""
    if isinstance(refusal, NotFound):
        return refusal.key
    if isinstance(refusal, UnknownAccount):
        return UUID(refusal.name)
    found: UUID | None = getattr(refusal, "image_id", None)
    return found
