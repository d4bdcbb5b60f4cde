from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.domain.deadlines.enums import DeadlineStatus
from app.domain.deadlines.rules import standard_deadline
from app.domain.errors import ExpediteWindowClosed, NoGain
from app.domain.local_time import time_zone
from app.domain.orders.cancellations import cancel
from app.domain.orders.changes import Placement, confirm, place
from app.domain.orders.enums import ServiceLevel
from app.domain.orders.history import ImageHistory, with_history
from app.domain.orders.refusals import DeadlineNotAhead, DeadlineNotOpen, OrderCancelled
from app.domain.orders.state import KeptDeadline, OrderState
from tests.support.order_states import (
    COPENHAGEN,
    GHOST,
    MICROSECOND,
    NEXT_MORNING,
    REVIEWED_BY,
    UPLOADED_AT,
    new_ids,
    placed,
    quota,
    uploads,
)
from tests.support.sla import DELIVER_BY, SLA, sla

SATURDAY = datetime(2026, 3, 7, tzinfo=UTC)
CONFIRMED_AT = UPLOADED_AT + timedelta(hours=2)
PROMISED_AT = datetime(2026, 3, 5, 12, tzinfo=UTC)
PLANNED_AT = NEXT_MORNING - timedelta(hours=6)


def delivered(order: OrderState, at: datetime) -> OrderState:
    """Return the order with its first image delivered."""
    return with_history(order, [ImageHistory(at, ()), *[None] * 100])


def test_images_within_the_guarantee_are_one_order_due_the_next_morning() -> None:
    (order,) = placed(3, quota(used=10))
    assert (order.number, order.service_level, order.deadline_status) == (1, "STANDARD", "CONFIRMED")
    assert (order.due_at, order.sla_version, order.split_from) == (NEXT_MORNING, 3, None)
    assert [(image.number, image.filename, image.position) for image in order.images] == [
        (1, "1.jpg", 11),
        (2, "2.jpg", 12),
        (3, "3.jpg", 13),
    ]
    assert {(image.due_at, image.price, image.expedite_position) for image in order.images} == {
        (NEXT_MORNING, Decimal("1.45"), None)
    }


def test_images_beyond_the_guarantee_are_split_off_and_await_a_deadline_from_staff() -> None:
    original, sibling = placed(3, quota(used=198))
    assert [image.position for image in original.images] == [199, 200]
    assert (sibling.number, sibling.service_level, sibling.split_from) == (2, "ADDITIONAL", original.id)
    assert (sibling.deadline_status, sibling.due_at) == ("TO_BE_CONFIRMED", None)
    assert [(image.number, image.position, image.due_at) for image in sibling.images] == [(3, 201, None)]


def test_a_placed_order_uses_the_guarantee_of_its_day() -> None:
    placement = Placement("Shoes", GHOST, uploads("a", "b", "c"), UPLOADED_AT, REVIEWED_BY, expedite=False)
    assert place(placement, quota(used=198), COPENHAGEN, 1, new_ids).day == quota(used=201)


def test_thirty_five_expedited_uploads_are_twenty_in_three_hours_and_fifteen_in_six() -> None:
    first, second = placed(35, expedite=True)
    assert (first.service_level, len(first.images), first.due_at) == (
        ServiceLevel.EXPEDITED,
        20,
        UPLOADED_AT + timedelta(hours=3),
    )
    assert (second.service_level, len(second.images), second.due_at) == (
        ServiceLevel.EXPEDITED_ADDITIONAL,
        15,
        UPLOADED_AT + timedelta(hours=6),
    )
    assert {image.price for order in (first, second) for image in order.images} == {Decimal("2.90")}
    assert (first.expedited_at, second.images[0].expedite_position) == (UPLOADED_AT, 21)


def test_sixty_expedited_uploads_leave_forty_to_a_delivery_plan_due_the_next_morning_at_the_single_price() -> None:
    _, planned = placed(60, expedite=True)
    assert (planned.service_level, len(planned.images)) == ("EXPEDITED_PLAN", 40)
    assert (planned.deadline_status, planned.due_at, planned.kept) == ("PLAN_REQUIRED", NEXT_MORNING, None)
    assert {(image.due_at, image.price) for image in planned.images} == {(NEXT_MORNING, Decimal("1.45"))}


