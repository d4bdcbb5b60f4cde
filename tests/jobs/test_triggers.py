"""The alarms of the scheduler: at every midnight of every zone, and every minute."""

from datetime import UTC, date, datetime, timedelta, timezone
from importlib.resources import files
from itertools import count, takewhile
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger  # pyright: ignore[reportMissingTypeStubs]
from hypothesis import given
from hypothesis import strategies as st

from app.clock import SystemClock
from app.domain.local_time import TIME_ZONES, local_day, midnight, time_zone
from jobs.scheduler import LocalMidnight, WholeMinute

MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)
NO_OFFSET = SystemClock()
START = datetime(2024, 1, 1, tzinfo=UTC)
END = datetime(2031, 1, 1, tzinfo=UTC)
instants = st.datetimes(datetime(1975, 1, 1), datetime(2150, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - it adds UTC
offsets = st.timedeltas(timedelta(days=-400), timedelta(days=400))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def different_zones() -> list[ZoneInfo]:
    """One of each that tzdata has the same rules for under several names."""
    rules = {files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes(): name for name in sorted(TIME_ZONES)}
    return [time_zone(name) for name in rules.values()]


def test_it_fires_once_for_every_day_of_every_zone_from_2024_to_2030() -> None:
    for zone in different_zones():
        trigger = LocalMidnight(zone, NO_OFFSET)
        fired = [START]
        while (following := trigger.get_next_fire_time(fired[-1], fired[-1])) is not None and following < END:
            fired.append(following)
        first = local_day(START, zone)
        midnights = (midnight(first + number * DAY, zone) for number in count(1))
        assert fired[1:] == list(takewhile(lambda at: at < END, midnights)), zone
        assert len(fired) in {2557, 2558}


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("Africa/Cairo", date(2026, 4, 24), "2026-04-23T22:00"),  # no 00:00 on these
        ("America/Santiago", date(2026, 9, 6), "2026-09-06T04:00"),
        ("Asia/Beirut", date(2026, 3, 29), "2026-03-28T22:00"),
        ("Atlantic/Azores", date(2026, 3, 29), "2026-03-29T01:00"),
        ("America/Havana", date(2026, 3, 8), "2026-03-08T05:00"),
        ("Atlantic/Azores", date(2026, 10, 25), "2026-10-25T00:00"),  # 00:00 twice, and the day after
        ("Atlantic/Azores", date(2026, 10, 26), "2026-10-26T01:00"),
        ("America/Havana", date(2027, 11, 7), "2027-11-07T04:00"),
        ("America/Havana", date(2027, 11, 8), "2027-11-08T05:00"),
        ("US/Pacific", date(2026, 3, 9), "2026-03-09T07:00"),  # the day after a change
        ("Australia/Lord_Howe", date(2026, 4, 6), "2026-04-05T13:30"),
    ],
)
def test_it_fires_as_the_day_begins(zone: str, day: date, expected: str) -> None:
    trigger = LocalMidnight(time_zone(zone), NO_OFFSET)
    before = midnight(day - DAY, time_zone(zone))
    assert trigger.get_next_fire_time(before, before) == utc(expected)
    assert trigger.get_next_fire_time(None, utc(expected) - MICROSECOND) == utc(expected)


def test_the_trigger_it_replaces_skips_a_day_without_midnight() -> None:
    cron = cast("Any", CronTrigger(hour=0, timezone="Africa/Cairo"))
    assert cron.get_next_fire_time(None, utc("2026-04-23T12:00")) == utc("2026-04-24T21:00")


@given(st.sampled_from(sorted(TIME_ZONES)), st.none() | instants, instants, offsets)
def test_the_trigger_fires_at_the_first_midnight_after_both_instants(
    name: str, previous: datetime | None, now: datetime, offset: timedelta
) -> None:
    zone = time_zone(name)
    fires = LocalMidnight(zone, SystemClock(offset)).get_next_fire_time(previous, now)
    after = max(previous or now, now)
    assert fires is not None
    assert fires.tzinfo is UTC
    assert fires > after
    by_the_clock = fires + offset
    assert (
        local_day(by_the_clock, zone) > local_day(by_the_clock - MICROSECOND, zone) == local_day(after + offset, zone)
    )


def test_instants_in_any_zone_are_compared_as_instants() -> None:
    trigger = LocalMidnight(time_zone("Europe/Copenhagen"), NO_OFFSET)
    late = datetime(2026, 3, 29, 1, tzinfo=timezone(timedelta(hours=3)))  # on the wall after the other, but earlier
    assert trigger.get_next_fire_time(late, utc("2026-03-28T22:30")) == utc("2026-03-28T23:00")


def test_a_clock_set_ahead_fires_by_the_machines_clock() -> None:
    ahead = SystemClock(timedelta(days=9, seconds=12.5))
    now = utc("2026-03-19T22:59:40")
    assert LocalMidnight(time_zone("Europe/Copenhagen"), ahead).get_next_fire_time(None, now) == (
        utc("2026-03-28T23:00") - ahead.offset
    )
    assert WholeMinute(ahead).get_next_fire_time(None, now) == utc("2026-03-19T22:59:47.5")


def test_there_is_no_midnight_after_2200() -> None:
    trigger = LocalMidnight(time_zone("UTC"), NO_OFFSET)
    assert trigger.get_next_fire_time(None, utc("2202-01-01T12:00")) is None


@pytest.mark.parametrize(
    ("previous", "now", "expected"),
    [
        (None, "2026-03-10T12:00:00", "2026-03-10T12:01:00"),
        (None, "2026-03-10T12:00:59.999999", "2026-03-10T12:01:00"),
        ("2026-03-10T12:01:00", "2026-03-10T12:00:59.999", "2026-03-10T12:02:00"),
        ("2026-03-10T12:01:00", "2026-03-10T12:07:30", "2026-03-10T12:08:00"),
    ],
)
def test_a_minute_is_strictly_after_both_instants(previous: str | None, now: str, expected: str) -> None:
    fires = WholeMinute(NO_OFFSET).get_next_fire_time(utc(previous) if previous else None, utc(now))
    assert fires == utc(expected)
