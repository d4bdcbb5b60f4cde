"""The validation of inputs, field by field: all errors of an input are gathered.

A check returns what was given or, once it has noted an error, a value of the type that nothing is done with.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from api.context import Viewer
from api.user_errors import Path, UserError, UserErrorCode, errors_of
from app.domain.bounds import MAX_NAME, PRICE_DECIMALS, PRICE_DIGITS, SECONDS_DECIMALS, SECONDS_DIGITS, YEARS
from app.domain.errors import DomainError
from app.services.stored_results import Key
from engine.ids import GlobalId, MalformedId, NodeType, read_global_id
from engine.mutation import as_request

MAX_PROSE: Final = 1_000
"""Characters of what people write down."""
MAX_IDS: Final = 500
"""Ids in a call, and images in a claim."""


NOBODY: Final = UUID(int=0)
"""What an id is read as that names nothing."""

_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_UNPRINTABLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # control characters, and halves of a pair
_OF_LINES: Final = frozenset("\t\n\r")


@dataclass
class Validation:
    """The validation of one input: its errors so far, and the paths of the ids in it."""

    viewer: Viewer
    given: object
    errors: list[UserError] = field(default_factory=list["UserError"])
    paths: dict[UUID, Path] = field(default_factory=dict[UUID, Path])
    accounts: set[UUID] = field(default_factory=set[UUID])

    @property
    def first_account(self) -> UUID | None:
        """The account that is locked first: a client's own, or the first one that staff named in the order of locks."""
        own = self.viewer.account
        return min(self.accounts, default=None) if own is None else own.id

    def errors_of(self, refusal: DomainError, operation: str) -> list[UserError]:
        """Return a refusal by the rules as errors at their paths; raises it when it has no code."""
        return errors_of(refusal, operation, self.paths, as_request(self.given))

    def refuse(self, message: str, *path: str, code: UserErrorCode = UserErrorCode.INVALID) -> None:
        """Note what is wrong with a part of the input."""
        self.errors.append(UserError(code=code, message=message, path=list(path)))

    def limit(self, count: int, most: int, *path: str) -> None:
        """Check that there are not too many of something."""
        if count > most:
            self.refuse(f"At most {most:,} at once, not {count:,}.", *path, code=UserErrorCode.LIMIT_EXCEEDED)

    def text(self, text: str, *path: str, most: int = MAX_NAME) -> str:
        """Check a text of any characters but control characters."""
        if not 1 <= len(text) <= most:
            self.refuse(f"It has 1 to {most:,} characters, not {len(text):,}.", *path)
        if _UNPRINTABLE.search(text):
            self.refuse("It has no control characters.", *path)
        return text

    def name(self, text: str, *path: str) -> str:
        """Check a text by which people know something."""
        if text.isspace():
            self.refuse("It is not blank.", *path)
        return self.text(text, *path)

    def prose(self, text: str, *path: str) -> str:
        """Check what people write down, in lines or not."""
        if text.isspace():
            self.refuse("It is not blank.", *path)
        self.text("".join(" " if each in _OF_LINES else each for each in text), *path, most=MAX_PROSE)
        return text

    def number(self, number: int, least: int, most: int, *path: str) -> int:
        """Check a number."""
        if not least <= number <= most:
            self.refuse(f"It is {least:,} to {most:,}, not {number:,}.", *path)
        return number

    def amount(self, count: int, most: int, *path: str) -> int:
        """Check how many of something are asked for."""
        if count < 1:
            self.refuse(f"It is 1 to {most:,}, not {count:,}.", *path)
        self.limit(count, most, *path)
        return count

    def price(self, price: Decimal, *path: str) -> Decimal:
        """Check what an image costs."""
        return self._decimal(price, PRICE_DIGITS, PRICE_DECIMALS, *path)

    def seconds(self, seconds: Decimal, *path: str) -> Decimal:
        """Check how long a step takes."""
        return self._decimal(seconds, SECONDS_DIGITS, SECONDS_DECIMALS, *path)

    def currency(self, code: str, *path: str) -> str:
        """Check what may be the code of a currency."""
        if _CURRENCY.fullmatch(code) is None:
            self.refuse("It is three capital letters, like USD.", *path)
        return code

    def instant(self, at: datetime, *path: str) -> datetime:
        """Check an instant: local days are told of some years only."""
        if at.year not in YEARS:
            self.refuse(f"It is in the years {YEARS[0]} to {YEARS[-1]}.", *path)
        return at

    def account(self, text: str | None) -> UUID:
        """Check whose account is meant: a client's own, which it need not name; staff name one."""
        own = self.viewer.account
        if text is None:
            if own is None:
                self.refuse("Staff name the account.", "accountId")
            return NOBODY if own is None else own.id
        return self.node(NodeType.ACCOUNT, text, "accountId")[0]

    def node(self, type_: NodeType, text: str, *path: str) -> Key:
        """Check the id of something that the caller may see; whether it exists is seen later."""
        named = self._named(type_, text)
        if named is None:
            self.refuse(f"There is no such {type_.name.lower()}.", *path, code=UserErrorCode.NOT_FOUND)
            return NOBODY, NOBODY
        self.paths.setdefault(named.key, path)
        self.paths.setdefault(named.account_id, path)
        self.accounts.add(named.account_id)
        return named.within_account

    def images(self, texts: Sequence[str], *path: str) -> list[Key]:
        """Check the ids of images, each of which stands once."""
        if not texts:
            self.refuse("It names one image at least.", *path)
        if len(texts) > MAX_IDS:
            self.limit(len(texts), MAX_IDS, *path)
            return []
        first_places = {text: place for place, text in reversed(list(enumerate(texts)))}
        for place, text in enumerate(texts):
            if place > first_places[text]:
                self.refuse("The image is named before.", *path, str(place))
        return [self.node(NodeType.IMAGE, text, *path, str(place)) for place, text in enumerate(texts)]

    def _decimal(self, number: Decimal, digits: int, decimals: int, *path: str) -> Decimal:
        whole = digits - decimals
        if not 0 <= number < 10**whole or number != round(number, decimals):
            self.refuse(f"It is 0 or more, with at most {whole} digits before and {decimals} after the point.", *path)
            return number
        exponent = number.as_tuple().exponent
        rounded = round(number, decimals) if isinstance(exponent, int) and exponent < -decimals else number
        return abs(rounded)  # there is a zero below zero, too

    def _named(self, type_: NodeType, text: str) -> GlobalId | None:
        try:
            named = read_global_id(text)
        except MalformedId:
            return None
        return named if named.type is type_ and self.viewer.may_see(named.account_id) else None
