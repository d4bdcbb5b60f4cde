from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from app.domain.local_time import time_zone
from app.domain.orders.enums import ServiceLevel
from app.domain.pulse.rollups import ImageFacts, RejectionFacts, ReviewFacts, Tally
from db.tables.rollups import Rollup, SavingsRollup

SPECIFICATION = UUID(int=7)
UPLOADED_AT = datetime(2026, 3, 8, 23, 30, 10, tzinfo=UTC)
DUE_AT = datetime(2026, 3, 10, 9, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
IMAGE = ImageFacts(ServiceLevel.STANDARD, SPECIFICATION, 2, UPLOADED_AT)
OPEN = replace(IMAGE, due_at=DUE_AT, late_at=DUE_AT)
DELIVERED = replace(OPEN, late_at=None, first_delivered_at=DUE_AT - timedelta(hours=1))


def tally_of(*facts: ImageFacts | RejectionFacts | ReviewFacts) -> Tally:
    tally = Tally()
    for fact in facts:
        match fact:
            case ImageFacts():
                tally.add_images(fact)
            case RejectionFacts():
                tally.add_rejection(fact)
            case ReviewFacts():
                tally.add_reviews(fact)
    return tally


def by_minute(tally: Tally) -> dict[datetime, dict[str, int]]:
    """Return the amounts of each minute that are not 0, by column."""
    columns = list(Rollup.model_fields)[3:]
    return {
        bucket: {column: amount for column, amount in zip(columns, amounts, strict=True) if amount}
        for grain, bucket, *amounts in tally.rollup_rows(LONG_AGO)
        if grain == 1
    }


def minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def test_an_upload_counts_at_its_instant_and_an_open_deadline_as_late_at_the_deadline() -> None:
    assert by_minute(tally_of(OPEN)) == {minute(UPLOADED_AT): {"uploaded": 1}, DUE_AT: {"late_standard": 1}}


def test_an_image_without_a_deadline_is_never_late() -> None:
    assert by_minute(tally_of(IMAGE)) == {minute(UPLOADED_AT): {"uploaded": 1}}


def test_a_delivery_in_time_counts_with_its_lead_time_at_its_instant() -> None:
    lead = (DUE_AT - timedelta(hours=1) - UPLOADED_AT) // timedelta(microseconds=1)
    assert by_minute(tally_of(DELIVERED)) == {
        minute(UPLOADED_AT): {"uploaded": 1},
        DUE_AT - timedelta(hours=1): {"delivered": 1, "lead_microseconds": lead, "met_standard": 1},
    }


def test_a_delivery_at_exactly_its_deadline_is_met() -> None:
    facts = replace(OPEN, late_at=None, first_delivered_at=DUE_AT, service_level=ServiceLevel.ADDITIONAL)
    assert by_minute(tally_of(facts))[DUE_AT]["met_additional"] == 1


def test_a_late_delivery_stays_late_at_the_deadline() -> None:
    delivered_at = DUE_AT + timedelta(microseconds=1)
    amounts = by_minute(tally_of(replace(OPEN, first_delivered_at=delivered_at)))
    assert amounts[DUE_AT].keys() == {"delivered", "lead_microseconds", "late_standard"}


def test_a_rejection_of_an_image_counts_at_its_first_delivery() -> None:
    facts = replace(DELIVERED, first_rejected_at=DUE_AT + timedelta(days=3))
    assert by_minute(tally_of(facts))[DUE_AT - timedelta(hours=1)]["rejected"] == 1


def test_a_cancelled_image_leaves_no_trace() -> None:
    assert by_minute(tally_of(replace(IMAGE, due_at=DUE_AT, cancelled_at=UPLOADED_AT))) == {}


def test_an_image_that_was_late_before_its_cancellation_stays_late() -> None:
    assert by_minute(tally_of(replace(OPEN, cancelled_at=DUE_AT + timedelta(days=1)))) == {DUE_AT: {"late_standard": 1}}


@pytest.mark.parametrize(
    ("level", "terms"),
    [
        (ServiceLevel.STANDARD, ["standard"]),
        (ServiceLevel.ADDITIONAL, ["additional"]),
        (ServiceLevel.EXPEDITED, ["expedited"]),
        (ServiceLevel.EXPEDITED_ADDITIONAL, ["expedited", "expedited_additional"]),
        (ServiceLevel.EXPEDITED_PLAN, ["expedited", "delivery_plan"]),
    ],
)
def test_an_image_counts_by_its_level_and_also_among_the_expedited(level: ServiceLevel, terms: list[str]) -> None:
    late = tally_of(replace(OPEN, service_level=level))
    assert by_minute(late)[DUE_AT] == {f"late_{term}": 1 for term in terms}
    met = by_minute(tally_of(replace(DELIVERED, service_level=level)))[DUE_AT - timedelta(hours=1)]
    assert {column for column in met if column.startswith("met_")} == {f"met_{term}" for term in terms}


def test_a_rejection_counts_where_it_was_redelivered_in_time_else_at_its_deadline() -> None:
    rejected_at, due_at = DUE_AT, DUE_AT + timedelta(hours=5)
    met = RejectionFacts(rejected_at, due_at, None, due_at)
    missed = RejectionFacts(rejected_at, due_at, due_at, due_at + timedelta(microseconds=1))
    still_open = RejectionFacts(rejected_at, due_at, due_at)
    assert by_minute(tally_of(met, missed, still_open)) == {due_at: {"met_rejection": 1, "late_rejection": 2}}


def test_a_review_counts_where_it_ended_in_time_else_when_it_is_due() -> None:
    met = ReviewFacts(DUE_AT, None, DUE_AT)
    missed = ReviewFacts(DUE_AT, DUE_AT, DUE_AT + timedelta(minutes=2))
    cancelled, cancelled_late = ReviewFacts(DUE_AT, None, None), ReviewFacts(DUE_AT, DUE_AT, None)
    tally = tally_of(met, missed, cancelled, cancelled_late)
    assert by_minute(tally) == {DUE_AT: {"met_review": 1, "late_review": 2}}
    tally.add_reviews(missed, -3)
    assert by_minute(tally) == {DUE_AT: {"met_review": 1, "late_review": -1}}


def test_a_change_subtracts_its_earlier_amounts() -> None:
    tally = tally_of(OPEN)
    tally.add_images(OPEN, -1)
    assert tally.rollup_rows(LONG_AGO) == []
    assert tally.savings_rows(LONG_AGO) == []
    assert tally.week_rows(time_zone("UTC")) == []


def test_a_change_of_earlier_facts_has_negative_amounts() -> None:
    tally = Tally()
    tally.add_images(OPEN, -1)
    tally.add_images(replace(IMAGE, due_at=DUE_AT, cancelled_at=UPLOADED_AT))
    assert by_minute(tally) == {minute(UPLOADED_AT): {"uploaded": -1}, DUE_AT: {"late_standard": -1}}
    assert tally.week_rows(time_zone("UTC")) == [(date(2026, 3, 2), -1)]


def test_rows_are_sorted_by_grain_and_bucket_and_minutes_begin_with_an_instant() -> None:
    rows = tally_of(DELIVERED, OPEN).rollup_rows(minute(DUE_AT))
    day = datetime(2026, 3, 8, tzinfo=UTC)
    assert [row[:2] for row in rows] == [
        (1, DUE_AT),
        (60, day + timedelta(hours=23)),
        (60, DUE_AT - timedelta(hours=1)),
        (60, DUE_AT),
        (1440, day),
        (1440, day + timedelta(days=2)),
    ]
    assert all(len(row) == len(Rollup.model_fields) - 1 for row in rows)


def test_savings_count_images_of_a_specification_version_at_each_grain() -> None:
    other = replace(DELIVERED, specification_version=3)
    rows = tally_of(DELIVERED, other, DELIVERED).savings_rows(DUE_AT)
    at = DUE_AT - timedelta(hours=1)
    assert rows == [
        (60, at, SPECIFICATION, 2, 2),
        (60, at, SPECIFICATION, 3, 1),
        (1440, datetime(2026, 3, 10, tzinfo=UTC), SPECIFICATION, 2, 2),
        (1440, datetime(2026, 3, 10, tzinfo=UTC), SPECIFICATION, 3, 1),
    ]
    assert all(len(row) == len(SavingsRollup.model_fields) - 1 for row in rows)


def test_weeks_are_those_of_the_zone() -> None:
    tally = tally_of(OPEN, replace(OPEN, uploaded_at=UPLOADED_AT + timedelta(hours=1)))
    assert tally.week_rows(time_zone("UTC")) == [(date(2026, 3, 2), 1), (date(2026, 3, 9), 1)]
    assert tally.week_rows(time_zone("Europe/Copenhagen")) == [(date(2026, 3, 9), 2)]
