from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.errors import Refusals
from app.domain.orders.cancellations import cancel
from app.domain.orders.changes import confirm
from app.domain.orders.refusals import ImageCancelled, NotCancellable, OrderCancelled
from app.domain.orders.state import Claim, OrderState
from tests.support.order_states import NEXT_MORNING, UPLOADED_AT, placed, quota
from tests.support.sla import SLA

AT = UPLOADED_AT + timedelta(hours=1)
LATER = AT + timedelta(hours=1)


def claimed(order: OrderState, number: int) -> OrderState:
    """Claim an image of an order for a while that has passed since."""
    claim = Claim("ann", UPLOADED_AT + timedelta(minutes=1))
    images = (
        image._replace(claim=claim, first_claimed_at=UPLOADED_AT) if image.number == number else image
        for image in order.images
    )
    return replace(order, images=tuple(images))


def test_cancelling_returns_images_to_the_quotas_of_the_running_day() -> None:
    change = cancel(placed(35, expedite=True), AT, quota(used=50, expedited=40))
    assert [order.cancelled_at for order in change.orders] == [AT, AT]
    assert change.day == quota(used=15, expedited=5)


def test_cancelling_on_a_later_day_returns_no_quota() -> None:
    yesterday = UPLOADED_AT - timedelta(days=1)
    assert cancel(placed(5, at=yesterday), AT, quota(used=5)).day == quota(used=5)


def test_a_cancelled_expedite_returns_to_its_own_day_even_if_the_upload_was_earlier() -> None:
    (order,) = placed(5, at=UPLOADED_AT - timedelta(days=1))
    expedited = replace(order, expedited_at=UPLOADED_AT)
    assert cancel([expedited], AT, quota(used=9, expedited=8)).day == quota(used=9, expedited=3)


def test_an_order_with_a_delivery_is_not_cancelled() -> None:
    (order,) = placed(2)
    first, second = order.images
    begun = replace(order, images=(first, second._replace(first_delivered_at=UPLOADED_AT)))
    with pytest.raises(NotCancellable) as refusal:
        cancel([begun], AT, quota())
    assert (refusal.value.begun_at, refusal.value.image_id) == (UPLOADED_AT, None)
    assert str(refusal.value) == "Order 1 cannot be cancelled: its production has begun."


def test_an_order_is_cancelled_once() -> None:
    (order,) = placed()
    with pytest.raises(OrderCancelled):
        cancel(cancel([order], AT, quota()).orders, LATER, quota())


def test_single_images_are_cancelled_and_returned_to_the_quotas_of_the_running_day() -> None:
    (order,) = placed(3, expedite=True)
    first, second, third = order.images
    change = cancel([order], AT, quota(used=3, expedited=3), {first.id, third.id})
    assert [image.cancelled_at for image in change.orders[0].images] == [AT, None, AT]
    assert (change.orders[0].cancelled_at, change.day) == (None, quota(used=1, expedited=1))
    last = cancel(change.orders, LATER, change.day, {second.id})
    assert [image.cancelled_at for image in last.orders[0].images] == [AT, LATER, AT]
    assert (last.orders[0].cancelled_at, last.day) == (LATER, quota(used=0, expedited=0))


def test_the_rest_of_an_order_is_cancelled_with_it() -> None:
    (order,) = placed(2)
    some = cancel([order], AT, quota(used=2), {order.images[0].id})
    change = cancel(some.orders, LATER, some.day)
    assert [image.cancelled_at for image in change.orders[0].images] == [AT, LATER]
    assert change.day == quota(used=0)


def test_images_are_cancelled_unless_work_on_them_has_begun() -> None:
    order = claimed(placed(3)[0], 2)
    first, second, third = (image.id for image in order.images)
    assert cancel([order], AT, quota(used=3), [first]).day == quota(used=2)
    cancelled = cancel([order], AT, quota(used=3), [first]).orders
    with pytest.raises(Refusals) as refused:
        cancel(cancelled, LATER, quota(used=2), [first, second, third])
    again, begun = refused.value.refusals
    assert isinstance(again, ImageCancelled)
    assert (again.image_id, again.cancelled_at, str(again)) == (
        first,
        AT,
        "'1.jpg' was cancelled at 2026-03-03T11:00:00Z.",
    )
    assert isinstance(begun, NotCancellable)
    assert (begun.image_id, begun.begun_at, str(begun)) == (
        second,
        UPLOADED_AT,
        "'2.jpg' cannot be cancelled: its production has begun.",
    )
    with pytest.raises(NotCancellable):
        cancel([order], AT, quota())


def test_a_cancelled_image_gets_no_deadline() -> None:
    _, order = placed(3, quota(capacity=1))
    (some,) = cancel([order], AT, quota(), [order.images[0].id]).orders
    assert [image.due_at for image in confirm(some, LATER, NEXT_MORNING, SLA).images] == [None, NEXT_MORNING]
