"""Explanations of the deadlines of uploads and of rejections, step by step."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given

from app.domain.deadlines import steps, upload_steps
from app.domain.deadlines.enums import DeadlineStatus
from app.domain.deadlines.explanations import Moment, explain, explain_rejection
from app.domain.deadlines.rules import rejection_deadline, standard_deadline
from app.domain.deadlines.zones import zone_changes
from app.domain.ledger.days import ChangedBy, ZonePeriod, ledger_day_at
from app.domain.local_time import time_zone
from tests.support.deadline_steps import Step, in_words
from tests.support.promises import (
    COPENHAGEN,
    FRIDAY_BEFORE_SUMMER_TIME,
    POSITION_STEP,
    SLA_STEP,
    TO,
    TUESDAY,
    TUESDAYS_CUTOFF,
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
from tests.support.strategies import moments

HOUR = timedelta(hours=1)
SUMMER_TIME = datetime(2026, 3, 29, 1, tzinfo=UTC)
SUMMER_TIME_STEP = Step(
    Code.CLOCK_CHANGE,
    "The clock changes from UTC+01:00 by the deadline, on Sunday 29 March 2026, 03:00 (UTC+02:00, Europe/Copenhagen)",
    SUMMER_TIME,
)


def test_a_standard_deadline_is_explained_by_upload_cutoff_position_and_morning() -> None:
    assert explained(standard(TUESDAY)) == [
        Step(Code.UPLOADED_AT, "Uploaded Tuesday 3 March 2026, 14:05 (UTC+01:00, Europe/Copenhagen)", TUESDAY),
        Step(Code.CUTOFF, "Before the cutoff at 24:00 on Tuesday 3 March 2026", TUESDAYS_CUTOFF),
        POSITION_STEP,
        Step(
            Code.BASE_DEADLINE,
            "Due the next morning, Wednesday 4 March 2026, 09:00 (UTC+01:00, Europe/Copenhagen)",
            datetime(2026, 3, 4, 8, tzinfo=UTC),
        ),
        SLA_STEP,
    ]


def test_a_weekend_and_a_clock_change_within_it_are_explained_too() -> None:
    promise = standard(FRIDAY_BEFORE_SUMMER_TIME)
    assert explained(promise)[3:] == [
        Step(
            Code.BASE_DEADLINE,
            "Due the next morning, Saturday 28 March 2026, 09:00 (UTC+01:00, Europe/Copenhagen)",
            datetime(2026, 3, 28, 8, tzinfo=UTC),
        ),
        Step(
            Code.WEEKEND_SHIFT,
            "Saturday is no working day, so due Monday 30 March 2026, 09:00 (UTC+02:00, Europe/Copenhagen)",
            datetime(2026, 3, 30, 7, tzinfo=UTC),
        ),
        SUMMER_TIME_STEP,
        SLA_STEP,
    ]


def test_a_clock_change_of_half_an_hour_is_explained() -> None:
    lord_howe = time_zone("Australia/Lord_Howe")
    promise = standard(datetime(2026, 4, 4, 3, tzinfo=UTC), lord_howe)
    assert text(promise, Code.CLOCK_CHANGE) == (
        "The clock changes from UTC+11:00 by the deadline, on "
        "Sunday 5 April 2026, 01:30 (UTC+10:30, Australia/Lord_Howe)"
    )


def test_images_beyond_the_guarantee_await_their_confirmation() -> None:
    assert explained(additional(TUESDAY))[1:] == [
        Step(
            Code.CUTOFF, "Before the cutoff at 24:00 on Tuesday 3 March 2026, so counted for that day", TUESDAYS_CUTOFF
        ),
        Step(Code.GUARANTEE_POSITION, f"Images 201{TO}235, beyond the 200 guaranteed for Tuesday 3 March 2026", None),
        Step(Code.AWAITING_STAFF, "Support and production are to confirm the deadline", None),
        SLA_STEP,
    ]


def test_the_wait_for_a_deadline_names_by_when_and_by_which_term_it_is_promised() -> None:
    negotiated = replace(TERMS, review_turnaround=2 * HOUR)
    promise = replace(additional(TUESDAY), review_by=TUESDAY + 2 * HOUR, terms=negotiated)
    assert text(promise, Code.AWAITING_STAFF) == (
        "Support and production are to confirm the deadline by Tuesday 3 March 2026, 16:05 (UTC+01:00, "
        "Europe/Copenhagen), within 2 hours from Monday to Friday"
    )


def test_images_beyond_the_guarantee_that_ended_without_a_deadline_await_none() -> None:
    promise = replace(additional(TUESDAY), closed=True)
    assert text(promise, Code.AWAITING_STAFF) == (
        "Support and production confirmed no deadline before the delivery or cancellation"
    )


def test_a_ledger_day_prolonged_by_a_change_of_zone_is_explained_by_its_own_cutoff_and_date() -> None:
    changed_at = datetime(2026, 3, 10, 12, tzinfo=UTC)
    periods = [ZonePeriod(TUESDAY, "Europe/Copenhagen"), ZonePeriod(changed_at, "Pacific/Auckland")]
    uploaded_at = changed_at + HOUR
    promise = additional(TUESDAY)
    moved = replace(
        promise,
        uploaded=Moment(uploaded_at, time_zone("Pacific/Auckland")),
        guarantee=replace(promise.guarantee, day=ledger_day_at(uploaded_at, periods)),
    )
    assert [(step.text, step.at) for step in explained(moved)[:3]] == [
        ("Uploaded Wednesday 11 March 2026, 02:00 (UTC+13:00, Pacific/Auckland)", uploaded_at),
        (
            "Before the cutoff at 24:00 on Wednesday 11 March 2026, so counted for Tuesday 10 March 2026",
            datetime(2026, 3, 11, 11, tzinfo=UTC),
        ),
        (f"Images 201{TO}235, beyond the 200 guaranteed for Tuesday 10 March 2026", None),
    ]


def test_an_upload_after_a_change_of_zone_names_it_and_the_morning_of_the_later_zone() -> None:
    changed_at = TUESDAY - HOUR
    periods = [
        ZonePeriod(TUESDAY - 90 * HOUR, "Europe/Copenhagen"),
        ZonePeriod(changed_at, "Asia/Magadan", ChangedBy.STAFF),
    ]
    promise = replace(
        standard(TUESDAY),
        uploaded=Moment(TUESDAY, time_zone("Asia/Magadan")),
        zone_changes=zone_changes(TUESDAY, periods),
    )
    assert codes(promise) == "UPLOADED_AT ZONE_CHANGED CUTOFF GUARANTEE_POSITION BASE_DEADLINE SLA_VERSION"
    assert explained(promise)[1] == Step(
        Code.ZONE_CHANGED,
        "The time zone changed from Europe/Copenhagen on Tuesday 3 March 2026, 23:05 (UTC+11:00, Asia/Magadan); until "
        "Thursday 5 March 2026, 00:00 (UTC+11:00, Asia/Magadan), uploads are due by the later deadline of both",
        changed_at,
    )
    # In Magadan it is Wednesday already, so that the new zone's morning is Thursday 09:00: Wednesday, 22:00 UTC.
    assert explained(promise)[-2].at == datetime(2026, 3, 4, 22, tzinfo=UTC)


def test_a_confirmed_deadline_names_when_staff_set_it() -> None:
    confirmed_at = TUESDAY + HOUR
    due_at = datetime(2026, 3, 5, 16, tzinfo=UTC)
    confirmed = replace(
        additional(TUESDAY),
        deadline_status=DeadlineStatus.CONFIRMED,
        due_at=due_at,
        confirmed=Moment(confirmed_at, COPENHAGEN),
    )
    assert codes(confirmed) == "UPLOADED_AT CUTOFF GUARANTEE_POSITION STAFF_CONFIRMED SLA_VERSION"
    assert explained(confirmed)[3] == Step(
        Code.STAFF_CONFIRMED,
        "Support and production set the deadline on Tuesday 3 March 2026, 15:05 (UTC+01:00, Europe/Copenhagen): "
        "due Thursday 5 March 2026, 17:00 (UTC+01:00, Europe/Copenhagen)",
        confirmed_at,
    )


def test_a_confirmed_deadline_beyond_a_clock_change_notes_it() -> None:
    promise = replace(
        additional(FRIDAY_BEFORE_SUMMER_TIME),
        deadline_status=DeadlineStatus.CONFIRMED,
        due_at=datetime(2026, 4, 1, 10, tzinfo=UTC),
        confirmed=Moment(FRIDAY_BEFORE_SUMMER_TIME + HOUR, COPENHAGEN),
    )
    assert codes(promise) == "UPLOADED_AT CUTOFF GUARANTEE_POSITION CLOCK_CHANGE STAFF_CONFIRMED SLA_VERSION"


def test_a_rejection_is_explained_by_five_hours_a_weekend_and_a_clock_change() -> None:
    rejected_at = datetime(2026, 3, 27, 20, tzinfo=UTC)
    due_at = rejection_deadline(rejected_at, COPENHAGEN, TERMS)
    assert in_words(explain_rejection(Moment(rejected_at, COPENHAGEN), due_at, 2, TERMS)) == [
        Step(Code.REJECTED_AT, "Rejected Friday 27 March 2026, 21:00 (UTC+01:00, Europe/Copenhagen)", rejected_at),
        Step(
            Code.BASE_DEADLINE,
            "Due 5 hours later, Saturday 28 March 2026, 02:00 (UTC+01:00, Europe/Copenhagen)",
            rejected_at + 5 * HOUR,
        ),
        Step(
            Code.WEEKEND_SHIFT,
            "Saturday is no working day, so due Monday 30 March 2026, 02:00 (UTC+02:00, Europe/Copenhagen)",
            due_at,
        ),
        SUMMER_TIME_STEP,
        Step(Code.SLA_VERSION, "Under version 2 of the SLA", None),
    ]


def test_steps_have_fields_for_all_values_in_their_texts() -> None:
    expedited_at = FRIDAY_BEFORE_SUMMER_TIME + HOUR
    promise = replace(
        planned(FRIDAY_BEFORE_SUMMER_TIME, expedited(expedited_at, 41, 60)),
        due_at=standard_deadline(FRIDAY_BEFORE_SUMMER_TIME, COPENHAGEN, DELIVER_BY),
        review_by=expedited_at + 5 * HOUR,
    )
    expedite = promise.expedite
    assert expedite is not None
    saturday, monday = datetime(2026, 3, 28, 8, tzinfo=UTC), datetime(2026, 3, 30, 7, tzinfo=UTC)
    assert explain(promise) == [
        upload_steps.UploadedAtStep(FRIDAY_BEFORE_SUMMER_TIME, COPENHAGEN),
        upload_steps.CutoffStep(datetime(2026, 3, 27, 23, tzinfo=UTC), date(2026, 3, 27)),
        upload_steps.GuaranteePositionStep(20, promise.guarantee),
        steps.BaseDeadlineStep(saturday, COPENHAGEN, deliver_by=DELIVER_BY),
        shift := steps.WeekendShiftStep(saturday, monday, COPENHAGEN),
        steps.ClockChangeStep(SUMMER_TIME, COPENHAGEN, HOUR, 2 * HOUR),
        position := steps.ExpeditePositionStep(expedited_at, COPENHAGEN, 20, expedite.positions),
        steps.AwaitingStaffStep(
            closed=False,
            zone=COPENHAGEN,
            review_by=FRIDAY_BEFORE_SUMMER_TIME + 6 * HOUR,
            turnaround=5 * HOUR,
            plan_from=40,
            price_multiplier=Decimal(2),
            keeps_deadline=True,
        ),
        steps.SlaVersionStep(1),
    ]
    assert shift.hours == 47  # the clock changes between them
    assert position.window == (datetime(2026, 3, 23, tzinfo=UTC), datetime(2026, 3, 28, tzinfo=UTC))


@given(moments())
def test_a_standard_deadline_is_explained_with_every_clock_change_before_it(moment: tuple[ZoneInfo, datetime]) -> None:
    zone, uploaded_at = moment
    due_at = standard_deadline(uploaded_at, zone, DELIVER_BY)
    offsets = {at.astimezone(zone).utcoffset() for at in (uploaded_at, due_at)}
    assert ("CLOCK_CHANGE" in codes(standard(uploaded_at, zone))) == (len(offsets) == 2)
