"""Reviews: the time in which staff owe images a deadline, until they give it (domain rules, section 3.19)."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.deadlines.enums import DeadlineStatus
from app.domain.deadlines.lateness import late_at
from app.domain.deadlines.working_hours import working_hours_after
from app.domain.orders.changes import Change
from app.domain.orders.enums import ServiceLevel
from app.domain.orders.state import ImageState, OrderState, ReviewState


def with_reviews(change: Change, at: datetime, zone: ZoneInfo) -> Change:
    """Return a change with the reviews that it begins at its instant (UTC), in the zone in force then.

    A review begins for each image that has no deadline or is at the plan level, unless one is open. It is due after the
    review turnaround of the SLA in force, in working hours, but never after the deadline that the image keeps.
    """
    if all(order.deadline_status is DeadlineStatus.CONFIRMED for order in change.orders):
        return change
    due_at = working_hours_after(at, change.day.sla.terms.review_turnaround, zone)
    return replace(change, orders=tuple(_reviewed(order, at, due_at) for order in change.orders))


def open_review(image: ImageState) -> ReviewState | None:
    """Return the review of an image whose deadline staff still owe; None once it was delivered or cancelled."""
    last = image.reviews[-1] if image.reviews else None
    is_open = last is not None and (last.dated_at or image.first_delivered_at or image.cancelled_at) is None
    return last if is_open else None


def review_by(order: OrderState) -> datetime | None:
    """Return the instant (UTC) by which staff have promised an order's deadline; None if they owe none."""
    if order.deadline_status is DeadlineStatus.CONFIRMED:
        return None
    return next((review.due_at for image in order.images if (review := open_review(image)) is not None), None)


def review_ended_at(image: ImageState, review: ReviewState) -> datetime | None:
    """Return the instant at which a review ended: with the image's deadline or its delivery; None without either."""
    return min((at for at in (review.dated_at, image.first_delivered_at) if at is not None), default=None)


def review_late_at(image: ImageState, review: ReviewState) -> datetime | None:
    """Return the instant from which a review is late by the present facts: when it is due; None if it never is.

    It is open while that is ahead. One that was cancelled while it was open counts nowhere.
    """
    return late_at(review.due_at, review_ended_at(image, review), image.cancelled_at)


def past_reviews(
    order: OrderState,
    image: ImageState,
    confirmed: Iterable[datetime],
    promised_by: Callable[[datetime], datetime],
    *,
    guaranteed: bool,
) -> tuple[ReviewState, ...]:
    """Return the reviews that an image had by the other facts of its order, as a release without reviews leaves it.

    `confirmed` are the instants (UTC) at which staff set the deadline of its order, or of one that it was in before.
    `promised_by` returns when a review that begins at an instant is due, but for a kept deadline.
    """
    expedited_at = None if image.expedite_position is None else order.expedited_at
    ended_at = image.first_delivered_at or image.cancelled_at
    acts = [(at, False) for at in confirmed if ended_at is None or at <= ended_at]
    if expedited_at is not None:
        acts.append((expedited_at, True))
    reviews: list[ReviewState] = []
    if not guaranteed and expedited_at != order.placed_at:
        reviews.append(ReviewState(order.placed_at, promised_by(order.placed_at)))
    for at, is_expedite in sorted(acts):
        is_open = bool(reviews) and reviews[-1].dated_at is None
        if not is_expedite or order.service_level is not ServiceLevel.EXPEDITED_PLAN:
            reviews[-1:] = [replace(review, dated_at=at) if is_open else review for review in reviews[-1:]]
        elif not is_open:
            reviews.append(ReviewState(at, min(at for at in (promised_by(at), _kept(order)) if at is not None)))
    return tuple(reviews)


def _kept(order: OrderState) -> datetime | None:
    """Return the deadline that images of an order at the plan level have until staff set an earlier one."""
    if order.kept is not None:
        return order.kept.due_at
    return None if order.deadline_status is DeadlineStatus.CONFIRMED else order.due_at


def _reviewed(order: OrderState, at: datetime, due_at: datetime) -> OrderState:
    """Return an order with the reviews of images that get its level at an instant."""
    if order.deadline_status is DeadlineStatus.CONFIRMED or at not in {order.placed_at, order.expedited_at}:
        return order
    latest = due_at if order.due_at is None else min(due_at, order.due_at)
    return replace(order, images=tuple(_begun(image, ReviewState(at, latest)) for image in order.images))


def _begun(image: ImageState, review: ReviewState) -> ImageState:
    ended = image.first_delivered_at is not None or image.cancelled_at is not None
    return image if ended or open_review(image) is not None else replace(image, reviews=(*image.reviews, review))
