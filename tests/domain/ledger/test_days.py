from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import BeforeFirstLedgerDay
from app.domain.ledger.days import (
    LedgerDay,
    ZonePeriod,
    first_ledger_day,
    ledger_day_at,
    ledger_day_of,
    sla_effective_from,
    zone_at,
    zone_before,
)
from app.domain.local_time import local_day_interval, midnight, time_zone
from app.domain.sla.terms import NegotiableTerms, SlaVersion, sla_on
from tests.support.strategies import MICROSECOND, ONE_DAY, instants, zone_names

COPENHAGEN, NEW_YORK = "Europe/Copenhagen", "America/New_York"
HONOLULU, AUCKLAND = "Pacific/Honolulu", "Pacific/Auckland"
HOUR = timedelta(hours=1)
CREATED_AT = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
MARCH_9, MARCH_10, MARCH_11, MARCH_12 = (date(2026, 3, day) for day in (9, 10, 11, 12))


def history(first: str, *changes: tuple[datetime, str]) -> list[ZonePeriod]:
    return [ZonePeriod(CREATED_AT, first), *(ZonePeriod(at, zone) for at, zone in changes)]


def local_ledger_day(day: date, zone: str) -> LedgerDay:
    interval = local_day_interval(day, time_zone(zone))
    return LedgerDay(day, interval.start, interval.end)


@st.composite
def histories(draw: st.DrawFn) -> list[ZonePeriod]:
    """Draw an account's zones: up to six changes, minutes to days apart."""
    at = draw(instants)
    periods = [ZonePeriod(at, draw(zone_names))]
    for _ in range(draw(st.integers(0, 6))):
        at += draw(st.timedeltas(MICROSECOND, timedelta(hours=30)) | st.timedeltas(MICROSECOND, timedelta(days=9)))
        periods.append(ZonePeriod(at, draw(zone_names)))
    return periods


def walk(periods: list[ZonePeriod]) -> list[LedgerDay]:
    """Return every ledger day from the first to five days after the last zone change."""
    days = [first_ledger_day(periods)]
    while days[-1].opens_at < periods[-1].starts_at + timedelta(days=5):
        days.append(ledger_day_at(days[-1].closes_at, periods))
    return days


def test_ledger_days_are_the_local_days_of_the_zone() -> None:
    periods = history(COPENHAGEN)
    assert ledger_day_at(NOON, periods) == local_ledger_day(MARCH_10, COPENHAGEN)
    assert ledger_day_of(MARCH_10, periods) == local_ledger_day(MARCH_10, COPENHAGEN)


def test_the_first_ledger_day_is_the_whole_local_day_of_the_creation() -> None:
    periods = history(COPENHAGEN)
    assert first_ledger_day(periods) == local_ledger_day(date(2026, 1, 5), COPENHAGEN)
    assert ledger_day_at(datetime(2026, 1, 4, 23, tzinfo=UTC), periods) == first_ledger_day(periods)


def test_before_the_first_ledger_day_there_is_none() -> None:
    periods = history(COPENHAGEN)
    opens_at = datetime(2026, 1, 4, 23, tzinfo=UTC)
    with pytest.raises(BeforeFirstLedgerDay) as refused:
        ledger_day_at(opens_at - MICROSECOND, periods)
    assert (refused.value.at, refused.value.opens_at) == (opens_at - MICROSECOND, opens_at)
    assert ledger_day_of(date(2026, 1, 4), periods) is None


def test_the_zone_at_an_instant_is_the_last_one_that_has_started() -> None:
    periods = history(COPENHAGEN, (NOON, NEW_YORK))
    assert zone_at(NOON - MICROSECOND, periods) is time_zone(COPENHAGEN)
    assert zone_at(NOON, periods) is time_zone(NEW_YORK)
    assert zone_at(CREATED_AT - HOUR, periods) is time_zone(COPENHAGEN)
    assert zone_before(NOON, periods) is time_zone(COPENHAGEN)
    assert zone_before(NOON + MICROSECOND, periods) is time_zone(NEW_YORK)
    assert zone_before(CREATED_AT, periods) is time_zone(COPENHAGEN)


