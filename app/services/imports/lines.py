"""The types of lines of an import file (docs/import-format.md), with their fields validated one by one."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, ClassVar, Final, Literal, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    TypeAdapter,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from app.domain.bounds import (
    MAX_IMAGES,
    MAX_OPERATIONS,
    MAX_PER_DAY,
    MAX_SECONDS,
    MAX_STEPS,
    PRICE_DECIMALS,
    PRICE_DIGITS,
    SECONDS_DECIMALS,
    YEARS,
)
from app.domain.inquiries import InquiryTopic
from app.domain.instants import BadInstant, read_instant
from app.domain.local_time import TIME_ZONES
from app.domain.orders.enums import RejectionCategory
from app.domain.production.operations import Performer
from app.domain.sla.enums import Plan
from app.domain.sla.terms import NegotiableTerms
from app.domain.specifications import SpecificationTerms, SpecifiedStep, milliseconds_of
from app.domain.texts import composed, name_problem, prose_problem
from app.domain.urls import url_problem
from app.services.currencies import CURRENCIES

_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?", re.ASCII)


def _read_instant(value: object) -> datetime:
    """Read an RFC 3339 instant."""
    try:
        return read_instant(value)
    except BadInstant as error:
        raise PydanticCustomError("instant", "{problem}", {"problem": error.problem}) from None


def _checked(problem_of: Callable[[str], str | None]) -> AfterValidator:
    """Make a validator that refuses texts with a problem and returns others as written.

    The digests of old lines are of texts as written; texts are stored in NFC.
    """

    def check(text: str) -> str:
        problem = problem_of(composed(text))
        if problem is not None:
            raise PydanticCustomError("text", "{problem}", {"problem": problem})
        return text

    return AfterValidator(check)


def _read_currency(value: object) -> str:
    if not isinstance(value, str) or value not in CURRENCIES:
        raise PydanticCustomError("currency", "must be a currency of ISO 4217, like USD")
    return value


def _read_date(value: object) -> date:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise PydanticCustomError("date", "must be a date, like 2026-04-01")
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise PydanticCustomError("date", "is no date that exists: {value}", {"value": value}) from error
    if day.year not in YEARS:
        raise PydanticCustomError("date", "must be in the years 1970 to 2200")
    return day


def _read_number(value: object) -> Decimal:
    """Read a number, be it written as one or as a string."""
    if isinstance(value, bool) or not isinstance(value, int | float | str) or not _NUMBER.fullmatch(str(value)):
        raise PydanticCustomError("number", "must be a number")
    return Decimal(str(value))


def _tidied(price: Decimal) -> Decimal:
    """Return a price, not negative, without an exponent and superfluous decimals: 1.450 stays, 1E+3 does not."""
    decimals = -int(price.as_tuple().exponent)
    return abs(price) if 0 <= decimals <= PRICE_DECIMALS else Decimal(_plain(price))


def _plain(number: Decimal) -> str:
    """Write a number, not negative; equal ones are written alike."""
    return f"{abs(number.normalize()):f}"


def _read_time_zone(value: object) -> str:
    if not isinstance(value, str) or value not in TIME_ZONES:
        raise PydanticCustomError("time_zone", "must be an IANA time zone, like Europe/Copenhagen")
    return value


Instant: TypeAlias = Annotated[datetime, BeforeValidator(_read_instant)]
Name: TypeAlias = Annotated[str, _checked(name_problem)]
Ref: TypeAlias = Annotated[str, _checked(name_problem)]
"""An identifier of the file's own, or of an account: kept as written, so that stored ones are found."""
Prose: TypeAlias = Annotated[str, _checked(prose_problem)]
Url: TypeAlias = Annotated[str, _checked(url_problem)]
ZoneName: TypeAlias = Annotated[str, BeforeValidator(_read_time_zone)]
Day: TypeAlias = Annotated[date, BeforeValidator(_read_date)]
PerDay: TypeAlias = Annotated[int, Field(ge=0, le=MAX_PER_DAY)]
Number: TypeAlias = Annotated[Decimal, BeforeValidator(_read_number), PlainSerializer(_plain)]
Price: TypeAlias = Annotated[
    Number, Field(ge=0, max_digits=PRICE_DIGITS, decimal_places=PRICE_DECIMALS), AfterValidator(_tidied)
]
Seconds: TypeAlias = Annotated[Number, Field(ge=0, le=MAX_SECONDS, decimal_places=SECONDS_DECIMALS)]
Currency: TypeAlias = Annotated[str, BeforeValidator(_read_currency)]


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", alias_generator=to_camel)


