"""Reviews: the time in which staff owe an image a deadline."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.ledger.quota import QuotaDay
from app.domain.orders.cancellations import cancel
from app.domain.orders.changes import confirm
from app.domain.orders.expedites import expedite
from app.domain.orders.history import ImageHistory, as_of, with_history
from app.domain.orders.reviews import open_review, review_by, review_ended_at, review_late_at, with_reviews
from app.domain.orders.state import OrderState, ReviewState
from tests.support.order_states import COPENHAGEN, MICROSECOND, NEXT_MORNING, UPLOADED_AT, new_ids, placed, quota
from tests.support.sla import SLA, sla

HOUR = timedelta(hours=1)
DUE_AT = UPLOADED_AT + 5 * HOUR
FULL = quota(used=200)


def reviewed(
    images: int = 1, day: QuotaDay = FULL, *, expedite: bool = False, at: datetime = UPLOADED_AT
) -> tuple[OrderState, ...]:
    """Place an order on a day with no guarantee left."""
    return placed(images, day, expedite=expedite, at=at)


def expedited(order: OrderState, at: datetime, day: QuotaDay, *numbers: int) -> tuple[OrderState, ...]:
    """Expedite images of an order by their numbers, or all of them, with their reviews."""
    chosen = [image.id for image in order.images if image.number in numbers] if numbers else None
    return with_reviews(expedite([order], chosen, at, day, 2, new_ids), at, COPENHAGEN).orders


def outcome(order: OrderState) -> list[tuple[datetime | None, datetime | None]]:
    """Return when the reviews of an order's first image ended, and from when on they are late."""
    image = order.images[0]
    return [(review_ended_at(image, review), review_late_at(image, review)) for review in image.reviews]


def test_images_within_the_guarantee_or_in_three_hours_have_none() -> None:
    assert [image.reviews for order in reviewed(2, quota()) for image in order.images] == [(), ()]
    assert [image.reviews for order in reviewed(2, FULL, expedite=True) for image in order.images] == [(), ()]


def test_an_image_beyond_the_guarantee_has_one_from_its_upload_for_five_hours() -> None:
    (order,) = reviewed()
    assert order.images[0].reviews == (ReviewState(UPLOADED_AT, DUE_AT),)
    assert review_by(order) == DUE_AT


def test_the_review_turnaround_is_of_the_terms_in_force() -> None:
    in_force = sla(4)
    terms = replace(in_force.terms, review_turnaround=timedelta(minutes=90))
    (order,) = reviewed(day=replace(FULL, sla=replace(in_force, terms=terms)))
    assert review_by(order) == UPLOADED_AT + timedelta(minutes=90)


def test_no_review_is_due_after_the_deadline_that_the_image_keeps() -> None:
    at = NEXT_MORNING - 2 * HOUR
    (order,) = placed()
    (planned,) = expedited(order, at, quota(expedites=0))
    assert (planned.service_level, planned.due_at) == ("EXPEDITED_PLAN", NEXT_MORNING)
    assert planned.images[0].reviews == (ReviewState(at, NEXT_MORNING),)


def test_it_goes_on_when_an_image_without_deadline_comes_to_the_plan_level() -> None:
    (order,) = reviewed()
    (planned,) = expedited(order, DUE_AT + HOUR, quota(expedites=0))
    assert (planned.service_level, planned.due_at) == ("EXPEDITED_PLAN", None)
    assert planned.images[0].reviews == (ReviewState(UPLOADED_AT, DUE_AT),)


def test_an_image_with_a_deadline_of_staff_has_a_second_one_at_the_plan_level() -> None:
    (order,) = reviewed()
    dated = confirm(order, UPLOADED_AT + HOUR, NEXT_MORNING, SLA)
    (planned,) = expedited(dated, UPLOADED_AT + 2 * HOUR, quota(expedites=0))
    assert planned.images[0].reviews == (
        ReviewState(UPLOADED_AT, DUE_AT, UPLOADED_AT + HOUR),
        ReviewState(UPLOADED_AT + 2 * HOUR, DUE_AT + 2 * HOUR),
    )