def test_of_250_expedited_uploads_those_beyond_the_guarantee_are_a_sibling_without_a_deadline() -> None:
    first, within, beyond = placed(250, expedite=True)
    assert [
        (order.number, order.service_level, len(order.images), order.due_at) for order in (first, within, beyond)
    ] == [
        (1, "EXPEDITED", 20, UPLOADED_AT + timedelta(hours=3)),
        (2, "EXPEDITED_PLAN", 180, NEXT_MORNING),
        (3, "EXPEDITED_PLAN", 50, None),
    ]
    assert [order.split_from for order in (within, beyond)] == [first.id, first.id]
    assert (beyond.deadline_status, beyond.images[0].position, beyond.images[0].due_at) == ("PLAN_REQUIRED", 201, None)


def test_expedited_uploads_beyond_the_guarantee_are_one_plan_without_a_deadline() -> None:
    _, planned = placed(60, quota(used=200), expedite=True)
    assert (planned.service_level, len(planned.images), planned.due_at) == ("EXPEDITED_PLAN", 40, None)


# Clocks at Vostok went from 00:00 to 07:00 on 1 November 1994: the next morning came two hours after midnight.
VOSTOK = time_zone("Antarctica/Vostok")
BEFORE_A_SHORT_NIGHT = datetime(1994, 10, 31, 23, tzinfo=UTC)


@pytest.mark.parametrize("images", [1, 3, 4])
def test_expedited_uploads_that_would_not_be_due_earlier_than_the_next_morning_are_refused(images: int) -> None:
    assert standard_deadline(BEFORE_A_SHORT_NIGHT, VOSTOK, DELIVER_BY) == datetime(1994, 11, 1, 2, tzinfo=UTC)
    new_images = uploads(*(f"{number}.jpg" for number in range(images)))
    placement = Placement("Shoes", GHOST, new_images, BEFORE_A_SHORT_NIGHT, REVIEWED_BY, expedite=True)
    with pytest.raises(NoGain) as refusal:
        place(placement, quota(expedites=2), VOSTOK, 1, new_ids)
    assert (refusal.value.gaining, refusal.value.asked) == (0, images)


def test_expedited_uploads_that_gain_a_microsecond_or_have_no_standard_deadline_are_placed() -> None:
    placement = Placement("Shoes", GHOST, uploads("a.jpg"), BEFORE_A_SHORT_NIGHT, REVIEWED_BY, expedite=True)
    (order,) = place(placement, quota(used=200), VOSTOK, 1, new_ids).orders
    assert (order.service_level, order.due_at) == ("EXPEDITED", placement.at + timedelta(hours=3))
    gaining = replace(placement, at=placement.at - MICROSECOND)
    (order,) = place(gaining, quota(), VOSTOK, 1, new_ids).orders
    assert order.due_at == datetime(1994, 11, 1, 2, tzinfo=UTC) - MICROSECOND


def test_expedited_uploads_use_the_guarantee_and_the_quota() -> None:
    placement = Placement("Shoes", GHOST, uploads("a", "b"), UPLOADED_AT, REVIEWED_BY, expedite=True)
    assert place(placement, quota(), COPENHAGEN, 1, new_ids).day == quota(used=2, expedited=2)


def test_an_expedited_upload_at_a_utc_weekend_is_refused() -> None:
    with pytest.raises(ExpediteWindowClosed) as refusal:
        placed(1, expedite=True, at=SATURDAY)
    assert refusal.value.opens_at == datetime(2026, 3, 9, tzinfo=UTC)


def test_staff_set_the_deadline_of_images_beyond_the_guarantee() -> None:
    (order,) = placed(2, quota(used=200))
    confirmed = confirm(order, CONFIRMED_AT, PROMISED_AT, SLA)
    assert (confirmed.deadline_status, confirmed.due_at, confirmed.confirmed_at) == (
        DeadlineStatus.CONFIRMED,
        PROMISED_AT,
        CONFIRMED_AT,
    )
    assert {(image.due_at, image.price) for image in confirmed.images} == {(PROMISED_AT, Decimal("1.45"))}


