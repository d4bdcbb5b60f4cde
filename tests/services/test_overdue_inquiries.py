"""Overdue inquiries: each gets one event, at the instant it was due, however late it is found."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest
from structlog.testing import capture_logs

from app.domain.inquiries import InquiryTopic, NewInquiry
from app.services.inquiries import InquiryOutcome, answer_inquiry, contact_support
from app.services.overdue_inquiries import Alerted, alert_overdue_inquiries
from db.connections import Pool
from db.queries.inquiries import OVERDUE_PAGE
from tests.support.broken_accounts import break_account, repair_account
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.customers import Customer, open_customer
from tests.support.events.replay import assert_events_explain_rows
from tests.support.pools import FailingPool, Killed
from tests.support.rows import new_inquiry
from tests.support.studio import HOUR
from tests.support.transactions import in_transaction

EVENTS = "SELECT at, order_id, data -> 'after' AS facts, recorded_at FROM events WHERE type = 'INQUIRY_OVERDUE'"
RESPONSE = timedelta(hours=5)


@pytest.fixture
async def customer(pool: Pool, clock: FrozenClock) -> Customer:
    """An account of the Professional plan, in Copenhagen, on a Tuesday at 13:00."""
    return await open_customer(pool, clock)


async def ask(customer: Customer) -> InquiryOutcome:
    new = NewInquiry(InquiryTopic.SUPPORT, "When?")
    work = partial(contact_support, clock=customer.clock, account_id=customer.account_id, new=new)
    return await in_transaction(customer.pool, work)


async def answer(customer: Customer, asked: InquiryOutcome) -> InquiryOutcome:
    work = partial(answer_inquiry, clock=customer.clock, key=asked.key, answer="At nine.")
    return await in_transaction(customer.pool, work)


async def test_an_inquiry_without_an_answer_has_one_event_at_the_instant_it_was_due(
    customer: Customer, pool: Pool, clock: FrozenClock
) -> None:
    asked = await ask(customer)
    due_at = asked.at + RESPONSE
    clock.advance_to(due_at)
    assert await alert_overdue_inquiries(pool, clock) == Alerted(0, 0)
    found_at = clock.advance(HOUR)
    assert await alert_overdue_inquiries(pool, clock) == Alerted(1, 0)
    assert await alert_overdue_inquiries(pool, clock) == Alerted(0, 0)
    facts = {"id": str(asked.inquiry_id), "dueAt": due_at.isoformat()}
    assert [tuple(row) for row in await pool.fetch(EVENTS)] == [(due_at, None, facts, found_at)]
    await assert_events_explain_rows(pool)


async def test_an_answer_at_the_deadline_is_in_time_and_one_after_it_is_not(
    customer: Customer, pool: Pool, clock: FrozenClock
) -> None:
    in_time, late = await ask(customer), await ask(customer)
    clock.advance_to(in_time.at + RESPONSE)
    await answer(customer, in_time)
    clock.advance_to(late.at + RESPONSE + MICROSECOND)
    await answer(customer, late)
    clock.advance(HOUR)
    assert await alert_overdue_inquiries(pool, clock) == Alerted(1, 0)
    assert [row["facts"]["id"] for row in await pool.fetch(EVENTS)] == [str(late.inquiry_id)]
    await assert_events_explain_rows(pool)


async def test_simultaneous_jobs_and_answers_emit_each_event_once(pool: Pool, clock: FrozenClock) -> None:
    customers = [await open_customer(pool, clock, name=f"Studio {number}") for number in range(3)]
    asked = [(each, await ask(each)) for each in customers for _ in range(4)]
    clock.advance(RESPONSE + HOUR)
    await asyncio.gather(
        alert_overdue_inquiries(pool, clock),
        *(answer(*each) for each in asked[::2]),
        alert_overdue_inquiries(pool, clock),
    )
    await alert_overdue_inquiries(pool, clock)
    found = sorted(row["facts"]["id"] for row in await pool.fetch(EVENTS))
    assert found == sorted(str(outcome.inquiry_id) for _, outcome in asked)
    await assert_events_explain_rows(pool)


async def test_a_killed_job_writes_nothing_and_the_next_one_emits_all(
    customer: Customer, pool: Pool, clock: FrozenClock
) -> None:
    await ask(customer)
    clock.advance(RESPONSE + HOUR)
    for statements in range(1, 6):
        with pytest.raises(Killed):
            await alert_overdue_inquiries(FailingPool(pool, statements), clock)
        assert await pool.fetch(EVENTS) == []
    assert await alert_overdue_inquiries(pool, clock) == Alerted(1, 0)


async def test_an_account_that_fails_does_not_stop_the_others(pool: Pool, clock: FrozenClock) -> None:
    """Not even with more than a page of inquiries that were due before all others."""
    broken, other = [await open_customer(pool, clock, name=f"Studio {number}") for number in range(2)]
    rows = [new_inquiry(broken.account_id, clock.now()) for _ in range(OVERDUE_PAGE + 1)]
    await in_transaction(pool, lambda writer: writer.insert(rows))
    clock.advance(HOUR)
    await ask(other)
    clock.advance(RESPONSE + HOUR)
    await break_account(pool, broken.account_id)
    with capture_logs() as logs:
        assert await alert_overdue_inquiries(pool, clock) == Alerted(1, 1)
    named = [(each["event"], each["job"], each["account"]) for each in logs]
    assert named == [("account_failed", "alert_overdue_inquiries", str(broken.account_id))]
    await repair_account(pool, broken.account_id)
    assert await alert_overdue_inquiries(pool, clock) == Alerted(OVERDUE_PAGE + 1, 0)
