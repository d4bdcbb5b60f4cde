"""Expediting images that were uploaded before (domain rules, sections 3 and 5)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from app.domain.deadlines.rules import expedite_deadline, require_expedite_window, require_gain
from app.domain.errors import DomainError, Refusals
from app.domain.ledger.guarantee import Part, allocate_expedite
from app.domain.ledger.quota import QuotaDay
from app.domain.orders.changes import Change, NewIds, awaited_status
from app.domain.orders.enums import ServiceLevel
from app.domain.orders.pricing import image_price
from app.domain.orders.rules import not_expeditable
from app.domain.orders.state import ImageState, OrderState
from app.domain.orders.summaries import image_summary_of, summary_of
from app.domain.sla.terms import SlaInForce, SlaTerms

_LEVELS: Final = tuple(ServiceLevel)


@dataclass(frozen=True, slots=True)
class _Expedited:
    """An image of an order with the level it gets."""

    source: OrderState
    level: ServiceLevel
    image: ImageState


def expedite(
    orders: Sequence[OrderState],
    chosen: Sequence[UUID] | None,
    at: datetime,
    day: QuotaDay,
    first_number: int,
    new_ids: NewIds,
) -> Change:
    """Expedite images of sibling orders: the chosen ones in this order, or else all that can be, in order of upload.

    An order all of whose images are expedited, but for cancelled ones, turns into their first level; others give
    theirs to new siblings. Raises Refusals of all chosen images that cannot be expedited, with none chosen the refusal
    of the first order if no image can be; else ExpediteWindowClosed or NoGain.
    """
    picked = _picked(orders, chosen, at)
    require_expedite_window(at)
    parts = allocate_expedite(len(picked), day.allowance)
    require_gain(parts, [image.due_at for _, image in picked], at, day.sla.terms)
    expedited = [
        _Expedited(source, part.service_level, _expedited_image(source, image, part, offset, at, day.sla.terms))
        for part in parts
        for offset, (source, image) in enumerate(picked[part.start : part.start + part.count])
    ]
    changed = tuple(_regrouped(orders, expedited, at, day.sla, first_number, new_ids))
    return Change(changed, day.using(0, len(picked)))


def _picked(
    orders: Sequence[OrderState], chosen: Sequence[UUID] | None, at: datetime
) -> list[tuple[OrderState, ImageState]]:
    """Return the images to expedite, each with its order, in the order in which they use the quota."""
    images = ((order, image) for order in orders for image in order.counted)
    if chosen is None:
        by_upload = sorted(images, key=lambda pair: pair[1].number)
        picked = [pair for pair in by_upload if _refusal(*pair, at) is None]
        refusal = None if picked else not_expeditable(summary_of(orders[0]), at)
        if refusal is not None:
            raise refusal
        return picked
    known = {image.id: (order, image) for order in orders for image in order.images}
    picked = [known[image_id] for image_id in chosen]
    found = [refusal for order, image in picked if (refusal := _refusal(order, image, at)) is not None]
    if found:
        raise Refusals(found)
    return picked


def _refusal(order: OrderState, image: ImageState, at: datetime) -> DomainError | None:
    return not_expeditable(image_summary_of(order, image), at)


def _expedited_image(
    source: OrderState, image: ImageState, part: Part, offset: int, at: datetime, terms: SlaTerms
) -> ImageState:
    """Return the image with its new price and deadline; at the plan level it keeps the ones it has.

    A claim that has run out ends, so that it is recorded with the order in which the image was then.
    """
    due_at = expedite_deadline(at, part.service_level, terms)
    first = part.expedite_position or 0
    return image._replace(
        expedite_position=first + offset,
        price=image_price(source.specification.price, part.service_level, terms),
        due_at=image.due_at if due_at is None else due_at,
        claim=image.claim_at(at),
        reviews=image.reviews if due_at is None else image.dated(at),
    )


def _regrouped(
    orders: Sequence[OrderState],
    expedited: Sequence[_Expedited],
    at: datetime,
    sla: SlaInForce,
    first_number: int,
    new_ids: NewIds,
) -> Iterable[OrderState]:
    """Yield the orders after expediting, then the new siblings, numbered by level, then by their original."""
    groups: dict[tuple[ServiceLevel, UUID], list[ImageState]] = {}
    for each in expedited:
        groups.setdefault((each.level, each.source.id), []).append(each.image)
    moved = {each.image.id for each in expedited}
    splits: list[tuple[ServiceLevel, OrderState]] = []
    for source in orders:
        levels = [level for level in _LEVELS if (level, source.id) in groups]
        staying = tuple(image for image in source.images if image.id not in moved)
        if levels and all(image.cancelled_at is not None for image in staying):
            first = levels.pop(0)
            yield _at_level(source, first, [*groups[first, source.id], *staying], at, sla)
        elif levels:
            yield replace(source, images=staying)
        splits += ((level, source) for level in levels)
    splits.sort(key=lambda split: (_LEVELS.index(split[0]), split[1].number))
    for index, ((level, source), id_) in enumerate(zip(splits, new_ids(len(splits)), strict=True)):
        sibling = _at_level(source, level, groups[level, source.id], at, sla)
        yield replace(sibling, id=id_, number=first_number + index, split_from=source.id, external_reference=None)


def _at_level(
    source: OrderState, level: ServiceLevel, images: Collection[ImageState], at: datetime, sla: SlaInForce
) -> OrderState:
    """Return an order of images expedited at `at`; at the plan level it keeps the deadline and its SLA version."""
    due_at = expedite_deadline(at, level, sla.terms)
    keeps_deadline = due_at is None and source.due_at is not None
    return replace(
        source,
        service_level=level,
        images=tuple(sorted(images, key=lambda image: image.number)),
        deadline_status=awaited_status(level),
        due_at=source.due_at if due_at is None else due_at,
        confirmed_at=source.confirmed_at if due_at is None else None,
        revision=source.revision if due_at is None else None,
        sla_version=source.sla_version if keeps_deadline else sla.version,
        expedited_at=at,
    )
