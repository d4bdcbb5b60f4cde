"""Reviews: the time in which staff owe images a deadline, until they give it (domain rules, section 3.19)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.deadlines.enums import DeadlineStatus
from app.domain.deadlines.lateness import late_at
from app.domain.deadlines.working_hours import working_hours_after
from app.domain.orders.changes import Change
from app.domain.orders.state import ImageState, OrderState, ReviewState
from app.domain.sla.terms import SlaTerms


def review_due_at(at: datetime, terms: SlaTerms, zone: ZoneInfo) -> datetime:
    """Return by when staff promise a deadline (UTC) in a review that begins at an instant (UTC).

    That is after the review turnaround of the terms in force, in working hours in the zone in force.
    """
    return working_hours_after(at, terms.review_turnaround, zone)


def with_reviews(change: Change, at: datetime, zone: ZoneInfo) -> Change:
    """Return an expedite with the reviews that it begins at its instant (UTC), in the zone in force then.

    A review begins for each image that comes to the plan level, unless one is open.
    """
    if all(order.deadline_status is DeadlineStatus.CONFIRMED for order in change.orders):
        return change
    due_at = review_due_at(at, change.day.sla.terms, zone)
    return replace(change, orders=tuple(_reviewed(order, at, due_at) for order in change.orders))


def open_review(image: ImageState) -> ReviewState | None:
    """Return the review of an image whose deadline staff still owe; None once it was delivered or cancelled."""
    last = image.reviews[-1] if image.reviews else None
    is_open = last is not None and (last.dated_at or image.first_delivered_at or image.cancelled_at) is None
    return last if is_open else None


def ended_reviews(image: ImageState) -> Sequence[ReviewState]:
    """Return the reviews of an image that have ended or were cancelled, oldest first: all but the open one."""
    return image.reviews if open_review(image) is None else image.reviews[:-1]


def review_by(order: OrderState) -> datetime | None:
    """Return the instant (UTC) by which staff have promised an order's deadline; None if they owe none."""
    if order.deadline_status is DeadlineStatus.CONFIRMED:
        return None
    return next((review.due_at for image in order.images if (review := open_review(image)) is not None), None)


def review_ended_at(image: ImageState, review: ReviewState) -> datetime | None:
    """Return the instant at which a review ended: with the image's deadline or its delivery; None without either."""
    dated_at, delivered_at = review.dated_at, image.first_delivered_at
    if dated_at is None or delivered_at is None:
        return dated_at or delivered_at
    return min(dated_at, delivered_at)


def review_late_at(image: ImageState, review: ReviewState) -> datetime | None:
    """Return the instant from which a review is late by the present facts: when it is due; None if it never is.

    It is open while that is ahead. One that was cancelled while it was open counts nowhere.
    """
    return late_at(review.due_at, review_ended_at(image, review), image.cancelled_at)


def _reviewed(order: OrderState, at: datetime, due_at: datetime) -> OrderState:
    """Return an order with the reviews of images that come to the plan level at an instant."""
    if order.deadline_status is DeadlineStatus.CONFIRMED or order.expedited_at != at:
        return order
    review = ReviewState.begun(at, due_at, order.due_at)
    return replace(order, images=tuple(_begun(image, review) for image in order.images))


def _begun(image: ImageState, review: ReviewState) -> ImageState:
    ended = image.first_delivered_at is not None or image.cancelled_at is not None
    return image if ended or open_review(image) is not None else replace(image, reviews=(*image.reviews, review))
