"""The fields of an order that its events say, as they were before and as they are after (domain rules, section 5).

Instants are UTC, amounts strings.
"""

from typing import Any, TypeAlias

from app.domain.orders.state import OrderState, order_figures, order_price, order_status

Data: TypeAlias = dict[str, Any]


def order_view(order: OrderState) -> Data:
    """Return the fields of an order that commands set; deliveries have events of their own."""
    delivered = sum(image.first_delivered_at is not None and image.open_rejection is None for image in order.images)
    return {
        "number": order.number,
        "name": order.name,
        "status": order_status(order, delivered),
        "specificationId": order.specification.id,
        "specificationVersion": order.specification.version,
        "serviceLevel": order.service_level,
        "deadlineStatus": order.deadline_status,
        "dueAt": order.due_at,
        "slaVersion": order.sla_version,
        "imageCount": len(order.images),
        "price": str(order_price(order)),
        "currency": order.specification.currency,
        "placedAt": order.placed_at,
        "expeditedAt": order.expedited_at,
        "confirmedAt": order.confirmed_at,
        "completedAt": order.completed_at,
        "cancelledAt": order.cancelled_at,
        "splitFrom": order.split_from,
    }


def changed_fields(before: OrderState, after: OrderState) -> Data:
    """Return the fields that commands set and that differ, as they were and as they are."""
    old, new = order_view(before), order_view(after)
    changed = [name for name in new if old[name] != new[name]]
    return {"before": {name: old[name] for name in changed}, "after": {name: new[name] for name in changed}}


def counted(order: OrderState, before: tuple[int, int], after: tuple[int, int]) -> Data:
    """Return what deliveries or rejections change: pairs of images delivered and images awaiting their redelivery."""
    views = [
        {
            "status": order_status(order, delivered),
            "deliveredCount": delivered,
            "rejectedCount": rejected,
            "completedAt": None,
        }
        for delivered, rejected in (before, after)
    ]
    return {"before": views[0], "after": views[1]}


def standing(order: OrderState) -> Data:
    """Return what deliveries and rejections change of an order."""
    figures = order_figures(order)
    return {
        "status": figures.status,
        "deliveredCount": figures.delivered_count,
        "rejectedCount": figures.rejected_count,
        "completedAt": order.completed_at,
    }
