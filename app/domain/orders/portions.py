"""Deadlines that staff set for portions of an order's images (domain rules, section 3.20)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from app.domain.bounds import MAX_PORTIONS
from app.domain.errors import DomainError, Refusals
from app.domain.orders.changes import NewIds, confirm, is_open_at, require_ahead, require_open_deadline
from app.domain.orders.refusals import (
    DeadlineNotAhead,
    PortionEmpty,
    PortionNotLater,
    PortionsDiffer,
    PortionsOutOfRange,
)
from app.domain.orders.state import ImageState, OrderState
from app.domain.sla.terms import SlaInForce


class Portion(NamedTuple):
    """A number of images, the next ones in upload order, and the deadline (UTC) that staff set for them."""

    image_count: int
    due_at: datetime


def confirm_portions(
    order: OrderState,
    at: datetime,
    portions: Sequence[Portion],
    expedited: SlaInForce | None,
    first_number: int,
    new_ids: NewIds,
) -> tuple[OrderState, ...]:
    """Set a deadline for each portion of the images neither delivered nor cancelled before `at`, in upload order.

    The first portion stays in the order, with the images that were; each further one becomes a sibling of the same
    level, numbered from `first_number`. `expedited` is as in `confirm`. Raises OrderCancelled, DeadlineNotOpen, or
    Refusals of PortionsOutOfRange, PortionEmpty, PortionsDiffer, PortionNotLater and DeadlineNotAhead.
    """
    require_open_deadline(order, at)
    refusals = list(_refusals(order, at, portions))
    if refusals:
        raise Refusals(refusals)
    parts = _split(order, at, [portion.image_count for portion in portions], first_number, new_ids)
    return tuple(confirm(part, at, portion.due_at, expedited) for part, portion in zip(parts, portions, strict=True))


def _refusals(order: OrderState, at: datetime, portions: Sequence[Portion]) -> Iterator[DomainError]:
    if not 1 <= len(portions) <= MAX_PORTIONS:
        yield PortionsOutOfRange(len(portions))
        return
    yield from (PortionEmpty(index, each.image_count) for index, each in enumerate(portions) if each.image_count < 1)
    awaiting = sum(is_open_at(image, at) for image in order.images)
    given = sum(portion.image_count for portion in portions)
    if given != awaiting:
        yield PortionsDiffer(given, awaiting)
    for index, (before, portion) in enumerate(pairwise(portions), start=1):
        if portion.due_at <= before.due_at:
            yield PortionNotLater(index, portion.due_at, before.due_at)
    for index, portion in enumerate(portions):
        try:
            require_ahead(order, at, portion.due_at, index)
        except DeadlineNotAhead as refusal:
            yield refusal


def _split(
    order: OrderState, at: datetime, counts: Sequence[int], first_number: int, new_ids: NewIds
) -> Iterator[OrderState]:
    """Yield the order with its first portion, then the siblings of the others, at their present terms.

    A claim that has run out ends for images that leave, so that it is recorded with the order in which they were then.
    """
    awaiting = [image for image in order.images if is_open_at(image, at)]
    leaving = awaiting[counts[0] :]
    left = {image.id for image in leaving}
    yield replace(order, images=tuple(image for image in order.images if image.id not in left))
    start = 0
    for index, (count, id_) in enumerate(zip(counts[1:], new_ids(len(counts) - 1), strict=True)):
        images = tuple(_unclaimed(image, at) for image in leaving[start : start + count])
        start += count
        yield replace(
            order, id=id_, number=first_number + index, images=images, split_from=order.id, external_reference=None
        )


def _unclaimed(image: ImageState, at: datetime) -> ImageState:
    return image._replace(claim=image.claim_at(at))