def test_an_image_delivered_before_the_deadline_is_set_keeps_none() -> None:
    (order,) = placed(2, quota(used=200))
    confirmed = confirm(delivered(order, CONFIRMED_AT - MICROSECOND), CONFIRMED_AT, PROMISED_AT, SLA)
    assert [image.due_at for image in confirmed.images] == [None, PROMISED_AT]


def test_an_image_delivered_as_the_deadline_is_set_takes_it() -> None:
    (order,) = placed(2, quota(used=200))
    confirmed = confirm(delivered(order, CONFIRMED_AT), CONFIRMED_AT, PROMISED_AT, SLA)
    assert [image.due_at for image in confirmed.images] == [PROMISED_AT, PROMISED_AT]


def test_planned_images_cost_twice_once_their_deadline_is_set_and_delivered_ones_do_not() -> None:
    _, planned = placed(60, expedite=True)
    planned = with_history(planned, [None] * 20 + [ImageHistory(CONFIRMED_AT - MICROSECOND, ())] + [None] * 39)
    confirmed = confirm(planned, CONFIRMED_AT, NEXT_MORNING - MICROSECOND, SLA)
    assert [image.price for image in confirmed.images] == [Decimal("1.45"), *[Decimal("2.90")] * 39]


def test_a_plan_names_the_version_of_the_expedite_and_the_kept_deadline_its_own() -> None:
    _, planned = placed(60, expedite=True)
    planned = with_history(planned, [None] * 20 + [ImageHistory(CONFIRMED_AT - MICROSECOND, ())] + [None] * 39)
    confirmed = confirm(planned, CONFIRMED_AT, PLANNED_AT, expedited=sla(4))
    assert (confirmed.sla_version, confirmed.kept) == (4, KeptDeadline(NEXT_MORNING, 3))
    assert [image.due_at for image in confirmed.images] == [NEXT_MORNING, *[PLANNED_AT] * 39]


def test_a_void_plan_can_no_longer_be_confirmed() -> None:
    _, planned = placed(60, expedite=True)
    with pytest.raises(DeadlineNotAhead):
        confirm(planned, NEXT_MORNING, NEXT_MORNING + MICROSECOND, SLA)
    with pytest.raises(DeadlineNotOpen):
        confirm(planned, NEXT_MORNING + MICROSECOND, NEXT_MORNING + 2 * MICROSECOND, SLA)


def test_without_an_earlier_deadline_none_is_kept() -> None:
    (order,) = placed(2, quota(used=200))
    assert confirm(order, CONFIRMED_AT, PROMISED_AT, SLA).kept is None


def test_staff_cannot_set_a_deadline_that_the_rules_gave() -> None:
    (order,) = placed()
    with pytest.raises(DeadlineNotOpen):
        confirm(order, CONFIRMED_AT, PROMISED_AT, SLA)


def test_staff_set_a_deadline_once() -> None:
    (order,) = placed(1, quota(used=200))
    with pytest.raises(DeadlineNotOpen):
        confirm(
            confirm(order, CONFIRMED_AT, PROMISED_AT, SLA),
            CONFIRMED_AT,
            PROMISED_AT - MICROSECOND,
            expedited=SLA,
        )


def test_a_deadline_is_set_in_the_future() -> None:
    (order,) = placed(1, quota(used=200))
    with pytest.raises(DeadlineNotAhead):
        confirm(order, CONFIRMED_AT, CONFIRMED_AT, SLA)


def test_a_delivery_plan_is_earlier_than_the_deadline_the_images_have() -> None:
    (order,) = placed()
    planned = replace(
        order,
        service_level=ServiceLevel.EXPEDITED_PLAN,
        deadline_status=DeadlineStatus.PLAN_REQUIRED,
        due_at=NEXT_MORNING,
    )
    with pytest.raises(DeadlineNotAhead):
        confirm(planned, CONFIRMED_AT, NEXT_MORNING, SLA)
    assert confirm(planned, CONFIRMED_AT, NEXT_MORNING - MICROSECOND, SLA).due_at == NEXT_MORNING - MICROSECOND


def test_a_cancelled_order_gets_no_deadline() -> None:
    (order,) = placed(1, quota(used=200))
    (cancelled,) = cancel([order], CONFIRMED_AT, quota(used=201)).orders
    with pytest.raises(OrderCancelled):
        confirm(cancelled, CONFIRMED_AT, PROMISED_AT, SLA)
