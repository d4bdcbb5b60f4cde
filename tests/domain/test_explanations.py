from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given

from app.domain.deadlines import rejection_deadline, standard_deadline
from app.domain.explanations import DeadlineStep, DeadlineStepCode, Expedite, Promise, explain, explain_rejection
from app.domain.local_time import time_zone
from app.domain.vocabulary import DeadlineStatus, ServiceLevel
from tests.domain.strategies import moments

COPENHAGEN = time_zone("Europe/Copenhagen")
HOUR = timedelta(hours=1)
TO = "\N{EN DASH}"

TUESDAY = datetime(2026, 3, 3, 13, 5, tzinfo=UTC)
FRIDAY_BEFORE_SUMMER_TIME = datetime(2026, 3, 27, 13, 5, tzinfo=UTC)
SUMMER_TIME = datetime(2026, 3, 29, 1, tzinfo=UTC)

Code, Step = DeadlineStepCode, DeadlineStep
SLA_STEP = Step(Code.SLA_VERSION, "Under version 1 of the SLA", None)
SUMMER_TIME_STEP = Step(
    Code.CLOCK_CHANGE,
    "The clock changes from UTC+01:00 on Sunday 29 March 2026, 03:00 (UTC+02:00, Europe/Copenhagen), "
    "before the deadline",
    SUMMER_TIME,
)


def standard(uploaded_at: datetime, zone: ZoneInfo = COPENHAGEN) -> Promise:
    """Images 181 to 200 of a day's 200, uploaded then."""
    return Promise(
        service_level=ServiceLevel.STANDARD,
        deadline_status=DeadlineStatus.CONFIRMED,
        due_at=standard_deadline(uploaded_at, zone),
        sla_version=1,
        image_count=20,
        uploaded_at=uploaded_at,
        zone=zone,
        first_position=181,
        last_position=200,
        capacity=200,
        expedite=None,
        confirmed_at=None,
    )


def additional(uploaded_at: datetime) -> Promise:
    """Images 201 to 235 of a day's 200, uploaded then."""
    return replace(
        standard(uploaded_at),
        service_level=ServiceLevel.ADDITIONAL,
        deadline_status=DeadlineStatus.TO_BE_CONFIRMED,
        due_at=None,
        image_count=35,
        first_position=201,
        last_position=235,
    )


def planned(uploaded_at: datetime, expedite: Expedite) -> Promise:
    """Images whose delivery plan is awaited and that had no deadline before."""
    return replace(
        standard(uploaded_at),
        service_level=ServiceLevel.EXPEDITED_PLAN,
        deadline_status=DeadlineStatus.PLAN_REQUIRED,
        due_at=None,
        expedite=expedite,
    )


def codes(promise: Promise) -> str:
    return " ".join(step.code for step in explain(promise))


def text(promise: Promise, code: DeadlineStepCode) -> str:
    return next(step.text for step in explain(promise) if step.code is code)


def test_a_standard_deadline_is_explained_by_upload_cutoff_position_and_morning() -> None:
    assert explain(standard(TUESDAY)) == [
        Step(Code.UPLOADED_AT, "Uploaded Tuesday 3 March 2026, 14:05 (UTC+01:00, Europe/Copenhagen)", TUESDAY),
        Step(Code.CUTOFF, "Before the cutoff at 24:00 on Tuesday 3 March 2026", datetime(2026, 3, 3, 23, tzinfo=UTC)),
        Step(Code.GUARANTEE_POSITION, f"Images 181{TO}200 of the 200 guaranteed that day", None),
        Step(
            Code.BASE_DEADLINE,
            "Due the next morning, Wednesday 4 March 2026, 09:00 (UTC+01:00, Europe/Copenhagen)",
            datetime(2026, 3, 4, 8, tzinfo=UTC),
        ),
        SLA_STEP,
    ]


