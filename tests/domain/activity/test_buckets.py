"""Days, weeks and months of an account: they tile its ledger days by date."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.domain.activity.buckets import Bucket, buckets, count_buckets
from app.domain.activity.enums import Grain
from app.domain.ledger.days import ZonePeriod, closed_ledger_days, ledger_day_at

CREATED_AT = datetime(2026, 3, 4, 9, tzinfo=UTC)
COPENHAGEN = [ZonePeriod(CREATED_AT, "Europe/Copenhagen")]
NAMES = [
    "Africa/Cairo",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Pacific/Kiritimati",
    "Etc/GMT+12",
]


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def dates(found: Sequence[Bucket]) -> list[str]:
    return [f"{bucket.date:%d %b}" for bucket in found]


def test_days_are_those_from_the_first_ledger_day_to_the_running_one() -> None:
    found = buckets(date(2026, 1, 1), date(2026, 12, 31), Grain.DAY, instant("2026-03-06T10:00:00"), COPENHAGEN)
    assert found == [
        Bucket(date(2026, 3, 4), instant("2026-03-03T23:00:00"), instant("2026-03-04T23:00:00"), True),
        Bucket(date(2026, 3, 5), instant("2026-03-04T23:00:00"), instant("2026-03-05T23:00:00"), True),
        Bucket(date(2026, 3, 6), instant("2026-03-05T23:00:00"), instant("2026-03-06T23:00:00"), False),
    ]


def test_a_day_is_complete_at_the_very_instant_it_closes() -> None:
    [day] = buckets(date(2026, 3, 4), date(2026, 3, 4), Grain.DAY, instant("2026-03-04T23:00:00"), COPENHAGEN)
    assert day.is_complete


def test_before_the_account_and_after_the_running_day_there_are_none() -> None:
    for day in (date(2026, 3, 3), date(2026, 3, 7)):
        assert buckets(day, day, Grain.DAY, instant("2026-03-06T10:00:00"), COPENHAGEN) == []


def test_weeks_are_whole_but_for_days_before_the_account() -> None:
    at = instant("2026-03-18T10:00:00")
    found = buckets(date(2026, 3, 6), date(2026, 3, 11), Grain.WEEK, at, COPENHAGEN)
    assert [(bucket.date, bucket.start, bucket.end, bucket.is_complete) for bucket in found] == [
        (date(2026, 3, 2), instant("2026-03-03T23:00:00"), instant("2026-03-08T23:00:00"), True),
        (date(2026, 3, 9), instant("2026-03-08T23:00:00"), instant("2026-03-15T23:00:00"), True),
    ]


def test_the_running_month_ends_with_its_last_day() -> None:
    found = buckets(date(2026, 3, 31), date(2026, 5, 1), Grain.MONTH, instant("2026-04-30T12:00:00"), COPENHAGEN)
    assert [(bucket.date, bucket.end, bucket.is_complete) for bucket in found] == [
        (date(2026, 3, 1), instant("2026-03-31T22:00:00"), True),
        (date(2026, 4, 1), instant("2026-04-30T22:00:00"), False),
    ]


def test_a_date_that_a_zone_change_skips_is_left_out() -> None:
    moved = [
        ZonePeriod(instant("2026-03-01T00:00:00"), "Pacific/Honolulu"),
        ZonePeriod(instant("2026-03-05T12:00:00"), "Pacific/Kiritimati"),
    ]
    found = buckets(date(2026, 3, 4), date(2026, 3, 9), Grain.DAY, instant("2026-03-09T00:00:00"), moved)
    assert dates(found) == ["04 Mar", "05 Mar", "07 Mar", "08 Mar", "09 Mar"]
    assert all(before.end == after.start for before, after in pairwise(found))


def test_the_number_of_buckets_is_that_of_dates_weeks_and_months() -> None:
    sunday, monday = date(2026, 3, 1), date(2026, 3, 2)
    assert [count_buckets(sunday, monday, grain) for grain in Grain] == [2, 2, 1]
    assert [count_buckets(date(2025, 12, 31), date(2026, 2, 1), grain) for grain in Grain] == [33, 5, 3]


@given(
    moves=st.lists(st.tuples(st.integers(1, 90 * 24 * 60), st.sampled_from(NAMES)), max_size=3).map(sorted),
    first_zone=st.sampled_from(NAMES),
    grain=st.sampled_from(Grain),
    after=st.integers(0, 120 * 24 * 60),
)
def test_buckets_of_all_time_tile_the_ledger_days(
    moves: list[tuple[int, str]], first_zone: str, grain: Grain, after: int
) -> None:
    changes = [ZonePeriod(CREATED_AT + timedelta(minutes=minutes), name) for minutes, name in moves]
    periods = [ZonePeriod(CREATED_AT, first_zone), *changes]
    at = max(CREATED_AT + timedelta(minutes=after), periods[-1].starts_at)
    days = [*closed_ledger_days(None, at, periods), ledger_day_at(at, periods)]
    found = buckets(date.min, date.max, grain, at, periods)
    assert (found[0].start, found[0].is_complete) == (days[0].opens_at, found[0].end <= at)
    assert all(before.end == after.start for before, after in pairwise(found))
    assert all(bucket.is_complete for bucket in found[:-1])
    assert found[-1].start <= days[-1].opens_at < days[-1].closes_at <= found[-1].end
    if grain is Grain.DAY:
        assert [(bucket.date, bucket.start, bucket.end) for bucket in found] == [
            (day.date, day.opens_at, day.closes_at) for day in days
        ]
