"""The reviews of orders written by release 0.1.0, by the facts that it does write (domain rules, section 3.19)."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from app.domain.deadlines.enums import DeadlineStatus
from app.domain.orders.enums import ServiceLevel
from app.domain.orders.state import ImageState, OrderState, ReviewState


class PastChange(NamedTuple):
    """A deadline that staff set for an image, or an expedite of it after its placing, at an instant (UTC)."""

    at: datetime
    is_expedite: bool


def past_reviews(
    order: OrderState,
    image: ImageState,
    changes: Iterable[PastChange],
    promised_by: Callable[[datetime], datetime],
    *,
    guaranteed: bool,
) -> tuple[ReviewState, ...]:
    """Return the reviews that an image has had; `changes` are in the order in which they happened.

    `promised_by` returns when a review that begins at an instant (UTC) is due, but for a kept deadline. The image was
    placed within the guarantee of its ledger day or not.
    """
    past, kept_due_at = list(changes), _kept_due_at(order)
    is_planned = order.service_level is ServiceLevel.EXPEDITED_PLAN
    reviews: list[ReviewState] = []
    if image.expedite_position is not None and not any(change.is_expedite for change in past):
        if is_planned:
            reviews.append(ReviewState.begun(order.placed_at, promised_by(order.placed_at), kept_due_at))
    elif not guaranteed:
        reviews.append(ReviewState(order.placed_at, promised_by(order.placed_at)))
    for change in past:
        is_open = bool(reviews) and reviews[-1].dated_at is None
        is_owed = change.is_expedite and is_planned
        if is_owed and not is_open:
            reviews.append(ReviewState.begun(change.at, promised_by(change.at), kept_due_at))
        elif is_open and not is_owed:
            reviews[-1] = replace(reviews[-1], dated_at=change.at)
    return tuple(reviews)


def _kept_due_at(order: OrderState) -> datetime | None:
    """Return the deadline that images of an order at the plan level have until staff set an earlier one."""
    if order.deadline_status is not DeadlineStatus.CONFIRMED:
        return order.due_at
    return None if order.kept is None else order.kept.due_at
