from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.deadlines.rules import latest_upload_for, standard_deadline
from app.domain.errors import DateOutOfRange
from app.domain.local_time import local_day, midnight, time_zone, wall_clock
from tests.support.sla import DELIVER_BY, always_by_nine
from tests.support.strategies import MICROSECOND, deliver_bys, moments

COPENHAGEN = time_zone("Europe/Copenhagen")
APIA = time_zone("Pacific/Apia")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
TUESDAY, WEDNESDAY = date(2026, 3, 3), date(2026, 3, 4)
NINE = time(9)


@pytest.mark.parametrize(
    ("due", "end_of"),
    [
        (wall_clock(WEDNESDAY, NINE, COPENHAGEN), TUESDAY),
        (wall_clock(WEDNESDAY, NINE, COPENHAGEN) - MICROSECOND, date(2026, 3, 2)),
        (wall_clock(WEDNESDAY, time(23, 59), COPENHAGEN), TUESDAY),
        (wall_clock(date(2026, 3, 7), time(12), COPENHAGEN), date(2026, 3, 5)),  # a Saturday: Friday's deadline
        (wall_clock(date(2026, 3, 9), time(8, 59), COPENHAGEN), date(2026, 3, 5)),  # early on Monday
        (wall_clock(date(2026, 3, 9), NINE, COPENHAGEN), date(2026, 3, 8)),  # Monday at nine: Sunday's deadline
    ],
)
def test_the_latest_upload_is_the_end_of_the_last_day_that_is_due_by_then(due: datetime, end_of: date) -> None:
    end = midnight(end_of + timedelta(days=1), COPENHAGEN)
    assert latest_upload_for(due, COPENHAGEN, LONG_AGO, always_by_nine) == end


def test_the_latest_upload_is_none_from_the_end_of_that_day_on() -> None:
    due = wall_clock(WEDNESDAY, NINE, COPENHAGEN)
    end = midnight(WEDNESDAY, COPENHAGEN)
    assert latest_upload_for(due, COPENHAGEN, end - MICROSECOND, always_by_nine) == end
    assert latest_upload_for(due, COPENHAGEN, end, always_by_nine) is None
    assert latest_upload_for(due, COPENHAGEN, due + timedelta(days=400), always_by_nine) is None


def test_of_a_weekend_with_an_earlier_delivery_time_only_the_last_uploads_may_be_in_time() -> None:
    friday, saturday = date(2026, 3, 6), date(2026, 3, 7)

    def seven_from_saturday_on(day: date) -> time:
        return NINE if day < saturday else time(7)

    noon = wall_clock(friday, time(12), COPENHAGEN)
    monday = wall_clock(date(2026, 3, 9), time(8), COPENHAGEN)
    assert standard_deadline(noon, COPENHAGEN, NINE) > monday
    end = midnight(date(2026, 3, 9), COPENHAGEN)
    assert latest_upload_for(monday, COPENHAGEN, noon, seven_from_saturday_on) == end
    assert standard_deadline(end - MICROSECOND, COPENHAGEN, time(7)) <= monday


def test_a_date_that_was_skipped_is_no_day_to_upload_on() -> None:
    # Samoa had no Friday 30 December 2011.
    due = wall_clock(date(2012, 1, 2), time(8), APIA)
    assert latest_upload_for(due, APIA, LONG_AGO.replace(year=2011), always_by_nine) == midnight(
        date(2011, 12, 29), APIA
    )


def test_a_deadline_before_the_known_days_is_past_and_one_after_them_is_refused() -> None:
    assert latest_upload_for(datetime(1800, 1, 1, tzinfo=UTC), COPENHAGEN, LONG_AGO, always_by_nine) is None
    with pytest.raises(DateOutOfRange):
        latest_upload_for(datetime(9000, 1, 1, tzinfo=UTC), COPENHAGEN, LONG_AGO, always_by_nine)


@given(moments(), deliver_bys)
@example((APIA, datetime(2011, 12, 30, 9, 59, tzinfo=UTC)), DELIVER_BY)
@example((APIA, datetime(2012, 1, 1, 19, tzinfo=UTC)), DELIVER_BY)
def test_every_upload_before_it_is_due_in_time_and_none_from_it_on(
    moment: tuple[ZoneInfo, datetime], deliver_by: time
) -> None:
    zone, due = moment
    end = latest_upload_for(due, zone, datetime(2011, 1, 1, tzinfo=UTC), lambda _: deliver_by)
    assert end is not None
    assert standard_deadline(end - MICROSECOND, zone, deliver_by) <= due < standard_deadline(end, zone, deliver_by)
    assert end == midnight(local_day(end, zone), zone)


@given(moments(), st.integers(0, 3), deliver_bys)
def test_the_latest_upload_for_a_standard_deadline_is_the_end_of_the_last_day_that_has_it(
    moment: tuple[ZoneInfo, datetime], days: int, deliver_by: time
) -> None:
    zone, uploaded_at = moment
    due = standard_deadline(uploaded_at, zone, deliver_by)
    end = latest_upload_for(due, zone, uploaded_at, lambda _: deliver_by)
    assert end is not None
    assert uploaded_at < end
    assert standard_deadline(end - MICROSECOND, zone, deliver_by) == due
    later = uploaded_at + timedelta(days=days)
    assert (standard_deadline(later, zone, deliver_by) <= due) == (later < end)
