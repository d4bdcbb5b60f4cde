"""Closed accounts: nothing new is ordered, and all else goes on, jobs and imports included."""

import asyncio
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from uuid import UUID

import pytest

from app.domain.errors import AccountIsClosed
from app.services.accounts.closing import close_account, reopen_account
from app.services.deadline_alerts.watch import watch_deadlines
from app.services.orders.outcome import Outcome
from app.services.quotes.making import ExpediteRequest
from db.connections import Pool
from tests.support.alerts import LEAD, alert_summaries
from tests.support.clock import FrozenClock
from tests.support.customers import Customer, open_customer
from tests.support.import_files import START, change, order, run_import
from tests.support.midnight_jobs import advance_to, run_jobs, snapshots
from tests.support.studio import DAY, HOUR
from tests.support.transactions import in_transaction

NOON = "2026-03-10T12:00:00Z"
CLOSED_AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
CLOSED = "the account has been closed since 2026-03-10T12:00:00Z: nothing new can be ordered."


@pytest.fixture
async def customer(pool: Pool, clock: FrozenClock) -> Customer:
    return await open_customer(pool, clock)


async def close(pool: Pool, clock: FrozenClock, account_id: UUID) -> None:
    await in_transaction(pool, partial(close_account, clock=clock, account_id=account_id))


async def reopen(pool: Pool, clock: FrozenClock, account_id: UUID) -> None:
    await in_transaction(pool, partial(reopen_account, clock=clock, account_id=account_id))


async def test_a_closed_account_neither_orders_nor_expedites_nor_quotes(
    pool: Pool, clock: FrozenClock, customer: Customer
) -> None:
    placed = await customer.place(2)
    await close(pool, clock, customer.account_id)
    closed_at = clock.now()
    clock.advance(HOUR)
    [key] = placed.orders
    for refused in (
        customer.place(1),
        customer.expedite(key),
        customer.quote(customer.upload(1)),
        customer.quote(customer.upload(1, at=clock.now() + 30 * DAY)),
        customer.quote(ExpediteRequest(key)),
    ):
        with pytest.raises(AccountIsClosed) as refusal:
            await refused
        assert refusal.value.closed_at >= closed_at
    await reopen(pool, clock, customer.account_id)
    assert len((await customer.expedite(key)).orders) == 1
    assert len((await customer.place(1)).orders) == 1


@pytest.mark.parametrize("run", range(5))
@pytest.mark.races
async def test_an_order_and_a_closing_at_once_are_one_after_the_other(
    pool: Pool, clock: FrozenClock, customer: Customer, run: int
) -> None:
    async def placing() -> Outcome | AccountIsClosed:
        try:
            return await customer.place(1)
        except AccountIsClosed as refusal:
            return refusal

    before = [placing() for _ in range(run)]
    answers = await asyncio.gather(*before, close(pool, clock, customer.account_id), *(placing() for _ in range(8)))
    [(closed_at,)] = [tuple(row) for row in await pool.fetch("SELECT closed_at FROM accounts")]
    done = [each for each in answers if isinstance(each, Outcome)]
    refused = [each for each in answers if isinstance(each, AccountIsClosed)]
    assert len(done) + len(refused) == run + 8
    assert all(each.at < closed_at for each in done)
    assert {each.closed_at for each in refused} <= {closed_at}
    placed = await pool.fetch("SELECT placed_at FROM orders")
    assert sorted(row[0] for row in placed) == sorted(each.at for each in done)


async def test_the_deadlines_of_a_closed_account_are_watched(
    pool: Pool, clock: FrozenClock, customer: Customer
) -> None:
    await customer.place(1)
    await close(pool, clock, customer.account_id)
    await watch_deadlines(pool, clock, None, LEAD)
    since = clock.now()
    clock.advance(30 * HOUR)
    await watch_deadlines(pool, clock, since, LEAD)
    assert [kind for kind, _, _ in await alert_summaries(pool)] == ["AT_RISK", "MISSED"]


async def test_an_account_that_was_closed_for_a_month_has_all_its_snapshots_and_resets(
    pool: Pool, clock: FrozenClock, customer: Customer
) -> None:
    await close(pool, clock, customer.account_id)
    await advance_to(pool, clock, clock.now() + 30 * DAY, with_jobs=True)
    await reopen(pool, clock, customer.account_id)
    await run_jobs(pool, clock)
    days = [each.date for each in await snapshots(pool)]
    assert [(later - earlier).days for earlier, later in pairwise(days)] == [1] * 29
    [resets] = await pool.fetch("SELECT count(*) FROM events WHERE type = 'GUARANTEE_RESET'")
    assert resets[0] == len(days) == 30


async def test_lines_of_orders_after_the_closing_are_refused_and_all_others_are_imported(
    pool: Pool, clock: FrozenClock
) -> None:
    image = {"filename": "a.jpg"}
    assert (await run_import(pool, [*START, order("o-1", [image], "2026-03-10T08:00:00Z")])).problems == []
    [account] = await pool.fetch("SELECT id FROM accounts")
    clock.advance_to(CLOSED_AT)
    await close(pool, clock, account["id"])
    later = "2026-03-10T13:00:00Z"
    for line, field in (
        (order("o-2", [image], later), "placedAt"),
        (change("expedite", later, order="o-1"), "at"),
    ):
        outcome = await run_import(pool, [line])
        assert outcome.problems == [f"1: {field}: {CLOSED[0].upper()}{CLOSED[1:]}"]
    lines = [
        change("terms", later, imagesPerDay=5, effectiveDate="2026-04-01"),
        change("timeZone", later, timeZone="Europe/London"),
        change("cancellation", later, order="o-1"),
    ]
    assert (await run_import(pool, lines)).problems == []


async def test_an_account_closed_before_its_first_order_accepts_imported_orders_from_before(
    pool: Pool, clock: FrozenClock
) -> None:
    assert (await run_import(pool, START, now=datetime(2026, 3, 10, 8, tzinfo=UTC))).problems == []
    [account] = await pool.fetch("SELECT id FROM accounts")
    clock.advance_to(CLOSED_AT)
    await close(pool, clock, account["id"])
    assert (await run_import(pool, [order("o-1", at="2026-03-03T08:00:00Z")])).problems == []
    outcome = await run_import(pool, [order("o-2", at="2026-03-10T13:00:00Z")])
    assert outcome.problems == [f"1: placedAt: {CLOSED[0].upper()}{CLOSED[1:]}"]
    [row] = await pool.fetch("SELECT closed_at FROM accounts")
    assert row["closed_at"] == CLOSED_AT