class _OfAccount(_Part):
    account: Ref


class _Dated(_OfAccount):
    at: Instant
    ref: ClassVar[None] = None


class AccountLine(_Part):
    """A client; it is opened at the first instant of its lines."""

    type: Literal["account"]
    ref: Ref
    name: Name
    plan: Plan
    time_zone: ZoneName
    images_per_day: PerDay | None = None
    expedites_per_day: PerDay | None = None

    @property
    def terms(self) -> NegotiableTerms:
        """The terms that differ from the plan's."""
        return NegotiableTerms(self.images_per_day, self.expedites_per_day)

    @property
    def account(self) -> str:
        """Its own ref, as the `account` of other lines."""
        return self.ref


class StepPart(_Part):
    """A retouching step with the seconds it takes a median human retoucher."""

    step: Name
    seconds: Seconds


class SpecificationLine(_OfAccount):
    """A specification with its first version."""

    type: Literal["specification"]
    ref: Ref
    name: Name
    price_per_image: Price
    currency: Currency
    steps: Annotated[list[StepPart], Field(max_length=MAX_STEPS)]

    @property
    def terms(self) -> SpecificationTerms:
        """The terms of its first version, with a negotiated price and negotiated times."""
        steps = tuple(SpecifiedStep(composed(part.step), milliseconds_of(part.seconds)) for part in self.steps)
        return SpecificationTerms(composed(self.name), self.price_per_image, self.currency, steps)


class RejectionPart(_Part):
    """A delivery sent back."""

    at: Instant
    reason: Prose
    category: RejectionCategory | None = None
    redelivered_at: Instant | None = None


class DeadlinePart(_Part):
    """A deadline that staff set at `confirmed_at`."""

    at: Instant
    confirmed_at: Instant


class OperationPart(_Part):
    """A retouching step done on an image."""

    step: Name
    performed_by: Performer
    seconds: Seconds
    at: Instant


class ImagePart(_Part):
    """An image with its deliveries and rejections."""

    filename: Name
    external_reference: Name | None = None
    instructions: Prose | None = None
    preview_url: Url | None = None
    delivered_at: Instant | None = None
    result_url: Url | None = None
    result_preview_url: Url | None = None
    rejections: tuple[RejectionPart, ...] = ()
    operations: Annotated[tuple[OperationPart, ...], Field(max_length=MAX_OPERATIONS)] = ()
    deadline: DeadlinePart | None = None


class OrderLine(_OfAccount):
    """An order with its images."""

    type: Literal["order"]
    ref: Ref
    name: Name
    external_reference: Name | None = None
    instructions: Prose | None = None
    specification: Ref
    placed_at: Instant
    expedite: bool = False
    images: Annotated[list[ImagePart], Field(min_length=1, max_length=MAX_IMAGES)]


class CancellationLine(_Dated):
    """A cancellation of images of an order; without `filenames` of the whole order."""

    type: Literal["cancellation"]
    order: Ref
    filenames: Annotated[list[Name], Field(min_length=1, max_length=MAX_IMAGES)] | None = None


class ExpediteLine(_Dated):
    """An expedite of images after their upload; without `filenames` of all images that can be expedited."""

    type: Literal["expedite"]
    order: Ref
    filenames: Annotated[list[Name], Field(min_length=1, max_length=MAX_IMAGES)] | None = None


class TermsLine(_Dated):
    """Terms for the ledger days from a date on; a term left out continues."""

    type: Literal["terms"]
    images_per_day: PerDay | None = None
    expedites_per_day: PerDay | None = None
    effective_date: Day

    @property
    def terms(self) -> NegotiableTerms:
        """The stated terms."""
        return NegotiableTerms(self.images_per_day, self.expedites_per_day)


class TimeZoneLine(_Dated):
    """A move of the account to another zone."""

    type: Literal["timeZone"]
    time_zone: ZoneName


class InquiryLine(_OfAccount):
    """A question of the client, with the answer if there is one."""

    type: Literal["inquiry"]
    ref: Ref
    topic: InquiryTopic
    text: Prose
    at: Instant
    answer: Prose | None = None
    answered_at: Instant | None = None


DatedLine: TypeAlias = OrderLine | CancellationLine | ExpediteLine | TermsLine | TimeZoneLine | InquiryLine
Line: TypeAlias = AccountLine | SpecificationLine | DatedLine

LINE: Final[TypeAdapter[Line]] = TypeAdapter(Annotated[Line, Field(discriminator="type")])
