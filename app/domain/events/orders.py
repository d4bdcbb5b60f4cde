"""The events of an order, from which its rows can be replayed (domain rules, section 5).

Each has the fields of the order that it changed, or all of them when the order is new, and the images concerned. A
change is recorded once: its values before are those of the events before.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from app.domain.events.enums import EventType
from app.domain.events.facts import ExpeditedImage, OrderChanges, PlacedImage, Progress, RejectedImage, SplitOff
from app.domain.events.kinds import (
    ClaimExpired,
    DeadlineConfirmed,
    DeadlineMet,
    DeadlineRevised,
    Event,
    ImagesCancelled,
    ImagesClaimed,
    ImagesDelivered,
    ImagesRejected,
    OrderCancelled,
    OrderCompleted,
    OrderExpedited,
    OrderPlaced,
    OrderSplit,
)
from app.domain.orders.fields import order_changes, order_facts, progress, progress_with
from app.domain.orders.history import unconfirmed, without_cancellations
from app.domain.orders.state import Claim, ImageState, OrderState, RejectionState, image_late_at


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event without a number in its account's sequence yet, and the order and the single image that it concerns.

    `at` is UTC. An event of several images, or of none, has no `image_id`; one of the account has no `order_id`.
    """

    at: datetime
    order_id: UUID | None
    image_id: UUID | None
    event: Event

    @property
    def type(self) -> EventType:
        """The type of the event."""
        return self.event.type


@dataclass(slots=True)
class _Moment:
    """Deliveries and rejections of images of an order at one instant."""

    delivered: list[ImageState] = field(default_factory=list[ImageState])
    redelivered: int = 0
    rejected: list[tuple[ImageState, RejectionState]] = field(default_factory=list[tuple[ImageState, RejectionState]])


def placed(orders: Sequence[OrderState]) -> Iterator[NewEvent]:
    """Yield the events of orders placed at once, and of a split, which changed nothing of the first order."""
    for order in orders:
        first = order.images[0]
        event = OrderPlaced(
            order=order_facts(order),
            first_number=first.number,
            first_position=first.position,
            first_expedite_position=first.expedite_position,
            price_per_image=first.price,
            images=tuple(
                PlacedImage(image.id, image.filename, image.external_reference, image.instructions)
                for image in order.images
            ),
        )
        yield _new_event(order, order.placed_at, order.images, event)
    if len(orders) > 1:
        yield _split(orders[0], orders[1:], orders[0].placed_at, OrderChanges())


def expedited(before: Iterable[OrderState], after: Iterable[OrderState], at: datetime) -> Iterator[NewEvent]:
    """Yield the events of an expedite at `at` (UTC), from the orders before and after it, without later facts.

    Expired claims come first, each at its end. An order that gives images away and is expedited itself has its split
    first, at its old terms.
    """
    origins = {order.id: order for order in before}
    yield from _expired_claims(origins.values(), after)
    siblings: dict[UUID, list[OrderState]] = {}
    for order in after:
        if order.id not in origins and order.split_from is not None:
            siblings.setdefault(order.split_from, []).append(order)
    for order in after:
        origin = origins[order.id if order.id in origins or order.split_from is None else order.split_from]
        if order.id in siblings:
            left = _without_departed(origin, order)
            yield _split(left, siblings[order.id], at, order_changes(origin, left))
            yield from _met(origin, left, at)
            origin = left
        if order.expedited_at == at:
            yield _expedited(origin if order.id == origin.id else None, order, at)


def _expired_claims(before: Iterable[OrderState], after: Iterable[OrderState]) -> Iterator[NewEvent]:
    """Yield the ends of claims that images no longer have, each with the order in which the image was."""
    unclaimed = {image.id for order in after for image in order.images if image.claim is None}
    ended: dict[tuple[UUID, Claim], list[UUID]] = {}
    for order in before:
        for image in order.images:
            if image.claim is not None and image.id in unclaimed:
                ended.setdefault((order.id, image.claim), []).append(image.id)
    expiries = [claim_expired(order_id, images, claim) for (order_id, claim), images in ended.items()]
    yield from sorted(expiries, key=lambda new_event: new_event.at)


