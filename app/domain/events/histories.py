"""The events of orders that are imported, from their facts."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.domain.events.kinds import ImagesDelivered
from app.domain.events.new_events import (
    NewEvent,
    deadline_confirmed,
    deadline_met,
    event_of_order,
    ids_of,
    images_rejected,
    met_at_of,
)
from app.domain.orders.fields import progress_with
from app.domain.orders.history import unconfirmed, without_cancellations
from app.domain.orders.results import NO_RESULT, ImageResult, stated_results
from app.domain.orders.state import ImageState, OrderState, RejectionState


@dataclass(slots=True)
class _Moment:
    """Deliveries and rejections of images of an order at one instant; `results` are those of latest deliveries."""

    delivered: list[ImageState] = field(default_factory=list[ImageState])
    results: dict[UUID, ImageResult] = field(default_factory=dict[UUID, ImageResult])
    redelivered: int = 0
    rejected: list[tuple[ImageState, RejectionState]] = field(default_factory=list[tuple[ImageState, RejectionState]])


def facts_after(order: OrderState, after: datetime | None) -> Iterator[NewEvent]:
    """Yield the events of deliveries, rejections and the deadline (set by staff, or met) after `after` (None: all).

    They are in order, and equal to those of live commands with these effects.
    """
    confirmed_at = order.confirmed_at
    if confirmed_at is not None and (after is None or confirmed_at > after):
        then = without_cancellations(order, confirmed_at)
        taking = [image for image in then.images if image.due_at == then.due_at]
        yield deadline_confirmed(unconfirmed(then), then, confirmed_at, taking)
    for fact in _facts(order):
        if after is None or fact.at > after:
            yield fact


def _facts(order: OrderState) -> Iterator[NewEvent]:
    """Yield the events of all deliveries and rejections, and of the deadline if these met it, in order."""
    moments: dict[tuple[datetime, int], _Moment] = {}
    for image in order.images:
        if image.first_delivered_at is not None:
            _gather(moments, image, image.first_delivered_at)
    met_at = met_at_of(order)
    cancellations = sorted(image.cancelled_at for image in order.images if image.cancelled_at is not None)
    delivered_count = rejected_count = 0
    for at, turn in sorted(moments):
        moment = moments[at, turn]
        image_count = len(order.images) - bisect_left(cancellations, at)
        before = progress_with(order, image_count, delivered_count, rejected_count)
        if images := moment.delivered:
            delivered_count += len(images)
            rejected_count -= moment.redelivered
            after = progress_with(order, image_count, delivered_count, rejected_count)
            results = stated_results(moment.results.get(image.id, NO_RESULT) for image in images)
            yield event_of_order(order, at, images, ImagesDelivered(before, after, ids_of(images), results=results))
            if (at, turn) == (met_at, 0):
                yield from deadline_met(order, at)
            before = after
        if rejected := moment.rejected:
            delivered_count -= len(rejected)
            rejected_count += len(rejected)
            after = progress_with(order, image_count, delivered_count, rejected_count)
            yield images_rejected(order, at, rejected, before, after)


def _gather(moments: dict[tuple[datetime, int], _Moment], image: ImageState, first_delivered_at: datetime) -> None:
    """Add an image's deliveries and rejections to their moments.

    A redelivery at the instant of its rejection is in a further moment, so that moments are in order within an instant.
    """
    at, turn = first_delivered_at, 0
    latest = moments.setdefault((at, turn), _Moment())
    latest.delivered.append(image)
    for rejection in image.rejections:
        turn = turn if rejection.at == at else 0
        moments.setdefault((rejection.at, turn), _Moment()).rejected.append((image, rejection))
        if rejection.redelivered_at is not None:
            turn = turn + 1 if rejection.redelivered_at == rejection.at else 0
            at = rejection.redelivered_at
            latest = moments.setdefault((at, turn), _Moment())
            latest.delivered.append(image)
            latest.redelivered += 1
    latest.results[image.id] = image.result
