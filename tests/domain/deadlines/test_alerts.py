"""Alerts of deadlines at risk and missed, from the state at those instants (domain rules, section 3)."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from app.domain.deadlines.alerts import Alert, OrderPast, SetDeadline, alert_of_event, alerts
from app.domain.deadlines.enums import DeadlineKind
from app.domain.events.enums import EventType
from app.domain.events.kinds import DeadlineAtRisk, DeadlineMissed
from app.domain.events.new_events import NewEvent
from app.domain.orders.cancellations import cancel
from app.domain.orders.changes import confirm
from app.domain.orders.expedites import expedite
from app.domain.orders.state import OrderState, RejectionState
from tests.support.order_states import MICROSECOND, NEXT_MORNING, UPLOADED_AT, new_ids, placed, quota
from tests.support.sla import SLA

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
LATER = NEXT_MORNING + timedelta(days=14)
AT_RISK = EventType.DEADLINE_AT_RISK
MISSED = EventType.DEADLINE_MISSED
RISK_AT = NEXT_MORNING - HOUR


def alerts_of(
    order: OrderState, now: datetime = LATER, lead: timedelta = HOUR, past: OrderPast | None = None
) -> list[NewEvent]:
    return [new_event for _, new_event in alerts(order, past or having(order), lead, now)]


def alerted(new_event: NewEvent) -> DeadlineAtRisk | DeadlineMissed:
    assert isinstance(new_event.event, DeadlineAtRisk | DeadlineMissed)
    return new_event.event


def having(order: OrderState, since: datetime | None = None) -> OrderPast:
    """Return the past of an order with its deadline `since` then, or since staff set it or it was placed."""
    at = since or order.confirmed_at or order.placed_at
    return OrderPast(order.placed_at, [] if order.due_at is None else [SetDeadline(at, order.due_at)])


def summaries(
    order: OrderState, now: datetime = LATER, lead: timedelta = HOUR, past: OrderPast | None = None
) -> list[tuple[EventType, datetime, list[int]]]:
    """Return the type, instant and image numbers of each alert but of reviews."""
    numbers = {image.id: image.number for image in order.images}
    numbers |= {image.id: image.number for image, _ in (past.departed if past else ())}
    return [
        (each.type, each.at, [numbers[image_id] for image_id in alerted(each).images])
        for each in alerts_of(order, now, lead, past)
        if each.type is not EventType.REVIEW_OVERDUE
    ]


def delivered(order: OrderState, *instants: datetime | None) -> OrderState:
    images = zip(order.images, instants, strict=True)
    return replace(order, images=tuple(image._replace(first_delivered_at=at) for image, at in images))


def rejected(order: OrderState, number: int, *rejections: tuple[datetime, datetime, datetime | None]) -> OrderState:
    """Return the order with rejections of one image: the instant, deadline and redelivery of each."""
    states = [RejectionState(UUID(int=n), at, "halo", due, 1, again) for n, (at, due, again) in enumerate(rejections)]
    images = (image._replace(rejections=tuple(states)) if image.number == number else image for image in order.images)
    return replace(order, images=tuple(images))


def test_an_undelivered_order_is_at_risk_an_hour_before_its_deadline_and_missed_at_it() -> None:
    (order,) = placed(2)
    facts = DeadlineKind.DELIVERY, NEXT_MORNING, tuple(image.id for image in order.images)
    assert alerts_of(order) == [
        NewEvent(RISK_AT, order.id, None, DeadlineAtRisk(*facts)),
        NewEvent(NEXT_MORNING, order.id, None, DeadlineMissed(*facts)),
    ]


def test_a_single_image_is_named() -> None:
    (order,) = placed(1)
    assert [each.image_id for each in alerts_of(order)] == [order.images[0].id] * 2


@pytest.mark.parametrize(
    ("now", "types"),
    [
        (RISK_AT, []),
        (RISK_AT + MICROSECOND, [AT_RISK]),
        (NEXT_MORNING, [AT_RISK]),
        (NEXT_MORNING + MICROSECOND, [AT_RISK, MISSED]),
    ],
)
def test_a_deadline_that_passes_now_is_alerted_a_microsecond_later(now: datetime, types: list[EventType]) -> None:
    (order,) = placed(1)
    assert [each.type for each in alerts_of(order, now)] == types


def test_an_image_delivered_by_then_is_not_at_risk_or_missed() -> None:
    (order,) = placed(4)
    order = delivered(order, RISK_AT, RISK_AT + MICROSECOND, NEXT_MORNING, NEXT_MORNING + MICROSECOND)
    assert summaries(order) == [(AT_RISK, RISK_AT, [2, 3, 4]), (MISSED, NEXT_MORNING, [4])]
    assert summaries(delivered(order, *[RISK_AT] * 4)) == []


@pytest.mark.parametrize(
    ("cancelled_at", "types"),
    [
        (RISK_AT, []),
        (RISK_AT + MICROSECOND, [AT_RISK]),
        (NEXT_MORNING, [AT_RISK]),
        (NEXT_MORNING + MICROSECOND, [AT_RISK, MISSED]),
    ],
)
def test_an_order_cancelled_by_then_is_not_at_risk_or_missed(cancelled_at: datetime, types: list[EventType]) -> None:
    (order,) = cancel(placed(1), cancelled_at, quota()).orders
    assert [each.type for each in alerts_of(order)] == types


def test_an_image_cancelled_by_then_is_not_at_risk_or_missed() -> None:
    (order,) = placed(4)
    for image, at in zip(order.images, (RISK_AT, RISK_AT + MICROSECOND, NEXT_MORNING + MICROSECOND), strict=False):
        (order,) = cancel([order], at, quota(), [image.id]).orders
    assert summaries(order) == [(AT_RISK, RISK_AT, [2, 3, 4]), (MISSED, NEXT_MORNING, [3, 4])]


def test_an_image_cancelled_before_staff_set_a_deadline_does_not_have_it() -> None:
    _, order = placed(4, quota(capacity=2))
    (order,) = cancel([order], UPLOADED_AT + HOUR, quota(), [order.images[0].id]).orders
    assert summaries(confirm(order, UPLOADED_AT + 2 * HOUR, NEXT_MORNING, SLA)) == [
        (AT_RISK, RISK_AT, [4]),
        (MISSED, NEXT_MORNING, [4]),
    ]


def test_a_deadline_set_within_the_lead_is_at_risk_from_then_on() -> None:
    _, order = placed(3, quota(capacity=2))
    assert summaries(order) == []
    confirmed_at = UPLOADED_AT + 2 * HOUR
    due_at = confirmed_at + MINUTE
    assert summaries(confirm(order, confirmed_at, due_at, SLA)) == [
        (AT_RISK, confirmed_at, [3]),
        (MISSED, due_at, [3]),
    ]


def test_an_expedite_within_the_lead_is_at_risk_as_it_is_placed() -> None:
    (order,) = placed(1, expedite=True)
    due_at = UPLOADED_AT + 3 * HOUR
    assert summaries(order, lead=4 * HOUR) == [(AT_RISK, UPLOADED_AT, [1]), (MISSED, due_at, [1])]


def test_without_a_lead_nothing_is_at_risk() -> None:
    (order,) = placed(1)
    assert summaries(order, lead=timedelta()) == [(MISSED, NEXT_MORNING, [1])]


def test_an_image_delivered_before_staff_set_the_deadline_has_none() -> None:
    _, order = placed(4, quota(capacity=2))
    confirmed_at = UPLOADED_AT + 2 * HOUR
    order = confirm(delivered(order, UPLOADED_AT + HOUR, None), confirmed_at, confirmed_at + 3 * HOUR, SLA)
    assert summaries(order) == [(AT_RISK, confirmed_at + 2 * HOUR, [4]), (MISSED, confirmed_at + 3 * HOUR, [4])]


def test_at_the_plan_level_a_deadline_is_unchanged() -> None:
    """All images are expedited half an hour before they are due; the order keeps its deadline, which was at risk."""
    (order,) = placed(4)
    (after,) = expedite([order], None, NEXT_MORNING - 30 * MINUTE, quota(expedites=2, expedited=3), 2, new_ids).orders
    assert after.service_level == "EXPEDITED_PLAN"
    assert summaries(after) == [(AT_RISK, RISK_AT, [1, 2, 3, 4]), (MISSED, NEXT_MORNING, [1, 2, 3, 4])]


def test_a_deadline_kept_since_the_placing_is_at_risk_and_missed_like_any_other() -> None:
    _, order = placed(4, quota(expedites=2), expedite=True)
    assert order.service_level == "EXPEDITED_PLAN"
    assert summaries(order) == [(AT_RISK, RISK_AT, [3, 4]), (MISSED, NEXT_MORNING, [3, 4])]


def test_split_off_images_are_at_risk_in_their_order_at_each_instant() -> None:
    (order,) = placed(4)
    left_at = NEXT_MORNING - 30 * MINUTE
    chosen = [order.images[1].id, order.images[3].id]
    stays, sibling = expedite([order], chosen, left_at, quota(expedites=2, expedited=3), 2, new_ids).orders
    past = replace(having(order), departed=[(image, left_at) for image in sibling.images])
    assert summaries(stays, past=past) == [(AT_RISK, RISK_AT, [1, 2, 3, 4]), (MISSED, NEXT_MORNING, [1, 3])]
    assert summaries(sibling, past=having(sibling, left_at)) == [
        (AT_RISK, left_at, [2, 4]),
        (MISSED, NEXT_MORNING, [2, 4]),
    ]


def test_images_split_off_before_the_deadline_was_at_risk_have_no_alert() -> None:
    (order,) = placed(2)
    stays, sibling = expedite([order], [order.images[0].id], UPLOADED_AT, quota(), 2, new_ids).orders
    past = replace(having(order), departed=[(image, UPLOADED_AT) for image in sibling.images])
    assert summaries(stays, past=past) == [(AT_RISK, RISK_AT, [2]), (MISSED, NEXT_MORNING, [2])]


def test_a_deadline_that_staff_replaced_was_at_risk_until_then() -> None:
    """One of three images at the plan level is delivered while at risk, then staff set an earlier deadline."""
    _, order = placed(4, quota(expedites=1), expedite=True)
    confirmed_at, due_at = NEXT_MORNING - 40 * MINUTE, NEXT_MORNING - 10 * MINUTE
    order = confirm(delivered(order, NEXT_MORNING - 50 * MINUTE, None, None), confirmed_at, due_at, SLA)
    past = OrderPast(order.placed_at, [SetDeadline(order.placed_at, NEXT_MORNING), SetDeadline(confirmed_at, due_at)])
    assert summaries(order, past=past) == [
        (AT_RISK, RISK_AT, [2, 3, 4]),
        (AT_RISK, confirmed_at, [3, 4]),
        (MISSED, due_at, [3, 4]),
    ]


def test_a_deadline_replaced_before_it_was_at_risk_has_no_alert() -> None:
    (order,) = placed(1)
    expedited_at = RISK_AT - 4 * HOUR
    (order,) = expedite([order], None, expedited_at, quota(), 2, new_ids).orders
    due_at = expedited_at + 3 * HOUR
    past = OrderPast(order.placed_at, [SetDeadline(order.placed_at, NEXT_MORNING), SetDeadline(expedited_at, due_at)])
    assert summaries(order, past=past) == [(AT_RISK, due_at - HOUR, [1]), (MISSED, due_at, [1])]


def test_rejections_with_one_deadline_share_an_alert_of_their_own() -> None:
    (order,) = placed(2)
    delivery, due_at = UPLOADED_AT + HOUR, UPLOADED_AT + 8 * HOUR
    back = (UPLOADED_AT + 3 * HOUR, due_at, None)
    order = rejected(rejected(delivered(order, delivery, delivery), 1, back), 2, back)
    assert summaries(order) == [(AT_RISK, due_at - HOUR, [1, 2]), (MISSED, due_at, [1, 2])]
    assert alerts_of(order)[0].event == DeadlineAtRisk(
        DeadlineKind.REDO, due_at, tuple(image.id for image in order.images)
    )


def test_a_redo_is_at_risk_while_it_is_awaited() -> None:
    """The second image is rejected as the first one is redelivered, and due at the same instant."""
    (order,) = placed(2)
    sent_back, due_at = NEXT_MORNING, NEXT_MORNING + 5 * HOUR
    order = delivered(order, UPLOADED_AT, UPLOADED_AT)
    order = rejected(order, 1, (sent_back, due_at, due_at - HOUR))
    assert summaries(order) == []
    order = rejected(order, 2, (due_at - 30 * MINUTE, due_at, due_at))
    assert summaries(order) == [(AT_RISK, due_at - 30 * MINUTE, [2])]


def test_an_alert_is_read_back_equal() -> None:
    (order,) = placed(1)
    for alert, new_event in alerts(order, having(order), HOUR, LATER):
        assert alert == Alert(new_event.type, DeadlineKind.DELIVERY, NEXT_MORNING)
        assert alert_of_event(alerted(new_event)) == alert
