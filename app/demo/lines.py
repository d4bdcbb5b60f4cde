"""The lines of an import file: a function for each type of line. Instants are UTC."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from app.demo.inquiries import Inquiry
from app.demo.operations import Operation, operations
from app.demo.pictures import addresses
from app.demo.production import REASONS, Confirmation, Image, Return
from app.demo.studios import Recipe, Studio
from app.domain.durations import iso8601
from app.domain.instants import rfc3339
from app.domain.sla.negotiation import Negotiation
from app.domain.sla.terms import NegotiableTerms

Line: TypeAlias = dict[str, object]


class Produced(NamedTuple):
    """The recipe of an order's images, and the origin of the demo, which serves their pictures.

    An order that `is_instructed` has instructions, and its images have references of the client, too.
    """

    recipe: Recipe
    origin: str
    is_instructed: bool


def account_line(studio: Studio) -> Line:
    """Return the line of an account; terms of the plan are left out."""
    line: Line = {"type": "account", "ref": studio.ref, "name": studio.name}
    line |= {"plan": studio.plan.value, "timeZone": studio.time_zone}
    return line | _terms(studio.terms) | ({"message": studio.message} if studio.message else {})


def specification_line(studio: Studio, recipe: Recipe, currency: str) -> Line:
    """Return the line of a specification with its price in a currency, and its steps."""
    line: Line = {"type": "specification", "account": studio.ref, "ref": recipe.ref, "name": recipe.name}
    line |= {"pricePerImage": recipe.price, "currency": currency}
    return line | {"steps": [{"step": step, "seconds": seconds} for step, seconds in recipe.steps]}


def order_line(
    head: Line,
    placed_at: datetime,
    images: Sequence[Image],
    until: datetime,
    produced: Produced,
    *,
    expedite: bool = False,
) -> Line:
    """Return the line of an order with the deliveries, rejections and operations before `until`, and pictures."""
    line = {"type": "order"} | head | {"placedAt": rfc3339(placed_at)}
    if expedite:
        line["expedite"] = True
    if produced.is_instructed:
        line["instructions"] = "Match the crop of last season."
    return line | {"images": [_image(image, placed_at, until, produced) for image in images]}


def cancellation_line(studio: Studio, order: str, at: datetime) -> Line:
    """Return the line of a cancellation."""
    return {"type": "cancellation", "account": studio.ref, "order": order, "at": rfc3339(at)}


def expedite_line(studio: Studio, order: str, filenames: Sequence[str], at: datetime) -> Line:
    """Return the line of an expedite of placed images, of all eligible ones if none is named."""
    line: Line = {"type": "expedite", "account": studio.ref, "order": order}
    return line | ({"filenames": list(filenames)} if filenames else {}) | {"at": rfc3339(at)}


def terms_line(studio: Studio, agreed: Negotiation, at: datetime) -> Line:
    """Return the line of terms negotiated for a future ledger day."""
    line: Line = {"type": "terms", "account": studio.ref} | _terms(agreed.terms) | {"message": agreed.message}
    return line | {"effectiveDate": agreed.effective_date.isoformat(), "at": rfc3339(at)}


def time_zone_line(studio: Studio, time_zone: str, at: datetime) -> Line:
    """Return the line of a change of the account's zone."""
    return {"type": "timeZone", "account": studio.ref, "timeZone": time_zone, "at": rfc3339(at)}


def inquiry_line(studio: Studio, inquiry: Inquiry) -> Line:
    """Return the line of an inquiry, with its answer if there is one."""
    line: Line = {"type": "inquiry", "account": studio.ref, "ref": f"q-{inquiry.number}", "topic": inquiry.topic.value}
    line |= {"text": inquiry.text, "at": rfc3339(inquiry.at)}
    if inquiry.answered_at is None:
        return line
    return line | {"answer": inquiry.answer, "answeredAt": rfc3339(inquiry.answered_at)}


def _terms(terms: NegotiableTerms) -> Line:
    return {_camel_case(name): _term(value) for name, value in terms.stated.items()}


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def _term(value: object) -> object:
    if isinstance(value, timedelta):
        return iso8601(value)
    return str(value) if isinstance(value, time | Decimal) else value


def _image(image: Image, placed_at: datetime, until: datetime, produced: Produced) -> Line:
    pictures = addresses(produced.origin, produced.recipe.ref, image.filename)
    line: Line = {"filename": image.filename, "previewUrl": pictures.upload}
    if produced.is_instructed:
        line |= {"externalReference": f"SKU-{image.filename[4:10]}", "instructions": "Keep the label readable."}
    if image.confirmation and image.confirmation.confirmed_at < until:
        line["deadline"] = _deadline(image.confirmation)
    if image.delivered_at and image.delivered_at < until:
        line |= {"deliveredAt": rfc3339(image.delivered_at), "resultUrl": pictures.result}
        line["resultPreviewUrl"] = pictures.result_preview
    done = [_operation(each) for each in operations(produced.recipe, image, placed_at, until)]
    line |= {"operations": done} if done else {}
    returns = [_rejection(back, until) for back in image.returns if back.at < until]
    return line | ({"rejections": returns} if returns else {})


def _operation(operation: Operation) -> Line:
    step, performed_by, seconds, at = operation
    return {"step": step, "performedBy": performed_by, "seconds": seconds, "at": rfc3339(at)}


def _deadline(confirmation: Confirmation) -> Line:
    return {"at": rfc3339(confirmation.due_at), "confirmedAt": rfc3339(confirmation.confirmed_at)}


def _rejection(back: Return, until: datetime) -> Line:
    line: Line = {"at": rfc3339(back.at), "reason": back.reason, "category": REASONS[back.reason].value}
    return line | ({"redeliveredAt": rfc3339(back.redelivered_at)} if back.redelivered_at < until else {})
