from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.local_time import Interval, time_zone
from app.domain.pulse.segments import RAW, WINDOW, Cuts, Part, Segment, cuts_at, month_start, segments, windows

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
AT = datetime(2026, 3, 10, 12, 34, 56, 789_000, tzinfo=UTC)
CUTS = cuts_at(AT, time_zone("Europe/Copenhagen"))

nows = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds it
moments = (
    nows
    | nows.map(lambda at: at.replace(second=0, microsecond=0))
    | nows.map(lambda at: at.replace(minute=0, second=0, microsecond=0))
)


def instants_around(*cuts: datetime) -> st.SearchStrategy[datetime]:
    """Draw instants within a day of an edge, half of them within microseconds."""
    offsets = st.integers(-2, 2).map(lambda number: number * MICROSECOND)
    days = st.integers(-90_000, 90_000).map(lambda seconds: timedelta(seconds=seconds))
    return st.tuples(st.sampled_from(cuts), offsets | days).map(lambda pair: pair[0] + pair[1])


def counted(part: Part, read: Iterable[Segment], facts: list[datetime], *, by_minutes: bool) -> int:
    """Count facts as the statement does: buckets of each grain by their starts, raw rows singly."""
    total = 0
    for segment in read:
        if segment.part is part and segment.by_minutes in (None, by_minutes):
            step = timedelta(minutes=segment.grain)
            starts = facts if segment.grain == RAW else [at - (at - EPOCH) % step for at in facts]
            total += segment.sign * sum(segment.start <= start < segment.end for start in starts)
    return total


def test_the_windows_are_thirty_times_24_hours_each() -> None:
    at = datetime(2026, 3, 31, 1, tzinfo=UTC)
    compared = windows(at)
    assert compared.current == Interval(datetime(2026, 3, 1, 1, tzinfo=UTC), at)
    assert compared.previous == Interval(datetime(2026, 1, 30, 1, tzinfo=UTC), datetime(2026, 3, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("at", "zone", "expected"),
    [
        (datetime(2026, 3, 20, 12, tzinfo=UTC), "America/New_York", datetime(2026, 3, 1, 5, tzinfo=UTC)),
        (datetime(2026, 3, 1, 4, 59, tzinfo=UTC), "America/New_York", datetime(2026, 2, 1, 5, tzinfo=UTC)),
        (datetime(2026, 3, 1, 5, tzinfo=UTC), "America/New_York", datetime(2026, 2, 1, 5, tzinfo=UTC)),
        (datetime(2026, 3, 1, 5, 0, 0, 1, tzinfo=UTC), "America/New_York", datetime(2026, 3, 1, 5, tzinfo=UTC)),
        (datetime(2026, 4, 30, 21, tzinfo=UTC), "Africa/Cairo", datetime(2026, 3, 31, 22, tzinfo=UTC)),
        (datetime(2026, 4, 30, 21, 0, 0, 1, tzinfo=UTC), "Africa/Cairo", datetime(2026, 4, 30, 21, tzinfo=UTC)),
        (datetime(2026, 4, 30, 20, tzinfo=UTC), "Africa/Cairo", datetime(2026, 3, 31, 22, tzinfo=UTC)),
        (datetime(2025, 4, 10, 12, tzinfo=UTC), "Asia/Kathmandu", datetime(2025, 3, 31, 18, 15, tzinfo=UTC)),
    ],
)
def test_a_month_starts_at_midnight_user_time_across_clock_changes(at: datetime, zone: str, expected: datetime) -> None:
    assert month_start(at, time_zone(zone)) == expected


@given(at=moments, month_ago=st.integers(0, 32 * 1440), drawn=st.data(), by_minutes=st.booleans())
def test_parts_of_time_add_up_to_the_windows(
    at: datetime, month_ago: int, drawn: st.DataObject, *, by_minutes: bool
) -> None:
    month = at.replace(second=0, microsecond=0) - timedelta(minutes=month_ago)
    compared = windows(at)
    facts = drawn.draw(st.lists(instants_around(compared.previous.start, compared.current.start, month, at)))
    read = list(segments(Cuts(at - 2 * WINDOW, at - WINDOW, month, at), with_open=True))
    count = {part: counted(part, read, facts, by_minutes=by_minutes) for part in Part}

    def within(start: datetime, end: datetime) -> int:
        return sum(start <= fact < end for fact in facts)

    current = count[Part.CURRENT_DAYS] + count[Part.LAST_HEAD] - count[Part.CURRENT_HEAD]
    previous = count[Part.PREVIOUS_DAYS] + count[Part.CURRENT_HEAD] - count[Part.PREVIOUS_HEAD]
    assert current == within(compared.current.start, at)
    assert previous == within(compared.previous.start, compared.previous.end)
    assert count[Part.MONTH_DAYS] + count[Part.LAST_HEAD] - count[Part.MONTH_HEAD] == within(month, at)
    assert count[Part.EARLIER_DAYS] + count[Part.PREVIOUS_HEAD] == within(EPOCH, compared.previous.start)
    assert count[Part.COMING_DAYS] - count[Part.LAST_HEAD] == len(facts) - within(EPOCH, at)


@given(moments)
def test_a_partial_day_is_never_more_than_half_a_day_and_half_an_hour_of_buckets(at: datetime) -> None:
    read = [
        segment
        for segment in segments(cuts_at(at, time_zone("UTC")), with_open=False)
        if segment.part is Part.LAST_HEAD
    ]
    buckets = Counter[int]()
    for segment in read:
        if segment.grain != RAW:
            buckets[segment.grain] += (segment.end - segment.start) // timedelta(minutes=segment.grain)
    assert buckets[1440] <= 1
    assert buckets[60] <= 12 + 1
    assert buckets[1] <= 30
    assert all(s.end - s.start < MINUTE for s in read if s.grain == RAW and s.by_minutes)


def test_days_to_come_are_read_only_for_open_images() -> None:
    assert Part.COMING_DAYS in {segment.part for segment in segments(CUTS, with_open=True)}
    assert Part.COMING_DAYS not in {segment.part for segment in segments(CUTS, with_open=False)}


def test_a_partial_day_is_read_by_the_fewer_buckets() -> None:
    day, noon = datetime(2026, 3, 10, tzinfo=UTC), datetime(2026, 3, 10, 12, tzinfo=UTC)
    minute = noon + timedelta(minutes=34)
    head = [segment for segment in segments(CUTS, with_open=False) if segment.part is Part.LAST_HEAD]
    assert head == [
        Segment(Part.LAST_HEAD, 1, 60, day, noon),
        Segment(Part.LAST_HEAD, 1, 60, noon, noon + timedelta(hours=1), noon, by_minutes=True),
        Segment(Part.LAST_HEAD, -1, 1, minute, noon + timedelta(hours=1), noon, by_minutes=True),
        Segment(Part.LAST_HEAD, 1, RAW, minute, AT, noon, by_minutes=True),
        Segment(Part.LAST_HEAD, 1, RAW, noon, AT, noon, by_minutes=False),
    ]
