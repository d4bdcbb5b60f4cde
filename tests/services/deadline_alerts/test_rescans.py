"""Accounts with imported history, which the watch looks at again."""

import itertools
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.orders.enums import ServiceLevel
from app.services.deadline_alerts import candidates as candidates_module
from app.services.deadline_alerts.candidates import Span, candidates
from app.services.deadline_alerts.watch import Watched, watch_deadlines
from db.connections import Pool
from db.queries.deadlines import DEADLINES_PAGE
from db.readers import PoolReader
from tests.support.alerts import (
    DELETE_ALERTS,
    LEAD,
    MINUTE,
    RISK_AT,
    WEDNESDAY_AT_NINE,
    alert_summaries,
    delete_alerts,
    emitted_alerts,
    note,
    pending_rescans,
    watch,
)
from tests.support.clock import FrozenClock
from tests.support.customers import Customer
from tests.support.pools import FailingPool, Killed
from tests.support.studio import HOUR, Photo, Studio, open_account, write

DAY = timedelta(days=1)
BEFORE_ITS_SECOND_PAGE = 18
"""The statement, of a watch with one account to look at again, that begins the transaction of its second page."""

_PLACED = """
    INSERT INTO events (account_id, sequence, at, type, order_id, data)
    SELECT account_id, -number, placed_at, 'ORDER_PLACED', id,
      jsonb_build_object('after', jsonb_build_object('dueAt', due_at))
    FROM orders WHERE account_id = $1
    RETURNING sequence
"""


async def a_large_account(pool: Pool, orders: int) -> Studio:
    """Open an account with orders of one image, half of them delivered in time, a minute apart; all due by Friday."""
    studio = await open_account(pool, Studio(images_per_day=10_000))
    placed_at = datetime(2026, 3, 3, 10, tzinfo=UTC)
    for number in range(orders):
        at = placed_at + number * MINUTE
        studio.order(at, [Photo("a.jpg", at + MINUTE if number % 2 else None)], level=ServiceLevel.STANDARD)
    await write(pool, studio)
    await pool.fetch(_PLACED, studio.id)
    return studio


async def test_an_account_with_imported_history_is_worked_through_page_by_page(pool: Pool, clock: FrozenClock) -> None:
    orders = 3 * DEADLINES_PAGE
    studio = await a_large_account(pool, orders)
    await note(pool, studio.id, studio.orders[0].placed_at)
    with pytest.raises(Killed):
        await watch_deadlines(FailingPool(pool, BEFORE_ITS_SECOND_PAGE), clock, clock.now(), LEAD)
    in_part = len(await emitted_alerts(pool))
    [(_, reached, attempts, touched_at)] = await pending_rescans(pool)
    assert (in_part, attempts, touched_at) == (2 * DEADLINES_PAGE, 0, clock.now())
    assert studio.orders[0].placed_at < reached < clock.now()
    assert await watch_deadlines(pool, clock, clock.now(), LEAD) == Watched(clock.now(), orders - 2 * DEADLINES_PAGE, 0)
    assert set(Counter((each.order_id, each.type) for each in await emitted_alerts(pool)).values()) == {1}
    assert await pending_rescans(pool) == []


async def test_alerts_that_an_import_makes_untrue_are_withdrawn_and_others_stay(
    customer: Customer, pool: Pool, clock: FrozenClock
) -> None:
    """A later import cancels one order before it was at risk, and one after."""
    placed = [await customer.place(count) for count in (1, 2, 3)]
    clock.advance_to(WEDNESDAY_AT_NINE + MINUTE)
    await watch(pool, clock)
    cancel = """
        WITH o AS (UPDATE orders SET cancelled_at = $2, late_at = NULL, status = 'CANCELLED' WHERE id = $1 RETURNING id)
        UPDATE images SET cancelled_at = $2, late_at = NULL, status = 'CANCELLED' FROM o WHERE order_id = o.id
        RETURNING o.id
    """
    await pool.fetch(cancel, placed[0].orders[0][1], RISK_AT)
    await pool.fetch(cancel, placed[1].orders[0][1], RISK_AT + MINUTE)
    await note(pool, customer.account_id, RISK_AT - MINUTE)
    assert await watch_deadlines(pool, clock, clock.now(), LEAD) == Watched(clock.now(), emitted=0, failed=0)
    assert await alert_summaries(pool) == [
        ("AT_RISK", "2026-03-11T07:00:00", 2),
        ("AT_RISK", "2026-03-11T07:00:00", 3),
        ("MISSED", "2026-03-11T08:00:00", 3),
    ]
    assert await pending_rescans(pool) == []
    query = """
        SELECT e.type, e.at, e.recorded_at, e.order_id, w.type, w.order_id
          FROM events e JOIN events w ON w.account_id = e.account_id AND w.sequence = e.withdrawn_by
         WHERE w.data->'event' = to_jsonb(e.sequence) ORDER BY e.sequence"""
    first, second, *_ = (outcome.orders[0][1] for outcome in placed)
    assert [tuple(row) for row in await pool.fetch(query)] == [
        ("DEADLINE_AT_RISK", RISK_AT, clock.now(), first, "EVENT_WITHDRAWN", first),
        ("DEADLINE_MISSED", WEDNESDAY_AT_NINE, clock.now(), first, "EVENT_WITHDRAWN", first),
        ("DEADLINE_MISSED", WEDNESDAY_AT_NINE, clock.now(), second, "EVENT_WITHDRAWN", second),
    ]


