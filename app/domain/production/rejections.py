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
from app.domain.orders.rules import reject_refusal
from app.domain.orders.state import ImageState, OrderState, RejectionState
from app.domain.orders.summaries import image_summary_of, summary_of
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
        return reject_refusal(image_summary_of(order, image), terms.at, terms.within)

    return replace(changed(order, complaints, refusal, rejected), completed_at=None)


def rejectable(order: OrderState, at: datetime, within: timedelta) -> Sequence[UUID]:
    """Return the images of an order that can be rejected at `at` (UTC).

    Raises NotDelivered or NotRejectable when there are none.
    """
    refusal = reject_refusal(summary_of(order), at, within)
    if refusal is not None:
        raise refusal
    return [image.id for image in order.images if reject_refusal(image_summary_of(order, image), at, within) is None]
