import subprocess
import sys
import zoneinfo
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from importlib import resources
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import app
from app.domain.errors import DateOutOfRange, DomainError, UnknownTimeZone
from app.domain.local_time import (
    TIME_ZONES,
    Interval,
    clock_change,
    local_day,
    local_day_interval,
    midnight,
    next_local_day,
    time_zone,
    wall_clock,
    week_start,
)
from tests.support.strategies import FIRST_DAY, LAST_DAY, MICROSECOND, ONE_DAY, days, moments, zones

COPENHAGEN = time_zone("Europe/Copenhagen")
HOUR = timedelta(hours=1)


def test_zones_come_from_the_tzdata_package_alone() -> None:
    assert zoneinfo.TZPATH == ()
    listed = resources.files("tzdata").joinpath("zones").read_text("ascii").split()
    assert set(listed) - {"Factory"} == TIME_ZONES
    assert len(TIME_ZONES) == 597


def test_zones_of_the_machine_are_not_read_even_when_one_was_before(tmp_path: Path) -> None:
    machine = tmp_path / "Europe" / "Copenhagen"
    machine.parent.mkdir()
    machine.write_bytes(resources.files("tzdata").joinpath("zoneinfo", "Asia", "Tokyo").read_bytes())
    program = """if True:
        from datetime import date
        from zoneinfo import ZoneInfo
        machine = ZoneInfo("Europe/Copenhagen")
        from app.domain.local_time import midnight, time_zone
        ours = time_zone("Europe/Copenhagen")
        print(*(midnight(date(2026, 3, 2), zone).isoformat() for zone in (machine, ours)))
    """
    ran = subprocess.run(  # noqa: S603 - the program is the one above
        [sys.executable, "-c", program],
        env={"PYTHONTZPATH": str(tmp_path)},
        cwd=Path(app.__path__[0]).parent,
        check=True,
        capture_output=True,
        text=True,
    )
    assert ran.stdout.split() == ["2026-03-01T15:00:00+00:00", "2026-03-01T23:00:00+00:00"]


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "europe/copenhagen", "../zones", "/etc/localtime", "UTC+1"])
def test_a_name_that_tzdata_does_not_have_is_refused_with_the_name(name: str) -> None:
    with pytest.raises(UnknownTimeZone) as refused:
        time_zone(name)
    assert refused.value.name == name
    assert isinstance(refused.value, DomainError)


def test_a_zone_is_loaded_once() -> None:
    assert time_zone("Africa/Cairo") is time_zone("Africa/Cairo")


@pytest.mark.parametrize(
    ("name", "day", "jump"),
    [
        ("Africa/Cairo", date(2026, 4, 24), datetime(2026, 4, 23, 22, tzinfo=UTC)),
        ("America/Santiago", date(2026, 9, 6), datetime(2026, 9, 6, 4, tzinfo=UTC)),
        ("Asia/Beirut", date(2026, 3, 29), datetime(2026, 3, 28, 22, tzinfo=UTC)),
        ("Atlantic/Azores", date(2026, 3, 29), datetime(2026, 3, 29, 1, tzinfo=UTC)),
        ("America/Havana", date(2026, 3, 8), datetime(2026, 3, 8, 5, tzinfo=UTC)),
    ],
)
def test_a_day_without_midnight_begins_as_the_clock_jumps_and_lasts_23_hours(
    name: str, day: date, jump: datetime
) -> None:
    zone = time_zone(name)
    assert local_day_interval(day, zone) == Interval(jump, jump + 23 * HOUR)
    assert jump.astimezone(zone).time() == time(1)
    assert local_day(jump, zone) == day
    assert local_day(jump - MICROSECOND, zone) == day - ONE_DAY


@pytest.mark.parametrize(
    ("name", "day", "first"),
    [
        ("Atlantic/Azores", date(2026, 10, 25), datetime(2026, 10, 25, 0, tzinfo=UTC)),
        ("America/Havana", date(2027, 11, 7), datetime(2027, 11, 7, 4, tzinfo=UTC)),
    ],
)
def test_a_day_with_two_midnights_begins_at_the_first_and_lasts_25_hours(name: str, day: date, first: datetime) -> None:
    zone = time_zone(name)
    assert local_day_interval(day, zone) == Interval(first, first + 25 * HOUR)
    assert (first + HOUR).astimezone(zone).time() == time(0)
    assert local_day(first + HOUR, zone) == day


def test_a_day_continues_while_a_clock_set_back_across_midnight_shows_the_day_before() -> None:
    # In 1990 clocks of Newfoundland went from 00:01 back to 23:01.
    zone = time_zone("America/St_Johns")
    second_time = datetime(1990, 10, 28, 2, 45, tzinfo=UTC)
    assert second_time.astimezone(zone).date() == date(1990, 10, 27)
    assert local_day(second_time, zone) == date(1990, 10, 28)
    assert local_day_interval(date(1990, 10, 28), zone).contains(second_time)


def test_a_date_that_a_zone_skipped_is_empty_and_not_the_next_day_of_any() -> None:
    zone = time_zone("Pacific/Apia")
    jump = datetime(2011, 12, 30, 10, tzinfo=UTC)
    assert local_day_interval(date(2011, 12, 30), zone) == Interval(jump, jump)
    assert local_day(jump, zone) == date(2011, 12, 31)
    assert next_local_day(date(2011, 12, 29), zone) == date(2011, 12, 31)
    assert next_local_day(date(2011, 12, 31), zone) == date(2012, 1, 1)


