"""What is recorded of an order, so that an account's events tell how its rows came to be (domain rules, section 5).

The data of every event has `before` and `after`, the fields of the order that changed (all of them when it is new), and
`images`, those concerned. What changed is told once: `before` is what the events before it said. Instants are UTC,
amounts strings.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from app.domain.orders.fields import Data, changed_fields, counted, order_view, standing
from app.domain.orders.history import unconfirmed
from app.domain.orders.state import Claim, ImageState, OrderState, RejectionState
from app.domain.vocabulary import EventType


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event of an account that has no place in its sequence yet; `data` is JSON as orjson writes it."""

    at: datetime
    type: EventType
    order_id: UUID | None
    image_id: UUID | None
    data: Data


@dataclass(slots=True)
class _Moment:
    """What happened to images of an order at one instant."""

    delivered: list[ImageState] = field(default_factory=list[ImageState])
    redelivered: int = 0
    rejected: list[tuple[ImageState, RejectionState]] = field(default_factory=list[tuple[ImageState, RejectionState]])


def placed(orders: Sequence[OrderState]) -> Iterator[NewEvent]:
    """Tell of orders placed at once, and of a split that changed nothing: the original never had the others' images."""
    for order in orders:
        first = order.images[0]
        data: Data = {
            "before": None,
            "after": order_view(order),
            "firstNumber": first.number,
            "firstPosition": first.position,
            "firstExpeditePosition": first.expedite_position,
            "pricePerImage": str(first.price),
            "images": [{"id": image.id, "filename": image.filename} for image in order.images],
        }
        yield _new_event(order, order.placed_at, EventType.ORDER_PLACED, order.images, data)
    if len(orders) > 1:
        yield _split(orders[0], orders[1:], orders[0].placed_at, {"before": None, "after": None})


def expedited(before: Iterable[OrderState], after: Iterable[OrderState], at: datetime) -> Iterator[NewEvent]:
    """Tell of an expedite at `at` from the orders as they were and as it left them, both without what came later.

    An order that gives images away and is expedited itself is told first as the split leaves it, at its old terms.
    Before all that come the claims that had run out, each at its end.
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
            yield _split(left, siblings[order.id], at, changed_fields(origin, left))
            yield from _met(origin, left, at)
            origin = left
        if order.expedited_at == at:
            yield _expedited(origin if order.id == origin.id else None, order, at)


def _expired_claims(before: Iterable[OrderState], after: Iterable[OrderState]) -> Iterator[NewEvent]:
    """Yield the ends of claims that images had before and have no more, of the orders in which these were."""
    unclaimed = {image.id for order in after for image in order.images if image.claim is None}
    ended: dict[tuple[UUID, Claim], list[UUID]] = {}
    for order in before:
        for image in order.images:
            if image.claim is not None and image.id in unclaimed:
                ended.setdefault((order.id, image.claim), []).append(image.id)
    expiries = [claim_expired(order_id, images, claim) for (order_id, claim), images in ended.items()]
    yield from sorted(expiries, key=lambda new_event: new_event.at)


def cancelled(before: OrderState, after: OrderState, at: datetime) -> NewEvent:
    """Tell of a cancellation at `at`."""
    return _new_event(after, at, EventType.ORDER_CANCELLED, (), changed_fields(before, after))


def completed(before: OrderState, after: OrderState, at: datetime) -> NewEvent:
    """Tell of a download at `at`."""
    return _new_event(after, at, EventType.ORDER_COMPLETED, (), changed_fields(before, after))


def confirmed(before: OrderState, after: OrderState, at: datetime, note: str | None) -> NewEvent:
    """Tell of a deadline that staff set at `at`."""
    taking = [image for image, was in zip(after.images, before.images, strict=True) if image != was]
    return _confirmed(before, after, at, taking, {"note": note})


def delivered(before: OrderState, after: OrderState, worker: str, at: datetime) -> Iterator[NewEvent]:
    """Tell of a delivery at `at`, and of the order's deadline when that is met by it."""
    taking = [image for image, was in zip(after.images, before.images, strict=True) if image != was]
    data: Data = {"before": standing(before), "after": standing(after), "worker": worker}
    data["images"] = [image.id for image in taking]
    yield _new_event(after, at, EventType.IMAGES_DELIVERED, taking, data)
    yield from _met(before, after, at)


def rejected(before: OrderState, after: OrderState, at: datetime) -> NewEvent:
    """Tell of images sent back at `at`."""
    taking = [image for image, was in zip(after.images, before.images, strict=True) if image != was]
    data: Data = {"before": standing(before), "after": standing(after)}
    data["images"] = [_sent_back(image, image.rejections[-1]) for image in taking]
    return _new_event(after, at, EventType.IMAGES_REJECTED, taking, data)


def claimed(order_id: UUID, images: Sequence[UUID], claim: Claim, at: datetime) -> NewEvent:
    """Tell of images of an order that a worker took at `at`."""
    data: Data = {"before": None, "after": {"worker": claim.worker, "leaseUntil": claim.until}, "images": images}
    return NewEvent(at, EventType.IMAGES_CLAIMED, order_id, images[0] if len(images) == 1 else None, data)


def claim_expired(order_id: UUID, images: Sequence[UUID], claim: Claim) -> NewEvent:
    """Tell of images of an order that a worker held until the claim ran out."""
    data: Data = {"before": {"worker": claim.worker, "leaseUntil": claim.until}, "after": None, "images": images}
    return NewEvent(claim.until, EventType.CLAIM_EXPIRED, order_id, images[0] if len(images) == 1 else None, data)


