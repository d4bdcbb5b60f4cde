"""The validation of inputs, field by field: all errors of an input are gathered.

A check returns what was given or, once it has noted an error, a value of the type that nothing is done with.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final
from uuid import UUID

from api.context import Viewer
from api.ids import NodeType, read_global_id
from api.user_errors import Path, UserError, UserErrorCode, errors_of
from app.domain.bounds import MAX_NAME, MAX_PROSE, MAX_SECONDS, PRICE_DECIMALS, PRICE_DIGITS, SECONDS_DECIMALS
from app.domain.errors import DomainError
from app.domain.texts import composed, line_problem, name_problem, prose_problem
from app.services.currencies import CURRENCIES
from app.services.stored_results import Key
from engine.ids import GlobalId, MalformedId
from engine.mutation import as_request

MAX_IDS: Final = 500
"""Ids in a call, and images in a claim."""


NOBODY: Final = UUID(int=0)
"""What an id is read as that names nothing."""

NAME_RULE: Final = f"1 to {MAX_NAME} characters in one line, not all of them invisible; kept in Unicode's NFC"
"""The rule of names, for descriptions of the schema."""
PROSE_RULE: Final = f"1 to {MAX_PROSE:,} characters in any number of lines, not all of them invisible"
"""The rule of other texts, for descriptions of the schema."""


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

    def text(self, text: str, *path: str) -> str:
        """Check an identifier, which is taken as it is written."""
        return self._text(text, line_problem, *path)

    def name(self, text: str, *path: str) -> str:
        """Return a name in NFC, having checked it."""
        return self._text(composed(text), name_problem, *path)

    def prose(self, text: str, *path: str) -> str:
        """Return a reason or a note in NFC, having checked it."""
        return self._text(composed(text), prose_problem, *path)

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
        whole = PRICE_DIGITS - PRICE_DECIMALS
        if not 0 <= price < 10**whole or price != round(price, PRICE_DECIMALS):
            self.refuse(
                f"It is 0 or more, with at most {whole} digits before and {PRICE_DECIMALS} after the point.", *path
            )
            return price
        exponent = price.as_tuple().exponent
        stated = round(price, PRICE_DECIMALS) if isinstance(exponent, int) and exponent < -PRICE_DECIMALS else price
        return abs(stated)  # there is a zero below zero, too

    def seconds(self, seconds: Decimal, *path: str) -> Decimal:
        """Check how long a step takes."""
        if not 0 <= seconds <= MAX_SECONDS or seconds != round(seconds, SECONDS_DECIMALS):
            self.refuse(f"It is 0 to {MAX_SECONDS:,}, with at most {SECONDS_DECIMALS} digits after the point.", *path)
        return seconds

    def currency(self, code: str, *path: str) -> str:
        """Check the code of a currency."""
        if code not in CURRENCIES:
            self.refuse("It is a currency of ISO 4217, like USD.", *path)
        return code

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

    def _text(self, text: str, problem_of: Callable[[str], str | None], *path: str) -> str:
        problem = problem_of(text)
        if problem is not None:
            self.refuse(f"It {problem}.", *path)
        return text

    def _named(self, type_: NodeType, text: str) -> GlobalId | None:
        try:
            named = read_global_id(text)
        except MalformedId:
            return None
        return named if named.type == type_ and self.viewer.may_see(named.account_id) else None
