from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from app.domain.orders.changes import confirm
from app.domain.orders.expedites import expedite
from app.domain.orders.history import ImageHistory, as_of, unconfirmed, updated_at, with_facts_after, with_history
from app.domain.orders.refusals import DeadlineNotOpen
from app.domain.orders.state import OrderState, RejectionState
from tests.support.order_states import MICROSECOND, NEXT_MORNING, UPLOADED_AT, new_ids, placed, quota
from tests.support.sla import SLA, always_as_now, sla

DELIVERED_AT = UPLOADED_AT + timedelta(hours=2)
REJECTED_AT = UPLOADED_AT + timedelta(hours=3)
REDELIVERED_AT = UPLOADED_AT + timedelta(hours=4)
CONFIRMED_AT = UPLOADED_AT + timedelta(hours=5)


def rejection(redelivered_at: datetime | None) -> RejectionState:
    return RejectionState(UUID(int=1), REJECTED_AT, "halo", REJECTED_AT + timedelta(hours=5), 3, redelivered_at)


def redelivered_order() -> OrderState:
    """Return an order of two images: one delivered, rejected and redelivered, one not delivered."""
    (order,) = placed(2)
    return with_history(order, [ImageHistory(DELIVERED_AT, (rejection(REDELIVERED_AT),)), None])


def test_the_state_as_of_an_instant_has_all_changes_up_to_it() -> None:
    order = redelivered_order()
    assert as_of(order, REDELIVERED_AT) == order
    assert as_of(order, REDELIVERED_AT - MICROSECOND).images[0].rejections == (rejection(None),)
    assert as_of(order, REJECTED_AT - MICROSECOND).images[0].rejections == ()
    assert as_of(order, DELIVERED_AT).images[0].first_delivered_at == DELIVERED_AT
    assert as_of(order, DELIVERED_AT - MICROSECOND).images[0].first_delivered_at is None


def test_an_order_was_updated_by_its_last_command_or_a_later_fact() -> None:
    order = redelivered_order()
    assert updated_at(order, UPLOADED_AT) == REDELIVERED_AT
    assert updated_at(as_of(order, REDELIVERED_AT - MICROSECOND), UPLOADED_AT) == REJECTED_AT
    assert updated_at(as_of(order, REJECTED_AT - MICROSECOND), UPLOADED_AT) == DELIVERED_AT
    assert updated_at(placed(2)[0], UPLOADED_AT) == UPLOADED_AT
    assert updated_at(order, REDELIVERED_AT + MICROSECOND) == REDELIVERED_AT + MICROSECOND
    confirmed = confirm(placed(1, quota(used=200))[0], CONFIRMED_AT, NEXT_MORNING, SLA)
    assert updated_at(confirmed, UPLOADED_AT) == CONFIRMED_AT


def test_a_deadline_that_staff_set_later_is_not_set_yet() -> None:
    (order,) = placed(1, quota(used=200))
    confirmed = confirm(order, CONFIRMED_AT, NEXT_MORNING, SLA)
    assert as_of(confirmed, CONFIRMED_AT) == confirmed
    assert as_of(confirmed, CONFIRMED_AT - MICROSECOND) == order == unconfirmed(confirmed)


def test_before_a_plan_is_confirmed_its_images_cost_the_single_price() -> None:
    _, planned = placed(60, quota(used=200), expedite=True)
    assert unconfirmed(confirm(planned, CONFIRMED_AT, NEXT_MORNING, sla(3))) == planned


def test_before_a_plan_is_confirmed_the_kept_deadline_and_its_version_are_in_force() -> None:
    _, planned = placed(22, quota(expedites=2), expedite=True)
    planned = with_history(planned, [None, None, ImageHistory(DELIVERED_AT, ()), *[None] * 19])
    confirmed = confirm(planned, CONFIRMED_AT, NEXT_MORNING - MICROSECOND, expedited=sla(4))
    assert unconfirmed(confirmed) == planned
    assert as_of(confirmed, CONFIRMED_AT - MICROSECOND) == planned


def test_later_deliveries_follow_the_images_that_an_expedite_moved() -> None:
    before = redelivered_order()
    at = DELIVERED_AT - MICROSECOND
    change = expedite([as_of(before, at)], [before.images[0].id], at, quota(), 2, new_ids)
    known = {image.id: image for image in before.images}
    original, sibling = (with_facts_after(order, before, known, at, always_as_now) for order in change.orders)
    assert [image.first_delivered_at for image in original.images] == [None]
    (moved,) = sibling.images
    assert (moved.first_delivered_at, moved.rejections) == (DELIVERED_AT, (rejection(REDELIVERED_AT),))
    assert moved.due_at == at + timedelta(hours=3)


def test_a_deadline_set_later_stays_with_images_at_the_plan_level() -> None:
    (order,) = placed(4, quota(used=200))
    before = confirm(order, CONFIRMED_AT, NEXT_MORNING, SLA)
    change = expedite([order], [order.images[0].id], UPLOADED_AT, quota(expedites=0), 2, new_ids)
    known = {image.id: image for image in before.images}
    original, sibling = (with_facts_after(each, before, known, UPLOADED_AT, always_as_now) for each in change.orders)
    assert (original.due_at, original.images[0].price) == (NEXT_MORNING, Decimal("1.45"))
    assert (sibling.service_level, sibling.due_at, sibling.confirmed_at) == (
        "EXPEDITED_PLAN",
        NEXT_MORNING,
        CONFIRMED_AT,
    )
    assert sibling.images[0].price == Decimal("2.90")


def test_a_deadline_set_later_contradicts_an_expedite_that_gives_one() -> None:
    (order,) = placed(1, quota(used=200))
    before = confirm(order, CONFIRMED_AT, NEXT_MORNING, SLA)
    (changed,) = expedite([order], None, UPLOADED_AT, quota(), 2, new_ids).orders
    with pytest.raises(DeadlineNotOpen):
        with_facts_after(changed, before, {image.id: image for image in before.images}, UPLOADED_AT, always_as_now)


def test_an_image_delivered_before_staff_set_the_deadline_contradicts_nothing() -> None:
    (order,) = placed(2, quota(used=200))
    before = confirm(with_history(order, [ImageHistory(DELIVERED_AT, ()), None]), CONFIRMED_AT, NEXT_MORNING, SLA)
    _, changed = expedite([order], [order.images[0].id], UPLOADED_AT, quota(), 2, new_ids).orders
    after = with_facts_after(changed, before, {image.id: image for image in before.images}, UPLOADED_AT, always_as_now)
    assert (after.images[0].due_at, after.images[0].first_delivered_at) == (
        UPLOADED_AT + timedelta(hours=3),
        DELIVERED_AT,
    )
