"""Orders whose later facts are known already, as an import knows them.

A line of an import has an order with all later facts of its images. A command of a later line has an instant of its
own: it applies to the order as of then, and the facts after that instant are added to its result.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from app.domain.orders.changes import awaited_status, confirm
from app.domain.orders.results import NO_RESULT, ImageResult
from app.domain.orders.state import ImageState, OrderState, RejectionState, ReviewState
from app.domain.sla.terms import SlaInForce

TermsAt: TypeAlias = Callable[[datetime], SlaInForce]
"""Returns the SLA in force on the ledger day of an instant."""


@dataclass(frozen=True, slots=True)
class ImageHistory:
    """The deliveries and rejections of an image, the result of its latest delivery, and the beginning of production.

    `first_claimed_at` (UTC) is None where nothing but the first delivery shows when production began.
    """

    first_delivered_at: datetime | None
    rejections: tuple[RejectionState, ...]
    result: ImageResult = NO_RESULT
    first_claimed_at: datetime | None = None


def as_of(order: OrderState, at: datetime) -> OrderState:
    """Return the order as of an instant (UTC), without later facts.

    A deadline that staff set later is removed, as by `unconfirmed`.
    """
    if order.confirmed_at is not None and order.confirmed_at > at:
        order = unconfirmed(order)
    return replace(order, images=tuple(_image_as_of(image, at) for image in order.images))


def unconfirmed(order: OrderState) -> OrderState:
    """Return the order as it was before staff set its deadline: with the kept deadline, if it had one."""
    kept, price = order.kept, order.specification.price
    due_at = None if kept is None else kept.due_at
    images = tuple(
        replace(image, due_at=due_at, price=price, reviews=_undated(image.reviews, order.confirmed_at))
        if image.due_at == order.due_at
        else image
        for image in order.images
    )
    return replace(
        order,
        images=images,
        due_at=due_at,
        confirmed_at=None,
        deadline_status=awaited_status(order.service_level),
        sla_version=order.sla_version if kept is None else kept.sla_version,
        kept=None,
    )


def without_cancellations(order: OrderState, since: datetime) -> OrderState:
    """Return the order without the cancellations at an instant (UTC) and later."""
    images = tuple(
        replace(image, cancelled_at=None) if image.cancelled_at is not None and image.cancelled_at >= since else image
        for image in order.images
    )
    is_live = any(image.cancelled_at is None for image in images)
    return replace(order, images=images, cancelled_at=None if is_live else order.cancelled_at)


def with_history(order: OrderState, histories: Sequence[ImageHistory | None]) -> OrderState:
    """Return a placed order with the later facts of its images; `histories` is by their numbers, from 1."""
    images = tuple(
        image if (history := histories[image.number - 1]) is None else _with_facts(image, history)
        for image in order.images
    )
    return replace(order, images=images)


def updated_at(order: OrderState, at: datetime) -> datetime:
    """Return the instant (UTC) of the last command on an order: `at`, or a later fact."""
    latest = at if order.confirmed_at is None else max(at, order.confirmed_at)
    for image in order.images:
        fact = _last_rejection_fact(image.rejections[-1]) if image.rejections else image.first_delivered_at
        if fact is not None and fact > latest:
            latest = fact
    return latest


def with_facts_after(
    order: OrderState, origin: OrderState, known: Mapping[UUID, ImageState], at: datetime, terms_at: TermsAt
) -> OrderState:
    """Return an order after a command at `at` with the later facts.

    `origin` is the known order before the command, which this one is or was split from; `known` has the images with all
    facts. Raises DeadlineNotOpen when staff set a deadline later for which the command leaves no image.
    """
    images = tuple(_with_facts(image, known[image.id]) for image in order.images)
    resumed = replace(order, images=images)
    confirmed_at, due_at = origin.confirmed_at, origin.due_at
    if confirmed_at is None or due_at is None or confirmed_at <= at:
        return resumed
    if all(known[image.id].due_at is None for image in images):
        return resumed
    return confirm(resumed, confirmed_at, due_at, None if order.expedited_at is None else terms_at(order.expedited_at))


def _with_facts(image: ImageState, facts: ImageHistory | ImageState) -> ImageState:
    return ImageState(  # an import makes one of each image, and `replace` takes five times as long
        image.id,
        image.number,
        image.filename,
        image.position,
        image.expedite_position,
        image.price,
        image.due_at,
        facts.first_delivered_at,
        facts.rejections,
        image.claim,
        facts.first_claimed_at,
        image.cancelled_at,
        image.external_reference,
        image.instructions,
        image.preview_url,
        facts.result,
        image.delivered_by,
        image.reviews,
    )


def _undated(reviews: tuple[ReviewState, ...], at: datetime | None) -> tuple[ReviewState, ...]:
    """Return reviews without the deadline that staff gave at an instant."""
    return tuple(replace(review, dated_at=None) if review.dated_at == at else review for review in reviews)


def _last_rejection_fact(rejection: RejectionState) -> datetime:
    return rejection.redelivered_at or rejection.at


def _image_as_of(image: ImageState, at: datetime) -> ImageState:
    if image.first_claimed_at is not None and image.first_claimed_at > at:
        image = replace(image, first_claimed_at=None)
    if image.first_delivered_at is None:
        return image
    if image.first_delivered_at > at:
        return replace(image, first_delivered_at=None, rejections=(), result=NO_RESULT)
    rejections = tuple(_rejection_as_of(rejection, at) for rejection in image.rejections if rejection.at <= at)
    then = replace(image, rejections=rejections)
    return then if then.delivered_at == image.delivered_at else replace(then, result=NO_RESULT)


def _rejection_as_of(rejection: RejectionState, at: datetime) -> RejectionState:
    if rejection.redelivered_at is not None and rejection.redelivered_at > at:
        return replace(rejection, redelivered_at=None)
    return rejection
