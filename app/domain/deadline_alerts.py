"""What is told of deadlines as time passes: that one is at risk, and that it was missed (domain rules, section 3).

Both are judged by what was the case at their own instant, which nothing that comes later changes: told weeks late, they
are what they would have been in time. Only a deadline that was replaced is not told any more once it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias

from app.domain.deadlines import EXPEDITE_TURNAROUNDS
from app.domain.order_events import Happening
from app.domain.order_facts import ImageState, OrderState
from app.domain.vocabulary import EventType


class DeadlineKind(StrEnum):
    """What is due: the first delivery, or the next one after a rejection."""

    DELIVERY = "DELIVERY"
    REDO = "REDO"


class Alert(NamedTuple):
    """What is told once of an order: `due_at` (UTC) says of which of its deadlines of a kind."""

    type: EventType
    kind: DeadlineKind
    due_at: datetime


@dataclass(frozen=True, slots=True)
class OrderPast:
    """What an order's rows do not tell: since when there is the order, and images it had that were split off, and when.

    An order that an expedite split off began with that, though its images were uploaded before.
    """

    began_at: datetime
    departed: Sequence[tuple[ImageState, datetime]] = ()


@dataclass(frozen=True, slots=True)
class _Promise:
    """An image that has a deadline since an instant, until it is delivered, cancelled, or not the order's any more."""

    image: ImageState
    since: datetime
    until: datetime | None

    def is_open(self, at: datetime) -> bool:
        """Say whether the image has the deadline at an instant; what ends it then has ended it."""
        return self.since <= at and (self.until is None or at < self.until)


_Promises: TypeAlias = Mapping[tuple[DeadlineKind, datetime], Sequence[_Promise]]


def alerts(order: OrderState, past: OrderPast, lead: timedelta, now: datetime) -> Iterator[tuple[Alert, Happening]]:
    """Yield all that is to be told of an order's deadlines by what was before `now`, told already or not.

    A deadline is at risk at the first instant from `lead` before it on at which an image is open that has it, which is
    later when it was set later. It is missed at its own instant, when an image is open then.
    """
    for (kind, due_at), promises in _promises(order, past).items():
        at_risk_at = _first_open(promises, due_at - lead)
        if at_risk_at is not None and at_risk_at < min(due_at, now):
            alert = Alert(EventType.DEADLINE_AT_RISK, kind, due_at)
            yield alert, _happening(order, alert, at_risk_at, promises)
        if due_at < now and any(promise.is_open(due_at) for promise in promises):
            alert = Alert(EventType.DEADLINE_MISSED, kind, due_at)
            yield alert, _happening(order, alert, due_at, promises)


def told_alert(type_: EventType, after: Mapping[str, Any]) -> Alert:
    """Read back what an event of this type told, from the `after` of its data."""
    return Alert(type_, DeadlineKind(after["kind"]), datetime.fromisoformat(after["dueAt"]))


def _promises(order: OrderState, past: OrderPast) -> _Promises:
    """Tell by its deadlines which images an order had to deliver, and which again."""
    promises: dict[tuple[DeadlineKind, datetime], list[_Promise]] = {}
    if order.due_at is not None:
        deliveries = sorted(_deliveries(order, past), key=lambda promise: promise.image.number)
        promises[DeadlineKind.DELIVERY, order.due_at] = deliveries
    for image in order.images:
        for rejection in image.rejections:
            redos = promises.setdefault((DeadlineKind.REDO, rejection.due_at), [])
            redos.append(_Promise(image, rejection.at, rejection.redelivered_at))
    return promises


def _deliveries(order: OrderState, past: OrderPast) -> Iterator[_Promise]:
    """Yield the images that share the order's delivery deadline, those that were split off since, too.

    An image with another deadline, or none, was delivered before staff set this one.
    """
    since = max(_set_at(order), past.began_at)
    for image in order.images:
        if image.due_at == order.due_at:
            yield _Promise(image, since, image.first_delivered_at or order.cancelled_at)
    for image, left_at in past.departed:
        yield _Promise(image, since, left_at)


def _set_at(order: OrderState) -> datetime:
    """Tell when the images got the order's deadline: at the plan level they keep the one from before the expedite."""
    if order.confirmed_at is not None:
        return order.confirmed_at
    if order.expedited_at is not None and order.service_level in EXPEDITE_TURNAROUNDS:
        return order.expedited_at
    return order.placed_at


def _first_open(promises: Sequence[_Promise], since: datetime) -> datetime | None:
    """Tell the first instant from `since` on at which an image is open."""
    starts = [(max(since, promise.since), promise) for promise in promises]
    return min((at for at, promise in starts if promise.is_open(at)), default=None)


def _happening(order: OrderState, alert: Alert, at: datetime, promises: Sequence[_Promise]) -> Happening:
    """Tell of a deadline at an instant, with the images that are open then; a single one is named."""
    images = list(dict.fromkeys(promise.image.id for promise in promises if promise.is_open(at)))
    after = {"dueAt": alert.due_at, "kind": alert.kind}
    data = {"before": None, "after": after, "images": images}
    return Happening(at, alert.type, order.id, images[0] if len(images) == 1 else None, data)
