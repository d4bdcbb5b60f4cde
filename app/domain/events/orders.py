"""The events of an order, from which its rows can be replayed (domain rules, section 5).

Each has the fields of the order that it changed, or all of them when the order is new, and the images concerned. A
change is recorded once: its values before are those of the events before.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from app.domain.events.facts import ExpeditedImage, OrderChanges, PlacedImage, SplitOff
from app.domain.events.kinds import (
    ClaimExpired,
    DeadlineRevised,
    ImagesCancelled,
    ImagesClaimed,
    ImagesDelivered,
    OperationsRecorded,
    OrderCancelled,
    OrderCompleted,
    OrderExpedited,
    OrderPlaced,
    OrderSplit,
)
from app.domain.events.new_events import (
    NewEvent,
    deadline_confirmed,
    deadline_met,
    event_of_order,
    ids_of,
    images_rejected,
    met_at_of,
)
from app.domain.orders.fields import order_changes, order_facts, progress
from app.domain.orders.results import stated_results
from app.domain.orders.state import Claim, ImageState, OrderState
from app.domain.production.operations import Operation


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
                PlacedImage(image.id, image.filename, image.external_reference, image.instructions, image.preview_url)
                for image in order.images
            ),
        )
        yield event_of_order(order, order.placed_at, order.images, event)
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
        yield event_of_order(after, at, (), OrderCancelled(changes))
        return
    images = _changed_images(before, after)
    yield event_of_order(after, at, images, ImagesCancelled(changes, ids_of(images)))
    yield from _met(before, after, at)


def completed(before: OrderState, after: OrderState, at: datetime) -> NewEvent:
    """Return the event of a download at `at`."""
    return event_of_order(after, at, (), OrderCompleted(order_changes(before, after)))


def confirmed(
    before: OrderState, after: OrderState, at: datetime, note: str | None, message: str | None = None
) -> NewEvent:
    """Return the event of a deadline that staff set at `at`, with their note and their message to the client."""
    return deadline_confirmed(before, after, at, _changed_images(before, after), note, message)


def confirmed_portions(
    before: OrderState, after: Sequence[OrderState], at: datetime, note: str | None, message: str | None
) -> Iterator[NewEvent]:
    """Yield the events of deadlines that staff set at `at` for portions, of which each has its own.

    Expired claims of images that leave the order come first, each at its end, then its split, at its old terms.
    """
    yield from _expired_claims([before], after)
    yield from portioned(before, after, at)
    for order in after:
        yield confirmed(_without_departed(before, order), order, at, note, message)


def portioned(before: OrderState, after: Sequence[OrderState], at: datetime) -> Iterator[NewEvent]:
    """Yield the split of an order into portions at `at`, with the images of the new orders; none if there are none."""
    first, *siblings = after
    if siblings:
        left = _without_departed(before, first)
        into = tuple(SplitOff(order.id, order.number, order.service_level, ids_of(order.images)) for order in siblings)
        yield event_of_order(left, at, (), OrderSplit(order_changes(before, left), into))


def revised(
    before: OrderState, after: OrderState, at: datetime, note: str | None, message: str | None
) -> Iterator[NewEvent]:
    """Yield the event of a deadline that staff revised at `at`."""
    images = _changed_images(before, after)
    if before.due_at is not None and after.due_at is not None:
        event = DeadlineRevised(after.due_at, before.due_at, ids_of(images), note, message)
        yield event_of_order(after, at, images, event)


def delivered(before: OrderState, after: OrderState, worker: str, at: datetime) -> Iterator[NewEvent]:
    """Yield the event of a delivery at `at`, and that of the order's deadline where the delivery meets it."""
    images = _changed_images(before, after)
    event = ImagesDelivered(
        progress(before), progress(after), ids_of(images), worker, stated_results(image.result for image in images)
    )
    yield event_of_order(after, at, images, event)
    yield from _met(before, after, at)


def rejected(before: OrderState, after: OrderState, at: datetime) -> NewEvent:
    """Return the event of images that the client sent back at `at`."""
    pairs = [(image, image.rejections[-1]) for image in _changed_images(before, after)]
    return images_rejected(after, at, pairs, progress(before), progress(after))


def operations_recorded(order: OrderState, operations: Sequence[Operation], worker: str, at: datetime) -> NewEvent:
    """Return the event of operations on images of an order that a worker recorded at `at`."""
    concerned = {operation.image_id for operation in operations}
    images = [image for image in order.images if image.id in concerned]
    steps = tuple(dict.fromkeys(operation.step for operation in operations))
    return event_of_order(order, at, images, OperationsRecorded(ids_of(images), steps, len(operations), worker))


def claimed(order_id: UUID, images: Sequence[UUID], claim: Claim, at: datetime) -> NewEvent:
    """Return the event of images of an order that a worker took at `at`."""
    event = ImagesClaimed(claim.worker, claim.until, tuple(images))
    return NewEvent(at, order_id, images[0] if len(images) == 1 else None, event)


def claim_expired(order_id: UUID, images: Sequence[UUID], claim: Claim) -> NewEvent:
    """Return the event of images of an order whose claim ran out."""
    event = ClaimExpired(claim.worker, claim.until, tuple(images))
    return NewEvent(claim.until, order_id, images[0] if len(images) == 1 else None, event)


def _expedited(before: OrderState | None, order: OrderState, at: datetime) -> NewEvent:
    images = order.counted
    event = OrderExpedited(
        order=order_facts(order) if before is None else None,
        changes=OrderChanges() if before is None else order_changes(before, order),
        price_per_image=images[0].price,
        images=tuple(ExpeditedImage(image.id, image.expedite_position) for image in images),
    )
    return event_of_order(order, at, images, event)


def _without_departed(before: OrderState, after: OrderState) -> OrderState:
    """Return an order as it was, without the images that it does not have afterwards."""
    staying = {image.id for image in after.images}
    return replace(before, images=tuple(image for image in before.images if image.id in staying))


def _split(original: OrderState, siblings: Iterable[OrderState], at: datetime, changes: OrderChanges) -> NewEvent:
    into = tuple(SplitOff(order.id, order.number, order.service_level) for order in siblings)
    return event_of_order(original, at, (), OrderSplit(changes, into))


def _changed_images(before: OrderState, after: OrderState) -> list[ImageState]:
    """Return the images that a command changed, in their state after it."""
    return [image for image, was in zip(after.images, before.images, strict=True) if image != was]


def _met(before: OrderState, after: OrderState, at: datetime) -> Iterator[NewEvent]:
    """Yield the event of a deadline met at `at`: by the last delivery, or as the last open images leave the order."""
    if met_at_of(after) is not None and met_at_of(before) is None:
        yield from deadline_met(after, at)
