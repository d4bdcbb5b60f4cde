"""The watch over deadlines: its alerts and their instants (domain rules, section 3)."""

import re
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest

from app.domain.events.enums import EventType
from app.services.deadline_alerts.watch import Watched, watch_deadlines
from app.services.jobs.cursors import WATCH
from app.services.orders.changing import cancel_order, confirm_deadline, expedite_order
from app.services.orders.outcome import Outcome
from app.services.orders.producing import reject_images
from db.connections import Pool, Statement
from db.pools import open_pool
from db.queries.deadlines import DEADLINES
from db.readers import PoolReader
from db.writer import unit_of_work
from tests.support.alerts import (
    LEAD,
    MINUTE,
    RISK_AT,
    WEDNESDAY_AT_NINE,
    alert_summaries,
    by_instant,
    emitted_alerts,
    watch,
)
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.consistency import assert_consistent
from tests.support.customers import HALO, Customer, claim, deliver
from tests.support.studio import HOUR
from tests.support.transactions import in_transaction

DAY = timedelta(days=1)


async def deliver_some(customer: Customer, clock: FrozenClock, placed: Outcome, count: int) -> None:
    """Deliver the first images of an order, of which nobody has any."""
    await claim(customer.pool, clock, "ann", 1_000)
    await deliver(customer.pool, clock, "ann", (await customer.images_of(placed))[:count])


async def test_a_deadline_is_alerted_at_risk_and_then_missed_once_each(
    customer: Customer, pool: Pool, clock: FrozenClock
) -> None:
    await customer.place(3)
    seen, found = clock.now(), list[tuple[str, int]]()
    for at in (RISK_AT, RISK_AT + MICROSECOND, WEDNESDAY_AT_NINE, WEDNESDAY_AT_NINE + MICROSECOND, RISK_AT + DAY):
        clock.advance_to(at)
        watched = await watch_deadlines(pool, clock, seen, LEAD)
        seen = watched.until
        found.append((at.isoformat(), watched.emitted))
    assert [count for _, count in found] == [0, 1, 0, 1, 0]
    assert await alert_summaries(pool) == [("AT_RISK", "2026-03-11T07:00:00", 3), ("MISSED", "2026-03-11T08:00:00", 3)]
    await assert_consistent(PoolReader(pool), customer)


async def test_an_alert_has_its_deadline_and_images(customer: Customer, pool: Pool, clock: FrozenClock) -> None:
    placed = await customer.place(2)
    images = [image_id for _, image_id in await customer.images_of(placed)]
    await deliver_some(customer, clock, placed, 1)
    clock.advance_to(WEDNESDAY_AT_NINE + MICROSECOND)
    assert await watch(pool, clock) == Watched(clock.now(), emitted=2, failed=0)
    data: dict[str, object] = {"before": None, "after": {"dueAt": "2026-03-11T08:00:00+00:00", "kind": "DELIVERY"}}
    data |= {"images": [str(images[1])]}
    assert [tuple(each) for each in await emitted_alerts(pool)] == [
        (at, type_, customer.account_id, placed.orders[0][1], images[1], data)
        for at, type_ in (
            ("2026-03-11T07:00:00+00:00", EventType.DEADLINE_AT_RISK),
            ("2026-03-11T08:00:00+00:00", EventType.DEADLINE_MISSED),
        )
    ]


async def test_images_delivered_late_while_the_watch_was_down_are_alerted(
    customer: Customer, pool: Pool, clock: FrozenClock
) -> None:
    placed = await customer.place(3)
    await deliver_some(customer, clock, placed, 1)
    clock.advance_to(WEDNESDAY_AT_NINE - MICROSECOND)
    await deliver_some(customer, clock, placed, 0)
    clock.advance()
    await deliver(pool, clock, "ann", (await customer.images_of(placed))[1:2])
    clock.advance(HOUR / 2)
    await deliver(pool, clock, "ann", (await customer.images_of(placed))[2:])
    clock.advance(14 * DAY)
    await watch_deadlines(pool, clock, RISK_AT, LEAD)
    assert await alert_summaries(pool) == [("AT_RISK", "2026-03-11T07:00:00", 2), ("MISSED", "2026-03-11T08:00:00", 1)]


