import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TypedDict
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.deadlines.enums import DeadlineStatus
from app.domain.deadlines.rules import (
    ExpediteWindow,
    deadline_status,
    expedite_deadline,
    expedite_window,
    initial_deadline,
    is_plan_void,
    rejection_deadline,
    require_expedite_window,
    require_gain,
    standard_deadline,
)
from app.domain.errors import ExpediteWindowClosed, NoGain
from app.domain.ledger.guarantee import Allowance, allocate_expedite
from app.domain.local_time import local_day, local_day_interval, time_zone, wall_clock
from app.domain.orders.enums import ServiceLevel
from app.domain.sla.terms import SlaTerms
from tests.support.sla import DELIVER_BY, TERMS
from tests.support.strategies import MICROSECOND, deliver_bys, instants, moments, terms

COPENHAGEN = time_zone("Europe/Copenhagen")
HOUR = timedelta(hours=1)
SATURDAY = 5

FRIDAY, SATURDAY_6, MONDAY = date(2026, 3, 6), date(2026, 3, 7), date(2026, 3, 9)


class Case(TypedDict):
    timeZone: str
    uploadedAt: str
    localDay: str
    opensAt: str
    resetsAt: str
    dueAt: str


CASES: list[Case] = json.loads(Path(__file__).with_name("deadline-cases.json").read_text())["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['timeZone']} {case['uploadedAt']}")
def test_the_cases_of_the_design(case: Case) -> None:
    zone, uploaded_at = time_zone(case["timeZone"]), datetime.fromisoformat(case["uploadedAt"])
    day = local_day(uploaded_at, zone)
    interval = local_day_interval(day, zone)
    assert day == date.fromisoformat(case["localDay"])
    assert interval.start == datetime.fromisoformat(case["opensAt"])
    assert interval.end == datetime.fromisoformat(case["resetsAt"])
    assert standard_deadline(uploaded_at, zone, DELIVER_BY) == datetime.fromisoformat(case["dueAt"])


def test_a_monday_upload_is_due_on_tuesday_at_nine() -> None:
    uploaded_at = wall_clock(date(2026, 3, 2), time(23, 59, 59, 999_999), COPENHAGEN)
    assert standard_deadline(uploaded_at, COPENHAGEN, DELIVER_BY) == wall_clock(date(2026, 3, 3), time(9), COPENHAGEN)


@pytest.mark.parametrize("day", [FRIDAY, SATURDAY_6, date(2026, 3, 8)])
def test_uploads_from_friday_to_sunday_are_due_on_monday_at_nine(day: date) -> None:
    for clock in (time(0), time(12), time(23, 59, 59, 999_999)):
        uploaded_at = wall_clock(day, clock, COPENHAGEN)
        assert standard_deadline(uploaded_at, COPENHAGEN, DELIVER_BY) == datetime(2026, 3, 9, 8, tzinfo=UTC)


def test_the_weekend_shift_keeps_nine_on_the_wall_when_clocks_change_within_it() -> None:
    friday_before_spring = datetime(2026, 3, 27, 12, tzinfo=UTC)
    friday_before_winter = datetime(2026, 10, 23, 12, tzinfo=UTC)
    assert standard_deadline(friday_before_spring, COPENHAGEN, DELIVER_BY) == datetime(2026, 3, 30, 7, tzinfo=UTC)
    assert standard_deadline(friday_before_winter, COPENHAGEN, DELIVER_BY) == datetime(2026, 10, 26, 8, tzinfo=UTC)


def test_an_upload_before_a_skipped_date_is_due_on_the_next_existing_day() -> None:
    # Samoa had no Friday 30 December 2011; the Saturday that came instead moves to Monday.
    apia = time_zone("Pacific/Apia")
    uploaded_at = wall_clock(date(2011, 12, 29), time(12), apia)
    assert standard_deadline(uploaded_at, apia, DELIVER_BY) == wall_clock(date(2012, 1, 2), time(9), apia)


def test_a_rejection_is_due_again_five_hours_later() -> None:
    rejected_at = datetime(2026, 3, 5, 22, 30, tzinfo=UTC)
    assert rejection_deadline(rejected_at, COPENHAGEN, TERMS) == datetime(2026, 3, 6, 3, 30, tzinfo=UTC)


