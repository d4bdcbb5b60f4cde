"""Rejections of deliveries by the client, which are redone for free (domain rules, section 3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.deadlines.rules import rejection_deadline
from app.domain.errors import DomainError
from app.domain.orders.changes import NewIds
from app.domain.orders.enums import RejectionCategory
from app.domain.orders.refusals import NotDelivered, NotRejectable
from app.domain.orders.state import ImageState, OrderState, RejectionState
from app.domain.production.commands import changed
from app.domain.sla.terms import SlaInForce

REJECTABLE_FOR: Final = timedelta(days=30)
"""The time from its delivery within which an image can be rejected, by default; its end is not within."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """The reason why an image is rejected, in the client's words, and the kind of its fault if the client named it."""

    reason: str
    category: RejectionCategory | None = None


@dataclass(frozen=True, slots=True)
class RejectionTerms:
    """The instant of a rejection (UTC), the SLA and the user time by which images are due again, and the time limit."""

    at: datetime
    zone: ZoneInfo
    sla: SlaInForce
    within: timedelta


def reject(
    order: OrderState, complaints: Mapping[UUID, Complaint], terms: RejectionTerms, new_ids: NewIds
) -> OrderState:
    """Send delivered images back, each with a deadline for its redo; the order is in production again.

    Raises Refusals, one for each image that cannot be rejected.
    """
    ids = dict(zip(complaints, new_ids(len(complaints)), strict=True))
    due_at = rejection_deadline(terms.at, terms.zone, terms.sla.terms)

    def rejected(image: ImageState) -> ImageState:
        complaint = complaints[image.id]
        rejection = RejectionState(
            id=ids[image.id],
            at=terms.at,
            reason=complaint.reason,
            due_at=due_at,
            sla_version=terms.sla.version,
            redelivered_at=None,
            category=complaint.category,
        )
        return replace(image, rejections=(*image.rejections, rejection))

    def refusal(image: ImageState) -> DomainError | None:
        return rejection_refusal(image, terms.at, terms.within)

    return replace(changed(order, complaints, refusal, rejected), completed_at=None)


def rejectable(order: OrderState, at: datetime, within: timedelta) -> Sequence[UUID]:
    """Return the images of an order that can be rejected at `at` (UTC).

    Raises the refusal of one when none can: of the latest delivery, if there is any.
    """
    refusals = {image.id: rejection_refusal(image, at, within) for image in order.counted}
    found = [image_id for image_id, refusal in refusals.items() if refusal is None]
    if found:
        return found
    late = [refusal for refusal in refusals.values() if isinstance(refusal, NotRejectable)]
    if late:
        raise max(late, key=lambda refusal: refusal.rejectable_until)
    image = order.images[0]
    raise NotDelivered(image.id, image.filename)


def rejection_refusal(image: ImageState, at: datetime, within: timedelta) -> DomainError | None:
    """Return the reason why an image cannot be rejected at `at` (UTC): NotDelivered or NotRejectable."""
    delivered_at = image.delivered_at
    if delivered_at is None or image.open_rejection is not None:
        return NotDelivered(image.id, image.filename)
    until = delivered_at + within
    return None if at < until else NotRejectable(image.id, image.filename, until)