async def test_alerts_that_an_import_makes_untrue_are_withdrawn_after_any_failure(
    database: str, customer: Customer, pool: Pool, clock: FrozenClock
) -> None:
    """One error at any statement of the watch, then none: also as it looks at the account before it withdraws."""
    untrue, _ = [await customer.place(count) for count in (1, 2)]
    clock.advance_to(WEDNESDAY_AT_NINE + MINUTE)
    await watch(pool, clock)
    at_first = await alert_summaries(pool)
    kept = [
        row[0]
        for row in await pool.fetch(DELETE_ALERTS.replace("DELETE FROM events", "SELECT to_jsonb(e) FROM events e"))
    ]
    cancel = """
        WITH o AS (UPDATE orders SET cancelled_at = $2, late_at = NULL, status = 'CANCELLED' WHERE id = $1)
        UPDATE images SET cancelled_at = $2 WHERE order_id = $1 RETURNING id"""
    await pool.fetch(cancel, untrue.orders[0][1], RISK_AT)
    await customer.place(3, expedite=True)
    clock.advance(3 * HOUR)

    async def fail() -> None:
        raise ZeroDivisionError

    expected = None
    for statements in itertools.count(1):
        await note(pool, customer.account_id, RISK_AT - MINUTE)
        faltering = FailingPool(pool, statements, fail)
        with suppress(ZeroDivisionError):  # a read of all accounts that fails is a failure of the watch itself
            await watch(faltering, clock)
        clock.advance(MINUTE)
        await watch(pool, clock)
        found = await alert_summaries(pool)
        expected = expected or found
        assert (found, await pending_rescans(pool)) == (expected, []), statements
        await delete_alerts(database)
        await pool.fetch("INSERT INTO events SELECT * FROM jsonb_populate_recordset(NULL::events, $1)", kept)
        if not faltering.faltered:
            break
    assert at_first == [
        ("AT_RISK", "2026-03-11T07:00:00", 1),
        ("AT_RISK", "2026-03-11T07:00:00", 2),
        ("MISSED", "2026-03-11T08:00:00", 1),
        ("MISSED", "2026-03-11T08:00:00", 2),
    ]
    assert expected is not None
    assert expected[0] == ("AT_RISK", "2026-03-11T07:00:00", 2)
    assert len(expected) == 4


async def test_history_imported_while_the_watch_works_through_an_account_is_looked_at_by_the_next(
    pool: Pool, clock: FrozenClock
) -> None:
    studio = await a_large_account(pool, 3 * DEADLINES_PAGE)
    await note(pool, studio.id, studio.orders[0].placed_at)

    async def import_more() -> None:
        await note(pool, studio.id, studio.orders[-1].placed_at)

    await watch_deadlines(FailingPool(pool, BEFORE_ITS_SECOND_PAGE, import_more), clock, clock.now(), LEAD)
    assert len(await emitted_alerts(pool)) == 2 * DEADLINES_PAGE
    assert [touched_at for *_, touched_at in await pending_rescans(pool)] == [None]
    await watch_deadlines(pool, clock, clock.now(), LEAD)
    assert (len(await emitted_alerts(pool)), await pending_rescans(pool)) == (3 * DEADLINES_PAGE, [])


async def test_each_transaction_reads_a_bounded_number_of_images(
    customer: Customer, pool: Pool, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates_module, "MOST_IMAGES", 5)
    placed = [(await customer.place(count)).orders[0] for count in (3, 2, 1, 6, 2, 2)]
    clock.advance(DAY)
    span = Span(clock.now() - DAY, clock.now(), LEAD)
    pages = [page async for page in candidates(PoolReader(pool), span)]
    assert [list(page.orders) for page in pages] == [placed[:2], placed[2:3], placed[3:4], placed[4:]]
    assert [page.is_last for page in pages] == [False, False, False, True]
    await note(pool, customer.account_id, span.since)
    assert (await watch(pool, clock)).emitted == 2 * len(placed)
    await pool.fetch("UPDATE images SET first_delivered_at = uploaded_at, late_at = NULL RETURNING id")
    await note(pool, customer.account_id, span.since)
    await watch(pool, clock)
    assert (await emitted_alerts(pool), await pending_rescans(pool)) == ([], [])
