from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.account import Account
from app.domain.deadlines.rules import standard_deadline
from app.domain.deadlines.zones import TimeZoneChangedRecently, zone_changes
from app.domain.ledger.days import ChangedBy, ZonePeriod
from app.domain.local_time import time_zone
from app.domain.sla.enums import Plan
from app.domain.sla.terms import NegotiableTerms, SlaTerms, SlaVersion
from tests.support.strategies import MICROSECOND, zone_names

OPENED_AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NINE = time(9)
KIRITIMATI = "Pacific/Kiritimati"  # UTC+14
LOS_ANGELES = "America/Los_Angeles"
COPENHAGEN = "Europe/Copenhagen"
HONOLULU = "Pacific/Honolulu"
TONGATAPU = "Pacific/Tongatapu"  # UTC+13


def opened(zone: str = COPENHAGEN) -> Account:
    return Account.open(OPENED_AT, zone, Plan.SOLO, SlaTerms(50, 5))


def moved(account: Account, *moves: tuple[datetime, str], by: ChangedBy = ChangedBy.STAFF) -> Account:
    for at, zone in moves:
        account = account.move(at, zone, by)
    return account


def due(account: Account, at: datetime) -> datetime:
    return standard_deadline(at, account.upload_zone_at(at), account.terms_at(at).terms.deliver_by)


def delivered_by(account: Account, *versions: tuple[int, time]) -> Account:
    """Return the account with further versions of its SLA: a delivery time from a number of days after the first on."""
    [first] = account.versions
    later = (
        SlaVersion(number, first.effective_date + after * DAY, NegotiableTerms(deliver_by=deliver_by), OPENED_AT)
        for number, (after, deliver_by) in enumerate(versions, start=2)
    )
    return replace(account, versions=(first, *later))


def test_after_a_move_west_uploads_of_the_day_are_due_by_the_new_zone() -> None:
    account = moved(opened(), (OPENED_AT + HOUR, LOS_ANGELES))
    assert due(account, OPENED_AT + 2 * HOUR) == datetime(2026, 3, 3, 17, tzinfo=UTC)  # 09:00 in Los Angeles


def test_after_a_move_east_uploads_of_the_day_are_due_by_whichever_morning_is_later() -> None:
    account = moved(opened(LOS_ANGELES), (OPENED_AT + HOUR, KIRITIMATI))
    at = OPENED_AT + HOUR  # 3 March, 03:00 in Kiritimati, so that its next morning is 4 March there
    assert due(account, at) == datetime(2026, 3, 3, 19, tzinfo=UTC)
    closes_at = account.ledger_day_at(at).closes_at
    assert closes_at == datetime(2026, 3, 3, 10, tzinfo=UTC)
    # Since midnight in Los Angeles its next morning is a day later.
    assert due(account, closes_at - MICROSECOND) == datetime(2026, 3, 4, 17, tzinfo=UTC)
    assert due(account, closes_at) == datetime(2026, 3, 4, 19, tzinfo=UTC)


def test_after_several_moves_in_a_day_all_its_zones_count() -> None:
    account = moved(opened(KIRITIMATI), (OPENED_AT + HOUR, LOS_ANGELES), (OPENED_AT + 2 * HOUR, "UTC"))
    at = OPENED_AT + 3 * HOUR
    assert account.upload_zone_at(at).key == KIRITIMATI
    assert [(each.before.key, each.after.key) for each in zone_changes(at, account.zones)] == [
        (KIRITIMATI, LOS_ANGELES),
        (LOS_ANGELES, "UTC"),
    ]


def test_moving_to_where_it_is_just_before_midnight_brings_no_earlier_deadline() -> None:
    # At 12:30 UTC it is 23:30 in Magadan, whose next morning is in nine hours and a half.
    account = moved(opened(), (OPENED_AT + HOUR / 4, "Asia/Magadan"))
    at = OPENED_AT + HOUR / 2
    assert standard_deadline(at, time_zone("Asia/Magadan"), NINE) == datetime(2026, 3, 2, 22, tzinfo=UTC)
    assert due(account, at) == datetime(2026, 3, 3, 8, tzinfo=UTC)
    closes_at = account.ledger_day_at(at).closes_at
    assert account.upload_zone_at(closes_at).key == "Asia/Magadan"


