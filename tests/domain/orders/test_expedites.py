from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.domain.errors import ExpediteWindowClosed, NoGain, Refusals
from app.domain.ledger.quota import QuotaDay
from app.domain.orders.cancellations import cancel
from app.domain.orders.changes import Change, confirm
from app.domain.orders.enums import ServiceLevel
from app.domain.orders.expedites import expedite
from app.domain.orders.history import ImageHistory, with_history
from app.domain.orders.refusals import AlreadyDelivered, AlreadyExpedited, AlreadyLate, ImageCancelled, OrderCancelled
from app.domain.orders.state import OrderState
from tests.support.order_states import MICROSECOND, NEXT_MORNING, UPLOADED_AT, new_ids, placed, quota
from tests.support.sla import SLA, sla

ASKED_AT = UPLOADED_AT + timedelta(hours=1)
SATURDAY = datetime(2026, 3, 7, tzinfo=UTC)


def expedited(
    *orders: OrderState, numbers: list[int] | None = None, day: QuotaDay | None = None, at: datetime = ASKED_AT
) -> Change:
    """Expedite the images of these numbers, or all that can be; new orders are numbered from 10."""
    images = {image.number: image.id for order in orders for image in order.images}
    chosen = None if numbers is None else [images[number] for number in numbers]
    return expedite(orders, chosen, at, day or quota(), 10, new_ids)


def numbers(order: OrderState) -> list[int]:
    return [image.number for image in order.images]


def test_expediting_all_images_turns_the_order_into_their_level() -> None:
    (order,) = placed(2)
    (changed,) = expedited(order).orders
    assert (changed.id, changed.number, changed.placed_at) == (order.id, 1, UPLOADED_AT)
    assert (changed.service_level, changed.due_at) == ("EXPEDITED", ASKED_AT + timedelta(hours=3))
    assert (changed.expedited_at, changed.sla_version) == (ASKED_AT, 3)
    assert [(image.expedite_position, image.price, image.due_at) for image in changed.images] == [
        (1, Decimal("2.90"), ASKED_AT + timedelta(hours=3)),
        (2, Decimal("2.90"), ASKED_AT + timedelta(hours=3)),
    ]
    assert [image.position for image in changed.images] == [1, 2]


def test_chosen_images_move_out_into_a_sibling() -> None:
    (order,) = placed(3)
    original, sibling = expedited(order, numbers=[3, 1]).orders
    assert (numbers(original), original.service_level, original.due_at) == ([2], "STANDARD", NEXT_MORNING)
    assert (numbers(sibling), sibling.number, sibling.split_from) == ([1, 3], 10, order.id)
    assert (sibling.name, sibling.placed_at) == (order.name, order.placed_at)


def test_images_take_the_quota_in_the_order_of_the_list() -> None:
    (order,) = placed(3)
    change = expedited(order, numbers=[3, 1], day=quota(expedites=10, expedited=4))
    assert [image.expedite_position for image in change.orders[1].images] == [6, 5]


def test_images_beyond_the_quota_are_split_off_in_the_order_of_the_levels() -> None:
    (order,) = placed(35)
    first, second = expedited(order).orders
    assert (first.id, first.service_level, numbers(first)) == (order.id, "EXPEDITED", list(range(1, 21)))
    assert (second.number, second.service_level) == (10, "EXPEDITED_ADDITIONAL")
    assert (second.due_at, second.split_from) == (ASKED_AT + timedelta(hours=6), order.id)


def test_expediting_uses_the_quota_only() -> None:
    (order,) = placed(35)
    assert expedited(order, day=quota(used=35)).day == quota(used=35, expedited=35)


def test_from_twice_the_quota_images_keep_deadline_and_price_until_a_plan_is_confirmed() -> None:
    (order,) = placed(5)
    first, planned = expedited(order, day=quota(expedites=2)).orders
    assert (first.service_level, len(first.images)) == ("EXPEDITED", 2)
    assert (planned.service_level, planned.deadline_status, planned.due_at) == (
        "EXPEDITED_PLAN",
        "PLAN_REQUIRED",
        NEXT_MORNING,
    )
    assert {(image.due_at, image.price) for image in planned.images} == {(NEXT_MORNING, Decimal("1.45"))}


def test_a_kept_deadline_keeps_the_version_of_the_sla_that_made_it() -> None:
    (order,) = placed(5)
    today = replace(quota(expedites=2), sla=sla(4))
    first, planned = expedited(order, day=today).orders
    assert (first.sla_version, planned.sla_version) == (4, order.sla_version)


def test_without_a_kept_deadline_the_plan_level_names_the_version_of_the_expedite() -> None:
    (order,) = placed(5, quota(used=200))
    today = replace(quota(expedites=2), sla=sla(4))
    assert [each.sla_version for each in expedited(order, day=today).orders] == [4, 4]


def test_a_deadline_that_staff_set_is_kept_at_the_plan_level() -> None:
    (order,) = placed(3, quota(used=200))
    order = confirm(order, UPLOADED_AT, NEXT_MORNING, SLA)
    _, planned = expedited(order, day=quota(expedites=1)).orders
    assert (planned.due_at, planned.confirmed_at, planned.deadline_status) == (
        NEXT_MORNING,
        UPLOADED_AT,
        "PLAN_REQUIRED",
    )


