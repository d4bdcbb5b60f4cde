"""Accounts that the watch failed at: they stop no other, and are tried again after growing pauses."""

from datetime import timedelta
from uuid import UUID

import pytest

from app.services.deadline_alerts.watch import Watched, watch_deadlines
from app.services.jobs.cursors import WATCH
from app.services.orders.changing import expedite_order
from db.connections import Pool
from db.queries.job_runs import RunFilter, job_runs
from db.queries.pages import Slice
from db.readers import PoolReader
from tests.support.alerts import LEAD, MINUTE, RISK_AT, WEDNESDAY_AT_NINE, emitted_alerts, note, pending_rescans, watch
from tests.support.broken_accounts import break_account, repair_account
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.customers import Customer, open_customer
from tests.support.studio import HOUR
from tests.support.transactions import in_transaction

DAY = timedelta(days=1)


async def test_an_account_that_fails_does_not_stop_the_others_and_is_tried_again_after_growing_pauses(
    pool: Pool, clock: FrozenClock
) -> None:
    customers = [await open_customer(pool, clock, name=f"Studio {number}") for number in range(3)]
    placed = [await customer.place(1) for customer in customers]
    broken = customers[1].account_id
    spoil = """
        INSERT INTO events (account_id, sequence, at, type, order_id, data)
        VALUES ($1, 100, $2, 'DEADLINE_MISSED', $3, '{"after": {}}') RETURNING sequence
    """
    await pool.fetch(spoil, broken, clock.now(), placed[1].orders[0][1])
    clock.advance_to(WEDNESDAY_AT_NINE + MINUTE)
    assert await watch(pool, clock) == Watched(clock.now(), emitted=4, failed=1)
    assert await pending_rescans(pool) == [(broken, RISK_AT, 1, clock.now() + MINUTE)]
    assert await runs_of(pool, broken) == [("FAILED", RISK_AT, 1, 1, "ValueError: None is not a valid DeadlineKind")]
    for minutes in (1, 2, 4, 8, 16, 32, 60, 60):
        clock.advance(minutes * MINUTE - MICROSECOND)
        assert await watch(pool, clock) == Watched(clock.now(), emitted=0, failed=0)
        clock.advance()
        assert await watch_deadlines(pool, clock, clock.now(), LEAD) == Watched(clock.now(), emitted=0, failed=1)
    assert await runs_of(pool, broken) == [("FAILED", RISK_AT, 9, 1, "ValueError: None is not a valid DeadlineKind")]
    await pool.fetch("DELETE FROM events WHERE sequence = 100 RETURNING sequence")
    clock.advance(HOUR)
    assert await watch_deadlines(pool, clock, clock.now(), LEAD) == Watched(clock.now(), emitted=2, failed=0)
    assert await pending_rescans(pool) == []
    assert await runs_of(pool, broken) == [("SUCCEEDED", RISK_AT, 10, 0, None)]


async def test_an_account_that_fails_from_earlier_on_is_the_same_run_in_the_ledger(
    customer: Customer, pool: Pool, clock: FrozenClock
) -> None:
    await customer.place(1)
    clock.advance_to(WEDNESDAY_AT_NINE + MINUTE)
    await break_account(pool, customer.account_id)
    await watch(pool, clock)
    await note(pool, customer.account_id, RISK_AT - DAY)
    await watch(pool, clock)
    [(_, since, *_)] = await pending_rescans(pool)
    assert since == RISK_AT - DAY
    [(state, fails_since, attempts, *_)] = await runs_of(pool, customer.account_id)
    assert (state, fails_since, attempts) == ("FAILED", RISK_AT, 2)


async def test_the_alerts_of_a_replaced_deadline_are_kept_after_the_watch_failed_for_the_account(
    customer: Customer, pool: Pool, clock: FrozenClock
) -> None:
    placed = await customer.place(1)
    clock.advance(MINUTE)
    await watch(pool, clock, DAY)
    at_first = await emitted_alerts(pool)
    clock.advance(MINUTE)
    await in_transaction(pool, lambda writer: expedite_order(writer, clock, placed.orders[0], None))
    clock.advance(MINUTE)
    await break_account(pool, customer.account_id)
    assert (await watch_deadlines(pool, clock, clock.now(), DAY)).failed == 1
    await repair_account(pool, customer.account_id)
    clock.advance(MINUTE)
    assert await watch_deadlines(pool, clock, clock.now(), DAY) == Watched(clock.now(), emitted=1, failed=0)
    assert ((await emitted_alerts(pool))[:1], await pending_rescans(pool)) == (at_first, [])


@pytest.mark.parametrize("ahead", [2 * HOUR, 400 * DAY], ids=str)
async def test_a_pause_by_a_clock_that_was_ahead_is_ignored(
    customer: Customer, pool: Pool, clock: FrozenClock, ahead: timedelta
) -> None:
    await customer.place(1)
    clock.advance_to(WEDNESDAY_AT_NINE + MINUTE)
    await break_account(pool, customer.account_id)
    assert (await watch(pool, FrozenClock(clock.now() + ahead))).failed == 1
    await repair_account(pool, customer.account_id)
    await customer.place(1, expedite=True)
    seen = clock.advance(2 * HOUR + MINUTE)
    await pool.fetch("UPDATE job_cursors SET retry_at = retry_at + $1 WHERE job = $2 RETURNING job", 2 * HOUR, WATCH)
    assert await watch_deadlines(pool, clock, seen - MINUTE, LEAD) == Watched(clock.now(), emitted=3, failed=0)
    assert await pending_rescans(pool) == []


async def runs_of(pool: Pool, account_id: UUID) -> list[tuple[object, ...]]:
    """Return the runs of an account that staff see in the ledger."""
    page = await job_runs(PoolReader(pool), Slice(10), RunFilter(WATCH, account_id))
    runs = [run for _, run in page.rows]
    assert {(run.time_zone, run.date, run.account_id) for run in runs} <= {(None, None, account_id)}
    return [(run.state, run.scheduled_for, run.attempts, run.failures, run.error) for run in runs]


async def test_a_postponed_account_is_alerted_by_a_lead_that_became_longer(
    customer: Customer, pool: Pool, clock: FrozenClock
) -> None:
    await customer.place(1, expedite=True)
    clock.advance(2 * HOUR + MINUTE)
    await customer.place(1, expedite=True)
    await break_account(pool, customer.account_id)
    assert (await watch(pool, clock)).failed == 1
    await repair_account(pool, customer.account_id)
    clock.advance(MINUTE)
    assert (await watch_deadlines(pool, clock, clock.now(), 4 * HOUR, clock.now() + LEAD)).emitted == 2