def test_changes_of_earlier_releases_postpone_nothing() -> None:
    periods = (ZonePeriod(OPENED_AT, COPENHAGEN), ZonePeriod(OPENED_AT + HOUR, "Asia/Magadan"))
    assert zone_changes(OPENED_AT + 2 * HOUR, periods) == ()
    account = Account(periods, opened().versions)
    assert account.upload_zone_at(OPENED_AT + 2 * HOUR).key == "Asia/Magadan"


MOVES = st.lists(st.tuples(st.timedeltas(timedelta(0), timedelta(days=3)), zone_names), max_size=4)


@given(zone_names, MOVES, st.timedeltas(timedelta(0), timedelta(days=4)))
@example(COPENHAGEN, [(HOUR, "Asia/Magadan")], 10 * HOUR)
def test_an_upload_is_due_by_the_latest_zone_of_its_ledger_day(
    first: str, moves: Sequence[tuple[timedelta, str]], later: timedelta
) -> None:
    account = moved(opened(first), *((OPENED_AT + after, zone) for after, zone in sorted(moves)))
    at = OPENED_AT + later
    known = [period for period in account.zones if period.starts_at <= at]
    day = Account(tuple(known), account.versions).ledger_day_at(at)
    began = [period for period in known if period.starts_at < day.opens_at or period is known[0]][-1]
    zones = [began, *(period for period in known if period.starts_at >= day.opens_at)]
    assert due(account, at) == max(standard_deadline(at, time_zone(each.time_zone), NINE) for each in zones)


DELIVERIES = st.lists(st.tuples(st.integers(1, 8), st.sampled_from([time(0), time(7), NINE, time(12), time(23, 59)])))


@given(zone_names, MOVES, DELIVERIES, st.timedeltas(timedelta(0), timedelta(days=4)), st.timedeltas(HOUR, 7 * DAY))
@example(HONOLULU, [(HOUR, TONGATAPU)], [(1, time(7))], 3 * HOUR, timedelta(hours=30))
def test_the_latest_upload_for_an_instant_is_due_by_then_and_none_after_it_is(
    first: str,
    moves: Sequence[tuple[timedelta, str]],
    deliveries: Sequence[tuple[int, time]],
    later: timedelta,
    ahead: timedelta,
) -> None:
    account = moved(opened(first), *((OPENED_AT + after, zone) for after, zone in sorted(moves)))
    account = delivered_by(account, *deliveries)
    now = max(OPENED_AT + later, account.zones[-1].starts_at)
    end = account.latest_upload_for(now + ahead, now)
    if end is not None:
        assert due(account, end - MICROSECOND) <= now + ahead
    after = now if end is None else end
    assert all(due(account, after + hours * HOUR) > now + ahead for hours in range(48))


def test_the_latest_upload_in_a_long_ledger_day_is_by_the_delivery_time_of_that_day() -> None:
    # The ledger day of 2 March lasts until 4 March in Tongatapu, so the one of 3 March never comes.
    changed = (OPENED_AT + HOUR, TONGATAPU)
    earlier = delivered_by(moved(opened(HONOLULU), changed), (1, time(7)))
    now = OPENED_AT + 2 * HOUR
    assert due(earlier, now) == datetime(2026, 3, 3, 20, tzinfo=UTC)  # 09:00 in Tongatapu on 4 March
    assert earlier.latest_upload_for(datetime(2026, 3, 3, 19, 30, tzinfo=UTC), now) is None
    assert earlier.latest_upload_for(datetime(2026, 3, 3, 20, tzinfo=UTC), now) == datetime(2026, 3, 3, 10, tzinfo=UTC)


def test_a_client_changes_the_zone_once_in_thirty_times_24_hours_and_staff_at_any_time() -> None:
    at = OPENED_AT + HOUR
    account = moved(opened(), (at, LOS_ANGELES), by=ChangedBy.CLIENT)
    next_at = at + 30 * DAY
    with pytest.raises(TimeZoneChangedRecently, match=r"again from 2026-04-01T13:00:00Z on") as refused:
        account.move(next_at - MICROSECOND, COPENHAGEN, ChangedBy.CLIENT)
    assert refused.value.earliest == next_at
    assert account.move(next_at, COPENHAGEN, ChangedBy.CLIENT).zone.key == COPENHAGEN
    by_staff = moved(account, (at + HOUR, COPENHAGEN), (at + 2 * HOUR, KIRITIMATI))
    with pytest.raises(TimeZoneChangedRecently) as refused:
        by_staff.move(at + 29 * DAY, COPENHAGEN, ChangedBy.CLIENT)
    assert refused.value.earliest == next_at