def test_a_redo_that_would_be_due_on_saturday_at_two_is_due_on_monday_at_two() -> None:
    rejected_at = wall_clock(FRIDAY, time(21), COPENHAGEN)
    assert rejection_deadline(rejected_at, COPENHAGEN, TERMS) == wall_clock(MONDAY, time(2), COPENHAGEN)


def test_a_redo_that_would_be_due_on_sunday_is_due_a_day_later() -> None:
    rejected_at = wall_clock(SATURDAY_6, time(21), COPENHAGEN)
    assert rejection_deadline(rejected_at, COPENHAGEN, TERMS) == wall_clock(MONDAY, time(2), COPENHAGEN)


def test_a_redo_that_is_due_on_monday_is_not_moved() -> None:
    rejected_at = wall_clock(date(2026, 3, 8), time(19), COPENHAGEN)
    assert rejection_deadline(rejected_at, COPENHAGEN, TERMS) == rejected_at + 5 * HOUR


def test_a_redo_moved_off_the_hour_that_comes_twice_is_due_at_that_time_on_monday() -> None:
    # On Sunday 25 October 2026 02:30 comes twice in Copenhagen; both passes are the same reading.
    for landing in (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)):
        due_at = rejection_deadline(landing - 5 * HOUR, COPENHAGEN, TERMS)
        assert due_at == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_a_redo_moved_onto_a_monday_hour_that_is_jumped_over_is_due_at_the_jump() -> None:
    # On Monday 28 March 2011 clocks in Istanbul went from 03:00 to 04:00.
    istanbul = time_zone("Europe/Istanbul")
    rejected_at = wall_clock(date(2011, 3, 25), time(22, 30), istanbul)
    assert rejection_deadline(rejected_at, istanbul, TERMS) == datetime(2011, 3, 28, 1, tzinfo=UTC)


def test_an_expedite_is_due_after_three_or_six_hours_and_no_weekend_moves_it() -> None:
    friday_night = datetime(2026, 3, 6, 23, 59, tzinfo=UTC)
    assert expedite_deadline(friday_night, ServiceLevel.EXPEDITED, TERMS) == datetime(2026, 3, 7, 2, 59, tzinfo=UTC)
    assert expedite_deadline(friday_night, ServiceLevel.EXPEDITED_ADDITIONAL, TERMS) == datetime(
        2026, 3, 7, 5, 59, tzinfo=UTC
    )


def test_staff_set_the_deadline_of_a_delivery_plan_and_of_additional_images() -> None:
    at = datetime(2026, 3, 6, 12, tzinfo=UTC)
    assert expedite_deadline(at, ServiceLevel.EXPEDITED_PLAN, TERMS) is None
    assert initial_deadline(ServiceLevel.EXPEDITED_PLAN, at, COPENHAGEN, guaranteed=False, terms=TERMS) is None
    assert initial_deadline(ServiceLevel.ADDITIONAL, at, COPENHAGEN, guaranteed=False, terms=TERMS) is None


@pytest.mark.parametrize("level", [ServiceLevel.STANDARD, ServiceLevel.EXPEDITED_PLAN])
def test_within_the_guarantee_images_awaiting_a_plan_have_the_standard_deadline(
    level: ServiceLevel,
) -> None:
    at = datetime(2026, 3, 5, 12, tzinfo=UTC)
    assert initial_deadline(level, at, COPENHAGEN, guaranteed=True, terms=TERMS) == datetime(2026, 3, 6, 8, tzinfo=UTC)


@pytest.mark.parametrize("guaranteed", [False, True])
def test_three_and_six_hours_are_the_same_within_the_guarantee_and_beyond_it(*, guaranteed: bool) -> None:
    at = datetime(2026, 3, 5, 12, tzinfo=UTC)
    assert initial_deadline(ServiceLevel.EXPEDITED, at, COPENHAGEN, guaranteed=guaranteed, terms=TERMS) == at + 3 * HOUR
    assert (
        initial_deadline(ServiceLevel.EXPEDITED_ADDITIONAL, at, COPENHAGEN, guaranteed=guaranteed, terms=TERMS)
        == at + 6 * HOUR
    )


