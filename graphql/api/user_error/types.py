"""The types of user errors: one for each code, with the facts that its message names.

Fields of the same name have the same type in all of them, so that one operation can select them all.
"""
# ruff: noqa: N818 - an error is named by its code: NoGain, not NoGainError

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from inspect import getdoc
from typing import TYPE_CHECKING, Annotated, Any, Final

import strawberry

from api.user_error.codes import UserErrorCode
from app.domain.orders.enums import OrderStatus
from engine.decorators import attribute, describe, interface, object_type
from engine.scalars import Currency

if TYPE_CHECKING:
    from api.quote.types import Quote


def _code(code: UserErrorCode) -> Any:  # noqa: ANN401 - as strawberry's own field specifier
    return strawberry.field(default=code, description="The code of the error.")


def _image_id() -> Any:  # noqa: ANN401 - the same
    return strawberry.field(default=None, description="The image; null if the error is not of one image.")


def _cancelled_at() -> Any:  # noqa: ANN401 - the same
    return strawberry.field(
        default=None, description="The instant at which the order or image was cancelled; null if it was not."
    )


def _summary(described: object) -> str:
    """Return the first paragraph of a docstring."""
    return (getdoc(described) or "").partition("\n\n")[0]


@interface
class UserError:
    """An error in the input that a user can fix; with any, nothing was changed.

    Each code has a type of its own with the facts of the error.
    """

    code: UserErrorCode = strawberry.field(description="The code of the error.")
    message: str = strawberry.field(description="The error in a sentence for people.")
    path: list[str] = attribute(
        'The path to the part of the input: names of fields, and indexes in lists, from 0: ["imageIds", "3"]. Empty if'
        " the error concerns no single part.",
        length=2,
    )


@object_type
class InvalidInput(UserError):
    """The value is not allowed; the message names the allowed ones.

    A fact is null where the error is of another kind, or has no such limit.
    """

    code: UserErrorCode = _code(UserErrorCode.INVALID)
    least: Decimal | None = strawberry.field(
        default=None, description="The least value or number of items allowed; a duration in seconds."
    )
    most: Decimal | None = strawberry.field(
        default=None, description="The greatest value or number of items allowed; a duration in seconds."
    )
    max_length: int | None = strawberry.field(
        default=None, description="The greatest number of characters allowed in a text."
    )
    earliest: datetime | None = strawberry.field(
        default=None, description="The earliest instant allowed, as a value or for the change."
    )
    before: datetime | None = strawberry.field(
        default=None, description="The instant before which a new deadline has to be: the present one."
    )
    earliest_date: date | None = strawberry.field(default=None, description="The earliest date allowed.")
    step: str | None = strawberry.field(default=None, description="The retouching step that is not allowed.")
    currency: Currency | None = strawberry.field(default=None, description="The only currency allowed.")
    cancelled_at: datetime | None = _cancelled_at()


@object_type
class NotFound(UserError):
    """The object does not exist, or is not visible to the caller."""

    code: UserErrorCode = _code(UserErrorCode.NOT_FOUND)
    id: strawberry.ID | None = strawberry.field(
        default=None, description="The id as given; null for an object that is not named by its id."
    )
    order_id: strawberry.ID | None = strawberry.field(
        default=None, description="The order that has the image, another one than in the input; null if none has."
    )


@object_type
class LimitExceeded(UserError):
    """The list or number is too large for one call."""

    code: UserErrorCode = _code(UserErrorCode.LIMIT_EXCEEDED)
    limit: int = strawberry.field(description="The greatest number of items in one call.")
    given: int = strawberry.field(description="The number of items given.")


@object_type
class IdempotencyConflict(UserError):
    """The idempotency key was used for a change with another input."""

    code: UserErrorCode = _code(UserErrorCode.IDEMPOTENCY_CONFLICT)
    key: str = strawberry.field(description="The idempotency key.")


@object_type
class QuoteChanged(UserError):
    """The quote has expired, or its offer no longer holds."""

    code: UserErrorCode = _code(UserErrorCode.QUOTE_CHANGED)
    quote: Annotated["Quote", strawberry.lazy("api.quote.types")] | None = strawberry.field(
        default=None,
        description="A quote of the same request as of now, with a token that binds it; null if it would be refused.",
    )


@object_type
class Archived(UserError):
    """The specification is archived."""

    code: UserErrorCode = _code(UserErrorCode.ARCHIVED)
    name: str = strawberry.field(description="The name of the specification.")


