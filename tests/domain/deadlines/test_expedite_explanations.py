"""Explanations of expedites and of delivery plans."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.domain.deadlines.enums import DeadlineStatus
from app.domain.deadlines.explanations import Moment
from app.domain.deadlines.rules import standard_deadline
from app.domain.local_time import time_zone
from app.domain.orders.enums import ServiceLevel
from tests.support.deadline_steps import Step
from tests.support.promises import (
    COPENHAGEN,
    FRIDAY_BEFORE_SUMMER_TIME,
    POSITION_STEP,
    SLA_STEP,
    TO,
    TUESDAY,
    Code,
    additional,
    codes,
    expedited,
    explained,
    planned,
    standard,
    text,
)
from tests.support.sla import DELIVER_BY, TERMS

HOUR = timedelta(hours=1)


def test_an_expedited_deadline_is_explained_by_positions_in_both_quotas_and_three_hours() -> None:
    expedited_at = TUESDAY + HOUR
    promise = replace(
        standard(TUESDAY),
        service_level=ServiceLevel.EXPEDITED,
        due_at=expedited_at + 3 * HOUR,
        expedite=expedited(expedited_at, 1, 20),
    )
    assert explained(promise)[1:] == [
        POSITION_STEP,
        Step(
            Code.EXPEDITE_POSITION,
            "Expedited Tuesday 3 March 2026, 15:05 (UTC+01:00, Europe/Copenhagen), within the window from Monday 00:00 "
            f"to Friday 24:00 UTC: images 1{TO}20 of the 20 expedites for Tuesday 3 March 2026",
            expedited_at,
        ),
        Step(
            Code.BASE_DEADLINE,
            "Due 3 hours later, Tuesday 3 March 2026, 18:05 (UTC+01:00, Europe/Copenhagen)",
            expedited_at + 3 * HOUR,
        ),
        SLA_STEP,
    ]


def test_expedites_beyond_the_quota_are_explained_by_six_hours_and_a_clock_change_within_them() -> None:
    # Clocks in Cairo change on a Friday, within the expedite window.
    cairo = time_zone("Africa/Cairo")
    expedited_at = datetime(2026, 4, 23, 20, tzinfo=UTC)
    promise = replace(
        standard(expedited_at, cairo),
        service_level=ServiceLevel.EXPEDITED_ADDITIONAL,
        due_at=expedited_at + 6 * HOUR,
        expedite=expedited(expedited_at, 21, 40, zone=cairo),
    )
    assert text(promise, Code.EXPEDITE_POSITION) == (
        "Expedited Thursday 23 April 2026, 22:00 (UTC+02:00, Africa/Cairo), within the window from Monday 00:00 to "
        f"Friday 24:00 UTC: images 21{TO}40, beyond the 20 expedites for Thursday 23 April 2026"
    )
    assert (
        text(promise, Code.BASE_DEADLINE) == "Due 6 hours later, Friday 24 April 2026, 05:00 (UTC+03:00, Africa/Cairo)"
    )
    assert text(promise, Code.CLOCK_CHANGE) == (
        "The clock changes from UTC+02:00 by the deadline, on Friday 24 April 2026, 01:00 (UTC+03:00, Africa/Cairo)"
    )


def test_an_expedite_after_a_change_of_zone_is_explained_in_its_new_zone() -> None:
    new_york = time_zone("America/New_York")
    promise = replace(
        standard(TUESDAY), service_level=ServiceLevel.EXPEDITED, expedite=expedited(TUESDAY + HOUR, 1, 20, 20, new_york)
    )
    assert text(promise, Code.UPLOADED_AT).endswith("14:05 (UTC+01:00, Europe/Copenhagen)")
    assert text(promise, Code.BASE_DEADLINE).endswith("12:05 (UTC-05:00, America/New_York)")


@pytest.mark.parametrize(
    ("quota", "reason"),
    [(20, "From 40 expedites in a day on"), (1, "From 2 expedites in a day on"), (0, "Without expedites for the day")],
)
@pytest.mark.parametrize(
    ("closed", "rest"),
    [
        (False, "with it each image costs 2 times its price, without it there is no deadline"),
        (True, "they made none before the delivery or cancellation, so there is no deadline"),
    ],
)
def test_an_awaited_delivery_plan_is_explained_with_the_count_that_requires_one(
    quota: int, reason: str, rest: str, *, closed: bool
) -> None:
    promise = replace(planned(TUESDAY, expedited(TUESDAY, 2 * quota + 1, 60, quota)), closed=closed)
    assert explained(promise)[3:] == [
        Step(Code.AWAITING_STAFF, f"{reason}, support and production make a delivery plan; {rest}", None),
        SLA_STEP,
    ]


def test_a_deadline_kept_until_there_is_a_plan_is_explained_before_the_wait() -> None:
    promise = replace(
        planned(FRIDAY_BEFORE_SUMMER_TIME, expedited(FRIDAY_BEFORE_SUMMER_TIME + HOUR, 41, 60)),
        due_at=standard_deadline(FRIDAY_BEFORE_SUMMER_TIME, COPENHAGEN, DELIVER_BY),
    )
    assert codes(promise) == (
        "UPLOADED_AT CUTOFF GUARANTEE_POSITION BASE_DEADLINE "
        "WEEKEND_SHIFT CLOCK_CHANGE EXPEDITE_POSITION AWAITING_STAFF SLA_VERSION"
    )
    assert text(promise, Code.AWAITING_STAFF).endswith("without it the deadline above stands")


def test_the_wait_for_a_plan_names_by_when_it_is_promised_and_the_price_with_it() -> None:
    own = replace(TERMS, expedite_multiplier=Decimal("1.75"), review_turnaround=2 * HOUR)
    asked = TUESDAY + 16 * HOUR
    due_at = standard_deadline(TUESDAY, COPENHAGEN, DELIVER_BY)
    of_upload, of_expedite, kept = (
        replace(planned(TUESDAY, replace(expedited(asked, 41, 60), terms=own)), due_at=due, review_by=by)
        for due, by in ((None, TUESDAY + 5 * HOUR), (due_at, asked + 2 * HOUR), (due_at, due_at))
    )
    plan = "From 40 expedites in a day on, support and production make a delivery plan by"
    within = "within 2 hours from Monday to Friday"
    costs = "with it each image costs 1.75 times its price, without it"
    assert [text(each, Code.AWAITING_STAFF) for each in (of_upload, of_expedite, kept)] == [
        (
            f"{plan} Tuesday 3 March 2026, 19:05 (UTC+01:00, Europe/Copenhagen), within 5 hours from Monday to Friday; "
            f"{costs} there is no deadline"
        ),
        (
            f"{plan} Wednesday 4 March 2026, 08:05 (UTC+01:00, Europe/Copenhagen), {within}; "
            f"{costs} the deadline above stands"
        ),
        (
            f"{plan} Wednesday 4 March 2026, 09:00 (UTC+01:00, Europe/Copenhagen), when the deadline above passes; "
            f"{costs} the deadline above stands"
        ),
    ]


def test_a_void_plan_is_explained_after_the_deadline_in_force() -> None:
    due_at = standard_deadline(TUESDAY, COPENHAGEN, DELIVER_BY)
    promise = replace(planned(TUESDAY, expedited(TUESDAY, 21, 60)), due_at=due_at, closed=True, void=True)
    assert (
        codes(promise) == "UPLOADED_AT CUTOFF GUARANTEE_POSITION BASE_DEADLINE EXPEDITE_POSITION PLAN_VOID SLA_VERSION"
    )
    assert explained(promise)[5] == Step(
        Code.PLAN_VOID,
        "From 40 expedites in a day on, support and production make a delivery plan; they made none by "
        "Wednesday 4 March 2026, 09:00 (UTC+01:00, Europe/Copenhagen), so the deadline above stands",
        due_at,
    )


def test_a_deadline_that_staff_set_is_kept_until_there_is_a_plan_too() -> None:
    promise = replace(
        additional(TUESDAY),
        service_level=ServiceLevel.EXPEDITED_PLAN,
        deadline_status=DeadlineStatus.PLAN_REQUIRED,
        due_at=TUESDAY + 48 * HOUR,
        confirmed=Moment(TUESDAY + HOUR, COPENHAGEN),
        expedite=expedited(TUESDAY + 2 * HOUR, 41, 75),
    )
    assert codes(promise) == (
        "UPLOADED_AT CUTOFF GUARANTEE_POSITION STAFF_CONFIRMED EXPEDITE_POSITION AWAITING_STAFF SLA_VERSION"
    )


def test_a_kept_deadline_is_explained_without_its_confirmation_if_only_events_have_it() -> None:
    promise = replace(
        additional(TUESDAY),
        service_level=ServiceLevel.EXPEDITED_PLAN,
        deadline_status=DeadlineStatus.PLAN_REQUIRED,
        due_at=TUESDAY + 48 * HOUR,
        closed=True,
        expedite=expedited(TUESDAY + 2 * HOUR, 41, 75),
    )
    assert explained(promise)[3] == Step(
        Code.STAFF_CONFIRMED,
        "Support and production set the deadline: due Thursday 5 March 2026, 14:05 (UTC+01:00, Europe/Copenhagen)",
        None,
    )
    assert text(promise, Code.AWAITING_STAFF).endswith(
        "made none before the delivery or cancellation, so the deadline above stands"
    )


def test_a_plan_that_staff_have_made_is_explained_by_it_alone() -> None:
    promise = replace(
        planned(TUESDAY, expedited(TUESDAY, 41, 60)),
        deadline_status=DeadlineStatus.CONFIRMED,
        due_at=TUESDAY + 20 * HOUR,
        confirmed=Moment(TUESDAY + HOUR, COPENHAGEN),
    )
    assert codes(promise) == "UPLOADED_AT GUARANTEE_POSITION EXPEDITE_POSITION STAFF_CONFIRMED SLA_VERSION"