def test_a_zone_change_prolongs_the_running_day_to_the_next_midnight_of_the_new_zone() -> None:
    periods = history(COPENHAGEN, (NOON, NEW_YORK))
    running = ledger_day_at(NOON, periods)
    assert running == LedgerDay(MARCH_10, datetime(2026, 3, 9, 23, tzinfo=UTC), midnight(MARCH_11, time_zone(NEW_YORK)))
    assert ledger_day_at(running.closes_at, periods) == local_ledger_day(MARCH_11, NEW_YORK)
    assert ledger_day_at(running.opens_at - MICROSECOND, periods) == local_ledger_day(MARCH_9, COPENHAGEN)


def test_a_change_to_a_zone_of_the_same_midnight_alters_nothing() -> None:
    assert walk(history(COPENHAGEN, (NOON, "Europe/Berlin"))) == walk(history(COPENHAGEN, (NOON, COPENHAGEN)))
    assert ledger_day_at(NOON, history(COPENHAGEN, (NOON, "Europe/Berlin"))).closes_at == datetime(
        2026, 3, 10, 23, tzinfo=UTC
    )


def test_from_honolulu_to_auckland_a_date_is_skipped() -> None:
    periods = history(HONOLULU, (datetime(2026, 3, 10, 9, tzinfo=UTC), AUCKLAND))
    running = ledger_day_of(MARCH_9, periods)
    assert running is not None
    assert running.closes_at == datetime(2026, 3, 10, 11, tzinfo=UTC)
    assert ledger_day_of(MARCH_10, periods) is None
    assert ledger_day_at(running.closes_at, periods) == local_ledger_day(MARCH_11, AUCKLAND)


def test_terms_for_a_skipped_date_start_with_the_next_ledger_day() -> None:
    periods = history(HONOLULU, (datetime(2026, 3, 10, 9, tzinfo=UTC), AUCKLAND))
    versions = [
        SlaVersion(1, date(2026, 1, 4), NegotiableTerms(200, 20), CREATED_AT),
        SlaVersion(2, MARCH_10, NegotiableTerms(800), datetime(2026, 3, 1, tzinfo=UTC)),
    ]
    assert sla_effective_from(2, periods, versions) == datetime(2026, 3, 10, 11, tzinfo=UTC)
    assert sla_on(MARCH_9, versions).version == 1
    assert sla_on(MARCH_11, versions).version == 2


def test_the_first_terms_start_with_the_first_ledger_day_and_future_ones_in_the_last_zone() -> None:
    periods = history(COPENHAGEN, (NOON, NEW_YORK))
    versions = [
        SlaVersion(1, date(2026, 1, 5), NegotiableTerms(200, 20), CREATED_AT),
        SlaVersion(2, date(2030, 7, 1), NegotiableTerms(800), NOON),
        SlaVersion(3, MARCH_10, NegotiableTerms(300), datetime(2026, 3, 1, tzinfo=UTC)),
    ]
    assert sla_effective_from(1, periods, versions) == datetime(2026, 1, 4, 23, tzinfo=UTC)
    assert sla_effective_from(2, periods, versions) == datetime(2030, 7, 1, 4, tzinfo=UTC)
    assert sla_effective_from(3, periods, versions) == datetime(2026, 3, 9, 23, tzinfo=UTC)


def test_a_midnight_that_opens_the_same_date_again_does_not_end_the_day() -> None:
    # Kiritimati is 25 hours ahead of Midway, whose 10 March opens an hour after Kiritimati's has closed.
    midway = "Pacific/Midway"
    periods = history("Pacific/Kiritimati", (datetime(2026, 3, 10, 1, tzinfo=UTC), midway))
    running = ledger_day_of(MARCH_10, periods)
    assert running is not None
    assert running.opens_at == datetime(2026, 3, 9, 10, tzinfo=UTC)
    assert running.closes_at == midnight(MARCH_11, time_zone(midway)) == datetime(2026, 3, 11, 11, tzinfo=UTC)


def test_changing_back_before_the_planned_end_ends_the_day_as_planned() -> None:
    periods = history(COPENHAGEN, (NOON, NEW_YORK), (NOON + HOUR, COPENHAGEN))
    assert walk(periods) == walk(history(COPENHAGEN, (NOON + HOUR, COPENHAGEN)))