async def test_images_delivered_or_cancelled_in_time_get_no_alert(
    customer: Customer, pool: Pool, clock: FrozenClock
) -> None:
    cancelled = await customer.place(1)
    clock.advance_to(RISK_AT)
    await in_transaction(pool, partial(cancel_order, clock=clock, key=cancelled.orders[0]))
    await deliver_some(customer, clock, await customer.place(1), 1)
    clock.advance(3 * HOUR)
    assert (await watch(pool, clock)).emitted == 0


async def test_a_deadline_set_within_the_lead_is_at_risk_from_then_on(
    customer: Customer, pool: Pool, clock: FrozenClock
) -> None:
    placed = await customer.place(201)
    clock.advance(MINUTE)
    due_at = clock.now() + HOUR / 2
    await in_transaction(pool, partial(confirm_deadline, clock=clock, key=placed.orders[1], due_at=due_at))
    seen = clock.now()
    clock.advance(MINUTE)
    assert (await watch_deadlines(pool, clock, seen, LEAD)).emitted == 1
    assert await alert_summaries(pool) == [("AT_RISK", "2026-03-10T12:01:00", 1)]


async def test_a_rejection_is_alerted_by_its_own_deadline(customer: Customer, pool: Pool, clock: FrozenClock) -> None:
    placed = await customer.place(2)
    await deliver_some(customer, clock, placed, 2)
    clock.advance(MINUTE)
    await in_transaction(
        pool, partial(reject_images, clock=clock, reasons=dict.fromkeys(await customer.images_of(placed), HALO))
    )
    clock.advance_to(datetime(2026, 3, 10, 16, 30, tzinfo=UTC))
    await deliver_some(customer, clock, placed, 1)
    clock.advance(HOUR)
    await watch(pool, clock)
    assert await alert_summaries(pool) == [("AT_RISK", "2026-03-10T16:01:00", 2), ("MISSED", "2026-03-10T17:01:00", 1)]
    assert {each.data["after"]["kind"] for each in await emitted_alerts(pool)} == {"REDO"}


async def test_images_split_off_within_the_lead_are_alerted_in_both_orders(
    customer: Customer, pool: Pool, clock: FrozenClock
) -> None:
    """The images that stayed were delivered before: only those at the plan level were at risk, in both orders."""
    placed = await customer.place(3)
    images = await customer.images_of(placed)
    await deliver_some(customer, clock, placed, 1)
    clock.advance_to(RISK_AT + HOUR / 2)
    await customer.place(39, expedite=True)
    work = partial(expedite_order, clock=clock, key=placed.orders[0], chosen=[image_id for _, image_id in images[1:]])
    outcome = await in_transaction(pool, work)
    clock.advance_to(WEDNESDAY_AT_NINE + MICROSECOND)
    await watch(pool, clock)
    of_orders = {order_id: place for place, (_, order_id) in enumerate(outcome.orders)}
    assert [
        (each.type, of_orders[each.order_id], each.at[11:16]) for each in by_instant(await emitted_alerts(pool))
    ] == [
        ("DEADLINE_AT_RISK", 0, "07:00"),
        ("DEADLINE_AT_RISK", 1, "07:30"),
        ("DEADLINE_MISSED", 1, "08:00"),
        ("REVIEW_OVERDUE", 1, "08:00"),
    ]


async def test_an_order_whose_last_open_image_is_expedited_met_its_deadline_without_alerts(
    customer: Customer, pool: Pool, clock: FrozenClock
) -> None:
    placed = await customer.place(2)
    images = await customer.images_of(placed)
    await deliver_some(customer, clock, placed, 1)
    work = partial(expedite_order, clock=clock, key=placed.orders[0], chosen=[images[1][1]])
    outcome = await in_transaction(pool, work)
    met = await pool.fetch("SELECT order_id, at, data - 'version' FROM events WHERE type = 'DEADLINE_MET'")
    data = {"before": None, "after": {"dueAt": "2026-03-11T08:00:00+00:00"}}
    assert [tuple(row) for row in met] == [(placed.orders[0][1], outcome.at, data)]
    clock.advance(DAY)
    await watch(pool, clock)
    assert {each.order_id for each in await emitted_alerts(pool)} == {outcome.orders[1][1]}
    await assert_consistent(PoolReader(pool), customer)


