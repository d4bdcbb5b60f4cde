"""Quotes for new orders and expedites, and the tokens that bind them."""

from contextlib import suppress
from uuid import UUID

from api.context import Context
from api.execution import AnyPayload
from api.ids import NodeType
from api.money import money_of
from api.order.deadlines import quoted_deadline
from api.quote.types import Quote, QuoteExpediteInput, QuoteInput, QuoteNewOrderInput, QuotePart, QuotePayload
from api.sla.guarantee import daily_guarantee
from api.user_error.types import QuoteChanged
from api.validation import NO_ID, Validation
from app.domain.bounds import MAX_IMAGES
from app.domain.errors import DomainError
from app.services.quotes import making as quoting
from app.services.quotes.making import ExpediteRequest, QuoteRequest, UploadRequest
from app.services.quotes.tokens import Binding, read_token
from engine.arguments import or_none


async def read_quote(context: Context, account_id: UUID, quote_input: QuoteInput) -> QuotePayload:
    """Return the quote of a request for an account that the caller may see."""
    new_order, expedite = or_none(quote_input.new_order), or_none(quote_input.expedite)
    if new_order is not None:
        validation = Validation(context.viewer, new_order, within=("newOrder",))
        return await _answer(context, validation, _upload(validation, account_id, new_order))
    if expedite is not None:
        validation = Validation(context.viewer, expedite, within=("expedite",))
        return await _answer(context, validation, _expedite(validation, account_id, expedite))
    raise TypeError("A quote has exactly one subject.")  # as GraphQL has checked


async def bound(context: Context, validation: Validation, token: str | None, request: QuoteRequest) -> Binding | None:
    """Return the offer that a token binds; None without a token.

    A useless token is added to the errors, unless its subject is in error already.
    """
    subject = request.subject
    chosen = subject.chosen
    if token is None or chosen == [] or NO_ID in (subject.account_id, subject.order_id, *(chosen or ())):
        return None
    key = await context.quote_key.get()
    try:
        return read_token(token, key, subject)
    except DomainError as refusal:
        validation.errors += validation.errors_of(refusal, "")
        return None


async def with_current_quote(context: Context, payload: AnyPayload, request: QuoteRequest) -> AnyPayload:
    """Return a payload whose QUOTE_CHANGED errors have a new quote of the request, if one can be made."""
    for error in payload.user_errors:
        if isinstance(error, QuoteChanged):
            await context.renew_view([request.account_id], None)
            with suppress(DomainError):
                error.quote = await _quote(context, request)
    return payload


async def _answer(context: Context, validation: Validation, request: QuoteRequest) -> QuotePayload:
    if validation.errors:
        return QuotePayload(quote=None, user_errors=validation.errors)
    try:
        return QuotePayload(quote=await _quote(context, request), user_errors=[])
    except DomainError as refusal:
        return QuotePayload(quote=None, user_errors=validation.errors_of(refusal, "quote"))


async def _quote(context: Context, request: QuoteRequest) -> Quote:
    """Return a quote as of the view of its account; raises as `quoting.quote`."""
    key = await context.quote_key.get()
    now = context.instant(request.account_id)
    quote = await quoting.quote(context.loaders.reader, now, context.now, key, request)
    return _shown(request.account_id, quote)


def _upload(validation: Validation, account_id: UUID, order: QuoteNewOrderInput) -> UploadRequest:
    specification_id = or_none(order.specification_id)
    named = (
        None
        if specification_id is None
        else _of_account(validation, account_id, NodeType.SPECIFICATION, specification_id, "specificationId")[1]
    )
    count = validation.amount(order.image_count, MAX_IMAGES, "imageCount")
    return UploadRequest(account_id, count, bool(order.expedite), named, or_none(order.at))


def _expedite(validation: Validation, account_id: UUID, expedite: QuoteExpediteInput) -> ExpediteRequest:
    image_ids = or_none(expedite.image_ids)
    chosen = None if image_ids is None else [id_ for _, id_ in validation.images(image_ids, "imageIds")]
    key = _of_account(validation, account_id, NodeType.ORDER, expedite.order_id, "orderId")
    return ExpediteRequest(key, chosen, or_none(expedite.at))


def _of_account(validation: Validation, account_id: UUID, type_: NodeType, text: str, field: str) -> tuple[UUID, UUID]:
    """Check the id of an object of this account; staff may see those of other accounts, too."""
    before = len(validation.errors)
    named = validation.node(type_, text, field)
    if len(validation.errors) == before and named[0] != account_id:
        validation.not_found(type_.name.lower(), text, field)
    return named


def _shown(account_id: UUID, quote: quoting.Quote) -> Quote:
    return Quote(
        token=quote.token,
        at=quote.at,
        parts=[_part(account_id, part) for part in quote.parts],
        daily_guarantee=daily_guarantee(quote.day.day, quote.day.allowance),
    )


def _part(account_id: UUID, part: quoting.QuotePart) -> QuotePart:
    order = part.order
    price, price_with_plan = (
        None if amount is None else money_of(amount, order.specification.currency)
        for amount in (part.price, part.price_with_plan)
    )
    return QuotePart(
        image_count=len(order.counted),
        service_level=order.service_level,
        deadline=quoted_deadline(account_id, order),
        price=price,
        price_with_plan=price_with_plan,
    )