def facts_after(order: OrderState, after: datetime | None) -> Iterator[NewEvent]:
    """Yield the events of deliveries, rejections and the deadline (set by staff, or met) after `after` (None: all).

    They are in order, and the same as the commands with these effects would have written.
    """
    if order.confirmed_at is not None and (after is None or order.confirmed_at > after):
        taking = [image for image in order.images if image.due_at == order.due_at]
        yield _confirmed(unconfirmed(order), order, order.confirmed_at, taking, {"note": None})
    moments: dict[tuple[datetime, int], _Moment] = {}
    for image in order.images:
        if image.first_delivered_at is not None:
            _gather(moments, image, image.first_delivered_at)
    delivered = rejected = 0
    met_at = _met_at(order)
    for at, turn in sorted(moments):
        moment = moments[at, turn]
        is_new = after is None or at > after
        if moment.delivered:
            now = delivered + len(moment.delivered), rejected - moment.redelivered
            if is_new:
                yield _delivered(order, at, moment, (delivered, rejected), now)
            if is_new and (at, turn) == (met_at, 0):
                yield _deadline_met(order, at)
            delivered, rejected = now
        if moment.rejected:
            now = delivered - len(moment.rejected), rejected + len(moment.rejected)
            if is_new:
                yield _rejected(order, at, moment, (delivered, rejected), now)
            delivered, rejected = now


def _gather(moments: dict[tuple[datetime, int], _Moment], image: ImageState, first_delivered_at: datetime) -> None:
    """Add an image's deliveries and rejections to their moments.

    A redelivery at the instant of its rejection takes a further turn, so that turns of one instant tell the order.
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


def _delivered(
    order: OrderState, at: datetime, moment: _Moment, before: tuple[int, int], after: tuple[int, int]
) -> NewEvent:
    data: Data = {**counted(order, before, after), "images": [image.id for image in moment.delivered]}
    return _new_event(order, at, EventType.IMAGES_DELIVERED, moment.delivered, data)


def _rejected(
    order: OrderState, at: datetime, moment: _Moment, before: tuple[int, int], after: tuple[int, int]
) -> NewEvent:
    images = [_sent_back(image, rejection) for image, rejection in moment.rejected]
    data: Data = {**counted(order, before, after), "images": images}
    return _new_event(order, at, EventType.IMAGES_REJECTED, [image for image, _ in moment.rejected], data)


def _sent_back(image: ImageState, rejection: RejectionState) -> Data:
    return {
        "id": image.id,
        "rejection": rejection.id,
        "reason": rejection.reason,
        "dueAt": rejection.due_at,
        "slaVersion": rejection.sla_version,
    }


def _confirmed(
    before: OrderState, after: OrderState, at: datetime, taking: Sequence[ImageState], noted: Data
) -> NewEvent:
    data: Data = {**changed_fields(before, after), "images": [image.id for image in taking], **noted}
    if taking:
        data["pricePerImage"] = str(taking[0].price)
    return _new_event(after, at, EventType.DEADLINE_CONFIRMED, taking, data)


def _expedited(before: OrderState | None, order: OrderState, at: datetime) -> NewEvent:
    data: Data = {
        **({"before": None, "after": order_view(order)} if before is None else changed_fields(before, order)),
        "pricePerImage": str(order.images[0].price),
        "images": [{"id": image.id, "expeditePosition": image.expedite_position} for image in order.images],
    }
    return _new_event(order, at, EventType.ORDER_EXPEDITED, order.images, data)


def _without_departed(before: OrderState, after: OrderState) -> OrderState:
    """Return an order as it was, but without the images that it does not have afterwards."""
    staying = {image.id for image in after.images}
    return replace(before, images=tuple(image for image in before.images if image.id in staying))


def _split(original: OrderState, siblings: Iterable[OrderState], at: datetime, change: Data) -> NewEvent:
    into = [{"id": order.id, "number": order.number, "serviceLevel": order.service_level} for order in siblings]
    return _new_event(original, at, EventType.ORDER_SPLIT, (), {**change, "into": into})


def _new_event(order: OrderState, at: datetime, type_: EventType, images: Sequence[ImageState], data: Data) -> NewEvent:
    """Return an event of an order; one that concerns a single image names it."""
    return NewEvent(at, type_, order.id, images[0].id if len(images) == 1 else None, data)


def _met(before: OrderState, after: OrderState, at: datetime) -> Iterator[NewEvent]:
    """Tell of the order's deadline if it is met at `at`: by its last delivery, or as its last open images leave it."""
    if _met_at(after) is not None and _met_at(before) is None:
        yield _deadline_met(after, at)


def _deadline_met(order: OrderState, at: datetime) -> NewEvent:
    return _new_event(order, at, EventType.DEADLINE_MET, (), {"before": None, "after": {"dueAt": order.due_at}})


def _met_at(order: OrderState) -> datetime | None:
    """Return when the last image with the order's deadline was first delivered, None unless all met it."""
    met_at: datetime | None = None
    for image in order.images:
        if image.due_at is None:
            continue
        at = image.first_delivered_at
        if at is None or at > image.due_at:
            return None
        met_at = at if met_at is None else max(met_at, at)
    return met_at