def test_siblings_are_expedited_in_one_command_and_numbered_by_level_then_original() -> None:
    standard, additional = placed(4, quota(used=198))
    change = expedited(standard, additional, numbers=[1, 3], day=quota(expedites=5))
    assert [(order.number, order.service_level, numbers(order)) for order in change.orders] == [
        (1, "STANDARD", [2]),
        (2, "ADDITIONAL", [4]),
        (10, "EXPEDITED", [1]),
        (11, "EXPEDITED", [3]),
    ]
    assert [order.split_from for order in change.orders[2:]] == [standard.id, additional.id]


def test_without_a_choice_images_that_cannot_be_expedited_stay() -> None:
    (order,) = placed(3)
    order = with_history(order, [ImageHistory(ASKED_AT, ()), None, None])
    original, sibling = expedited(order).orders
    assert (numbers(original), numbers(sibling)) == ([1], [2, 3])


def test_if_nothing_can_be_expedited_the_refusal_is_that_of_the_first_image() -> None:
    (order,) = placed(2)
    order = with_history(order, [ImageHistory(ASKED_AT, ()), ImageHistory(ASKED_AT, ())])
    with pytest.raises(AlreadyDelivered) as refusal:
        expedited(order)
    assert str(refusal.value) == "Order 1 has already been delivered."


def test_a_chosen_image_that_was_delivered_is_refused() -> None:
    (order,) = placed(2)
    order = with_history(order, [None, ImageHistory(ASKED_AT, ())])
    with pytest.raises(Refusals) as error:
        expedited(order, numbers=[1, 2])
    (refusal,) = error.value.refusals
    assert isinstance(refusal, AlreadyDelivered)
    assert refusal.image_id == order.images[1].id


def test_every_chosen_image_that_cannot_be_expedited_is_named() -> None:
    (order,) = placed(3)
    order = with_history(order, [ImageHistory(ASKED_AT, ()), None, ImageHistory(ASKED_AT, ())])
    with pytest.raises(Refusals) as error:
        expedited(order, numbers=[3, 2, 1])
    assert [str(refusal) for refusal in error.value.refusals] == [
        "'3.jpg' has already been delivered.",
        "'1.jpg' has already been delivered.",
    ]


def test_an_expedited_image_is_not_expedited_again() -> None:
    with pytest.raises(AlreadyExpedited):
        expedited(*placed(1, expedite=True))


def test_an_image_is_not_late_at_its_deadline_and_late_just_after_it() -> None:
    (order,) = placed(1)
    with pytest.raises(NoGain):
        expedited(order, at=NEXT_MORNING)
    with pytest.raises(AlreadyLate) as refusal:
        expedited(order, at=NEXT_MORNING + MICROSECOND)
    assert refusal.value.due_at == NEXT_MORNING


def test_a_cancelled_order_is_not_expedited() -> None:
    (order,) = placed(1)
    with pytest.raises(OrderCancelled):
        expedited(*cancel([order], UPLOADED_AT, quota()).orders)


def test_an_expedite_outside_the_window_is_refused() -> None:
    with pytest.raises(ExpediteWindowClosed):
        expedited(*placed(1, at=SATURDAY), at=SATURDAY)


def test_on_a_weekend_an_order_that_can_never_be_expedited_is_refused_for_that() -> None:
    (order,) = placed(1)
    for never, refusal in (
        (with_history(order, [ImageHistory(ASKED_AT, ())]), AlreadyDelivered),
        (cancel([order], UPLOADED_AT, quota()).orders[0], OrderCancelled),
        (expedited(order).orders[0], AlreadyExpedited),
        (order, AlreadyLate),
    ):
        with pytest.raises(refusal):
            expedited(never, at=SATURDAY)
        with pytest.raises(Refusals):
            expedited(never, numbers=[1], at=SATURDAY)


def test_an_expedite_without_an_earlier_deadline_is_refused_with_the_count_that_gains() -> None:
    (order,) = placed(3)
    with pytest.raises(NoGain) as refusal:
        expedited(order, at=NEXT_MORNING - timedelta(hours=4), day=quota(expedites=2))
    assert (refusal.value.gaining, refusal.value.asked) == (2, 3)


def test_images_without_a_deadline_gain() -> None:
    (order,) = placed(1, quota(used=200))
    (changed,) = expedited(order).orders
    assert changed.service_level is ServiceLevel.EXPEDITED


def test_cancelled_images_are_not_expedited_and_stay_in_an_order_that_turns() -> None:
    (order,) = placed(3)
    (some,) = cancel([order], UPLOADED_AT, quota(used=3), [order.images[1].id]).orders
    (turned,) = expedited(some).orders
    assert (turned.id, turned.service_level, numbers(turned)) == (order.id, "EXPEDITED", [1, 2, 3])
    assert [image.expedite_position for image in turned.images] == [1, None, 2]
    original, sibling = expedited(some, numbers=[3]).orders
    assert (numbers(original), numbers(sibling)) == ([1, 2], [3])
    with pytest.raises(Refusals) as refused:
        expedited(some, numbers=[1, 2])
    (refusal,) = refused.value.refusals
    assert isinstance(refusal, ImageCancelled)
    assert refusal.image_id == order.images[1].id