def test_changing_back_after_the_planned_end_waits_for_the_next_midnight() -> None:
    changed_back_at = datetime(2026, 3, 11, 1, tzinfo=UTC)
    periods = history(COPENHAGEN, (NOON, NEW_YORK), (changed_back_at, COPENHAGEN))
    running = ledger_day_at(changed_back_at, periods)
    assert (running.date, running.closes_at) == (MARCH_10, midnight(MARCH_12, time_zone(COPENHAGEN)))
    assert ledger_day_of(MARCH_11, periods) is None
    assert ledger_day_at(running.closes_at, periods) == local_ledger_day(MARCH_12, COPENHAGEN)


def test_flipping_zones_all_day_never_yields_a_second_allowance() -> None:
    flips = [(NOON + number * HOUR, (NEW_YORK, AUCKLAND, COPENHAGEN)[number % 3]) for number in range(11)]
    periods = history(COPENHAGEN, *flips)
    planned = local_ledger_day(MARCH_10, COPENHAGEN)
    at = [planned.opens_at + number * HOUR for number in range(24)]
    assert {ledger_day_at(each, periods).opens_at for each in at} == {planned.opens_at}


def test_a_change_as_a_day_opens_prolongs_that_day() -> None:
    opening = datetime(2026, 3, 10, 23, tzinfo=UTC)
    periods = history(COPENHAGEN, (opening, NEW_YORK))
    assert ledger_day_at(opening - MICROSECOND, periods) == local_ledger_day(MARCH_10, COPENHAGEN)
    assert ledger_day_at(opening, periods) == LedgerDay(MARCH_11, opening, midnight(MARCH_12, time_zone(NEW_YORK)))


def test_a_change_on_the_first_day_prolongs_it() -> None:
    periods = history(COPENHAGEN, (CREATED_AT + HOUR, NEW_YORK))
    assert first_ledger_day(periods).closes_at == midnight(date(2026, 1, 6), time_zone(NEW_YORK))


@given(histories())
def test_ledger_days_tile_the_time_line_and_no_date_comes_twice(periods: list[ZonePeriod]) -> None:
    for day, following in pairwise(walk(periods)):
        assert day.opens_at < day.closes_at == following.opens_at
        assert day.date < following.date


@given(histories())
def test_a_ledger_day_opens_at_a_midnight_of_its_date_and_is_never_shorter_than_that_local_day(
    periods: list[ZonePeriod],
) -> None:
    for day in walk(periods):
        planned = local_day_interval(day.date, zone_at(day.opens_at - MICROSECOND, periods))
        assert day.opens_at == planned.start
        assert day.closes_at >= planned.end


@given(histories(), st.floats(0, 1, exclude_max=True))
def test_every_instant_and_every_date_finds_its_ledger_day(periods: list[ZonePeriod], share: float) -> None:
    days = walk(periods)
    for day in days:
        within = min(day.opens_at + share * (day.closes_at - day.opens_at), day.closes_at - MICROSECOND)
        assert ledger_day_at(within, periods) == day
    by_date = {day.date: day for day in days}
    for number in range((days[-1].date - days[0].date).days + 1):
        each = days[0].date + number * ONE_DAY
        assert ledger_day_of(each, periods) == by_date.get(each)


@given(histories())
def test_terms_start_as_the_first_ledger_day_of_their_date_or_a_later_one_opens(periods: list[ZonePeriod]) -> None:
    days = walk(periods)
    for number in range((days[-1].date - days[0].date).days + 1):
        version = SlaVersion(2, days[0].date + number * ONE_DAY, NegotiableTerms(1, 1), periods[0].starts_at)
        opening = next(day.opens_at for day in days if day.date >= version.effective_date)
        assert sla_effective_from(2, periods, [version]) == opening


@given(histories())
def test_a_zone_change_alters_no_day_before_the_one_it_falls_into(periods: list[ZonePeriod]) -> None:
    known, change = periods[:-1] or periods, periods[-1]
    for day in walk(periods):
        if day.closes_at <= change.starts_at:
            assert ledger_day_at(day.opens_at, known) == day
