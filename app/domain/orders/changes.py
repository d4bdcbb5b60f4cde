"""Commands on orders, by the rules and at one instant: placing, confirming (domain rules, section 5).

Each takes the states at that instant and returns new ones, or raises a refusal and changes nothing. Live commands and
imported ones use these functions; expediting is in `expedites`, cancelling in `cancellations`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.deadlines.enums import DeadlineStatus
from app.domain.deadlines.rules import initial_deadline, require_expedite_window, require_gain, standard_deadline
from app.domain.ledger.guarantee import Part, allocate_upload
from app.domain.ledger.quota import QuotaDay
from app.domain.orders.enums import ServiceLevel
from app.domain.orders.pricing import image_price, planned_price
from app.domain.orders.refusals import DeadlineNotAhead
from app.domain.orders.rules import confirm_refusal, revise_refusal
from app.domain.orders.state import ImageState, KeptDeadline, OrderedSpecification, OrderState, ReviewState, Revision
from app.domain.orders.summaries import summary_of
from app.domain.sla.terms import SlaInForce, SlaTerms

NewIds: TypeAlias = Callable[[int], Sequence[UUID]]
"""Makes a number of new ids, ascending."""

_AWAITED: Final[Mapping[ServiceLevel, DeadlineStatus]] = {
    ServiceLevel.ADDITIONAL: DeadlineStatus.TO_BE_CONFIRMED,
    ServiceLevel.EXPEDITED_PLAN: DeadlineStatus.PLAN_REQUIRED,
}


class NewImage(NamedTuple):
    """An image to upload: its file's name, the client's own reference and instructions, and a preview, if any."""

    filename: str
    external_reference: str | None = None
    instructions: str | None = None
    preview_url: str | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """A new order: images in the order of their upload, all of one specification, at the instant `at`.

    Staff promise a deadline by `promised_by` (UTC) where the rules give none.
    """

    name: str
    specification: OrderedSpecification
    images: Sequence[NewImage]
    at: datetime
    promised_by: datetime
    expedite: bool
    external_reference: str | None = None
    instructions: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """The result of a command: the orders that it changed or made, and the ledger day that runs at it."""

    orders: tuple[OrderState, ...]
    day: QuotaDay


def place(placement: Placement, day: QuotaDay, zone: ZoneInfo, first_number: int, new_ids: NewIds) -> Change:
    """Upload images as one order for each service level and deadline they get, the first of them the original.

    The first one has the external reference, all have the instructions. Raises ExpediteWindowClosed when they are to be
    expedited at a weekend, and NoGain when the standard deadline of one within the guarantee is not later than its
    expedited one.
    """
    count = len(placement.images)
    parts = allocate_upload(count, day.allowance, expedite=placement.expedite)
    if placement.expedite:
        _require_expedite(placement, parts, day, zone)
    orders = tuple(_orders(placement, parts, day, zone, first_number, new_ids))
    return Change(orders, day.using(count, count if placement.expedite else 0))


def confirm(order: OrderState, at: datetime, due_at: datetime, expedited: SlaInForce | None) -> OrderState:
    """Set the deadline where the rules give none, or one earlier than images at the plan level keep.

    Images delivered or cancelled before `at` keep theirs. Those at the plan level that take it cost a multiple from
    then on, by the SLA under which they were `expedited`, which made the new deadline. Raises OrderCancelled,
    DeadlineNotOpen, DeadlineNotAhead.
    """
    require_open_deadline(order, at)
    require_ahead(order, at, due_at)
    plan = expedited if order.service_level is ServiceLevel.EXPEDITED_PLAN else None
    price = order.specification.price if plan is None else planned_price(order.specification.price, plan.terms)
    images = tuple(
        image._replace(due_at=due_at, price=price, reviews=image.dated(at)) if is_open_at(image, at) else image
        for image in order.images
    )
    return replace(
        order,
        images=images,
        due_at=due_at,
        confirmed_at=at,
        deadline_status=DeadlineStatus.CONFIRMED,
        sla_version=order.sla_version if plan is None else plan.version,
        kept=None if order.due_at is None else KeptDeadline(order.due_at, order.sla_version),
        revision=None,
    )


def revise(order: OrderState, at: datetime, due_at: datetime) -> OrderState:
    """Set an earlier deadline in place of one that staff set, for the images neither delivered nor cancelled.

    The others keep theirs. Raises OrderCancelled, DeadlineNotOpen, DeadlineNotAhead.
    """
    refusal = revise_refusal(summary_of(order), at)
    if refusal is not None:
        raise refusal
    require_ahead(order, at, due_at)
    first_due_at = order.due_at if order.revision is None else order.revision.first_due_at
    images = tuple(image._replace(due_at=due_at) if is_open_at(image, at) else image for image in order.images)
    return replace(order, images=images, due_at=due_at, revision=Revision(at, first_due_at or due_at))


def awaited_status(level: ServiceLevel) -> DeadlineStatus:
    """Return the status of a deadline that staff have not set: CONFIRMED where the rules give it."""
    return _AWAITED.get(level, DeadlineStatus.CONFIRMED)


def require_open_deadline(order: OrderState, at: datetime) -> None:
    """Raise the refusal of setting a deadline at `at`; imported images may be delivered later."""
    open_count = sum(is_open_at(image, at) for image in order.images)
    as_of = replace(summary_of(order), image_count=open_count, delivered_count=0, rejected_count=0)
    refusal = confirm_refusal(as_of, at)
    if refusal is not None:
        raise refusal


def require_ahead(order: OrderState, at: datetime, due_at: datetime, portion: int | None = None) -> None:
    """Raise DeadlineNotAhead for a new deadline that is not after `at`, or not before the present one.

    `portion` is the index of the portion that gets it, from 0; None for the whole order.
    """
    if due_at <= at or (order.due_at is not None and due_at >= order.due_at):
        raise DeadlineNotAhead(due_at, at, order.due_at, portion)


def is_open_at(image: ImageState, at: datetime) -> bool:
    """Return whether an image was neither delivered nor cancelled before an instant."""
    return all(ended is None or ended >= at for ended in (image.first_delivered_at, image.cancelled_at))


def _require_expedite(placement: Placement, parts: Sequence[Part], day: QuotaDay, zone: ZoneInfo) -> None:
    """Raise ExpediteWindowClosed at a weekend, and NoGain where the standard deadline is not the later one."""
    require_expedite_window(placement.at)
    terms, count = day.sla.terms, len(placement.images)
    within = min(count, day.allowance.remaining)
    standard = standard_deadline(placement.at, zone, terms.deliver_by)
    require_gain(parts, [*[standard] * within, *[None] * (count - within)], placement.at, terms)


def _orders(
    placement: Placement, parts: Sequence[Part], day: QuotaDay, zone: ZoneInfo, first_number: int, new_ids: NewIds
) -> Iterator[OrderState]:
    """Yield the orders of the parts of a placement; only the first one has the external reference."""
    ids = new_ids(len(parts) + len(placement.images))
    original, image_ids = ids[0], ids[len(parts) :]
    at, terms = placement.at, day.sla.terms
    for index, (part, id_) in enumerate(zip(parts, ids, strict=False)):
        is_guaranteed = day.allowance.guarantees(part.position)
        due_at = initial_deadline(part.service_level, at, zone, terms, guaranteed=is_guaranteed)
        yield OrderState(
            id=id_,
            number=first_number + index,
            name=placement.name,
            specification=placement.specification,
            service_level=part.service_level,
            placed_at=at,
            updated_at=at,
            deadline_status=awaited_status(part.service_level),
            due_at=due_at,
            sla_version=day.sla.version,
            images=_uploaded(placement, part, due_at, terms, image_ids),
            expedited_at=at if placement.expedite else None,
            split_from=original if index else None,
            external_reference=None if index else placement.external_reference,
            instructions=placement.instructions,
        )


def _uploaded(
    placement: Placement, part: Part, due_at: datetime | None, terms: SlaTerms, image_ids: Sequence[UUID]
) -> tuple[ImageState, ...]:
    """Return the images of a part; `image_ids` has those of the whole list."""
    price = image_price(placement.specification.price, part.service_level, terms)
    first_expedite = part.expedite_position
    is_owed = awaited_status(part.service_level) is not DeadlineStatus.CONFIRMED
    reviews = (ReviewState.begun(placement.at, placement.promised_by, due_at),) if is_owed else ()
    new_images = placement.images[part.start : part.start + part.count]
    return tuple(
        ImageState(
            id=image_ids[part.start + offset],
            number=part.start + offset + 1,
            filename=new.filename,
            position=part.position + offset,
            expedite_position=None if first_expedite is None else first_expedite + offset,
            price=price,
            due_at=due_at,
            external_reference=new.external_reference,
            instructions=new.instructions,
            preview_url=new.preview_url,
            reviews=reviews,
        )
        for offset, new in enumerate(new_images)
    )
