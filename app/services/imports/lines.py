"""The types of lines of an import file (docs/import-format.md), with their fields validated one by one."""

from typing import Annotated, ClassVar, Final, Literal, TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
)
from pydantic.alias_generators import to_camel

from app.domain.bounds import (
    MAX_IMAGES,
    MAX_OPERATIONS,
    MAX_STEPS,
)
from app.domain.inquiries import InquiryTopic
from app.domain.orders.enums import RejectionCategory
from app.domain.production.operations import Performer
from app.domain.sla.enums import Plan
from app.domain.sla.terms import ATTRIBUTES, NegotiableTerms
from app.domain.specifications import SpecificationTerms, SpecifiedStep, milliseconds_of
from app.domain.texts import composed
from app.services.imports.values import (
    Clock,
    Currency,
    Day,
    Instant,
    Multiplier,
    Name,
    PerDay,
    Price,
    Prose,
    Ref,
    Seconds,
    Turnaround,
    Url,
    ZoneName,
)


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", alias_generator=to_camel)


class _OfAccount(_Part):
    account: Ref


class _Dated(_OfAccount):
    at: Instant
    ref: ClassVar[None] = None


class _WithTerms(_Part):
    """Terms of an SLA besides figures of a day, which the lines have where the first digests know them."""

    deliver_by: Clock | None = None
    expedite_turnaround: Turnaround | None = None
    expedite_additional_turnaround: Turnaround | None = None
    expedite_multiplier: Multiplier | None = None
    rejection_turnaround: Turnaround | None = None
    review_turnaround: Turnaround | None = None
    flow_available: bool | None = None
    support_response: Turnaround | None = None
    support_phone: bool | None = None
    message: Prose | None = None

    @property
    def terms(self) -> NegotiableTerms:
        """The stated terms."""
        return NegotiableTerms(**{name: getattr(self, name) for name in ATTRIBUTES.values()})


class AccountLine(_WithTerms):
    """A client; it is opened at the first instant of its lines."""

    type: Literal["account"]
    ref: Ref
    name: Name
    plan: Plan
    time_zone: ZoneName
    images_per_day: PerDay | None = None
    expedites_per_day: PerDay | None = None

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


class TermsLine(_Dated, _WithTerms):
    """Terms for the ledger days from a date on; a term left out continues."""

    type: Literal["terms"]
    images_per_day: PerDay | None = None
    expedites_per_day: PerDay | None = None
    effective_date: Day


class TimeZoneLine(_Dated):
    """A move of the account to another zone."""

    type: Literal["timeZone"]
    time_zone: ZoneName


class InquiryLine(_OfAccount):
    """A question of the client, maybe about an order, with the answer if there is one."""

    type: Literal["inquiry"]
    ref: Ref
    topic: InquiryTopic
    text: Prose
    order: Ref | None = None
    at: Instant
    answer: Prose | None = None
    answered_at: Instant | None = None


DatedLine: TypeAlias = OrderLine | CancellationLine | ExpediteLine | TermsLine | TimeZoneLine | InquiryLine
Line: TypeAlias = AccountLine | SpecificationLine | DatedLine

LINE: Final[TypeAdapter[Line]] = TypeAdapter(Annotated[Line, Field(discriminator="type")])