@object_type
class AccountIsClosed(UserError):
    """The account is closed: nothing new can be ordered."""

    code: UserErrorCode = _code(UserErrorCode.ACCOUNT_CLOSED)
    closed_at: datetime = strawberry.field(description="The instant since which it is closed.")


@object_type
class ReferenceTaken(UserError):
    """Another order or image of the account has the external reference, or another image of the call."""

    code: UserErrorCode = _code(UserErrorCode.REFERENCE_TAKEN)
    reference: str = strawberry.field(description="The external reference.")
    order_id: strawberry.ID | None = strawberry.field(
        default=None, description="The order that has it; null if none of the account's orders has."
    )
    image_id: strawberry.ID | None = strawberry.field(
        default=None, description="The image that has it; null if none of the account's images has."
    )


@object_type
class ExpediteWindowClosed(UserError):
    """Expedites are closed on weekends (UTC)."""

    code: UserErrorCode = _code(UserErrorCode.EXPEDITE_WINDOW_CLOSED)
    opens_at: datetime = strawberry.field(description="The instant at which expedites open again.")


@object_type
class NoGain(UserError):
    """The expedite would not bring every image an earlier deadline."""

    code: UserErrorCode = _code(UserErrorCode.NO_GAIN)
    gaining: int = strawberry.field(description="The number of images that would be due earlier.")
    asked: int = strawberry.field(description="The number of images at a turnaround, which all have to gain.")


@object_type
class AlreadyExpedited(UserError):
    """The image is already expedited."""

    code: UserErrorCode = _code(UserErrorCode.ALREADY_EXPEDITED)
    image_id: strawberry.ID | None = _image_id()


@object_type
class AlreadyLate(UserError):
    """The image's deadline has passed."""

    code: UserErrorCode = _code(UserErrorCode.ALREADY_LATE)
    image_id: strawberry.ID | None = _image_id()
    due_at: datetime = strawberry.field(description="The deadline.")


@object_type
class AlreadyDelivered(UserError):
    """The image was delivered before, whether rejected since or not."""

    code: UserErrorCode = _code(UserErrorCode.ALREADY_DELIVERED)
    image_id: strawberry.ID | None = _image_id()


@object_type
class NotDelivered(UserError):
    """The image has no delivery to reject."""

    code: UserErrorCode = _code(UserErrorCode.NOT_DELIVERED)
    image_id: strawberry.ID | None = _image_id()


@object_type
class NotRejectable(UserError):
    """The image was delivered too long ago to be rejected."""

    code: UserErrorCode = _code(UserErrorCode.NOT_REJECTABLE)
    image_id: strawberry.ID | None = _image_id()
    rejectable_until: datetime = strawberry.field(description="The instant from which it cannot be rejected any more.")


@object_type
class NotClaimed(UserError):
    """The worker does not hold the image, or no longer does."""

    code: UserErrorCode = _code(UserErrorCode.NOT_CLAIMED)
    image_id: strawberry.ID | None = _image_id()


@object_type
class NotCancellable(UserError):
    """Production of the order, or of the image, has begun, or it is already cancelled."""

    code: UserErrorCode = _code(UserErrorCode.NOT_CANCELLABLE)
    image_id: strawberry.ID | None = _image_id()
    begun_at: datetime | None = strawberry.field(
        default=None, description="The instant at which production began; null if it did not."
    )
    cancelled_at: datetime | None = _cancelled_at()


@object_type
class NotCompletable(UserError):
    """The order is not ready for download."""

    code: UserErrorCode = _code(UserErrorCode.NOT_COMPLETABLE)
    status: OrderStatus = strawberry.field(description="The status of the order.")


@object_type
class DeadlineNotOpen(UserError):
    """The order awaits no deadline, or has none that staff could revise."""

    code: UserErrorCode = _code(UserErrorCode.DEADLINE_NOT_OPEN)
    deadline: datetime | None = strawberry.field(
        default=None, description="The deadline of its images; null if they have none and need none any more."
    )
    cancelled_at: datetime | None = _cancelled_at()


@object_type
class AlreadyAnswered(UserError):
    """The inquiry is already answered."""

    code: UserErrorCode = _code(UserErrorCode.ALREADY_ANSWERED)
    answered_at: datetime = strawberry.field(description="The instant of the answer.")


USER_ERRORS: Final[Mapping[UserErrorCode, type[UserError]]] = {each.code: each for each in UserError.__subclasses__()}
"""The types of user errors by code."""

describe(
    UserErrorCode,
    "The code of a user error.",
    {code: _summary(USER_ERRORS[code]) for code in UserErrorCode},
)