def cancelled(before: OrderState, after: OrderState, at: datetime) -> Iterator[NewEvent]:
    """Yield the event of a cancellation at `at`: of the order, or of images while others remain.

    If these met the deadline, its event follows.
    """
    changes = order_changes(before, after)
    if after.cancelled_at is not None:
        yield _new_event(after, at, (), OrderCancelled(changes))
        return
    images = _changed_images(before, after)
    yield _new_event(after, at, images, ImagesCancelled(changes, _ids(images)))
    yield from _met(before, after, at)


def completed(before: OrderState, after: OrderState, at: datetime) -> NewEvent:
    """Return the event of a download at `at`."""
    return _new_event(after, at, (), OrderCompleted(order_changes(before, after)))


def confirmed(
    before: OrderState, after: OrderState, at: datetime, note: str | None, message: str | None = None
) -> NewEvent:
    """Return the event of a deadline that staff set at `at`, with their note and their message to the client."""
    return _confirmed(before, after, at, _changed_images(before, after), note, message)


def revised(
    before: OrderState, after: OrderState, at: datetime, note: str | None, message: str | None
) -> Iterator[NewEvent]:
    """Yield the event of a deadline that staff revised at `at`."""
    images = _changed_images(before, after)
    if before.due_at is not None and after.due_at is not None:
        event = DeadlineRevised(after.due_at, before.due_at, _ids(images), note, message)
        yield _new_event(after, at, images, event)


def delivered(before: OrderState, after: OrderState, worker: str, at: datetime) -> Iterator[NewEvent]:
    """Yield the event of a delivery at `at`, and that of the order's deadline where the delivery meets it."""
    images = _changed_images(before, after)
    yield _new_event(after, at, images, ImagesDelivered(progress(before), progress(after), _ids(images), worker))
    yield from _met(before, after, at)


def rejected(before: OrderState, after: OrderState, at: datetime) -> NewEvent:
    """Return the event of images that the client sent back at `at`."""
    pairs = [(image, image.rejections[-1]) for image in _changed_images(before, after)]
    return _images_rejected(after, at, pairs, progress(before), progress(after))


def claimed(order_id: UUID, images: Sequence[UUID], claim: Claim, at: datetime) -> NewEvent:
    """Return the event of images of an order that a worker took at `at`."""
    event = ImagesClaimed(claim.worker, claim.until, tuple(images))
    return NewEvent(at, order_id, images[0] if len(images) == 1 else None, event)


def claim_expired(order_id: UUID, images: Sequence[UUID], claim: Claim) -> NewEvent:
    """Return the event of images of an order whose claim ran out."""
    event = ClaimExpired(claim.worker, claim.until, tuple(images))
    return NewEvent(claim.until, order_id, images[0] if len(images) == 1 else None, event)


def facts_after(order: OrderState, after: datetime | None) -> Iterator[NewEvent]:
    """Yield the events of deliveries, rejections and the deadline (set by staff, or met) after `after` (None: all).

    They are in order, and equal to those of live commands with these effects.
    """
    confirmed_at = order.confirmed_at
    if confirmed_at is not None and (after is None or confirmed_at > after):
        then = without_cancellations(order, confirmed_at)
        taking = [image for image in then.images if image.due_at == then.due_at]
        yield _confirmed(unconfirmed(then), then, confirmed_at, taking)
    for fact in _facts(order):
        if after is None or fact.at > after:
            yield fact


def _facts(order: OrderState) -> Iterator[NewEvent]:
    """Yield the events of all deliveries and rejections, and of the deadline if these met it, in order."""
    moments: dict[tuple[datetime, int], _Moment] = {}
    for image in order.images:
        if image.first_delivered_at is not None:
            _gather(moments, image, image.first_delivered_at)
    met_at = _met_at(order)
    delivered_count = rejected_count = 0
    for at, turn in sorted(moments):
        moment = moments[at, turn]
        before = progress_with(order, at, delivered_count, rejected_count)
        if images := moment.delivered:
            delivered_count += len(images)
            rejected_count -= moment.redelivered
            after = progress_with(order, at, delivered_count, rejected_count)
            yield _new_event(order, at, images, ImagesDelivered(before, after, _ids(images)))
            if (at, turn) == (met_at, 0):
                yield from _deadline_met(order, at)
            before = after
        if rejected := moment.rejected:
            delivered_count -= len(rejected)
            rejected_count += len(rejected)
            yield _images_rejected(
                order, at, rejected, before, progress_with(order, at, delivered_count, rejected_count)
            )


