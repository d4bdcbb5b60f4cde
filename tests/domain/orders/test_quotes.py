from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.domain.orders import quotes
from app.domain.orders.enums import ServiceLevel
from app.domain.orders.quotes import Offer, QuoteChanged, require_unchanged
from app.domain.orders.state import OrderState
from app.domain.sla.terms import SlaTerms
from tests.support.order_states import NEXT_MORNING, UPLOADED_AT, placed, quota
from tests.support.sla import sla

TERMS = sla(1).terms
HOUR = timedelta(hours=1)


def offers(parts: Sequence[OrderState], terms: SlaTerms = TERMS, *, priced: bool = True) -> tuple[Offer, ...]:
    return quotes.offers(parts, terms, priced=priced)


def test_a_standard_part_binds_its_count_deadline_and_price_an_additional_one_its_review() -> None:
    assert offers(placed(12, quota(used=190))) == (
        Offer(ServiceLevel.STANDARD, 10, NEXT_MORNING, Decimal("14.50"), "USD"),
        Offer(ServiceLevel.ADDITIONAL, 2, None, Decimal("2.90"), "USD", review_turnaround=5 * HOUR),
    )


def test_expedited_parts_bind_the_turnaround_since_their_deadline_runs_from_the_call() -> None:
    assert offers(placed(25, expedite=True)) == (
        Offer(ServiceLevel.EXPEDITED, 20, None, Decimal("58.00"), "USD", turnaround=3 * HOUR),
        Offer(ServiceLevel.EXPEDITED_ADDITIONAL, 5, None, Decimal("14.50"), "USD", turnaround=6 * HOUR),
    )


def test_a_plan_offer_binds_kept_deadline_review_and_multiplier_and_is_separate_beyond_the_guarantee() -> None:
    assert offers(placed(250, expedite=True))[1:] == (
        Offer(ServiceLevel.EXPEDITED_PLAN, 180, NEXT_MORNING, Decimal("261.00"), "USD", None, 5 * HOUR, Decimal(2)),
        Offer(ServiceLevel.EXPEDITED_PLAN, 50, None, Decimal("72.50"), "USD", None, 5 * HOUR, Decimal(2)),
    )


def test_both_offers_of_the_plan_level_are_compared_and_named() -> None:
    quoted = offers(placed(250, expedite=True))
    require_unchanged(quoted, offers(placed(250, expedite=True)))
    with pytest.raises(QuoteChanged) as refused:
        require_unchanged(quoted, offers(placed(250, quota(used=1), expedite=True)))
    assert refused.value.reason == (
        "EXPEDITED_PLAN was"
        " 180 images due 2026-03-04T08:00:00Z reviewed in 5 hours for 261.00 USD (2 times that with a plan)"
        " and 50 images reviewed in 5 hours for 72.50 USD (2 times that with a plan), is"
        " 179 images due 2026-03-04T08:00:00Z reviewed in 5 hours for 259.55 USD (2 times that with a plan)"
        " and 51 images reviewed in 5 hours for 73.95 USD (2 times that with a plan)"
    )


PLAN = "20 images due 2026-03-04T08:00:00Z reviewed in {review} for 29.00 USD ({times} times that with a plan)"


@pytest.mark.parametrize(
    ("count", "terms", "before", "now"),
    [
        (
            20,
            {"expedite_turnaround": 9 * HOUR},
            "EXPEDITED was 20 images due in 3 hours for 58.00 USD",
            "20 images due in 9 hours for 58.00 USD",
        ),
        (
            25,
            {"expedite_additional_turnaround": 20 * HOUR},
            "EXPEDITED_ADDITIONAL was 5 images due in 6 hours for 14.50 USD",
            "5 images due in 20 hours for 14.50 USD",
        ),
        (
            40,
            {"expedite_multiplier": Decimal("2.5")},
            f"EXPEDITED_PLAN was {PLAN.format(review='5 hours', times='2')}",
            PLAN.format(review="5 hours", times="2.5"),
        ),
        (
            40,
            {"review_turnaround": HOUR / 2},
            f"EXPEDITED_PLAN was {PLAN.format(review='5 hours', times='2')}",
            PLAN.format(review="30 minutes", times="2"),
        ),
    ],
)
def test_another_promise_of_the_terms_is_another_offer(
    count: int, terms: dict[str, Any], before: str, now: str
) -> None:
    parts = placed(count, expedite=True)
    with pytest.raises(QuoteChanged) as refused:
        require_unchanged(offers(parts), offers(parts, replace(TERMS, **terms)))
    assert refused.value.reason == f"{before}, is {now}"


def test_a_term_that_promises_nothing_in_an_offer_does_not_change_it() -> None:
    other = replace(TERMS, expedite_turnaround=HOUR, review_turnaround=HOUR, expedite_multiplier=Decimal(3))
    require_unchanged(offers(placed(3)), offers(placed(3), other))
    planned, dearer = placed(40, expedite=True), replace(TERMS, expedite_multiplier=Decimal(3))
    require_unchanged(offers(planned, priced=False), offers(planned, dearer, priced=False))


def test_without_a_specification_no_price_is_bound() -> None:
    assert offers(placed(3), priced=False) == (Offer(ServiceLevel.STANDARD, 3, NEXT_MORNING, None, None),)


def test_the_same_offer_is_unchanged_however_its_price_is_written() -> None:
    quoted = offers(placed(12, quota(used=190)))
    require_unchanged(quoted, [replace(offer, price=(offer.price or 0) + Decimal("0.0000")) for offer in quoted])


def test_every_level_that_differs_is_named() -> None:
    quoted = offers(placed(1_200, quota(capacity=2_000, used=800)))
    now = offers(placed(1_200, quota(capacity=2_000, used=801)))
    with pytest.raises(QuoteChanged) as refused:
        require_unchanged(quoted, now)
    assert refused.value.reason == (
        "STANDARD was 1,200 images due 2026-03-04T08:00:00Z for 1740.00 USD,"
        " is 1,199 images due 2026-03-04T08:00:00Z for 1738.55 USD;"
        " ADDITIONAL was none, is 1 image reviewed in 5 hours for 1.45 USD"
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
    quoted = offers(placed(3, at=UPLOADED_AT))
    with pytest.raises(QuoteChanged):
        require_unchanged(quoted, [other])
