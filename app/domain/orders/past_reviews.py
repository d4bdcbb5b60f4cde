"""The reviews of orders written by release 0.1.0, by the facts that it does write (domain rules, section 3.19)."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from app.domain.deadlines.enums import DeadlineStatus
from app.domain.orders.enums import ServiceLevel
from app.domain.orders.state import ImageState, OrderState, ReviewState


def past_reviews(
    order: OrderState,
    image: ImageState,
    confirmed: Iterable[datetime],
    promised_by: Callable[[datetime], datetime],
    *,
    guaranteed: bool,
) -> tuple[ReviewState, ...]:
    """Return the reviews that an image of an order has had; all instants are UTC.

    `confirmed` are the instants at which staff set its deadline. `promised_by` returns when a review that begins at an
    instant is due, but for a kept deadline. The image was placed within the guarantee of its ledger day or not.
    """
    expedited_at = None if image.expedite_position is None else order.expedited_at
    reviews: list[ReviewState] = []
    if not guaranteed and expedited_at != order.placed_at:
        reviews.append(ReviewState(order.placed_at, promised_by(order.placed_at)))
    changes = [(at, False) for at in confirmed]
    if expedited_at is not None:
        changes.append((expedited_at, order.service_level is ServiceLevel.EXPEDITED_PLAN))
    for at, is_owed in sorted(changes):
        is_open = bool(reviews) and reviews[-1].dated_at is None
        if is_owed and not is_open:
            reviews.append(ReviewState(at, _earlier(promised_by(at), _kept_due_at(order))))
        elif is_open and not is_owed:
            reviews[-1] = replace(reviews[-1], dated_at=at)
    return tuple(reviews)


def _kept_due_at(order: OrderState) -> datetime | None:
    """Return the deadline that images of an order at the plan level have until staff set an earlier one."""
    if order.deadline_status is not DeadlineStatus.CONFIRMED:
        return order.due_at
    return None if order.kept is None else order.kept.due_at


def _earlier(due_at: datetime, kept_due_at: datetime | None) -> datetime:
    return due_at if kept_due_at is None else min(due_at, kept_due_at)
