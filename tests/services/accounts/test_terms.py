from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final
from uuid import UUID

import pytest

from app.domain.errors import Refusals, UnknownTimeZone
from app.domain.ledger.days import LedgerDay
from app.domain.ledger.guarantee import Allowance
from app.domain.ledger.quota import RecordedDay
from app.domain.sla.enums import Plan
from app.domain.sla.negotiation import EffectiveDateNotAhead, Negotiation, NoTermStated
from app.domain.sla.terms import PLAN_TERMS, NegotiableTerms
from app.services.accounts.facts import read_account
from app.services.accounts.finding import UnknownAccount
from app.services.accounts.terms import TermsOutcome, TimeZoneOutcome, change_time_zone, negotiate_sla
from app.services.orders.placing import NewOrder, place_order
from db.connections import Pool
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.customers import add_specification
from tests.support.events.texts import with_texts
from tests.support.order_states import uploads
from tests.support.studio import CREATED_AT, Studio, open_account
from tests.support.transactions import in_transaction

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TOMORROW = date(2026, 3, 11)
MIDNIGHT = datetime(2026, 3, 9, 23, tzinfo=UTC)
"""The one before noon of 10 March 2026, UTC, in Copenhagen."""


@pytest.fixture
async def account_id(pool: Pool) -> UUID:
    return (await open_account(pool, Studio())).id


async def rows(pool: Pool, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await pool.fetch(sql)]


async def events(pool: Pool, type_: str) -> list[tuple[Any, ...]]:
    found = await pool.fetch("SELECT * FROM events WHERE type = $1", type_)
    return [(row["sequence"], row["at"], with_texts(row)) for row in found]


async def place(pool: Pool, clock: FrozenClock, account_id: UUID, images: int, specification_id: UUID) -> None:
    new_images = uploads(*(f"{number}.jpg" for number in range(images)))
    new = NewOrder(account_id, "Shoes", specification_id, new_images, expedite=False)
    await in_transaction(pool, partial(place_order, clock=clock, new=new))


DEFAULTS: Final = {
    "imagesPerDay": 200,
    "expeditesPerDay": 20,
    "deliverBy": "09:00:00",
    "expediteTurnaround": 10800.0,
    "expediteAdditionalTurnaround": 21600.0,
    "expediteMultiplier": "2",
    "rejectionTurnaround": 18000.0,
    "reviewTurnaround": 18000.0,
    "flowAvailable": False,
    "supportResponse": 18000.0,
    "supportPhone": False,
}
"""The terms of Professional, as events have them."""


async def ledger(pool: Pool) -> list[tuple[Any, ...]]:
    return await rows(pool, "SELECT date, opens_at, closes_at, capacity, used FROM ledger_days ORDER BY date")


async def test_negotiated_terms_are_the_next_version_from_a_coming_day_on(
    pool: Pool, clock: FrozenClock, account_id: UUID
) -> None:
    terms = Negotiation(NegotiableTerms(500), TOMORROW, "Spring campaign", "Welcome.")
    assert await in_transaction(
        pool, partial(negotiate_sla, clock=clock, account_id=account_id, agreed=terms)
    ) == TermsOutcome(clock.now(), account_id, 2)
    found = await rows(pool, "SELECT * FROM sla_versions WHERE version = 2")
    assert found == [
        (account_id, 2, TOMORROW, 500, None, clock.now(), "Spring campaign", None, "Welcome.", *4 * [None])
    ]
    before = {"version": 1, **DEFAULTS}
    after = {"version": 2, "effectiveDate": "2026-03-11", "imagesPerDay": 500}
    data = {"before": before, "after": {**after, "note": "Spring campaign", "message": "Welcome."}}
    assert await events(pool, "SLA_NEGOTIATED") == [(2, clock.now(), data)]


