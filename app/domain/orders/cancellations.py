"""Cancelling orders, or single images of them (domain rules, sections 4 and 5)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from app.domain.errors import DomainError, Refusals
from app.domain.ledger.quota import QuotaDay
from app.domain.orders.changes import Change
from app.domain.orders.rules import cancel_refusal
from app.domain.orders.state import OrderState
from app.domain.orders.summaries import image_summary_of, summary_of


def cancel(orders: Sequence[OrderState], at: datetime, day: QuotaDay, chosen: Collection[UUID] | None = None) -> Change:
    """Cancel orders, or only the chosen images of them; an order is cancelled with its last image.

    Their use of the running ledger day is given back for later arrivals. Raises OrderCancelled or NotCancellable, or
    Refusals of all chosen images that cannot be cancelled.
    """
    if chosen is None:
        refusals = [refusal for order in orders if (refusal := cancel_refusal(summary_of(order))) is not None]
        if refusals:
            raise refusals[0]
    else:
        refusals = [refusal for order in orders for refusal in _image_refusals(order, chosen)]
        if refusals:
            raise Refusals(refusals)
    cancelled: list[OrderState] = []
    for order in orders:
        ids = {image.id for image in order.counted if chosen is None or image.id in chosen}
        expedited = order.expedited_at is not None and day.contains(order.expedited_at)
        day = day.using(-len(ids) if day.contains(order.placed_at) else 0, -len(ids) if expedited else 0)
        cancelled.append(_without(order, ids, at) if ids else order)
    return Change(tuple(cancelled), day)


def _image_refusals(order: OrderState, chosen: Collection[UUID]) -> Iterator[DomainError]:
    for image in order.images:
        if image.id in chosen and (refusal := cancel_refusal(image_summary_of(order, image))) is not None:
            yield refusal


def _without(order: OrderState, ids: Collection[UUID], at: datetime) -> OrderState:
    """Return an order with images cancelled, and cancelled itself if they are the last ones."""
    images = tuple(image._replace(cancelled_at=at) if image.id in ids else image for image in order.images)
    return replace(order, images=images, cancelled_at=at if len(ids) == len(order.counted) else None)
