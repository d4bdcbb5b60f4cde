"""The errors a user can fix in a mutation or a quote, and the one table of their codes by refusal."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID

import strawberry

from app.domain.deadlines.zones import TimeZoneChangedRecently
from app.domain.errors import (
    AccountIsClosed,
    DateOutOfRange,
    DomainError,
    ExpediteWindowClosed,
    NoGain,
    Refusals,
    UnknownTimeZone,
)
from app.domain.orders.quotes import InvalidQuoteToken, QuoteChanged, QuoteInPast
from app.domain.orders.references import ReferenceTaken
from app.domain.orders.refusals import (
    AlreadyDelivered,
    AlreadyExpedited,
    AlreadyLate,
    DeadlineNotAhead,
    DeadlineNotOpen,
    ImageCancelled,
    NotCancellable,
    NotClaimed,
    NotCompletable,
    NotDelivered,
    OrderCancelled,
)
from app.domain.sla.negotiation import EffectiveDateNotAhead, NoTermStated, SlaNotComing
from app.domain.specifications import SpecificationArchived
from app.services.accounts.counters import UnknownAccount
from app.services.commands import IdempotencyConflict
from app.services.orders.outcome import NotFound
from engine.decorators import attribute, describe, object_type

Path: TypeAlias = tuple[str, ...]
"""The path to a part of an input: names of fields, and indexes in lists."""


class UserErrorCode(StrEnum):
    """The code of a user error."""

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
    ACCOUNT_CLOSED = "ACCOUNT_CLOSED"
    REFERENCE_TAKEN = "REFERENCE_TAKEN"


describe(
    UserErrorCode,
    "The code of a user error.",
    {
        "INVALID": "The value is not allowed; the message says which ones are.",
        "NOT_FOUND": "The object does not exist, or is not visible to the caller.",
        "EXPEDITE_WINDOW_CLOSED": "Expedites are closed on weekends (UTC); the message says when they open again.",
        "ALREADY_EXPEDITED": "The image is already expedited.",
        "ALREADY_LATE": "The image's deadline has passed.",
        "ALREADY_DELIVERED": "The image was delivered before, whether rejected since or not.",
        "NO_GAIN": "The expedite would not bring every image an earlier deadline; the message says how many it would.",
        "NOT_DELIVERED": "The image has no delivery to reject.",
        "NOT_CLAIMED": "The worker does not hold the image, or no longer does.",
        "NOT_CANCELLABLE": "Production of the order or image has begun, or it is already cancelled.",
        "NOT_COMPLETABLE": "The order is not ready for download.",
        "DEADLINE_NOT_OPEN": "The order awaits no deadline.",
        "QUOTE_CHANGED": "The quote has expired, or its offer no longer holds.",
        "IDEMPOTENCY_CONFLICT": "The idempotency key was used for a change with another input.",
        "LIMIT_EXCEEDED": "The list or number is too large for one call.",
        "ARCHIVED": "The specification is archived.",
        "ACCOUNT_CLOSED": "The account is closed: nothing new can be ordered.",
        "REFERENCE_TAKEN": "Another order or image of the account has the external reference, or another image of the"
        " call.",
    },
)


@object_type
class UserError:
    """An error in the input that a user can fix; with any, nothing was changed."""

    code: UserErrorCode = strawberry.field(description="The code of the error.")
    message: str = strawberry.field(description="The error in a sentence for people.")
    path: list[str] = attribute(
        'The path to the part of the input: names of fields, and indexes in lists, from 0: ["imageIds", "3"]. Empty if'
        " the error concerns no single part.",
        length=2,
    )


class Mapped(NamedTuple):
    """The code of a refusal, and the fields of an input it may be about; its path is the first that is provided."""

    code: UserErrorCode
    fields: Path


_ORDER: Final = ("orderId",)
CODES: Final[Mapping[type[DomainError], Mapped]] = {
    NotFound: Mapped(UserErrorCode.NOT_FOUND, ("specificationId", "orderId", "accountId")),
    UnknownAccount: Mapped(UserErrorCode.NOT_FOUND, ("accountId", "specificationId", "orderId")),
    AccountIsClosed: Mapped(UserErrorCode.ACCOUNT_CLOSED, ("accountId", "orderId")),
    ExpediteWindowClosed: Mapped(UserErrorCode.EXPEDITE_WINDOW_CLOSED, ("orderId", "expedite")),
    AlreadyExpedited: Mapped(UserErrorCode.ALREADY_EXPEDITED, _ORDER),
    AlreadyLate: Mapped(UserErrorCode.ALREADY_LATE, _ORDER),
    AlreadyDelivered: Mapped(UserErrorCode.ALREADY_DELIVERED, _ORDER),
    NoGain: Mapped(UserErrorCode.NO_GAIN, ("imageIds", "orderId", "expedite")),
    NotDelivered: Mapped(UserErrorCode.NOT_DELIVERED, ("imageIds",)),
    NotClaimed: Mapped(UserErrorCode.NOT_CLAIMED, ("imageIds",)),
    NotCancellable: Mapped(UserErrorCode.NOT_CANCELLABLE, _ORDER),
    ImageCancelled: Mapped(UserErrorCode.INVALID, _ORDER),
    NotCompletable: Mapped(UserErrorCode.NOT_COMPLETABLE, _ORDER),
    OrderCancelled: Mapped(UserErrorCode.INVALID, _ORDER),
    DeadlineNotOpen: Mapped(UserErrorCode.DEADLINE_NOT_OPEN, _ORDER),
    DeadlineNotAhead: Mapped(UserErrorCode.INVALID, ("deadline",)),
    SpecificationArchived: Mapped(UserErrorCode.ARCHIVED, ("specificationId",)),
    ReferenceTaken: Mapped(UserErrorCode.REFERENCE_TAKEN, ("externalReference",)),
    QuoteChanged: Mapped(UserErrorCode.QUOTE_CHANGED, ("quoteToken",)),
    InvalidQuoteToken: Mapped(UserErrorCode.INVALID, ("quoteToken",)),
    QuoteInPast: Mapped(UserErrorCode.INVALID, ("at",)),
    IdempotencyConflict: Mapped(UserErrorCode.IDEMPOTENCY_CONFLICT, ("idempotencyKey",)),
    UnknownTimeZone: Mapped(UserErrorCode.INVALID, ("timeZone",)),
    TimeZoneChangedRecently: Mapped(UserErrorCode.INVALID, ("timeZone",)),
    NoTermStated: Mapped(UserErrorCode.INVALID, ()),
    EffectiveDateNotAhead: Mapped(UserErrorCode.INVALID, ("effectiveDate",)),
    SlaNotComing: Mapped(UserErrorCode.INVALID, ("slaId",)),
    DateOutOfRange: Mapped(UserErrorCode.INVALID, ("effectiveDate", "at")),
}
"""The codes by type of refusal."""

_BY_OPERATION: Final[Mapping[tuple[str, type[DomainError]], UserErrorCode]] = {
    ("cancelOrder", OrderCancelled): UserErrorCode.NOT_CANCELLABLE,
    ("cancelOrder", ImageCancelled): UserErrorCode.NOT_CANCELLABLE,
    ("confirmDeadline", OrderCancelled): UserErrorCode.DEADLINE_NOT_OPEN,
}


def errors_of(
    refusal: DomainError, operation: str, paths: Mapping[UUID, Path], provided: Collection[str]
) -> list[UserError]:
    """Return a refusal as errors, one each, in the order of the input; raises it if it has no code.

    `paths` are those of the ids in the input, `provided` the names of the input's fields.
    """
    refusals = refusal.refusals if isinstance(refusal, Refusals) else (refusal,)
    errors = [_error_of(each, operation, paths, provided) for each in refusals]
    order = {path: index for index, path in enumerate(paths.values())}
    return sorted(errors, key=lambda error: order.get(tuple(error.path), -1))


def _error_of(refusal: DomainError, operation: str, paths: Mapping[UUID, Path], provided: Collection[str]) -> UserError:
    mapped = next((CODES[kind] for kind in type(refusal).__mro__ if kind in CODES), None)
    if mapped is None:
        raise refusal
    code = _BY_OPERATION.get((operation, type(refusal)), mapped.code)
    named = _named(refusal)
    fallback = next(((field,) for field in mapped.fields if field in provided), ())
    path = fallback if named is None else paths.get(named, fallback)
    if isinstance(refusal, ReferenceTaken) and refusal.index is not None:
        path = ("images", str(refusal.index), "externalReference")
    return UserError(code=code, message=str(refusal), path=list(path))


def _named(refusal: DomainError) -> UUID | None:
    """Return the id of the object that a refusal names; None if it names none."""
    if isinstance(refusal, NotFound):
        return refusal.key
    if isinstance(refusal, UnknownAccount):
        return UUID(refusal.name)
    found: UUID | None = getattr(refusal, "image_id", None)
    return found