def test_a_wall_clock_time_that_is_jumped_over_is_the_instant_of_the_jump() -> None:
    jump = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert wall_clock(date(2026, 3, 29), time(2), COPENHAGEN) == jump
    assert wall_clock(date(2026, 3, 29), time(2, 59, 59, 999_999), COPENHAGEN) == jump
    assert wall_clock(date(2026, 3, 29), time(3), COPENHAGEN) == jump


def test_a_wall_clock_time_that_comes_twice_is_the_first() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert wall_clock(date(2026, 10, 25), time(2, 30, fold=1), COPENHAGEN) == first
    assert wall_clock(date(2026, 10, 25), time(2, 30), COPENHAGEN) == first


def test_a_clock_change_is_found_between_instants_around_it_and_only_there() -> None:
    change = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert clock_change(change - 99 * HOUR, change + 99 * HOUR, COPENHAGEN) == change
    assert clock_change(change - MICROSECOND, change, COPENHAGEN) == change
    assert clock_change(change - 99 * HOUR, change - MICROSECOND, COPENHAGEN) is None
    assert clock_change(change, change + 99 * HOUR, COPENHAGEN) is None


def test_a_week_starts_on_its_monday() -> None:
    assert week_start(date(2026, 3, 2)) == date(2026, 3, 2)
    assert week_start(date(2026, 3, 8)) == date(2026, 3, 2)
    assert week_start(date(2027, 1, 1)) == date(2026, 12, 28)


def test_an_interval_holds_its_start_and_not_its_end() -> None:
    interval = local_day_interval(date(2026, 3, 2), COPENHAGEN)
    assert interval.contains(interval.start)
    assert interval.contains(interval.end - MICROSECOND)
    assert not interval.contains(interval.end)
    assert not interval.contains(interval.start - MICROSECOND)


@pytest.mark.parametrize("name", ["Pacific/Kiritimati", "Etc/GMT+12"])
def test_the_supported_years_reach_from_1970_to_2200_whole_in_every_zone(name: str) -> None:
    zone = time_zone(name)
    for at in (datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)):
        assert local_day_interval(local_day(at, zone), zone).contains(at)


@pytest.mark.parametrize("at", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_dates_far_off_are_refused_with_their_year(at: datetime) -> None:
    for zone in (COPENHAGEN, time_zone("Pacific/Kiritimati"), time_zone("Etc/GMT+12")):
        with pytest.raises(DateOutOfRange) as instant_refused:
            local_day(at, zone)
        with pytest.raises(DateOutOfRange) as day_refused:
            local_day_interval(at.date(), zone)
        assert instant_refused.value.year == day_refused.value.year == at.year


@given(days, zones)
def test_local_days_tile_the_time_line(day: date, zone: ZoneInfo) -> None:
    interval = local_day_interval(day, zone)
    assert interval.end == local_day_interval(day + ONE_DAY, zone).start
    assert 22 * HOUR <= interval.end - interval.start <= 26 * HOUR


@given(moments())
def test_every_instant_has_exactly_one_local_day(moment: tuple[ZoneInfo, datetime]) -> None:
    zone, at = moment
    day = local_day(at, zone)
    holding = [each for each in (day - ONE_DAY, day, day + ONE_DAY) if local_day_interval(each, zone).contains(at)]
    assert holding == [day]


@given(moments())
def test_the_local_day_is_the_date_on_the_wall(moment: tuple[ZoneInfo, datetime]) -> None:
    # From 2024 to 2030 no zone sets its clock back across midnight.
    zone, at = moment
    assert local_day(at, zone) == at.astimezone(zone).date()


@given(moments(), st.times())
def test_the_wall_clock_shows_the_requested_time_or_jumps_over_it(
    moment: tuple[ZoneInfo, datetime], clock: time
) -> None:
    zone, around = moment
    asked = datetime.combine(local_day(around, zone), clock)
    at = wall_clock(asked.date(), clock, zone)
    shown = at.astimezone(zone).replace(tzinfo=None)
    before = (at - MICROSECOND).astimezone(zone).replace(tzinfo=None)
    assert shown == asked or before < asked < shown
    assert all(reading != asked for reading in _readings(zone, at - 3 * HOUR, at))


def test_the_days_of_every_zone_from_2024_to_2030_tile_and_agree_with_their_instants() -> None:
    dates = [FIRST_DAY + number * ONE_DAY for number in range((LAST_DAY - FIRST_DAY).days + 2)]
    for zone in _zones_of_different_rules():
        midnights = [midnight(day, zone) for day in dates]
        assert all(22 * HOUR <= end - start <= 26 * HOUR for start, end in pairwise(midnights)), zone
        assert [local_day(at, zone) for at in midnights] == dates, zone
        assert [local_day(at - MICROSECOND, zone) for at in midnights[1:]] == dates[:-1], zone


def _readings(zone: ZoneInfo, start: datetime, end: datetime) -> Iterable[datetime]:
    """Return wall-clock readings a quarter of an hour apart up to `end`, which is not included."""
    quarters = (end - start) // timedelta(minutes=15)
    instants = (end - number * timedelta(minutes=15) for number in range(1, quarters + 1))
    return [at.astimezone(zone).replace(tzinfo=None) for at in instants]


def _zones_of_different_rules() -> list[ZoneInfo]:
    """Return one zone for each distinct file; the other names are links with the same days."""
    folder = resources.files("tzdata").joinpath("zoneinfo")
    by_rules = {folder.joinpath(name).read_bytes(): name for name in sorted(TIME_ZONES)}
    return [time_zone(name) for name in sorted(by_rules.values())]
