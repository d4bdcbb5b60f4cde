from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from app.domain.deadlines import steps
from app.domain.deadlines.enums import DeadlineStatus, DeadlineStepCode
from app.domain.deadlines.explanations import (
    Expedite,
    Moment,
    Promise,
    explain,
    explain_rejection,
)
from app.domain.deadlines.rules import rejection_deadline, standard_deadline
from app.domain.deadlines.zones import zone_changes
from app.domain.ledger.days import ChangedBy, LedgerDay, ZonePeriod, ledger_day_at
from app.domain.ledger.positions import Positions
from app.domain.local_time import local_day, local_day_interval, time_zone
from app.domain.orders.enums import ServiceLevel
from tests.support.deadline_steps import Step, in_words
from tests.support.sla import DELIVER_BY, TERMS
from tests.support.strategies import moments

COPENHAGEN = time_zone("Europe/Copenhagen")
HOUR = timedelta(hours=1)
TO = "\N{EN DASH}"

TUESDAY = datetime(2026, 3, 3, 13, 5, tzinfo=UTC)
FRIDAY_BEFORE_SUMMER_TIME = datetime(2026, 3, 27, 13, 5, tzinfo=UTC)
SUMMER_TIME = datetime(2026, 3, 29, 1, tzinfo=UTC)

Code = DeadlineStepCode
SLA_STEP = Step(Code.SLA_VERSION, "Under version 1 of the SLA", None)
SUMMER_TIME_STEP = Step(
    Code.CLOCK_CHANGE,
    "The clock changes from UTC+01:00 by the deadline, on Sunday 29 March 2026, 03:00 (UTC+02:00, Europe/Copenhagen)",
    SUMMER_TIME,
)
TUESDAYS_CUTOFF = datetime(2026, 3, 3, 23, tzinfo=UTC)
POSITION_STEP = Step(Code.GUARANTEE_POSITION, f"Images 181{TO}200 of the 200 guaranteed for Tuesday 3 March 2026", None)


def day_of(at: datetime, zone: ZoneInfo) -> LedgerDay:
    """Return the ledger day of an account that never changed its zone."""
    day = local_day(at, zone)
    interval = local_day_interval(day, zone)
    return LedgerDay(day, interval.start, interval.end)


def standard(uploaded_at: datetime, zone: ZoneInfo = COPENHAGEN) -> Promise:
    """Return the promise of images 181 to 200 of a day's 200, uploaded at an instant."""
    return Promise(
        service_level=ServiceLevel.STANDARD,
        deadline_status=DeadlineStatus.CONFIRMED,
        due_at=standard_deadline(uploaded_at, zone, DELIVER_BY),
        closed=False,
        sla_version=1,
        image_count=20,
        uploaded=Moment(uploaded_at, zone),
        guarantee=Positions(day_of(uploaded_at, zone), first=181, last=200, size=200),
        expedite=None,
        confirmed=None,
        terms=TERMS,
    )


def additional(uploaded_at: datetime) -> Promise:
    """Return the promise of images 201 to 235 of a day's 200, uploaded at an instant."""
    return replace(
        standard(uploaded_at),
        service_level=ServiceLevel.ADDITIONAL,
        deadline_status=DeadlineStatus.TO_BE_CONFIRMED,
        due_at=None,
        image_count=35,
        guarantee=Positions(day_of(uploaded_at, COPENHAGEN), first=201, last=235, size=200),
    )


def expedited(at: datetime, first: int, last: int, quota: int = 20, zone: ZoneInfo = COPENHAGEN) -> Expedite:
    return Expedite(Moment(at, zone), Positions(day_of(at, zone), first, last, quota), terms=TERMS)


def planned(uploaded_at: datetime, expedite: Expedite) -> Promise:
    """Return the promise of images that await a delivery plan and had no deadline before."""
    return replace(
        standard(uploaded_at),
        service_level=ServiceLevel.EXPEDITED_PLAN,
        deadline_status=DeadlineStatus.PLAN_REQUIRED,
        due_at=None,
        expedite=expedite,
    )


def explained(promise: Promise) -> list[Step]:
    return in_words(explain(promise))


def codes(promise: Promise) -> str:
    return " ".join(step.code for step in explained(promise))


def text(promise: Promise, code: DeadlineStepCode) -> str:
    return next(step.text for step in explained(promise) if step.code is code)


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


def test_images_beyond_the_guarantee_that_ended_without_a_deadline_await_none() -> None:
    promise = replace(additional(TUESDAY), closed=True)
    assert text(promise, Code.AWAITING_STAFF) == "Support and production confirmed no deadline in time"


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
        "Support set the deadline on Tuesday 3 March 2026, 15:05 (UTC+01:00, Europe/Copenhagen): "
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
    [(False, "until then there is no deadline"), (True, "they made none in time, so there is no deadline")],
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
    assert text(promise, Code.AWAITING_STAFF).endswith("until then the deadline above stands")


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
        "Support set the deadline: due Thursday 5 March 2026, 14:05 (UTC+01:00, Europe/Copenhagen)",
        None,
    )
    assert text(promise, Code.AWAITING_STAFF).endswith("made none in time, so the deadline above stands")


def test_a_plan_that_staff_have_made_is_explained_by_it_alone() -> None:
    promise = replace(
        planned(TUESDAY, expedited(TUESDAY, 41, 60)),
        deadline_status=DeadlineStatus.CONFIRMED,
        due_at=TUESDAY + 20 * HOUR,
        confirmed=Moment(TUESDAY + HOUR, COPENHAGEN),
    )
    assert codes(promise) == "UPLOADED_AT GUARANTEE_POSITION EXPEDITE_POSITION STAFF_CONFIRMED SLA_VERSION"


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
    )
    expedite = promise.expedite
    assert expedite is not None
    saturday, monday = datetime(2026, 3, 28, 8, tzinfo=UTC), datetime(2026, 3, 30, 7, tzinfo=UTC)
    assert explain(promise) == [
        steps.UploadedAtStep(FRIDAY_BEFORE_SUMMER_TIME, COPENHAGEN),
        steps.CutoffStep(datetime(2026, 3, 27, 23, tzinfo=UTC), date(2026, 3, 27)),
        steps.GuaranteePositionStep(20, promise.guarantee),
        steps.BaseDeadlineStep(saturday, COPENHAGEN),
        shift := steps.WeekendShiftStep(saturday, monday, COPENHAGEN),
        steps.ClockChangeStep(SUMMER_TIME, COPENHAGEN, HOUR, 2 * HOUR),
        position := steps.ExpeditePositionStep(expedited_at, COPENHAGEN, 20, expedite.positions),
        steps.AwaitingStaffStep(closed=False, plan_from=40, keeps_deadline=True),
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
