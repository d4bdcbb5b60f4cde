"""Deadlines that staff set for portions of an order's images."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.deadlines.enums import DeadlineStatus
from app.domain.errors import Refusals
from app.domain.orders.changes import confirm
from app.domain.orders.history import ImageHistory, with_history
from app.domain.orders.portions import Portion, confirm_portions
from app.domain.orders.refusals import DeadlineNotOpen
from app.domain.orders.state import Claim, KeptDeadline, OrderState
from tests.support.order_states import MICROSECOND, NEXT_MORNING, UPLOADED_AT, new_ids, placed, quota
from tests.support.sla import SLA, sla

HOUR = timedelta(hours=1)
AT = UPLOADED_AT + 2 * HOUR
EVENING = UPLOADED_AT + 8 * HOUR
NIGHT = UPLOADED_AT + 12 * HOUR


def additional(images: int) -> OrderState:
    """Return an order beyond the guarantee, of number 1."""
    return placed(images, quota(used=200))[0]


def portioned(order: OrderState, *portions: Portion) -> tuple[OrderState, ...]:
    """Confirm portions of an order; new orders are numbered from 7."""
    return confirm_portions(order, AT, portions, sla(4), 7, new_ids)


def refusals(order: OrderState, *portions: Portion) -> list[tuple[str, int | None]]:
    """Return the names of refusals, each with the index of its portion."""
    with pytest.raises(Refusals) as refused:
        portioned(order, *portions)
    return [(type(each).__name__, getattr(each, "index", None)) for each in refused.value.refusals]


def test_each_portion_is_an_order_with_its_own_deadline() -> None:
    order = replace(additional(5), external_reference="PO-1", instructions="crop")
    orders = portioned(order, Portion(2, EVENING), Portion(2, NIGHT), Portion(1, NEXT_MORNING))
    assert [(each.number, each.due_at, [image.number for image in each.images]) for each in orders] == [
        (1, EVENING, [1, 2]),
        (7, NIGHT, [3, 4]),
        (8, NEXT_MORNING, [5]),
    ]
    assert [each.split_from for each in orders] == [None, order.id, order.id]
    assert [each.external_reference for each in orders] == ["PO-1", None, None]
    for each in orders:
        assert (each.service_level, each.name, each.instructions) == ("ADDITIONAL", order.name, "crop")
        assert (each.deadline_status, each.confirmed_at) == (DeadlineStatus.CONFIRMED, AT)
        assert {(image.due_at, image.price) for image in each.images} == {(each.due_at, Decimal("1.45"))}


def test_delivered_and_cancelled_images_stay_in_the_order_as_they_are() -> None:
    histories = [None, ImageHistory(UPLOADED_AT + HOUR, ()), None, None]
    order = with_history(additional(4), histories)
    images = (order.images[0]._replace(cancelled_at=UPLOADED_AT + HOUR), *order.images[1:])
    first, second = portioned(replace(order, images=images), Portion(1, EVENING), Portion(1, NIGHT))
    assert [(image.number, image.due_at) for image in first.images] == [(1, None), (2, None), (3, EVENING)]
    assert [(image.number, image.due_at) for image in second.images] == [(4, NIGHT)]


def test_claims_continue_in_the_order_that_their_images_become_unless_they_have_run_out() -> None:
    order = additional(3)
    running, over = Claim("Ada", AT + HOUR), Claim("Bob", AT)
    images = tuple(
        image._replace(claim=claim) for image, claim in zip(order.images, (over, running, over), strict=True)
    )
    first, second = portioned(replace(order, images=images), Portion(1, EVENING), Portion(2, NIGHT))
    assert [image.claim for image in (*first.images, *second.images)] == [over, running, None]


def test_each_portion_of_a_delivery_plan_keeps_the_deadline_before_and_costs_twice() -> None:
    *_, order = placed(6, quota(expedites=2), expedite=True)
    assert (order.service_level, order.due_at, len(order.images)) == ("EXPEDITED_PLAN", NEXT_MORNING, 4)
    orders = portioned(order, Portion(3, EVENING), Portion(1, NIGHT))
    assert [each.kept for each in orders] == 2 * [KeptDeadline(NEXT_MORNING, order.sla_version)]
    assert [each.sla_version for each in orders] == [4, 4]
    assert {image.price for each in orders for image in each.images} == {Decimal("2.90")}


def test_portions_that_do_not_fit_are_refused() -> None:
    order = additional(3)
    assert refusals(order, Portion(1, EVENING), Portion(1, NIGHT)) == [("PortionsDiffer", None)]
    assert refusals(order, Portion(2, EVENING), Portion(2, NIGHT)) == [("PortionsDiffer", None)]
    assert refusals(order, Portion(1, EVENING), Portion(2, EVENING)) == [("PortionNotLater", 1)]
    assert refusals(order, Portion(2, AT), Portion(2, AT - HOUR)) == [
        ("PortionsDiffer", None),
        ("PortionNotLater", 1),
        ("DeadlineNotAhead", 0),
        ("DeadlineNotAhead", 1),
    ]
    assert refusals(order, Portion(3, EVENING), Portion(0, NIGHT)) == [("PortionEmpty", 1)]
    assert refusals(order) == [("PortionsOutOfRange", None)]
    minutes = [Portion(1, EVENING + timedelta(minutes=number)) for number in range(21)]
    assert refusals(additional(21), *minutes) == [("PortionsOutOfRange", None)]
    assert len(portioned(additional(20), *minutes[:20])) == 20
    *_, planned = placed(6, quota(expedites=2), expedite=True)
    assert refusals(planned, Portion(3, NEXT_MORNING - MICROSECOND), Portion(1, NEXT_MORNING)) == [
        ("DeadlineNotAhead", 1)
    ]


def test_an_order_with_a_deadline_takes_no_portions() -> None:
    with pytest.raises(DeadlineNotOpen):
        portioned(placed(2)[0], Portion(1, EVENING), Portion(1, NIGHT))


@given(counts=st.lists(st.integers(1, 6), min_size=1, max_size=8), done=st.sets(st.integers(0, 9)))
def test_portions_have_every_image_once_in_upload_order(counts: Sequence[int], done: set[int]) -> None:
    images = sum(counts) + len(done)
    histories = [ImageHistory(UPLOADED_AT + HOUR, ()) if index in done else None for index in range(images)]
    order = with_history(additional(images), histories)
    delivered = {image.number for image in order.images if image.first_delivered_at is not None}
    counts = [*counts[:-1], counts[-1] + len(done) - len(delivered)]
    orders = portioned(order, *(Portion(count, due_at(index)) for index, count in enumerate(counts)))
    found = [[image.number for image in each.images if image.number not in delivered] for each in orders]
    assert [len(numbers) for numbers in found] == counts
    assert [number for numbers in found for number in numbers] == sorted({*range(1, images + 1)} - delivered)
    assert delivered <= {image.number for image in orders[0].images}


@given(images=st.integers(1, 20))
def test_a_single_portion_equals_a_deadline_of_the_order(images: int) -> None:
    order = additional(images)
    assert portioned(order, Portion(images, EVENING)) == (confirm(order, AT, EVENING, SLA),)


def due_at(index: int) -> datetime:
    return EVENING + index * HOUR
