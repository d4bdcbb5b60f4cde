"""A reset closes a ledger day and opens the next one; the guarantee does not depend on it."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from app.domain.ledger.guarantee import Allowance
from app.domain.sla.negotiation import Negotiation
from app.domain.sla.terms import NegotiableTerms
from app.services.accounts.facts import read_account
from app.services.accounts.terms import change_time_zone, negotiate_sla
from app.services.jobs.cursors import RESET
from app.services.midnight.resets import reset_guarantee
from app.services.orders.outcome import Outcome
from db.connections import Pool
from db.readers import PoolReader
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.customers import Customer, add_specification
from tests.support.midnight_jobs import assert_done, run_jobs
from tests.support.studio import Studio, open_account
from tests.support.transactions import in_transaction

OPENED = datetime(2026, 3, 9, 23, tzinfo=UTC)
CLOSES = datetime(2026, 3, 10, 23, tzinfo=UTC)
"""The midnights in Copenhagen around the noon of the frozen clock."""
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
CLOSED = {
    "date": "2026-03-10",
    "opensAt": "2026-03-09T23:00:00+00:00",
    "closesAt": "2026-03-10T23:00:00+00:00",
    "slaVersion": 1,
    "capacity": 20,
    "used": 0,
    "expediteCapacity": 3,
    "expediteUsed": 0,
}
FOLLOWING = CLOSED | {
    "date": "2026-03-11",
    "opensAt": "2026-03-10T23:00:00+00:00",
    "closesAt": "2026-03-11T23:00:00+00:00",
}


@pytest.fixture
async def client(pool: Pool, clock: FrozenClock) -> Customer:
    """A client in Copenhagen who begins now, with 20 images and 3 expedites a day."""
    account_id = (await open_account(pool, Studio(created_at=clock.now(), images_per_day=20, expedites_per_day=3))).id
    return Customer(pool, clock, account_id, await add_specification(pool, clock, account_id))


async def rows(pool: Pool, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await pool.fetch(query)]


async def ledger(pool: Pool) -> list[tuple[Any, ...]]:
    query = "SELECT date, opens_at, closes_at, sla_version, capacity, used, expedite_capacity, expedite_used"
    return await rows(pool, f"{query} FROM ledger_days ORDER BY date")


async def reset_events(pool: Pool) -> list[tuple[Any, ...]]:
    return await rows(pool, "SELECT at, data - 'version' FROM events WHERE type = 'GUARANTEE_RESET' ORDER BY at")


async def levels(client: Customer, outcome: Outcome) -> list[tuple[str, int]]:
    return [(order.service_level, len(order.images)) for order in await client.states(outcome)]


async def test_an_unused_day_gets_its_row_as_it_closes(pool: Pool, clock: FrozenClock, client: Customer) -> None:
    clock.advance(CLOSES - clock.now())
    assert await reset_guarantee(pool, clock, CLOSES, [client.account_id]) == 1
    assert await ledger(pool) == [
        (date(2026, 3, 10), OPENED, CLOSES, 1, 20, 0, 3, 0),
        (date(2026, 3, 11), CLOSES, CLOSES + DAY, 1, 20, 0, 3, 0),
    ]
    assert await reset_events(pool) == [(CLOSES, {"before": CLOSED, "after": FOLLOWING})]


async def test_the_use_of_a_day_stays_and_is_in_the_event(pool: Pool, clock: FrozenClock, client: Customer) -> None:
    await client.place(4)
    await client.place(2, expedite=True)
    clock.advance(12 * HOUR)
    await reset_guarantee(pool, clock, CLOSES, [client.account_id])
    assert [day[5:] for day in await ledger(pool)] == [(6, 3, 2), (0, 3, 0)]
    assert await reset_events(pool) == [
        (CLOSES, {"before": CLOSED | {"used": 6, "expediteUsed": 2}, "after": FOLLOWING}),
    ]


async def test_a_late_reset_has_the_event_of_one_in_time(pool: Pool, clock: FrozenClock, client: Customer) -> None:
    clock.advance(12 * HOUR)
    await client.place(7)
    move = partial(change_time_zone, clock=clock, account_id=client.account_id, name="America/New_York")
    await in_transaction(pool, move)
    new_york = datetime(2026, 3, 12, 4, tzinfo=UTC)
    await reset_guarantee(pool, clock, CLOSES, [client.account_id])
    assert (await ledger(pool))[1] == (date(2026, 3, 11), CLOSES, new_york, 1, 20, 7, 3, 0)
    assert await reset_events(pool) == [(CLOSES, {"before": CLOSED, "after": FOLLOWING})]


async def test_counters_are_past_the_reset_and_an_import_may_still_continue_before_it(
    pool: Pool, clock: FrozenClock, client: Customer
) -> None:
    opened_at = clock.now()
    clock.advance(12 * HOUR)
    await reset_guarantee(pool, clock, CLOSES, [client.account_id])
    heads = "SELECT last_at, frontier, next_event_sequence FROM account_heads"
    assert await rows(pool, heads) == [(CLOSES, opened_at, 4)]
    clock.advance(DAY)
    await client.place(1)
    await reset_guarantee(pool, clock, CLOSES + DAY, [client.account_id])
    assert await rows(pool, heads) == [(clock.now(), clock.now(), 6)]


async def test_an_account_is_reset_once_by_however_many_at_once(
    pool: Pool, clock: FrozenClock, client: Customer
) -> None:
    clock.advance(12 * HOUR)
    done_by = await asyncio.gather(*(reset_guarantee(pool, clock, CLOSES, [client.account_id]) for _ in range(5)))
    assert sorted(done_by) == [0, 0, 0, 0, 1]
    before = await ledger(pool), await reset_events(pool)
    assert await reset_guarantee(pool, clock, CLOSES, [client.account_id]) == 0
    assert (await ledger(pool), await reset_events(pool)) == before


async def test_an_account_that_fails_leaves_the_batch_as_it_was(
    pool: Pool, clock: FrozenClock, client: Customer
) -> None:
    other = (await open_account(pool, Studio(created_at=clock.now()))).id
    await pool.fetch("UPDATE time_zone_periods SET time_zone = 'Europe/Atlantis' WHERE account_id = $1", other)
    clock.advance(12 * HOUR)
    with pytest.raises(Exception, match="Atlantis"):
        await reset_guarantee(pool, clock, CLOSES, [client.account_id, other])
    assert (await ledger(pool), await reset_events(pool)) == ([], [])
    assert await reset_guarantee(pool, clock, CLOSES, [client.account_id]) == 1


@pytest.mark.parametrize("with_jobs", [True, False])
async def test_the_guarantee_is_right_at_the_microsecond_of_midnight(
    pool: Pool, reader: PoolReader, clock: FrozenClock, client: Customer, *, with_jobs: bool
) -> None:
    clock.advance(CLOSES - 2 * MICROSECOND - clock.now())
    assert await levels(client, await client.place(18)) == [("STANDARD", 18)]
    clock.advance()
    last = await client.place(5)
    assert (last.at, await levels(client, last)) == (CLOSES - MICROSECOND, [("STANDARD", 2), ("ADDITIONAL", 3)])
    assert (await read_account(reader, client.account_id, clock.now()))[0].day_at(clock.now()).allowance == Allowance(
        20, 23, 3, 0
    )
    clock.advance()
    if with_jobs:
        await run_jobs(pool, clock)
    day = (await read_account(reader, client.account_id, CLOSES))[0].day_at(CLOSES)
    assert (day.day.date, day.allowance) == (date(2026, 3, 11), Allowance(20, 0, 3, 0))
    first = await client.place(20)
    assert first.at == (CLOSES + MICROSECOND if with_jobs else CLOSES)
    assert await levels(client, first) == [("STANDARD", 20)]
    assert [day[5] for day in await ledger(pool)] == [23, 20]


async def test_a_second_command_in_the_last_microsecond_of_a_day_is_of_the_next_one(
    pool: Pool, clock: FrozenClock, client: Customer
) -> None:
    clock.advance(CLOSES - MICROSECOND - clock.now())
    last, first = await client.place(18), await client.place(5)
    assert (last.at, first.at) == (CLOSES - MICROSECOND, CLOSES)
    assert await levels(client, first) == [("STANDARD", 5)]
    clock.advance()
    await run_jobs(pool, clock)
    assert [day[5] for day in await ledger(pool)] == [18, 5]
    assert await reset_events(pool) == [(CLOSES, {"before": CLOSED | {"used": 18}, "after": FOLLOWING})]


@pytest.mark.parametrize("with_jobs", [True, False])
async def test_negotiated_capacity_starts_with_its_day(
    pool: Pool, clock: FrozenClock, client: Customer, *, with_jobs: bool
) -> None:
    terms = Negotiation(NegotiableTerms(2, 1), date(2026, 3, 12))
    await in_transaction(pool, partial(negotiate_sla, clock=clock, account_id=client.account_id, agreed=terms))
    for at in (CLOSES, CLOSES + DAY - MICROSECOND, CLOSES + DAY):
        clock.advance(at - clock.now())
        if with_jobs:
            await run_jobs(pool, clock)
        await client.place(3)
    assert [day[3:6] for day in await ledger(pool)][-2:] == [(1, 20, 6), (2, 2, 3)]
    levels = await rows(pool, "SELECT service_level, image_count, sla_version FROM orders ORDER BY number")
    assert levels == [("STANDARD", 3, 1), ("STANDARD", 3, 1), ("STANDARD", 2, 2), ("ADDITIONAL", 1, 2)]


async def test_zones_that_flip_while_a_day_runs_give_one_reset_for_it(
    pool: Pool, clock: FrozenClock, client: Customer
) -> None:
    for name in ("Pacific/Kiritimati", "America/Los_Angeles", "Pacific/Kiritimati", "Europe/Copenhagen"):
        await client.place(6)
        clock.advance(HOUR)
        await run_jobs(pool, clock)
        move = partial(change_time_zone, clock=clock, account_id=client.account_id, name=name)
        await in_transaction(pool, move)
    assert await reset_events(pool) == []
    for _ in range(72):
        clock.advance(HOUR)
        await run_jobs(pool, clock)
    await assert_done(pool, clock.now())
    assert [data["before"]["used"] for _, data in await reset_events(pool)] == [24, 0, 0]


async def test_a_day_extended_by_a_move_is_reset_at_its_new_end(
    pool: Pool, clock: FrozenClock, client: Customer
) -> None:
    move = partial(change_time_zone, clock=clock, account_id=client.account_id, name="America/New_York")
    await in_transaction(pool, move)
    clock.advance(12 * HOUR)
    assert await reset_guarantee(pool, clock, CLOSES, [client.account_id]) == 0
    new_york = datetime(2026, 3, 11, 4, tzinfo=UTC)
    clock.advance(new_york - clock.now())
    assert await run_jobs(pool, clock, [RESET]) == 1
    assert [at for at, _ in await reset_events(pool)] == [new_york]
    assert await ledger(pool) == [
        (date(2026, 3, 10), OPENED, new_york, 1, 20, 0, 3, 0),
        (date(2026, 3, 11), new_york, new_york + DAY, 1, 20, 0, 3, 0),
    ]