def test_a_plan_is_void_once_the_kept_deadline_has_passed_without_it() -> None:
    required, confirmed = DeadlineStatus.PLAN_REQUIRED, DeadlineStatus.CONFIRMED
    due_at = datetime(2026, 3, 6, 8, tzinfo=UTC)
    instants = (due_at - MICROSECOND, due_at, due_at + MICROSECOND)
    assert [is_plan_void(required, due_at, at) for at in instants] == [False, False, True]
    assert [deadline_status(required, due_at, at) for at in instants] == [required, required, confirmed]


@pytest.mark.parametrize("status", DeadlineStatus)
def test_without_a_kept_deadline_no_plan_is_void_and_no_other_status_changes(status: DeadlineStatus) -> None:
    at = datetime(2026, 3, 6, 8, tzinfo=UTC)
    assert deadline_status(status, None, at) is status
    if status is not DeadlineStatus.PLAN_REQUIRED:
        assert deadline_status(status, at - HOUR, at) is status


def test_the_expedite_window_is_open_from_monday_to_friday_midnight_utc() -> None:
    monday, saturday = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 7, tzinfo=UTC)
    is_open = ExpediteWindow(available=True, opens_at=None, closes_at=saturday)
    closed = ExpediteWindow(available=False, opens_at=datetime(2026, 3, 9, tzinfo=UTC), closes_at=None)
    assert [expedite_window(at) for at in (monday, saturday - MICROSECOND)] == [is_open, is_open]
    assert [expedite_window(at) for at in (saturday, saturday + 47 * HOUR)] == [closed, closed]
    assert expedite_window(monday - MICROSECOND).opens_at == monday


def test_an_expedite_on_a_weekend_is_refused_with_the_next_opening() -> None:
    require_expedite_window(datetime(2026, 3, 6, 23, 59, 59, 999_999, tzinfo=UTC))
    with pytest.raises(ExpediteWindowClosed) as refused:
        require_expedite_window(datetime(2026, 3, 7, tzinfo=UTC))
    assert refused.value.opens_at == datetime(2026, 3, 9, tzinfo=UTC)


def test_an_expedite_not_earlier_for_all_images_is_refused_with_the_count_that_gains() -> None:
    at = datetime(2026, 3, 6, 4, tzinfo=UTC)
    parts = allocate_expedite(3, Allowance(200, 3, 2, 0))
    with pytest.raises(NoGain) as refused:
        require_gain(parts, [at + 4 * HOUR, at + 3 * HOUR, at + 7 * HOUR], at, TERMS)
    assert (refused.value.gaining, refused.value.asked) == (2, 3)


def test_an_image_without_a_deadline_gains_by_any_expedite() -> None:
    at = datetime(2026, 3, 6, 4, tzinfo=UTC)
    require_gain(allocate_expedite(2, Allowance(200, 2, 1, 0)), [None, None], at, TERMS)


def test_images_at_the_plan_level_need_no_gain_since_they_keep_their_deadline() -> None:
    at = datetime(2026, 3, 6, 4, tzinfo=UTC)
    parts = allocate_expedite(4, Allowance(200, 4, 2, 0))
    assert [part.service_level for part in parts] == [ServiceLevel.EXPEDITED, ServiceLevel.EXPEDITED_PLAN]
    require_gain(parts, [at + 4 * HOUR, at + 4 * HOUR, at + HOUR, at + HOUR], at, TERMS)


@given(moments())
def test_a_standard_deadline_is_nine_on_a_working_day_after_the_upload(moment: tuple[ZoneInfo, datetime]) -> None:
    zone, uploaded_at = moment
    due_at = standard_deadline(uploaded_at, zone, DELIVER_BY)
    local = due_at.astimezone(zone)
    assert local.time() == time(9)
    assert local.weekday() < SATURDAY
    assert uploaded_at < due_at
    assert timedelta(days=1) <= local.date() - local_day(uploaded_at, zone) <= timedelta(days=3)