async def test_all_images_expedited_at_the_plan_level_keep_a_deadline_that_was_at_risk(
    customer: Customer, pool: Pool, clock: FrozenClock
) -> None:
    placed = await customer.place(2)
    clock.advance_to(RISK_AT + HOUR / 2)
    await customer.place(39, expedite=True)
    await in_transaction(pool, partial(expedite_order, clock=clock, key=placed.orders[0], chosen=None))
    clock.advance()
    await watch(pool, clock)
    assert await alert_summaries(pool) == [("AT_RISK", "2026-03-11T07:00:00", 2)]


async def test_the_watch_leaves_the_watermark_of_imports_alone(
    customer: Customer, pool: Pool, clock: FrozenClock
) -> None:
    placed = await customer.place(1)
    clock.advance_to(WEDNESDAY_AT_NINE + MINUTE)
    await watch(pool, clock)
    heads = [tuple(row) for row in await pool.fetch("SELECT frontier, last_at FROM account_heads")]
    assert heads == [(placed.at, clock.now())]


@pytest.mark.parametrize("before", [[1, 4], [4, 1, 4], [1, 1, 4, 1, 6], [6, 1, 2, 3]], ids=str)
async def test_deadlines_at_risk_by_the_present_lead_are_alerted_after_any_other_lead(
    customer: Customer, pool: Pool, clock: FrozenClock, before: list[int]
) -> None:
    """Schedulers with different leads take turns, some time apart; orders are due every quarter of an hour."""
    since = horizon = None
    for _ in range(20):
        await customer.place(1, expedite=True)
        clock.advance(HOUR / 4)
    for hours in before:
        lead = hours * HOUR
        for _ in range(2):
            since = (await watch_deadlines(pool, clock, since, lead, horizon)).until
            horizon = since + lead
            at_risk = await pool.fetch("SELECT id FROM orders WHERE due_at < $1", horizon)
            assert {row["id"] for row in at_risk} <= {
                each.order_id for each in await emitted_alerts(pool) if each.type == EventType.DEADLINE_AT_RISK
            }
            clock.advance(HOUR / 4)


async def test_the_watch_reads_by_the_indexes_of_deadlines(new_database: str) -> None:
    """Even without statistics of the tables."""
    pool = await open_pool(new_database)
    at, least = WEDNESDAY_AT_NINE, UUID(int=0)
    async with unit_of_work(pool) as writer:
        await writer.execute(Statement("no_scans", "SET LOCAL enable_seqscan = off"))
        explain = Statement("explain", "EXPLAIN " + DEADLINES.sql)
        rows = await writer.fetch(explain, at, least, least, at, at, at, at, 3600.0, at, WATCH)
    await pool.close()
    plan = "\n".join(row[0] for row in rows)
    indexes = set(re.findall(r"Index.* (?:using|on) (\w+_idx)", plan))
    used = {"orders_by_deadline_idx", "rejections_by_deadline_idx", "all_orders_by_review_idx", "reviews_missed_idx"}
    assert {*used, "orders_by_split_idx"} <= indexes
    assert "Seq Scan on" not in plan


async def test_an_order_that_a_cancellation_made_ready_was_at_risk_before(
    customer: Customer, pool: Pool, clock: FrozenClock
) -> None:
    placed = await customer.place(2)
    seen = clock.now()
    await claim(pool, clock, "ann", 1)
    await deliver(pool, clock, "ann", (await customer.images_of(placed))[:1])
    clock.advance_to(RISK_AT + MINUTE)
    _, (_, left) = await customer.images_of(placed)
    cancel = partial(cancel_order, clock=clock, key=placed.orders[0], chosen=[left])
    await in_transaction(pool, cancel)
    clock.advance(MINUTE)
    assert (await watch_deadlines(pool, clock, seen, LEAD)).emitted == 1
    assert await alert_summaries(pool) == [("AT_RISK", "2026-03-11T07:00:00", 1)]
