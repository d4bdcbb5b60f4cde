"""Alerts of reviews that were due without a deadline given (domain rules, sections 3.17 and 3.19)."""

from dataclasses import replace
from datetime import datetime, timedelta

from app.domain.deadlines.alerts import OrderPast, alerts
from app.domain.events.enums import EventType
from app.domain.events.kinds import ReviewOverdue
from app.domain.ledger.quota import QuotaDay
from app.domain.orders.cancellations import cancel
from app.domain.orders.changes import Change, confirm
from app.domain.orders.expedites import expedite
from app.domain.orders.reviews import with_reviews
from app.domain.orders.state import OrderState
from tests.support.order_states import COPENHAGEN, MICROSECOND, NEXT_MORNING, UPLOADED_AT, new_ids, placed, quota
from tests.support.sla import SLA

HOUR = timedelta(hours=1)
DUE_AT = UPLOADED_AT + 5 * HOUR
FULL = quota(used=200)


def reviewed(images: int = 1) -> OrderState:
    """Place an order beyond the guarantee."""
    (order,) = with_reviews(Change(placed(images, FULL), FULL), UPLOADED_AT, COPENHAGEN).orders
    return order


def expedited(order: OrderState, at: datetime, day: QuotaDay, *numbers: int) -> tuple[OrderState, ...]:
    chosen = [image.id for image in order.images if image.number in numbers]
    return with_reviews(expedite([order], chosen, at, day, 2, new_ids), at, COPENHAGEN).orders


def overdue(
    order: OrderState, past: OrderPast | None = None, now: datetime = NEXT_MORNING
) -> list[tuple[datetime, datetime, int]]:
    """Return the instant of each alert of a review, when the review was due, and the number of its images."""
    found = alerts(order, past or OrderPast(order.placed_at, []), HOUR, now)
    return [
        (each.at, each.event.due_at, len(each.event.images))
        for _, each in found
        if isinstance(each.event, ReviewOverdue)
    ]


def test_a_review_is_overdue_once_at_the_instant_at_which_it_was_due() -> None:
    order = reviewed(2)
    ((alert, new_event),) = alerts(order, OrderPast(UPLOADED_AT, []), HOUR, NEXT_MORNING)
    assert (alert.type, alert.due_at, new_event.order_id) == (EventType.REVIEW_OVERDUE, DUE_AT, order.id)
    assert overdue(order) == [(DUE_AT, DUE_AT, 2)]
    assert overdue(order, now=DUE_AT) == []
    assert overdue(order, now=DUE_AT + MICROSECOND) == [(DUE_AT, DUE_AT, 2)]


def test_a_review_that_ended_by_then_was_never_overdue() -> None:
    order = reviewed()
    assert overdue(confirm(order, DUE_AT, NEXT_MORNING, SLA)) == []
    assert overdue(confirm(order, DUE_AT + MICROSECOND, NEXT_MORNING, SLA)) == [(DUE_AT, DUE_AT, 1)]
    assert overdue(cancel([order], DUE_AT, FULL).orders[0]) == []
    assert overdue(cancel([order], DUE_AT + MICROSECOND, FULL).orders[0]) == [(DUE_AT, DUE_AT, 1)]


def test_images_split_off_are_overdue_in_the_order_in_which_they_were_then() -> None:
    order = reviewed(3)
    for left_at, stayed, left in ((DUE_AT - HOUR, 2, [1]), (DUE_AT + HOUR, 3, [])):
        stays, sibling = expedited(order, left_at, quota(expedites=0), 2)
        past = replace(OrderPast(UPLOADED_AT, []), departed=[(image, left_at) for image in sibling.images])
        assert overdue(stays, past) == [(DUE_AT, DUE_AT, stayed)]
        assert overdue(sibling, OrderPast(left_at, [])) == [(DUE_AT, DUE_AT, count) for count in left]