@given(moments(), deliver_bys)
def test_a_standard_deadline_is_the_first_instant_at_which_the_clock_of_a_working_day_shows_the_time_or_a_later_one(
    moment: tuple[ZoneInfo, datetime], deliver_by: time
) -> None:
    zone, uploaded_at = moment
    due_at = standard_deadline(uploaded_at, zone, deliver_by)
    day = local_day(uploaded_at, zone) + timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    reading, before = (at.astimezone(zone) for at in (due_at, due_at - MICROSECOND))
    wanted = datetime.combine(day, deliver_by)
    assert before.replace(tzinfo=None) < wanted <= reading.replace(tzinfo=None)
    assert reading.fold == 0
    assert uploaded_at < due_at


@pytest.mark.parametrize(
    ("uploaded_at", "deliver_by", "due_at"),
    [
        # Clocks in Copenhagen go from 02:00 to 03:00 on Sunday 29 March, from 03:00 to 02:00 on Sunday 25 October.
        (datetime(2026, 3, 28, 12, tzinfo=UTC), time(2, 30), datetime(2026, 3, 30, 0, 30, tzinfo=UTC)),
        (datetime(2026, 10, 24, 12, tzinfo=UTC), time(2, 30), datetime(2026, 10, 26, 1, 30, tzinfo=UTC)),
        (datetime(2026, 3, 3, 12, tzinfo=UTC), time(0), datetime(2026, 3, 3, 23, tzinfo=UTC)),
        (datetime(2026, 3, 3, 12, tzinfo=UTC), time(23, 59, 59), datetime(2026, 3, 4, 22, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_negotiated_delivery_time_is_a_time_on_the_wall_on_monday_also_where_sunday_lacks_it(
    uploaded_at: datetime, deliver_by: time, due_at: datetime
) -> None:
    assert standard_deadline(uploaded_at, COPENHAGEN, deliver_by) == due_at


def test_a_delivery_time_that_a_working_day_lacks_is_the_first_instant_after_the_gap() -> None:
    # Clocks in Cairo go from 00:00 to 01:00 on Friday 24 April 2026, and from 24:00 to 23:00 on Thursday 29 October.
    cairo = time_zone("Africa/Cairo")
    for deliver_by in (time(0), time(0, 30), time(1)):
        due_at = standard_deadline(datetime(2026, 4, 23, 12, tzinfo=UTC), cairo, deliver_by)
        assert due_at == datetime(2026, 4, 23, 22, tzinfo=UTC)
    twice = standard_deadline(datetime(2026, 10, 28, 12, tzinfo=UTC), cairo, time(23, 30))
    assert twice == datetime(2026, 10, 29, 20, 30, tzinfo=UTC)


@given(moments(), instants, deliver_bys)
def test_standard_deadlines_are_monotone_in_the_upload(
    moment: tuple[ZoneInfo, datetime], at: datetime, deliver_by: time
) -> None:
    zone, other = moment
    earlier, later = sorted((at, other))
    assert standard_deadline(earlier, zone, deliver_by) <= standard_deadline(later, zone, deliver_by)


@given(moments(), st.timedeltas(timedelta(0), timedelta(days=3)), deliver_bys)
def test_standard_deadlines_are_monotone_also_within_days(
    moment: tuple[ZoneInfo, datetime], later_by: timedelta, deliver_by: time
) -> None:
    zone, uploaded_at = moment
    assert standard_deadline(uploaded_at, zone, deliver_by) <= standard_deadline(
        uploaded_at + later_by, zone, deliver_by
    )


@given(moments(), terms)
def test_a_rejection_deadline_is_on_a_working_day_and_at_least_the_turnaround_away(
    moment: tuple[ZoneInfo, datetime], agreed: SlaTerms
) -> None:
    zone, rejected_at = moment
    due_at = rejection_deadline(rejected_at, zone, agreed)
    assert local_day(due_at, zone).weekday() < SATURDAY
    assert due_at.astimezone(zone).weekday() < SATURDAY
    assert due_at - rejected_at >= agreed.rejection_turnaround


@given(moments())
def test_the_window_that_is_closed_opens_within_two_days_on_a_monday(moment: tuple[ZoneInfo, datetime]) -> None:
    _, at = moment
    window = expedite_window(at)
    assert window.available == (at.weekday() < SATURDAY)
    assert (window.opens_at is None) == window.available
    assert (window.closes_at is None) != window.available
    change = window.opens_at or window.closes_at
    assert change is not None
    assert at < change <= at + timedelta(days=5)
    assert expedite_window(change).available != window.available