@pytest.mark.parametrize(
    ("at", "late_at"), [(DUE_AT, None), (DUE_AT + MICROSECOND, DUE_AT)], ids=["when it is due", "after it"]
)
def test_it_ends_with_the_deadline_the_expedite_or_the_delivery(at: datetime, late_at: datetime | None) -> None:
    (order,) = reviewed()
    confirmed = confirm(order, at, NEXT_MORNING, SLA)
    (in_three_hours,) = expedited(order, at, quota())
    delivered = with_history(order, [ImageHistory(at, ())])
    for after in (confirmed, in_three_hours, delivered):
        assert outcome(after) == [(at, late_at)]
        assert (open_review(after.images[0]), review_by(after)) == (None, None)


@pytest.mark.parametrize(("at", "late_at"), [(DUE_AT, None), (DUE_AT + MICROSECOND, DUE_AT)])
def test_cancelled_while_it_is_open_it_counts_nowhere(at: datetime, late_at: datetime | None) -> None:
    (order,) = cancel(reviewed(), at, FULL).orders
    assert outcome(order) == [(None, late_at)]
    assert (open_review(order.images[0]), review_by(order)) == (None, None)


def test_cancelled_after_it_was_met_it_stays_met() -> None:
    confirmed = confirm(reviewed()[0], UPLOADED_AT + HOUR, NEXT_MORNING, SLA)
    (order,) = cancel([confirmed], UPLOADED_AT + 2 * HOUR, FULL).orders
    assert outcome(order) == [(UPLOADED_AT + HOUR, None)]


def test_an_image_split_off_takes_its_review_along() -> None:
    (order,) = reviewed(2)
    stays, left = expedited(order, UPLOADED_AT + HOUR, quota(), 2)
    assert (review_by(stays), review_by(left)) == (DUE_AT, None)
    assert outcome(left) == [(UPLOADED_AT + HOUR, None)]


def test_as_of_an_instant_before_staff_set_the_deadline_it_is_open() -> None:
    (order,) = reviewed()
    confirmed = confirm(order, UPLOADED_AT + HOUR, NEXT_MORNING, SLA)
    assert as_of(confirmed, UPLOADED_AT + HOUR - MICROSECOND).images == order.images


@given(
    st.timedeltas(timedelta(0), 20 * HOUR),
    st.timedeltas(timedelta(0), 20 * HOUR),
    st.timedeltas(MICROSECOND, 20 * HOUR),
)
def test_reviews_of_an_image_are_never_missed_at_the_same_instant(
    owed: timedelta, kept: timedelta, left: timedelta
) -> None:
    (order,) = reviewed()
    dated_at = UPLOADED_AT + owed
    dated = confirm(order, dated_at, dated_at + kept + left, SLA)
    (planned,) = expedited(dated, dated_at + kept, quota(expedites=0))
    late = [late_at for _, late_at in outcome(planned) if late_at is not None]
    assert len(late) == 1 + (owed > 5 * HOUR)
    assert late == sorted(set(late))


@given(st.timedeltas(timedelta(0), timedelta(days=6)), st.integers(0, 2), st.integers(0, 2))
def test_open_images_have_an_open_review_exactly_if_staff_owe_them_a_deadline(
    later: timedelta, used: int, expedited_count: int
) -> None:
    """Images of one order have one review."""
    day = quota(capacity=2, used=used, expedites=1, expedited=expedited_count)
    orders = reviewed(4, day, expedite=bool(expedited_count), at=UPLOADED_AT + later % timedelta(hours=12))
    for order in orders:
        owed = order.deadline_status != "CONFIRMED"
        assert [open_review(image) is not None for image in order.images] == [owed] * len(order.images)
        assert len({image.reviews for image in order.images}) == 1
        by = review_by(order)
        assert order.due_at is None or by is None or by <= order.due_at