def _gather(moments: dict[tuple[datetime, int], _Moment], image: ImageState, first_delivered_at: datetime) -> None:
    """Add an image's deliveries and rejections to their moments.

    A redelivery at the instant of its rejection takes a further turn, so that turns give the order within an instant.
    """
    at, turn = first_delivered_at, 0
    moments.setdefault((at, turn), _Moment()).delivered.append(image)
    for rejection in image.rejections:
        turn = turn if rejection.at == at else 0
        moments.setdefault((rejection.at, turn), _Moment()).rejected.append((image, rejection))
        if rejection.redelivered_at is not None:
            turn = turn + 1 if rejection.redelivered_at == rejection.at else 0
            at = rejection.redelivered_at
            moment = moments.setdefault((at, turn), _Moment())
            moment.delivered.append(image)
            moment.redelivered += 1


def _images_rejected(
    order: OrderState,
    at: datetime,
    rejected: Sequence[tuple[ImageState, RejectionState]],
    before: Progress,
    after: Progress,
) -> NewEvent:
    images = tuple(
        RejectedImage(image.id, each.id, each.reason, each.due_at, each.sla_version, each.category)
        for image, each in rejected
    )
    return _new_event(order, at, [image for image, _ in rejected], ImagesRejected(before, after, images))


def _confirmed(
    before: OrderState,
    after: OrderState,
    at: datetime,
    images: Sequence[ImageState],
    note: str | None = None,
    message: str | None = None,
) -> NewEvent:
    price = images[0].price if images else None
    event = DeadlineConfirmed(order_changes(before, after), _ids(images), price, note, message)
    return _new_event(after, at, images, event)


def _expedited(before: OrderState | None, order: OrderState, at: datetime) -> NewEvent:
    images = order.counted
    event = OrderExpedited(
        order=order_facts(order) if before is None else None,
        changes=OrderChanges() if before is None else order_changes(before, order),
        price_per_image=images[0].price,
        images=tuple(ExpeditedImage(image.id, image.expedite_position) for image in images),
    )
    return _new_event(order, at, images, event)


def _without_departed(before: OrderState, after: OrderState) -> OrderState:
    """Return an order as it was, without the images that it does not have afterwards."""
    staying = {image.id for image in after.images}
    return replace(before, images=tuple(image for image in before.images if image.id in staying))


def _split(original: OrderState, siblings: Iterable[OrderState], at: datetime, changes: OrderChanges) -> NewEvent:
    into = tuple(SplitOff(order.id, order.number, order.service_level) for order in siblings)
    return _new_event(original, at, (), OrderSplit(changes, into))


def _changed_images(before: OrderState, after: OrderState) -> list[ImageState]:
    """Return the images that a command changed, in their state after it."""
    return [image for image, was in zip(after.images, before.images, strict=True) if image != was]


def _ids(images: Iterable[ImageState]) -> tuple[UUID, ...]:
    return tuple(image.id for image in images)


def _new_event(order: OrderState, at: datetime, images: Sequence[ImageState], event: Event) -> NewEvent:
    """Return an event of an order; one that concerns a single image names it."""
    return NewEvent(at, order.id, images[0].id if len(images) == 1 else None, event)


def _met(before: OrderState, after: OrderState, at: datetime) -> Iterator[NewEvent]:
    """Yield the event of a deadline met at `at`: by the last delivery, or as the last open images leave the order."""
    if _met_at(after) is not None and _met_at(before) is None:
        yield from _deadline_met(after, at)


def _deadline_met(order: OrderState, at: datetime) -> Iterator[NewEvent]:
    if order.due_at is not None:
        yield _new_event(order, at, (), DeadlineMet(order.due_at))


def _met_at(order: OrderState) -> datetime | None:
    """Return the latest first delivery (UTC) of the images with a deadline, None unless all of them met it.

    Those cancelled in time are left out.
    """
    if any(image_late_at(image) is not None for image in order.images):
        return None
    deliveries = (image.first_delivered_at for image in order.images if image.due_at is not None)
    return max((at for at in deliveries if at is not None), default=None)
