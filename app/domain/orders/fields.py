"""The facts of an order that its events record, before and after a command (domain rules, section 5)."""

from dataclasses import fields
from typing import Any, Final

from app.domain.events.facts import Change, OrderChanges, OrderFacts, Progress
from app.domain.orders.state import OrderState, order_figures, order_status, price_of

_CHANGING: Final = tuple(field.name for field in fields(OrderChanges))


def order_facts(order: OrderState) -> OrderFacts:
    """Return the facts of an order that its events record; deliveries and rejections are in `progress`."""
    images = order.counted
    delivered = sum(image.first_delivered_at is not None and image.open_rejection is None for image in images)
    return OrderFacts(
        number=order.number,
        name=order.name,
        status=order_status(order, delivered, len(images)),
        specification_id=order.specification.id,
        specification_version=order.specification.version,
        service_level=order.service_level,
        deadline_status=order.deadline_status,
        due_at=order.due_at,
        sla_version=order.sla_version,
        image_count=len(images),
        price=price_of(images),
        currency=order.specification.currency,
        placed_at=order.placed_at,
        expedited_at=order.expedited_at,
        confirmed_at=order.confirmed_at,
        completed_at=order.completed_at,
        cancelled_at=order.cancelled_at,
        split_from=order.split_from,
        external_reference=order.external_reference,
        instructions=order.instructions,
    )


def order_changes(before: OrderState, after: OrderState) -> OrderChanges:
    """Return the facts that differ after a command, each with both values."""
    old, new = order_facts(before), order_facts(after)
    values = {name: (getattr(old, name), getattr(new, name)) for name in _CHANGING}
    changes: dict[str, Any] = {name: Change(*both) for name, both in values.items() if both[0] != both[1]}
    return OrderChanges(**changes)


def progress(order: OrderState) -> Progress:
    """Return the progress of an order."""
    figures = order_figures(order)
    return Progress(figures.status, figures.delivered_count, figures.rejected_count, order.completed_at)


def progress_with(order: OrderState, image_count: int, delivered: int, rejected: int) -> Progress:
    """Return the progress of an order by its counts of images; not yet completed."""
    return Progress(order_status(order, delivered, image_count), delivered, rejected, completed_at=None)