def test_a_weekend_and_a_clock_change_within_it_are_explained_too() -> None:
    promise = standard(FRIDAY_BEFORE_SUMMER_TIME)
    assert explain(promise)[3:] == [
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


def test_the_position_of_one_image_is_told_as_one() -> None:
    image = replace(standard(TUESDAY), image_count=1, first_position=187, last_position=187)
    assert text(image, Code.GUARANTEE_POSITION) == "Image 187 of the 200 guaranteed that day"


def test_positions_between_which_others_lie_are_not_told_as_a_range() -> None:
    rest = replace(standard(TUESDAY), image_count=30, first_position=1, last_position=50)
    assert text(rest, Code.GUARANTEE_POSITION) == "30 images between 1 and 50 of the 200 guaranteed that day"


def test_large_numbers_are_grouped() -> None:
    large = replace(standard(TUESDAY), image_count=200, first_position=1001, last_position=1200, capacity=2000)
    assert text(large, Code.GUARANTEE_POSITION) == f"Images 1,001{TO}1,200 of the 2,000 guaranteed that day"


def test_images_beyond_the_guarantee_await_their_confirmation() -> None:
    assert explain(additional(TUESDAY))[1:] == [
        Step(Code.GUARANTEE_POSITION, f"Images 201{TO}235, beyond the 200 guaranteed that day", None),
        Step(Code.AWAITING_STAFF, "Support and production are to confirm the deadline", None),
        SLA_STEP,
    ]


def test_a_confirmed_deadline_names_when_staff_set_it() -> None:
    confirmed_at = TUESDAY + HOUR
    due_at = datetime(2026, 3, 5, 16, tzinfo=UTC)
    confirmed = replace(
        additional(TUESDAY), deadline_status=DeadlineStatus.CONFIRMED, due_at=due_at, confirmed_at=confirmed_at
    )
    assert explain(confirmed)[2:] == [
        Step(
            Code.STAFF_CONFIRMED,
            "Support set the deadline Tuesday 3 March 2026, 15:05 (UTC+01:00, Europe/Copenhagen): "
            "due Thursday 5 March 2026, 17:00 (UTC+01:00, Europe/Copenhagen)",
            confirmed_at,
        ),
        SLA_STEP,
    ]


def test_a_confirmed_deadline_beyond_a_clock_change_notes_it() -> None:
    promise = replace(
        additional(FRIDAY_BEFORE_SUMMER_TIME),
        deadline_status=DeadlineStatus.CONFIRMED,
        due_at=datetime(2026, 4, 1, 10, tzinfo=UTC),
        confirmed_at=FRIDAY_BEFORE_SUMMER_TIME + HOUR,
    )
    assert codes(promise) == "UPLOADED_AT GUARANTEE_POSITION CLOCK_CHANGE STAFF_CONFIRMED SLA_VERSION"


def test_an_expedited_deadline_is_explained_by_its_place_in_the_quota_and_three_hours() -> None:
    expedited_at = TUESDAY + HOUR
    promise = replace(
        standard(TUESDAY),
        service_level=ServiceLevel.EXPEDITED,
        due_at=expedited_at + 3 * HOUR,
        expedite=Expedite(expedited_at, first_position=1, last_position=20, quota=20),
    )
    assert explain(promise)[1:] == [
        Step(
            Code.EXPEDITE_POSITION,
            f"Expedited Tuesday 3 March 2026, 15:05 (UTC+01:00, Europe/Copenhagen): images 1{TO}20 of the 20 "
            "expedites that day",
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
        expedite=Expedite(expedited_at, first_position=21, last_position=40, quota=20),
    )
    assert text(promise, Code.EXPEDITE_POSITION) == (
        "Expedited Thursday 23 April 2026, 22:00 (UTC+02:00, Africa/Cairo): "
        f"images 21{TO}40, beyond the 20 expedites that day"
    )
    assert (
        text(promise, Code.BASE_DEADLINE) == "Due 6 hours later, Friday 24 April 2026, 05:00 (UTC+03:00, Africa/Cairo)"
    )
    assert text(promise, Code.CLOCK_CHANGE) == (
        "The clock changes from UTC+02:00 on Friday 24 April 2026, 01:00 (UTC+03:00, Africa/Cairo), before the deadline"
    )


def test_a_delivery_plan_is_awaited_and_says_from_where_on_one_is_needed() -> None:
    promise = planned(TUESDAY, Expedite(TUESDAY, first_position=41, last_position=60, quota=20))
    assert explain(promise)[2:] == [
        Step(
            Code.AWAITING_STAFF,
            "From 40 expedites in a day on, support and production make a delivery plan; "
            "until then there is no deadline",
            None,
        ),
        SLA_STEP,
    ]


def test_a_deadline_kept_until_there_is_a_plan_is_explained_before_the_wait() -> None:
    promise = replace(
        planned(FRIDAY_BEFORE_SUMMER_TIME, Expedite(FRIDAY_BEFORE_SUMMER_TIME + HOUR, 41, 60, quota=20)),
        due_at=standard_deadline(FRIDAY_BEFORE_SUMMER_TIME, COPENHAGEN),
    )
    assert codes(promise) == (
        "UPLOADED_AT CUTOFF GUARANTEE_POSITION BASE_DEADLINE "
        "WEEKEND_SHIFT CLOCK_CHANGE EXPEDITE_POSITION AWAITING_STAFF SLA_VERSION"
    )
    assert text(promise, Code.AWAITING_STAFF).endswith("until then the deadline from before stands")


def test_a_deadline_that_staff_set_is_kept_until_there_is_a_plan_too() -> None:
    promise = replace(
        additional(TUESDAY),
        service_level=ServiceLevel.EXPEDITED_PLAN,
        deadline_status=DeadlineStatus.PLAN_REQUIRED,
        due_at=TUESDAY + 48 * HOUR,
        confirmed_at=TUESDAY + HOUR,
        expedite=Expedite(TUESDAY + 2 * HOUR, 41, 75, quota=20),
    )
    assert (
        codes(promise) == "UPLOADED_AT GUARANTEE_POSITION STAFF_CONFIRMED EXPEDITE_POSITION AWAITING_STAFF SLA_VERSION"
    )


def test_a_plan_that_staff_have_made_is_explained_by_it_alone() -> None:
    promise = replace(
        planned(TUESDAY, Expedite(TUESDAY, 41, 60, quota=20)),
        deadline_status=DeadlineStatus.CONFIRMED,
        due_at=TUESDAY + 20 * HOUR,
        confirmed_at=TUESDAY + HOUR,
    )
    assert codes(promise) == "UPLOADED_AT EXPEDITE_POSITION STAFF_CONFIRMED SLA_VERSION"


def test_a_rejection_is_explained_by_five_hours_a_weekend_and_a_clock_change() -> None:
    rejected_at = datetime(2026, 3, 27, 20, tzinfo=UTC)
    due_at = rejection_deadline(rejected_at, COPENHAGEN)
    assert explain_rejection(rejected_at, COPENHAGEN, due_at, 2) == [
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


def test_the_zone_utc_is_not_told_twice() -> None:
    assert explain(standard(TUESDAY, time_zone("UTC")))[0].text == "Uploaded Tuesday 3 March 2026, 13:05 (UTC)"


@given(moments())
def test_the_steps_of_a_standard_deadline_end_at_it_and_tell_every_change_of_offset(
    moment: tuple[ZoneInfo, datetime],
) -> None:
    zone, uploaded_at = moment
    promise = standard(uploaded_at, zone)
    due_at = standard_deadline(uploaded_at, zone)
    steps = {step.code: step for step in explain(promise)}
    assert steps.get(Code.WEEKEND_SHIFT, steps[Code.BASE_DEADLINE]).at == due_at
    offsets = {at.astimezone(zone).utcoffset() for at in (uploaded_at, due_at)}
    assert (Code.CLOCK_CHANGE in steps) == (len(offsets) == 2)
