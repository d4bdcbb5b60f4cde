"""Alerts to deadlines at risk, deadlines missed and reviews overdue (domain rules, section 3).

All are judged by the facts at their own instant, which nothing later changes: an alert emitted weeks late equals one
emitted in time, also for a deadline that an earlier one has replaced since.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from app.domain.deadlines.enums import DeadlineKind
from app.domain.events.enums import EventType
from app.domain.events.kinds import DeadlineAtRisk, DeadlineMissed, ReviewOverdue
from app.domain.events.new_events import NewEvent
from app.domain.orders.reviews import review_ended_at
from app.domain.orders.state import ImageState, OrderState


class Alert(NamedTuple):
    """An alert that an order has once for each of its deadlines of a kind; `due_at` (UTC) names the deadline.

    `kind` is None of a review, whose `due_at` is the instant by which the deadline was promised.
    """

    type: EventType
    kind: DeadlineKind | None
    due_at: datetime


class SetDeadline(NamedTuple):
    """A delivery deadline of an order, `due_at`, and the instant (UTC) at which placing, an expedite or staff set it.

    A later one replaces it, and is always the earlier deadline.
    """

    at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class OrderPast:
    """The deadlines an order has had, in order, and the images split off it, with the instants.

    It exists since an instant (UTC): a sibling since it was split off.
    """

    since: datetime
    deadlines: Sequence[SetDeadline]
    departed: Sequence[tuple[ImageState, datetime]] = ()


@dataclass(frozen=True, slots=True)
class _Promise:
    """An image with a deadline since an instant, until it is delivered, cancelled, split off or gets another one."""

    image: ImageState
    since: datetime
    until: datetime | None

    def is_open(self, at: datetime) -> bool:
        """Return True if the image has the deadline at an instant; at `until` it has it no longer."""
        return self.since <= at and (self.until is None or at < self.until)


_Promises: TypeAlias = Mapping[tuple[DeadlineKind, datetime], Sequence[_Promise]]


def alerts(order: OrderState, past: OrderPast, lead: timedelta, now: datetime) -> Iterator[tuple[Alert, NewEvent]]:
    """Yield the alerts of an order at instants before `now` (UTC), whether they were emitted or not.

    A review is overdue at the instant by which it was due, if an image is open then.

    A deadline is at risk from `lead` before it, or from when it was set if that is later, at the first instant at which
    an image with it is open. It is missed at its own instant, if an image with it is open then.
    """
    for (kind, due_at), promises in _promises(order, past).items():
        at_risk_at = _first_open(promises, due_at - lead)
        if at_risk_at is not None and at_risk_at < min(due_at, now):
            alert = Alert(EventType.DEADLINE_AT_RISK, kind, due_at)
            yield alert, _new_event(order, alert, at_risk_at, promises)
        if due_at < now and any(promise.is_open(due_at) for promise in promises):
            alert = Alert(EventType.DEADLINE_MISSED, kind, due_at)
            yield alert, _new_event(order, alert, due_at, promises)
    for due_at, promises in _reviews(order, past).items():
        if due_at < now and any(promise.is_open(due_at) for promise in promises):
            alert = Alert(EventType.REVIEW_OVERDUE, None, due_at)
            yield alert, _new_event(order, alert, due_at, promises)


def alert_of_event(event: DeadlineAtRisk | DeadlineMissed | ReviewOverdue) -> Alert:
    """Return the alert that an event recorded."""
    return Alert(event.type, None if isinstance(event, ReviewOverdue) else event.kind, event.due_at)


def _promises(order: OrderState, past: OrderPast) -> _Promises:
    """Return by its deadlines which images an order had to deliver, and which again."""
    promises: dict[tuple[DeadlineKind, datetime], list[_Promise]] = {}
    for deadline, replacement in pairwise([*past.deadlines, None]):
        if deadline is not None:
            deliveries = _deliveries(order, past, deadline, None if replacement is None else replacement.at)
            in_order = sorted(deliveries, key=lambda promise: promise.image.number)
            promises[DeadlineKind.DELIVERY, deadline.due_at] = in_order
    for image in order.images:
        for rejection in image.rejections:
            redos = promises.setdefault((DeadlineKind.REDO, rejection.due_at), [])
            redos.append(_Promise(image, rejection.at, rejection.redelivered_at))
    return promises


def _reviews(order: OrderState, past: OrderPast) -> Mapping[datetime, Sequence[_Promise]]:
    """Return which images an order had whose deadline staff owed, by when they had promised it."""
    promises: dict[datetime, list[_Promise]] = {}
    present: list[tuple[ImageState, datetime | None]] = [(image, None) for image in order.images]
    for image, left_at in sorted([*present, *past.departed], key=lambda each: each[0].number):
        for review in image.reviews:
            ends = (review_ended_at(image, review), image.cancelled_at, left_at)
            until = min((at for at in ends if at is not None), default=None)
            promises.setdefault(review.due_at, []).append(_Promise(image, max(review.begun_at, past.since), until))
    return promises


def _deliveries(
    order: OrderState, past: OrderPast, deadline: SetDeadline, replaced_at: datetime | None
) -> Iterator[_Promise]:
    """Yield the images that shared a delivery deadline of the order, those that were split off since, too.

    Images that were delivered or cancelled before it was set do not have it.
    """
    for image in order.images:
        ended_at = image.first_delivered_at or image.cancelled_at
        if ended_at is None or ended_at >= deadline.at:
            yield _Promise(image, deadline.at, min((at for at in (ended_at, replaced_at) if at), default=None))
    for image, left_at in past.departed:
        yield _Promise(image, deadline.at, left_at if replaced_at is None else min(left_at, replaced_at))


def _first_open(promises: Sequence[_Promise], since: datetime) -> datetime | None:
    """Return the first instant from `since` on at which an image is open."""
    starts = [(max(since, promise.since), promise) for promise in promises]
    return min((at for at, promise in starts if promise.is_open(at)), default=None)


def _new_event(order: OrderState, alert: Alert, at: datetime, promises: Sequence[_Promise]) -> NewEvent:
    """Return the event of a deadline at an instant, with the images that are open then; a single one is named."""
    images = tuple(dict.fromkeys(promise.image.id for promise in promises if promise.is_open(at)))
    if alert.kind is None:
        event: DeadlineAtRisk | DeadlineMissed | ReviewOverdue = ReviewOverdue(alert.due_at, images)
    elif alert.type is EventType.DEADLINE_AT_RISK:
        event = DeadlineAtRisk(alert.kind, alert.due_at, images)
    else:
        event = DeadlineMissed(alert.kind, alert.due_at, images)
    return NewEvent(at, order.id, images[0] if len(images) == 1 else None, event)
