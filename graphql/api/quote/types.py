"""Quotes: what placing an order, or expediting one, would get."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import strawberry

from api.checks import NOBODY, Checks
from api.context import Context
from api.money import Money
from api.order.deadlines import Deadline, quoted_deadline
from api.user_errors import UserError, UserErrorCode, shown, told
from app.domain.bounds import MAX_IMAGES
from app.domain.errors import DomainError
from app.domain.vocabulary import ServiceLevel
from app.services.quotes import making as quoting
from app.services.quotes.making import ExpediteRequest, QuoteRequest, UploadRequest
from app.services.quotes.tokens import Binding, Subject, read_token
from engine.arguments import or_none
from engine.decorators import attribute, input_type, object_type
from engine.ids import NodeType
from engine.inputs import optional


@input_type
class QuoteInput:
    """What is to be quoted: either a new order, by the count of its images, or expediting images of an order."""

    image_count: int | None = optional("How many images a new order would have: 1 to 2,000.")
    expedite: bool | None = strawberry.field(
        default=False, description="Whether the images of a new order are wanted within hours."
    )
    specification_id: strawberry.ID | None = optional(
        "What is to be done to the images of a new order; the quote has no prices without it."
    )
    order_id: strawberry.ID | None = optional("The order of which images would be expedited.")
    image_ids: list[strawberry.ID] | None = optional(
        "The images of the order, 1 to 500, in the order in which they use the day's expedites; without it all that can"
        " be expedited."
    )
    at: datetime | None = optional("When it would be done, now or later; on a day to come nothing is used yet.")


@object_type
class QuotePart:
    """Images that would get one service level and deadline."""

    image_count: int = strawberry.field(description="How many there are.")
    service_level: ServiceLevel = strawberry.field(description="What they would be promised.")
    deadline: Deadline = strawberry.field(description="When they would be due.")
    price: Money | None = strawberry.field(
        description="What they would cost together; null for a new order whose specification is not told."
    )


@object_type
class Quote:
    """What would be got."""

    token: str = strawberry.field(
        description="Binds what is quoted for 15 minutes: counts, levels, prices, and standard deadlines, also where a"
        " delivery plan is required; other expedited parts promise a turnaround from the call. Opaque."
    )
    at: datetime = strawberry.field(description="When it would be done.")
    parts: list[QuotePart] = attribute("The images by service level and deadline.", length=2)
    guarantee_remaining: int = strawberry.field(description="Images still guaranteed that day after it.")
    expedite_remaining: int = strawberry.field(
        description="Images that can still be expedited that day at the shortest turnaround after it."
    )


@object_type
class QuotePayload:
    """A quote, or why there is none."""

    quote: Quote | None = strawberry.field(
        description="What would be got; null exactly when there is something to mend."
    )
    user_errors: list[UserError] = strawberry.field(
        description="What is to mend, all of it: as placing or expediting would be refused."
    )


async def read_quote(context: Context, account_id: UUID, asked: QuoteInput) -> QuotePayload:
    """Quote something of an account that the caller may see."""
    checks = Checks(context.viewer, asked)
    request = _request(checks, account_id, asked)
    if checks.errors:
        return QuotePayload(quote=None, user_errors=shown(checks.errors))
    key = await context.quote_key.get()
    try:
        quote = await quoting.quote(context.loaders.reader, context.instant(account_id), context.now, key, request)
    except DomainError as refusal:
        errors = told(refusal, "quote", checks.places, checks.given)
        return QuotePayload(quote=None, user_errors=shown(errors))
    return QuotePayload(quote=_shown(account_id, quote), user_errors=[])


async def bound(context: Context, checks: Checks, token: str | None, subject: Subject) -> Binding | None:
    """Read what a token binds, where one was given; that it is of no use is noted, unless its subject is."""
    chosen = subject.chosen
    if token is None or chosen == [] or NOBODY in (subject.account_id, subject.order_id, *(chosen or ())):
        return None
    key = await context.quote_key.get()
    try:
        return read_token(token, key, subject)
    except DomainError as refusal:
        checks.errors += told(refusal, "", checks.places, checks.given)
        return None


def _request(checks: Checks, account_id: UUID, asked: QuoteInput) -> QuoteRequest:
    count, order_id, at = or_none(asked.image_count), or_none(asked.order_id), or_none(asked.at)
    if (count is None) == (order_id is None):
        checks.refuse("Give either imageCount or orderId.", "imageCount" if order_id is None else "orderId")
    specification_id, chosen = or_none(asked.specification_id), _chosen(checks, or_none(asked.image_ids))
    if order_id is not None:
        if specification_id is not None:
            checks.refuse("An order has its specification already.", "specificationId")
        return ExpediteRequest(_of_account(checks, account_id, NodeType.ORDER, order_id, "orderId"), chosen, at)
    if chosen is not None:
        checks.refuse("Only images of an order can be named.", "imageIds")
    named = (
        None
        if specification_id is None
        else _of_account(checks, account_id, NodeType.SPECIFICATION, specification_id, "specificationId")
    )
    count = checks.amount(1 if count is None else count, MAX_IMAGES, "imageCount")
    return UploadRequest(account_id, count, bool(asked.expedite), None if named is None else named[1], at)


def _chosen(checks: Checks, image_ids: Sequence[str] | None) -> list[UUID] | None:
    return None if image_ids is None else [id_ for _, id_ in checks.images(image_ids, "imageIds")]


def _of_account(checks: Checks, account_id: UUID, type_: NodeType, text: str, field: str) -> tuple[UUID, UUID]:
    """Check the id of something of the account that is asked: staff may see that of others, too."""
    before = len(checks.errors)
    named = checks.node(type_, text, field)
    if len(checks.errors) == before and named[0] != account_id:
        checks.refuse(f"The account has no such {type_.name.lower()}.", field, code=UserErrorCode.NOT_FOUND)
    return named


def _shown(account_id: UUID, quote: quoting.Quote) -> Quote:
    allowance = quote.day.allowance
    return Quote(
        token=quote.token,
        at=quote.at,
        parts=[_part(account_id, part) for part in quote.parts],
        guarantee_remaining=allowance.remaining,
        expedite_remaining=allowance.expedite_remaining,
    )


def _part(account_id: UUID, part: quoting.QuotePart) -> QuotePart:
    order, price = part.order, part.price
    return QuotePart(
        image_count=len(order.images),
        service_level=order.service_level,
        deadline=quoted_deadline(account_id, order),
        price=None if price is None else Money(amount=price, currency=order.specification.currency),
    )
