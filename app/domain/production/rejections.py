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

REJECTION_PERIOD: Final = timedelta(days=30)
"""The time from its delivery within which an image can be rejected, by default; its end is not within."""


@dataclass(frozen=True, slots=True)
class RejectionReason:
    """The reason why an image is rejected, in the client's words, and the kind of its fault if the client named it."""

    text: str
    category: RejectionCategory | None = None


@dataclass(frozen=True, slots=True)
class RejectionTerms:
    """The instant of a rejection (UTC), the SLA and the user time by which images are due again.

    `period` is the time from its delivery within which an image can be rejected.
    """

    at: datetime
    zone: ZoneInfo
    sla: SlaInForce
    period: timedelta


def reject(
    order: OrderState, reasons: Mapping[UUID, RejectionReason], terms: RejectionTerms, new_ids: NewIds
) -> OrderState:
    """Send delivered images back, each with a deadline for its redo; the order is in production again.

    Raises Refusals, one for each image that cannot be rejected.
    """
    ids = dict(zip(reasons, new_ids(len(reasons)), strict=True))
    due_at = rejection_deadline(terms.at, terms.zone, terms.sla.terms)

    def rejected(image: ImageState) -> ImageState:
        reason = reasons[image.id]
        rejection = RejectionState(
            id=ids[image.id],
            at=terms.at,
            reason=reason.text,
            due_at=due_at,
            sla_version=terms.sla.version,
            redelivered_at=None,
            category=reason.category,
        )
        return image._replace(rejections=(*image.rejections, rejection))

    def refusal(image: ImageState) -> DomainError | None:
        return reject_refusal(image_summary_of(order, image), terms.at, terms.period)

    return replace(changed(order, reasons, refusal, rejected), completed_at=None)


def rejectable(order: OrderState, at: datetime, period: timedelta) -> Sequence[UUID]:
    """Return the images of an order that can be rejected at `at` (UTC).

    Raises NotDelivered or NotRejectable when there are none.
    """
    refusal = reject_refusal(summary_of(order), at, period)
    if refusal is not None:
        raise refusal
    return [image.id for image in order.images if reject_refusal(image_summary_of(order, image), at, period) is None]
