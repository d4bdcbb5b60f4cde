"""Delivering, rejecting and completing (domain rules, sections 3 and 5)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from app.domain.errors import Refusals
from app.domain.orders.enums import RejectionCategory
from app.domain.orders.refusals import NotClaimed, NotCompletable, NotDelivered, NotRejectable
from app.domain.orders.state import Claim, OrderState, order_figures
from app.domain.production.commands import complete, deliver
from app.domain.production.rejections import REJECTION_PERIOD, RejectionReason, RejectionTerms, reject, rejectable
from tests.support.order_states import COPENHAGEN, MICROSECOND, UPLOADED_AT, new_ids, placed
from tests.support.sla import sla

HOUR = timedelta(hours=1)
AT = UPLOADED_AT + HOUR
SATURDAY_NIGHT = datetime.fromisoformat("2026-03-07T21:00:00Z")


def claimed(order: OrderState, until: datetime = AT + HOUR, worker: str = "ann") -> OrderState:
    return replace(order, images=tuple(image._replace(claim=Claim(worker, until)) for image in order.images))


def ids(order: OrderState) -> list[UUID]:
    return [image.id for image in order.images]


def delivered(images: int = 2) -> OrderState:
    (order,) = placed(images)
    return deliver(claimed(order), ids(order), "ann", AT)


def rejected(order: OrderState, chosen: Sequence[UUID], at: datetime) -> OrderState:
    terms = RejectionTerms(at, COPENHAGEN, sla(4), REJECTION_PERIOD)
    return reject(order, dict.fromkeys(chosen, RejectionReason("halo", RejectionCategory.MASK)), terms, new_ids)


def test_a_delivery_ends_the_claim_and_is_the_first_one() -> None:
    order = delivered()
    assert [(image.first_delivered_at, image.claim) for image in order.images] == [(AT, None), (AT, None)]
    assert order_figures(order).status == "READY_FOR_DOWNLOAD"


def test_a_claim_holds_until_just_before_its_end() -> None:
    (order,) = placed(1)
    held = claimed(order, until=AT)
    assert deliver(held, ids(order), "ann", AT - MICROSECOND).images[0].first_delivered_at == AT - MICROSECOND
    with pytest.raises(Refusals):
        deliver(held, ids(order), "ann", AT)


def test_every_image_that_the_worker_does_not_hold_is_named() -> None:
    (order,) = placed(3)
    first, second, third = order.images
    held = replace(order, images=(first._replace(claim=Claim("bob", AT + HOUR)), claimed(order).images[1], third))
    with pytest.raises(Refusals) as error:
        deliver(held, [first.id, second.id, third.id], "ann", AT)
    assert all(isinstance(refusal, NotClaimed) for refusal in error.value.refusals)
    assert [str(refusal) for refusal in error.value.refusals] == [
        "'1.jpg' is not claimed by 'ann'.",
        "'3.jpg' is not claimed by 'ann'.",
    ]


def test_a_rejected_image_is_due_again_five_hours_later() -> None:
    order = delivered()
    sent_back = rejected(order, ids(order)[1:], AT + HOUR)
    assert sent_back.images[0] == order.images[0]
    (rejection,) = sent_back.images[1].rejections
    assert (rejection.at, rejection.due_at, rejection.reason) == (AT + HOUR, AT + 6 * HOUR, "halo")
    assert (rejection.sla_version, rejection.redelivered_at) == (4, None)
    assert order_figures(sent_back).status == "IN_PRODUCTION"


def test_a_redo_due_on_a_weekend_moves_to_monday() -> None:
    sent_back = rejected(delivered(1), ids(delivered(1))[:0], SATURDAY_NIGHT)
    assert sent_back.images[0].rejections == ()
    order = delivered(1)
    sent_back = rejected(order, ids(order), SATURDAY_NIGHT)
    assert sent_back.images[0].rejections[0].due_at == datetime.fromisoformat("2026-03-09T02:00:00Z")


def test_a_redelivery_closes_the_rejection_and_keeps_the_first_delivery() -> None:
    order = delivered(1)
    sent_back = claimed(rejected(order, ids(order), AT + HOUR), AT + 3 * HOUR)
    again = deliver(sent_back, ids(order), "ann", AT + 2 * HOUR)
    assert again.images[0].first_delivered_at == AT
    assert again.images[0].rejections[0].redelivered_at == AT + 2 * HOUR
    assert again.images[0].delivered_at == AT + 2 * HOUR


def test_only_a_delivered_image_can_be_rejected() -> None:
    (order,) = placed(1)
    with pytest.raises(Refusals) as error:
        rejected(order, ids(order), AT)
    assert isinstance(error.value.refusals[0], NotDelivered)
    done = delivered(1)
    sent_back = rejected(done, ids(done), AT)
    with pytest.raises(Refusals):
        rejected(sent_back, ids(done), AT + HOUR)


def test_each_image_has_its_own_reason_and_category() -> None:
    order = delivered()
    first, second = ids(order)
    reasons = {second: RejectionReason("too dark", RejectionCategory.COLOR), first: RejectionReason("halo")}
    sent_back = reject(order, reasons, RejectionTerms(AT, COPENHAGEN, sla(4), REJECTION_PERIOD), new_ids)
    found = [(image.rejections[0].reason, image.rejections[0].category) for image in sent_back.images]
    assert found == [("halo", None), ("too dark", "COLOR")]


def test_an_image_is_rejected_before_thirty_days_have_passed_since_its_last_delivery() -> None:
    order = delivered(1)
    until = AT + REJECTION_PERIOD
    again = deliver(claimed(rejected(order, ids(order), until - MICROSECOND), until + HOUR), ids(order), "ann", until)
    assert rejected(again, ids(order), until + REJECTION_PERIOD - MICROSECOND).images[0].open_rejection is not None
    with pytest.raises(Refusals) as refused:
        rejected(order, ids(order), until)
    (refusal,) = refused.value.refusals
    assert isinstance(refusal, NotRejectable)
    assert (refusal.rejectable_until, str(refusal)) == (until, "'1.jpg' could be rejected until 2026-04-02T11:00:00Z.")


def test_of_a_whole_order_the_images_are_rejected_that_still_can_be() -> None:
    (order,) = placed(4)
    first, second, third, _ = (image.id for image in order.images)
    order = deliver(claimed(order), [first], "ann", AT)
    order = deliver(claimed(order, AT + 3 * HOUR), [second, third], "ann", AT + HOUR)
    order = rejected(order, [third], AT + HOUR)
    until = AT + REJECTION_PERIOD
    assert rejectable(order, until - MICROSECOND, REJECTION_PERIOD) == [first, second]
    assert rejectable(order, until, REJECTION_PERIOD) == [second]
    with pytest.raises(NotRejectable) as refused:
        rejectable(order, until + HOUR, REJECTION_PERIOD)
    assert (refused.value.image_id, refused.value.rejectable_until) == (None, until + HOUR)
    assert str(refused.value) == "Order 1 could be rejected until 2026-04-02T12:00:00Z."
    with pytest.raises(NotDelivered):
        rejectable(placed(1)[0], AT, REJECTION_PERIOD)


def test_a_rejection_reopens_a_completed_order() -> None:
    order = complete(delivered(1), AT + HOUR)
    assert order_figures(order).status == "COMPLETED"
    sent_back = claimed(rejected(order, ids(order), AT + HOUR), AT + 3 * HOUR)
    assert order_figures(sent_back).status == "IN_PRODUCTION"
    assert order_figures(deliver(sent_back, ids(order), "ann", AT + 2 * HOUR)).status == "READY_FOR_DOWNLOAD"


def test_only_an_order_that_is_ready_for_download_completes() -> None:
    with pytest.raises(NotCompletable, match="Order 1 is IN_PRODUCTION"):
        complete(placed(1)[0], AT)
    with pytest.raises(NotCompletable, match="Order 1 is COMPLETED"):
        complete(complete(delivered(1), AT), AT)
