"""The validation of inputs, field by field: all errors of an input are gathered.

A check returns the value or, once it has noted an error, a value of the same type that is never used.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import time, timedelta
from decimal import Decimal
from typing import Final, TypedDict, TypeVar, Unpack
from uuid import UUID

import strawberry

from api.context import Viewer
from api.ids import NodeType, read_global_id
from api.money import MoneyInput
from api.user_error.refusals import InputValue, Path, RefusedRequest, errors_of
from api.user_error.types import InvalidInput, LimitExceeded, NotFound, UserError
from app.domain.bounds import (
    MAX_MULTIPLIER,
    MAX_NAME,
    MAX_PROSE,
    MAX_SECONDS,
    MAX_STEPS,
    MAX_TURNAROUND,
    MAX_URL,
    MIN_MULTIPLIER,
    MIN_TURNAROUND,
    MULTIPLIER_DECIMALS,
    PRICE_DECIMALS,
    PRICE_DIGITS,
    SECONDS_DECIMALS,
    TURNAROUNDS,
    is_multiplier,
    is_turnaround,
)
from app.domain.catalogue import Price
from app.domain.durations import iso8601
from app.domain.errors import DomainError
from app.domain.texts import composed, email_problem, line_problem, name_problem, prose_problem
from app.domain.urls import url_problem
from app.services.currencies import CURRENCIES
from app.services.stored_results import Key
from engine.arguments import or_none
from engine.ids import GlobalId, MalformedId
from engine.mutation import as_request
from engine.scalars import LocalTime

Number = TypeVar("Number", int, float)

MAX_IDS: Final = 500
"""Ids in a call, and images in a claim."""


_NOUNS: Final = {NodeType.SLA: "SLA version"}
"""The nouns of objects in messages that differ from the names of their types."""

NO_ID: Final = UUID(int=0)
"""The id in place of one that names nothing."""

NAME_RULE: Final = f"1 to {MAX_NAME} characters, at least one of them visible, on one line; stored in Unicode NFC"
"""The rule for names, for descriptions of the schema."""
REFERENCE_RULE: Final = f"1 to {MAX_NAME} characters on one line, stored in Unicode NFC; case counts"
"""The rule for external references, for descriptions of the schema."""
PROSE_RULE: Final = f"1 to {MAX_PROSE:,} characters, at least one of them visible, on any number of lines"
"""The rule for other texts, for descriptions of the schema."""


class Allowed(TypedDict, total=False):
    """The values that are allowed in place of an invalid one, as in `InvalidInput`."""

    least: Decimal
    most: Decimal
    max_length: int


@dataclass
class Validation:
    """The validation of one input: its errors so far, and the ids in it by key, steps by name.

    `within` is the path of the input in the argument.
    """

    viewer: Viewer
    requested: object
    within: Path = ()
    errors: list[UserError] = field(default_factory=list["UserError"])
    ids: dict[UUID | str, InputValue] = field(default_factory=dict[UUID | str, InputValue])
    accounts: set[UUID] = field(default_factory=set[UUID])

    @property
    def first_account(self) -> UUID | None:
        """The account that is locked first: a client's own, or of those staff named the first in lock order."""
        own = self.viewer.account
        return min(self.accounts, default=None) if own is None else own.id

    def errors_of(self, refusal: DomainError, operation: str) -> list[UserError]:
        """Return a refusal by the business rules as errors at their paths; raises it if it has no code."""
        asked = RefusedRequest(operation, self.first_account, as_request(self.requested), self.ids)
        errors = errors_of(refusal, asked)
        for error in errors:
            error.path[:0] = self.within
        return errors

    def refuse(self, message: str, *path: str, **facts: Unpack[Allowed]) -> None:
        """Add an INVALID error at a path of the input, with the values that are allowed."""
        self.errors.append(InvalidInput(message=message, path=[*self.within, *path], **facts))

    def not_found(self, kind: str, text: str, *path: str) -> None:
        """Add a NOT_FOUND error at a path of the input; `kind` is the noun of the object, `text` its id."""
        error = NotFound(message=f"There is no such {kind}.", path=[*self.within, *path], id=strawberry.ID(text))
        self.errors.append(error)

    def limit(self, count: int, most: int, *path: str) -> None:
        """Check that a number of items is within its limit."""
        if count > most:
            message = f"At most {most:,} at once, not {count:,}."
            self.errors.append(LimitExceeded(message=message, path=[*self.within, *path], limit=most, given=count))

    def text(self, text: str, *path: str) -> str:
        """Check an identifier, which is kept as written."""
        return self._text(text, line_problem, MAX_NAME, *path)

    def name(self, text: str, *path: str) -> str:
        """Check a name and return it in NFC."""
        return self._text(composed(text), name_problem, MAX_NAME, *path)

    def prose(self, text: str, *path: str) -> str:
        """Check a reason, a note or a message and return it in NFC."""
        return self._text(composed(text), prose_problem, MAX_PROSE, *path)

    def reference(self, text: str | None, *path: str) -> str | None:
        """Check an external reference as `name` does; None if it is left out."""
        given = or_none(text)
        return None if given is None else self.name(given, *path)

    def optional_prose(self, text: str | None, *path: str) -> str | None:
        """Check instructions, a note or a message as `prose` does; None if they are left out."""
        given = or_none(text)
        return None if given is None else self.prose(given, *path)

    def email(self, address: str, *path: str) -> str:
        """Check an email address and return it in NFC."""
        return self._text(composed(address), email_problem, MAX_NAME, *path)

    def url(self, url: str | None, *path: str) -> str | None:
        """Check the address of a picture; None if it is left out."""
        given = or_none(url)
        return None if given is None else self._text(given, url_problem, MAX_URL, *path)

    def number(self, number: Number, least: int, most: int, *path: str) -> Number:
        """Check that a number is within its bounds; a refused one is replaced by the least, which fits everywhere."""
        if not least <= number <= most:
            shown = int(number) if number == int(number) else number
            message = f"Must be {least:,} to {most:,}, not {shown:,}."
            self.refuse(message, *path, least=Decimal(least), most=Decimal(most))
            return type(number)(least)
        return number

    def amount(self, count: int, most: int, *path: str) -> int:
        """Check a requested number of items: 1 to `most`."""
        if count < 1:
            self.refuse(f"Must be 1 to {most:,}, not {count:,}.", *path, least=Decimal(1), most=Decimal(most))
        self.limit(count, most, *path)
        return count

    def price(self, price: Decimal, *path: str) -> Decimal:
        """Check the price of an image and return it with at most four decimals."""
        whole = PRICE_DIGITS - PRICE_DECIMALS
        if not 0 <= price < 10**whole or price != round(price, PRICE_DECIMALS):
            message = f"Must be 0 or more, with at most {whole} digits before and {PRICE_DECIMALS} after the point."
            self.refuse(message, *path, least=Decimal(0), most=10**whole - Decimal(1).scaleb(-PRICE_DECIMALS))
            return price
        exponent = price.as_tuple().exponent
        stated = round(price, PRICE_DECIMALS) if isinstance(exponent, int) and exponent < -PRICE_DECIMALS else price
        return abs(stated)  # there is a zero below zero, too

    def seconds(self, seconds: float, *path: str) -> Decimal:
        """Check the seconds of a retouching step and return them exactly."""
        if not 0 <= seconds <= MAX_SECONDS or seconds != round(seconds, SECONDS_DECIMALS):
            message = f"Must be 0 to {MAX_SECONDS:,}, with at most {SECONDS_DECIMALS} digits after the point."
            self.refuse(message, *path, least=Decimal(0), most=Decimal(MAX_SECONDS))
        return Decimal(str(seconds))

    def turnaround(self, duration: timedelta, *path: str) -> timedelta:
        """Check a turnaround or a response time."""
        if not is_turnaround(duration):
            least, most = (Decimal(each // timedelta(seconds=1)) for each in (MIN_TURNAROUND, MAX_TURNAROUND))
            message = f"Must be {TURNAROUNDS}, not {iso8601(duration)}."
            self.refuse(message, *path, least=least, most=most)
        return duration

    def multiplier(self, multiplier: Decimal, *path: str) -> Decimal:
        """Check a multiple of a price and return it without superfluous zeros."""
        if not is_multiplier(multiplier):
            message = (
                f"Must be {MIN_MULTIPLIER} to {MAX_MULTIPLIER}, with at most {MULTIPLIER_DECIMALS} digits after the"
                " point."
            )
            self.refuse(message, *path, least=Decimal(MIN_MULTIPLIER), most=Decimal(MAX_MULTIPLIER))
        return Decimal(f"{multiplier.normalize():f}")

    def clock(self, text: LocalTime, *path: str) -> time:
        """Check a time on a wall clock and return it."""
        try:
            return time.fromisoformat(text)
        except ValueError:
            self.refuse(f"Must be 00:00 to 23:59:59, not {text}.", *path)
            return time(0)

    def currency(self, code: str, *path: str) -> str:
        """Check a currency code of ISO 4217."""
        if code not in CURRENCIES:
            self.refuse("Must be an ISO 4217 currency code, such as USD.", *path)
        return code

    def money(self, money: MoneyInput, *path: str) -> Price:
        """Check the price of an image in a currency."""
        amount = self.price(money.amount, *path, "amount")
        return Price(amount, self.currency(money.currency, *path, "currency"))

    def account(self, text: str | None) -> UUID:
        """Return the id of the account: a client's own by default; staff have to name one."""
        own = self.viewer.account
        if text is None:
            if own is None:
                self.refuse("Staff have to name the account.", "accountId")
            return NO_ID if own is None else own.id
        return self.node(NodeType.ACCOUNT, text, "accountId")[0]

    def node(self, type_: NodeType, text: str, *path: str) -> Key:
        """Check the id of an object that the caller may see; its existence is checked later."""
        named, noun = self._named(type_, text), _NOUNS.get(type_, type_.name.lower())
        if named is None:
            self.not_found(noun, text, *path)
            return NO_ID, NO_ID
        given = InputValue(path, text, noun)
        self.ids.setdefault(named.key, given)
        self.ids.setdefault(named.account_id, given)
        self.accounts.add(named.account_id)
        return named.within_account

    def steps(self, names: Sequence[str], *path: str) -> list[str]:
        """Check the names of 1 to 100 steps, none twice, and return them in NFC."""
        self.amount(len(names), MAX_STEPS, *path)
        steps: list[str] = []
        for index, text in enumerate(names[:MAX_STEPS]):
            step = self.name(text, *path, str(index))
            if step in steps:
                self.refuse("The step is already in the list.", *path, str(index))
            self.ids.setdefault(step, InputValue((*path, str(index)), step))
            steps.append(step)
        return steps

    def images(self, texts: Sequence[str], *path: str, item: str | None = None) -> list[Key]:
        """Check the ids of images, none named twice; with `item` they are that field of the items of a list."""
        within = () if item is None else (item,)
        if not texts:
            self.refuse("At least one image is required.", *path, least=Decimal(1), most=Decimal(MAX_IDS))
        if len(texts) > MAX_IDS:
            self.limit(len(texts), MAX_IDS, *path)
            return []
        first_indexes = {text: index for index, text in reversed(list(enumerate(texts)))}
        for index, text in enumerate(texts):
            if index > first_indexes[text]:
                self.refuse("The image is already in the list.", *path, str(index), *within)
        return [self.node(NodeType.IMAGE, text, *path, str(index), *within) for index, text in enumerate(texts)]

    def _text(self, text: str, problem_of: Callable[[str], str | None], max_length: int, *path: str) -> str:
        problem = problem_of(text)
        if problem is not None:
            self.refuse(f"It {problem}.", *path, max_length=max_length)
        return text

    def _named(self, type_: NodeType, text: str) -> GlobalId | None:
        try:
            named = read_global_id(text)
        except MalformedId:
            return None
        return named if named.type == type_ and self.viewer.may_see(named.account_id) else None