async def test_every_term_is_stored_by_version_and_told_by_the_event(
    pool: Pool, clock: FrozenClock, account_id: UUID
) -> None:
    terms = NegotiableTerms(
        deliver_by=time(7, 30),
        expedite_turnaround=2 * HOUR,
        expedite_additional_turnaround=4 * HOUR,
        expedite_multiplier=Decimal("1.5"),
        rejection_turnaround=HOUR,
        review_turnaround=HOUR / 2,
        flow_available=False,
        support_response=3 * HOUR,
        support_phone=True,
    )
    agreed = Negotiation(terms, TOMORROW)
    await in_transaction(pool, partial(negotiate_sla, clock=clock, account_id=account_id, agreed=agreed))
    stored = {
        "deliver_by": "07:30:00",
        "expedite_turnaround": 7200.0,
        "expedite_additional_turnaround": 14400.0,
        "expedite_multiplier": "1.5",
        "rejection_turnaround": 3600.0,
        "review_turnaround": 1800.0,
        "flow_available": False,
        "support_response": 10800.0,
        "support_phone": True,
    }
    query = "SELECT images_per_day, expedites_per_day, other_terms FROM sla_versions WHERE version = 2"
    assert await rows(pool, query) == [(None, None, stored)]
    [(_, _, data)] = await events(pool, "SLA_NEGOTIATED")
    assert data["before"] == {"version": 1, **DEFAULTS}
    by_key = {name[0] + name.title().replace("_", "")[1:]: value for name, value in stored.items()}
    assert data["after"] == {"version": 2, "effectiveDate": "2026-03-11", **by_key}
    account, _ = await in_transaction(pool, partial(read_account, account_id=account_id, at=clock.now()))
    assert account.versions[1].terms == terms
    assert account.terms_on(TOMORROW).terms == replace(PLAN_TERMS[Plan.PROFESSIONAL], **terms.stated)


async def test_new_terms_count_from_their_day_on_and_not_before(
    pool: Pool, clock: FrozenClock, account_id: UUID
) -> None:
    specification_id = await add_specification(pool, clock, account_id)
    terms = Negotiation(NegotiableTerms(3), TOMORROW)
    await in_transaction(pool, partial(negotiate_sla, clock=clock, account_id=account_id, agreed=terms))
    await place(pool, clock, account_id, 5, specification_id)
    clock.advance(DAY)
    await place(pool, clock, account_id, 5, specification_id)
    levels = await rows(pool, "SELECT service_level, image_count, sla_version FROM orders ORDER BY number")
    assert levels == [("STANDARD", 5, 1), ("STANDARD", 3, 2), ("ADDITIONAL", 2, 2)]


async def test_a_second_negotiation_for_a_day_supersedes_the_first(
    pool: Pool, clock: FrozenClock, account_id: UUID
) -> None:
    for images in (500, 300):
        terms = Negotiation(NegotiableTerms(images), TOMORROW)
        outcome = await in_transaction(pool, partial(negotiate_sla, clock=clock, account_id=account_id, agreed=terms))
    assert outcome.version == 3
    [_, (_, _, data)] = await events(pool, "SLA_NEGOTIATED")
    assert data["before"] == {"version": 2, **DEFAULTS, "imagesPerDay": 500}
    assert "note" not in data["after"]


COUNTERS = "SELECT next_order_number, next_event_sequence, frontier, minutes_since FROM account_heads"


async def test_terms_for_the_running_day_are_refused_without_a_change(
    pool: Pool, clock: FrozenClock, account_id: UUID
) -> None:
    counters = await rows(pool, COUNTERS)
    terms = Negotiation(NegotiableTerms(), date(2026, 3, 10))
    with pytest.raises(Refusals) as refused:
        await in_transaction(pool, partial(negotiate_sla, clock=clock, account_id=account_id, agreed=terms))
    assert [type(each) for each in refused.value.refusals] == [NoTermStated, EffectiveDateNotAhead]
    assert await rows(pool, "SELECT version FROM sla_versions") == [(1,)]
    assert await rows(pool, COUNTERS) == counters


