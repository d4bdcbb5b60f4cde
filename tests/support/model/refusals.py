"""The reasons of the model to refuse commands on orders and images."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from tests.support.model.facts import Image, Order, Reason

NEVER: Final = datetime.max.replace(tzinfo=UTC)
FRIDAY: Final = 5
"""The last weekday of a working week, Monday being 1."""


def cancelled(order: Order) -> list[Reason]:
    return [] if order.cancelled_at is None else [Reason("OrderCancelled")]


def window(at: datetime) -> list[Reason]:
    return [] if at.isoweekday() <= FRIDAY else [Reason("ExpediteWindowClosed")]


def owner_of(order: Order, orders: Iterable[Order], image: Image) -> Order | None:
    """Return the order that has an image by now: this one, or one split from it, at once or in steps."""
    owner = origin = next(each for each in orders if image in each.images)
    while origin is not order:
        if origin.split_from is None:
            return None
        origin = origin.split_from
    return owner


def against_expediting(order: Order | None, image: Image, at: datetime) -> list[Reason]:
    if order is None:
        return [Reason("NotFound")]
    if image.cancelled_at is not None:
        return [Reason("ImageCancelled", image.id)]
    reasons: list[Reason] = []
    if image.delivered_at:
        reasons.append(Reason("AlreadyDelivered", image.id))
    if order.expedited_at is not None:
        reasons.append(Reason("AlreadyExpedited", image.id))
    if (image.due_at or NEVER) < at and not image.delivered_at:
        reasons.append(Reason("AlreadyLate", image.id))
    return reasons


def against_cancelling(order: Order | None, image: Image) -> list[Reason]:
    if order is None:
        return [Reason("NotFound")]
    if image.cancelled_at is not None:
        return [Reason("ImageCancelled", image.id)]
    return [Reason("NotCancellable", image.id)] if image.first_claimed_at or image.delivered_at else []
