"""Production of uploaded images: delivery, redelivery, download (domain rules, sections 3 and 5).

Each command takes an order as of an instant and returns the new state, or raises Refusals with all reasons.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from app.domain.errors import DomainError, Refusals
from app.domain.orders.refusals import NotClaimed
from app.domain.orders.results import NO_RESULT, ImageResult
from app.domain.orders.rules import complete_refusal
from app.domain.orders.state import ImageState, OrderState
from app.domain.orders.summaries import summary_of


def deliver(
    order: OrderState,
    chosen: Collection[UUID],
    worker: str,
    at: datetime,
    results: Mapping[UUID, ImageResult] = MappingProxyType({}),
) -> OrderState:
    """Deliver images that the worker holds, for the first time or again; their claims end with it.

    The result of a delivery replaces that of the one before, also where it has no addresses. Raises Refusals of
    NotClaimed, one for each image that the worker does not hold at `at`.
    """

    def refusal(image: ImageState) -> DomainError | None:
        held = image.claim is not None and image.claim.worker == worker and at < image.claim.until
        return None if held else NotClaimed(image.id, image.filename, worker)

    def delivered(image: ImageState) -> ImageState:
        result = results.get(image.id, NO_RESULT)
        if image.open_rejection is None:
            return image._replace(first_delivered_at=at, claim=None, result=result, delivered_by=worker)
        redone = replace(image.rejections[-1], redelivered_at=at)
        rejections = (*image.rejections[:-1], redone)
        return image._replace(rejections=rejections, claim=None, result=result, delivered_by=worker)

    return changed(order, chosen, refusal, delivered)


def complete(order: OrderState, at: datetime) -> OrderState:
    """Complete an order, which the client downloaded; raises NotCompletable unless it is ready for that."""
    refusal = complete_refusal(summary_of(order))
    if refusal is not None:
        raise refusal
    return replace(order, completed_at=at)


def changed(
    order: OrderState,
    chosen: Collection[UUID],
    refusal: Callable[[ImageState], DomainError | None],
    change: Callable[[ImageState], ImageState],
) -> OrderState:
    """Change the chosen images of an order; raises Refusals if any of them refuses."""
    refusals = [found for image in order.images if image.id in chosen and (found := refusal(image)) is not None]
    if refusals:
        raise Refusals(refusals)
    return replace(order, images=tuple(change(image) if image.id in chosen else image for image in order.images))