async def test_the_running_day_is_the_ledgers_not_the_calendars(pool: Pool, clock: FrozenClock) -> None:
    # In Auckland it is 11 March already.
    account_id = (await open_account(pool, Studio(zone="Pacific/Auckland"))).id
    terms = Negotiation(NegotiableTerms(500), TOMORROW)
    with pytest.raises(Refusals):
        await in_transaction(pool, partial(negotiate_sla, clock=clock, account_id=account_id, agreed=terms))


async def test_a_move_begins_a_period_and_extends_the_running_day_and_no_promise_changes(
    pool: Pool, clock: FrozenClock, account_id: UUID
) -> None:
    await place(pool, clock, account_id, 30, await add_specification(pool, clock, account_id))
    promised = await rows(pool, "SELECT due_at FROM orders")
    now = clock.advance(HOUR)
    new_york = datetime(2026, 3, 11, 4, tzinfo=UTC)
    move = partial(change_time_zone, clock=clock, account_id=account_id, name="America/New_York")
    day = RecordedDay(LedgerDay(date(2026, 3, 10), MIDNIGHT, new_york), 1, Allowance(200, 30, 20, 0))
    assert await in_transaction(pool, move) == TimeZoneOutcome(now, account_id, day)
    assert await ledger(pool) == [(date(2026, 3, 10), MIDNIGHT, new_york, 200, 30)]
    assert await rows(pool, "SELECT time_zone FROM accounts") == [("America/New_York",)]
    periods = await rows(pool, "SELECT starts_at, time_zone FROM time_zone_periods ORDER BY starts_at")
    assert periods == [(CREATED_AT, "Europe/Copenhagen"), (now, "America/New_York")]
    data = {"before": {"timeZone": "Europe/Copenhagen"}, "after": {"timeZone": "America/New_York"}}
    assert await events(pool, "TIME_ZONE_CHANGED") == [(4, now, data)]
    assert await rows(pool, "SELECT due_at FROM orders") == promised


async def test_moving_back_at_midnight_closes_the_running_day_as_planned(
    pool: Pool, clock: FrozenClock, account_id: UUID
) -> None:
    specification_id = await add_specification(pool, clock, account_id)
    await place(pool, clock, account_id, 30, specification_id)
    query = "UPDATE job_cursors SET date = $1, due_at = $2 WHERE date IS NOT NULL"
    await pool.fetch(query, date(2026, 3, 10), MIDNIGHT + DAY)
    clock.advance_to(MIDNIGHT + DAY - MICROSECOND)
    await in_transaction(pool, partial(change_time_zone, clock=clock, account_id=account_id, name="Africa/Cairo"))
    clock.advance_to(MIDNIGHT + DAY)
    back = partial(change_time_zone, clock=clock, account_id=account_id, name="Europe/Copenhagen")
    next_day = RecordedDay(LedgerDay(TOMORROW, MIDNIGHT + DAY, MIDNIGHT + 2 * DAY), 1, Allowance(200, 0, 20, 0))
    assert await in_transaction(pool, back) == TimeZoneOutcome(MIDNIGHT + DAY, account_id, next_day)
    assert await rows(pool, "SELECT DISTINCT date, due_at FROM job_cursors WHERE date IS NOT NULL") == [
        (date(2026, 3, 10), MIDNIGHT + DAY)
    ]
    await place(pool, clock, account_id, 5, specification_id)
    assert await ledger(pool) == [
        (date(2026, 3, 10), MIDNIGHT, MIDNIGHT + DAY, 200, 30),
        (TOMORROW, MIDNIGHT + DAY, MIDNIGHT + 2 * DAY, 200, 5),
    ]


async def test_a_move_writes_no_row_for_an_unused_day(pool: Pool, clock: FrozenClock, account_id: UUID) -> None:
    await in_transaction(pool, partial(change_time_zone, clock=clock, account_id=account_id, name="America/New_York"))
    assert await ledger(pool) == []
    assert await rows(pool, "SELECT * FROM upload_weeks") == []


