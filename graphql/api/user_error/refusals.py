"""The table of the user error of each refusal, and its application.

The facts of an error are the attributes of its refusal with the same names; ids are written as in the API.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final, NamedTuple, TypeAlias
from uuid import UUID

from api.ids import NodeType
from api.user_error import types
from api.user_error.types import UserError
from app.domain import errors
from app.domain.catalogue import OtherCurrency, StepIncomplete
from app.domain.deadlines.zones import TimeZoneChangedRecently
from app.domain.errors import DomainError, Refusals
from app.domain.inquiries import AlreadyAnswered
from app.domain.orders import quotes, refusals
from app.domain.orders.references import ReferenceTaken
from app.domain.production.operations import StepNotOfImage
from app.domain.sla import negotiation
from app.domain.specifications import NoSteps, SpecificationArchived, StepNotOffered, StepNotSpecified
from app.services.accounts.finding import UnknownAccount
from app.services.commands import IdempotencyConflict
from app.services.orders.outcome import NotFound
from engine.ids import GlobalId

Path: TypeAlias = tuple[str, ...]
"""The path to a part of an input: names of fields, and indexes in lists."""


class ErrorMapping(NamedTuple):
    """The error of a refusal, and the input fields that it may concern; its path is the first one provided.

    A refusal with an `index` is about the field of an item of the list `items`.
    """

    error: type[UserError]
    fields: Path = ()
    items: str = ""


_ORDER: Final = ("orderId",)
ERRORS: Final[Mapping[type[DomainError], ErrorMapping]] = {
    NotFound: ErrorMapping(types.NotFound, ("specificationId", "orderId", "accountId")),
    UnknownAccount: ErrorMapping(types.NotFound, ("accountId", "specificationId", "orderId")),
    errors.AccountIsClosed: ErrorMapping(types.AccountIsClosed, ("accountId", "orderId")),
    errors.ExpediteWindowClosed: ErrorMapping(types.ExpediteWindowClosed, ("orderId", "expedite")),
    errors.NoGain: ErrorMapping(types.NoGain, ("imageIds", "orderId", "expedite")),
    errors.UnknownTimeZone: ErrorMapping(types.InvalidInput, ("timeZone",)),
    TimeZoneChangedRecently: ErrorMapping(types.InvalidInput, ("timeZone",)),
    StepNotOffered: ErrorMapping(types.InvalidInput, ("steps", "stepSeconds", "pricePerImage")),
    StepNotSpecified: ErrorMapping(types.InvalidInput, ("stepSeconds",)),
    NoSteps: ErrorMapping(types.InvalidInput, ("pricePerImage",)),
    StepIncomplete: ErrorMapping(types.InvalidInput),
    OtherCurrency: ErrorMapping(types.InvalidInput, ("price",)),
    errors.DateOutOfRange: ErrorMapping(types.InvalidInput, ("effectiveDate", "at")),
    refusals.AlreadyExpedited: ErrorMapping(types.AlreadyExpedited, _ORDER),
    refusals.AlreadyLate: ErrorMapping(types.AlreadyLate, _ORDER),
    refusals.AlreadyDelivered: ErrorMapping(types.AlreadyDelivered, _ORDER),
    refusals.NotDelivered: ErrorMapping(types.NotDelivered, _ORDER),
    refusals.NotRejectable: ErrorMapping(types.NotRejectable, _ORDER),
    refusals.NotClaimed: ErrorMapping(types.NotClaimed, ("imageIds",)),
    StepNotOfImage: ErrorMapping(types.InvalidInput, ("step",), items="operations"),
    refusals.NotCancellable: ErrorMapping(types.NotCancellable, _ORDER),
    refusals.ImageCancelled: ErrorMapping(types.InvalidInput, _ORDER),
    refusals.NotCompletable: ErrorMapping(types.NotCompletable, _ORDER),
    refusals.OrderCancelled: ErrorMapping(types.InvalidInput, _ORDER),
    refusals.DeadlineNotOpen: ErrorMapping(types.DeadlineNotOpen, _ORDER),
    refusals.DeadlineNotAhead: ErrorMapping(types.InvalidInput, ("deadline",), items="portions"),
    refusals.PortionsOutOfRange: ErrorMapping(types.InvalidInput, ("portions",)),
    refusals.PortionEmpty: ErrorMapping(types.InvalidInput, ("imageCount",), items="portions"),
    refusals.PortionsDiffer: ErrorMapping(types.InvalidInput, ("portions",)),
    refusals.PortionNotLater: ErrorMapping(types.InvalidInput, ("deadline",), items="portions"),
    SpecificationArchived: ErrorMapping(types.Archived, ("specificationId",)),
    ReferenceTaken: ErrorMapping(types.ReferenceTaken, ("externalReference",), items="images"),
    quotes.QuoteChanged: ErrorMapping(types.QuoteChanged, ("quoteToken",)),
    quotes.InvalidQuoteToken: ErrorMapping(types.InvalidInput, ("quoteToken",)),
    quotes.QuoteInPast: ErrorMapping(types.InvalidInput, ("at",)),
    negotiation.NoTermStated: ErrorMapping(types.InvalidInput),
    negotiation.ExpeditesOutOfOrder: ErrorMapping(
        types.InvalidInput, ("expediteTurnaround", "expediteAdditionalTurnaround")
    ),
    negotiation.EffectiveDateNotAhead: ErrorMapping(types.InvalidInput, ("effectiveDate",)),
    negotiation.SlaNotComing: ErrorMapping(types.InvalidInput, ("slaId",)),
    negotiation.SlaChangesPlan: ErrorMapping(types.InvalidInput, ("slaId",)),
    AlreadyAnswered: ErrorMapping(types.AlreadyAnswered, ("inquiryId",)),
    IdempotencyConflict: ErrorMapping(types.IdempotencyConflict, ("idempotencyKey",)),
}
"""The errors by type of refusal."""

_BY_OPERATION: Final[Mapping[tuple[str, type[DomainError]], type[UserError]]] = {
    ("cancelOrder", refusals.OrderCancelled): types.NotCancellable,
    ("cancelOrder", refusals.ImageCancelled): types.NotCancellable,
    ("confirmDeadline", refusals.OrderCancelled): types.DeadlineNotOpen,
    ("reviseDeadline", refusals.OrderCancelled): types.DeadlineNotOpen,
}


_SHARED: Final = frozenset(each.name for each in fields(UserError))
_FACTS: Final = {
    error: tuple(each.name for each in fields(error) if each.name not in _SHARED)
    for error in types.USER_ERRORS.values()
}
"""The names of the facts of errors, beyond the fields that each error has."""
_IDS: Final = {"image_id": NodeType.IMAGE, "order_id": NodeType.ORDER}
"""The types of objects by the facts with their keys."""


class InputValue(NamedTuple):
    """The id of an object, or the name of a step, in an input: its path, its text, and of an id the object's noun."""

    path: Path
    text: str
    noun: str = ""


