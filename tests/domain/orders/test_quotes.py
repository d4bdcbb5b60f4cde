from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from app.domain.orders.enums import ServiceLevel
from app.domain.orders.quotes import Offer, QuoteChanged, offers, require_unchanged
from tests.support.order_states import NEXT_MORNING, UPLOADED_AT, placed, quota


def test_a_standard_part_binds_its_count_deadline_and_price_an_additional_one_has_no_deadline() -> None:
    assert offers(placed(12, quota(used=190)), priced=True) == (
        Offer(ServiceLevel.STANDARD, 10, NEXT_MORNING, Decimal("14.50"), "USD"),
        Offer(ServiceLevel.ADDITIONAL, 2, None, Decimal("2.90"), "USD"),
    )


def test_expedited_parts_bind_no_deadline_since_theirs_runs_from_the_call() -> None:
    assert offers(placed(25, expedite=True), priced=True) == (
        Offer(ServiceLevel.EXPEDITED, 20, None, Decimal("58.00"), "USD"),
        Offer(ServiceLevel.EXPEDITED_ADDITIONAL, 5, None, Decimal("14.50"), "USD"),
    )


def test_a_plan_offer_binds_the_kept_deadline_and_is_separate_beyond_the_guarantee() -> None:
    assert offers(placed(250, expedite=True), priced=True)[1:] == (
        Offer(ServiceLevel.EXPEDITED_PLAN, 180, NEXT_MORNING, Decimal("261.00"), "USD"),
        Offer(ServiceLevel.EXPEDITED_PLAN, 50, None, Decimal("72.50"), "USD"),
    )


def test_both_offers_of_the_plan_level_are_compared_and_named() -> None:
    quoted = offers(placed(250, expedite=True), priced=True)
    require_unchanged(quoted, offers(placed(250, expedite=True), priced=True))
    with pytest.raises(QuoteChanged) as refused:
        require_unchanged(quoted, offers(placed(250, quota(used=1), expedite=True), priced=True))
    assert refused.value.reason == (
        "EXPEDITED_PLAN was 180 images due 2026-03-04T08:00:00Z for 261.00 USD and 50 images for 72.50 USD,"
        " is 179 images due 2026-03-04T08:00:00Z for 259.55 USD and 51 images for 73.95 USD"
    )


def test_without_a_specification_no_price_is_bound() -> None:
    assert offers(placed(3), priced=False) == (Offer(ServiceLevel.STANDARD, 3, NEXT_MORNING, None, None),)


def test_the_same_offer_is_unchanged_however_its_price_is_written() -> None:
    quoted = offers(placed(12, quota(used=190)), priced=True)
    require_unchanged(quoted, [replace(offer, price=(offer.price or 0) + Decimal("0.0000")) for offer in quoted])


def test_every_level_that_differs_is_named() -> None:
    quoted = offers(placed(1_200, quota(capacity=2_000, used=800)), priced=True)
    now = offers(placed(1_200, quota(capacity=2_000, used=801)), priced=True)
    with pytest.raises(QuoteChanged) as refused:
        require_unchanged(quoted, now)
    assert refused.value.reason == (
        "STANDARD was 1,200 images due 2026-03-04T08:00:00Z for 1740.00 USD,"
        " is 1,199 images due 2026-03-04T08:00:00Z for 1738.55 USD;"
        " ADDITIONAL was none, is 1 image for 1.45 USD"
    )
    assert str(refused.value) == f"The quote no longer holds: {refused.value.reason}."


@pytest.mark.parametrize(
    "other",
    [
        Offer(ServiceLevel.STANDARD, 4, NEXT_MORNING, Decimal("4.35"), "USD"),
        Offer(ServiceLevel.STANDARD, 3, NEXT_MORNING + timedelta(days=1), Decimal("4.35"), "USD"),
        Offer(ServiceLevel.STANDARD, 3, NEXT_MORNING, Decimal("4.36"), "USD"),
        Offer(ServiceLevel.STANDARD, 3, NEXT_MORNING, Decimal("4.35"), "EUR"),
        Offer(ServiceLevel.ADDITIONAL, 3, None, Decimal("4.35"), "USD"),
    ],
)
def test_another_count_deadline_price_currency_or_level_is_another_offer(other: Offer) -> None:
    quoted = offers(placed(3, at=UPLOADED_AT), priced=True)
    with pytest.raises(QuoteChanged):
        require_unchanged(quoted, [other])