async def test_flipping_zones_yields_no_second_allowance(pool: Pool, clock: FrozenClock, account_id: UUID) -> None:
    specification_id = await add_specification(pool, clock, account_id)
    for name in ("Pacific/Kiritimati", "America/Los_Angeles", "Pacific/Kiritimati", "Europe/Copenhagen"):
        await place(pool, clock, account_id, 60, specification_id)
        clock.advance(HOUR)
        await in_transaction(pool, partial(change_time_zone, clock=clock, account_id=account_id, name=name))
    counts = await rows(pool, "SELECT service_level, sum(image_count)::int FROM orders GROUP BY 1 ORDER BY 1")
    assert counts == [("ADDITIONAL", 40), ("STANDARD", 200)]
    assert [(day, used) for day, _, _, _, used in await ledger(pool)] == [(date(2026, 3, 10), 240)]


async def test_a_move_recounts_the_weeks_of_uploads(pool: Pool, clock: FrozenClock, account_id: UUID) -> None:
    specification_id = await add_specification(pool, clock, account_id)
    clock.advance(datetime(2026, 3, 15, 20, tzinfo=UTC) - clock.now())  # a Sunday, in Auckland Monday already
    await place(pool, clock, account_id, 2, specification_id)
    assert await rows(pool, "SELECT week, images FROM upload_weeks") == [(date(2026, 3, 9), 2)]
    await in_transaction(pool, partial(change_time_zone, clock=clock, account_id=account_id, name="Pacific/Auckland"))
    assert await rows(pool, "SELECT week, images FROM upload_weeks") == [(date(2026, 3, 16), 2)]
    await place(pool, clock, account_id, 3, specification_id)
    assert await rows(pool, "SELECT week, images FROM upload_weeks") == [(date(2026, 3, 16), 5)]


async def test_a_move_to_the_same_zone_changes_nothing(pool: Pool, clock: FrozenClock, account_id: UUID) -> None:
    counters = await rows(pool, COUNTERS)
    move = partial(change_time_zone, clock=clock, account_id=account_id, name="Europe/Copenhagen")
    day = RecordedDay(LedgerDay(date(2026, 3, 10), MIDNIGHT, MIDNIGHT + DAY), 1, Allowance(200, 0, 20, 0))
    assert await in_transaction(pool, move) == TimeZoneOutcome(clock.now(), account_id, day, changed=False)
    assert len(await rows(pool, "SELECT * FROM time_zone_periods")) == 1
    assert await rows(pool, COUNTERS) == counters


async def test_a_move_is_after_all_events_of_the_account_by_a_frozen_clock(
    pool: Pool, clock: FrozenClock, account_id: UUID
) -> None:
    await place(pool, clock, account_id, 1, await add_specification(pool, clock, account_id))
    now = clock.now() + MICROSECOND  # of the order; the specification is of the clock's
    for count, name in enumerate(("Asia/Tokyo", "Europe/Lisbon"), 1):
        outcome = await in_transaction(pool, partial(change_time_zone, clock=clock, account_id=account_id, name=name))
        assert outcome.at == now + count * MICROSECOND
    assert await rows(pool, "SELECT last_at, frontier FROM account_heads") == [(now + 2 * MICROSECOND,) * 2]


async def test_a_zone_or_an_account_that_is_not_there_is_refused(
    pool: Pool, clock: FrozenClock, account_id: UUID
) -> None:
    with pytest.raises(UnknownTimeZone):
        await in_transaction(
            pool, partial(change_time_zone, clock=clock, account_id=account_id, name="Europe/Atlantis")
        )
    with pytest.raises(UnknownAccount):
        await in_transaction(pool, partial(change_time_zone, clock=clock, account_id=UUID(int=1), name="Asia/Tokyo"))
    assert len(await rows(pool, "SELECT * FROM time_zone_periods")) == 1