@dataclass(frozen=True, slots=True)
class RefusedRequest:
    """The request that was refused: the operation, the account, and the input's fields and ids, by key."""

    operation: str
    account_id: UUID | None
    provided: Collection[str] = ()
    ids: Mapping[UUID | str, InputValue] = field(default_factory=dict[UUID | str, InputValue])

    def id_of(self, type_: NodeType, key: UUID) -> str:
        """Return the id of an object as in the input; if the input lacks it, the account's object with this key."""
        given = self.ids.get(key)
        return str(GlobalId(type_, self.account_id or key, key)) if given is None else given.text


def errors_of(refusal: DomainError, asked: RefusedRequest) -> list[UserError]:
    """Return a refusal as errors, one each, in the order of the input; raises it if the table lacks it."""
    found = refusal.refusals if isinstance(refusal, Refusals) else (refusal,)
    order = {given.path: index for index, given in enumerate(asked.ids.values())}
    errors = (error_of(each, asked) for each in found)
    return sorted(errors, key=lambda error: (order.get(tuple(error.path), -1), _indexes(error.path)))


def _indexes(path: Sequence[str]) -> list[int]:
    return [int(part) for part in path if part.isdigit()]


def error_of(refusal: DomainError, asked: RefusedRequest) -> UserError:
    """Return a single refusal as an error; raises it if the table lacks it."""
    mapped = next((ERRORS[kind] for kind in type(refusal).__mro__ if kind in ERRORS), None)
    if mapped is None:
        raise refusal
    error = _BY_OPERATION.get((asked.operation, type(refusal)), mapped.error)
    named = _named(refusal)
    unnamed = InputValue(_path(refusal, mapped, asked), "")
    given = unnamed if named is None else asked.ids.get(named, unnamed)
    is_inside = isinstance(refusal, UnknownAccount) and given.noun  # callers know no account within an id
    message = f"There is no such {given.noun}." if is_inside else str(refusal)
    return error(message=message, path=list(given.path), **_facts(error, refusal, given, asked))


def _path(refusal: DomainError, mapped: ErrorMapping, asked: RefusedRequest) -> Path:
    """Return the path of a refusal that names no object of the input."""
    index = getattr(refusal, "index", None)
    if index is not None:
        return (mapped.items, str(index), mapped.fields[0])
    return next(((name,) for name in mapped.fields if name in asked.provided), ())


def _facts(error: type[UserError], refusal: DomainError, given: InputValue, asked: RefusedRequest) -> dict[str, Any]:
    """Return the facts that an error takes from its refusal."""
    known, facts = vars(refusal), dict[str, Any]()
    for name in _FACTS[error]:
        if name == "id":
            facts[name] = given.text or None
        elif name in known:
            type_, fact = _IDS.get(name), known[name]
            facts[name] = fact if type_ is None or fact is None else asked.id_of(type_, fact)
    return facts


def _named(refusal: DomainError) -> UUID | str | None:
    """Return the id of the object that a refusal names, or the name of the step; None if it names none."""
    if isinstance(refusal, NotFound):
        return refusal.key
    if isinstance(refusal, UnknownAccount):
        return UUID(refusal.name)
    if isinstance(refusal, StepNotOffered | StepNotSpecified):
        return refusal.step
    found: UUID | None = getattr(refusal, "image_id", None)
    return found
