"""The watch over deadlines: what it tells, when it looks again, and what becomes of what fails (domain rules, 3)."""

import asyncio
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest

from app.domain.vocabulary import EventType, ServiceLevel
from app.services.orders.changing import cancel_order, confirm_deadline, expedite_order
from app.services.orders.outcome import Outcome
from app.services.orders.producing import reject_images
from app.services.watching.candidates import DEADLINES, PAGE
from app.services.watching.deadlines import SLACK, Watched, watch_deadlines
from db.connections import Pool, PoolReader, Statement, open_pool, unit_of_work
from tests.building import Photo, Studio, write
from tests.building import begin as begin_studio
from tests.clock import MICROSECOND, FrozenClock
from tests.services.acting import done
from tests.services.orders.studios import HOUR, Giver, assert_consistent, begin, claim, deliver
from tests.services.watching.faltering import FalteringPool, Killed
from tests.services.watching.watches import LEAD, MINUTE, forget, in_order, owed, told, told_briefly, watch

WEDNESDAY_AT_NINE = datetime(2026, 3, 11, 8, tzinfo=UTC)  # in Copenhagen
RISK_AT = WEDNESDAY_AT_NINE - LEAD
DAY = timedelta(days=1)
BEFORE_ITS_SECOND_PAGE = 18
"""The statement, of a watch with one account to look at again, that begins the transaction of its second page."""


@pytest.fixture
async def giver(pool: Pool, clock: FrozenClock) -> Giver:
    """An account of the Professional plan, in Copenhagen, on a Tuesday at 13:00."""
    return await begin(pool, clock)


def go_on_until(clock: FrozenClock, at: datetime) -> None:
    clock.advance(at - clock.now())


async def deliver_some(giver: Giver, clock: FrozenClock, placed: Outcome, count: int) -> None:
    """Deliver the first images of an order, of which nobody has any."""
    await claim(giver.pool, clock, "ann", 1_000)
    await deliver(giver.pool, clock, "ann", (await giver.images_of(placed))[:count])


async def test_a_deadline_is_told_at_risk_and_then_missed_each_as_soon_as_it_is_known_and_once(
    giver: Giver, pool: Pool, clock: FrozenClock
) -> None:
    await giver.place(3)
    seen, found = clock.now(), list[tuple[str, int]]()
    for at in (RISK_AT, RISK_AT + MICROSECOND, WEDNESDAY_AT_NINE, WEDNESDAY_AT_NINE + MICROSECOND, RISK_AT + DAY):
        go_on_until(clock, at)
        watched = await watch_deadlines(pool, clock, seen, LEAD)
        seen = watched.until
        found.append((at.isoformat(), watched.told))
    assert [count for _, count in found] == [0, 1, 0, 1, 0]
    assert await told_briefly(pool) == [("AT_RISK", "2026-03-11T07:00:00", 3), ("MISSED", "2026-03-11T08:00:00", 3)]
    await assert_consistent(PoolReader(pool), giver)


async def test_what_is_told_names_the_deadline_and_the_images(giver: Giver, pool: Pool, clock: FrozenClock) -> None:
    placed = await giver.place(2)
    images = [image_id for _, image_id in await giver.images_of(placed)]
    await deliver_some(giver, clock, placed, 1)
    go_on_until(clock, WEDNESDAY_AT_NINE + MICROSECOND)
    assert await watch(pool, clock) == Watched(clock.now(), told=2, failed=0)
    data: dict[str, object] = {"before": None, "after": {"dueAt": "2026-03-11T08:00:00+00:00", "kind": "DELIVERY"}}
    data |= {"images": [str(images[1])]}
    assert [tuple(each) for each in await told(pool)] == [
        (at, type_, giver.account_id, placed.orders[0][1], images[1], data)
        for at, type_ in (
            ("2026-03-11T07:00:00+00:00", EventType.DEADLINE_AT_RISK),
            ("2026-03-11T08:00:00+00:00", EventType.DEADLINE_MISSED),
        )
    ]


async def test_what_was_delivered_late_while_the_watch_was_down_is_told_all_the_same(
    giver: Giver, pool: Pool, clock: FrozenClock
) -> None:
    placed = await giver.place(3)
    await deliver_some(giver, clock, placed, 1)
    go_on_until(clock, WEDNESDAY_AT_NINE - MICROSECOND)
    await deliver_some(giver, clock, placed, 0)
    clock.advance()
    await deliver(pool, clock, "ann", (await giver.images_of(placed))[1:2])
    clock.advance(HOUR / 2)
    await deliver(pool, clock, "ann", (await giver.images_of(placed))[2:])
    clock.advance(14 * DAY)
    await watch_deadlines(pool, clock, RISK_AT, LEAD)
    assert await told_briefly(pool) == [("AT_RISK", "2026-03-11T07:00:00", 2), ("MISSED", "2026-03-11T08:00:00", 1)]


async def test_what_was_delivered_or_cancelled_in_time_is_not_told_of(
    giver: Giver, pool: Pool, clock: FrozenClock
) -> None:
    cancelled = await giver.place(1)
    go_on_until(clock, RISK_AT)
    await done(pool, partial(cancel_order, clock=clock, key=cancelled.orders[0]))
    await deliver_some(giver, clock, await giver.place(1), 1)
    clock.advance(3 * HOUR)
    assert (await watch(pool, clock)).told == 0


async def test_a_deadline_set_within_the_lead_is_at_risk_from_then_on(
    giver: Giver, pool: Pool, clock: FrozenClock
) -> None:
    placed = await giver.place(201)
    clock.advance(MINUTE)
    due_at = clock.now() + HOUR / 2
    await done(pool, partial(confirm_deadline, clock=clock, key=placed.orders[1], due_at=due_at))
    seen = clock.now()
    clock.advance(MINUTE)
    assert (await watch_deadlines(pool, clock, seen, LEAD)).told == 1
    assert await told_briefly(pool) == [("AT_RISK", "2026-03-10T12:01:00", 1)]


async def test_a_rejection_is_told_by_its_own_deadline(giver: Giver, pool: Pool, clock: FrozenClock) -> None:
    placed = await giver.place(2)
    await deliver_some(giver, clock, placed, 2)
    clock.advance(MINUTE)
    await done(pool, partial(reject_images, clock=clock, reason="halo", images=await giver.images_of(placed)))
    go_on_until(clock, datetime(2026, 3, 10, 16, 30, tzinfo=UTC))
    await deliver_some(giver, clock, placed, 1)
    clock.advance(HOUR)
    await watch(pool, clock)
    assert await told_briefly(pool) == [("AT_RISK", "2026-03-10T16:01:00", 2), ("MISSED", "2026-03-10T17:01:00", 1)]
    assert {each.data["after"]["kind"] for each in await told(pool)} == {"REDO"}


async def test_images_split_off_within_the_lead_are_told_of_where_they_were_and_where_they_are(
    giver: Giver, pool: Pool, clock: FrozenClock
) -> None:
    """What stayed was all delivered before: only what left at the plan level was at risk, there as well as here."""
    placed = await giver.place(3)
    images = await giver.images_of(placed)
    await deliver_some(giver, clock, placed, 1)
    go_on_until(clock, RISK_AT + HOUR / 2)
    await giver.place(39, expedite=True)
    work = partial(expedite_order, clock=clock, key=placed.orders[0], chosen=[image_id for _, image_id in images[1:]])
    outcome = await done(pool, work)
    go_on_until(clock, WEDNESDAY_AT_NINE + MICROSECOND)
    await watch(pool, clock)
    of_orders = {order_id: place for place, (_, order_id) in enumerate(outcome.orders)}
    assert [(each.type, of_orders[each.order_id], each.at[11:16]) for each in in_order(await told(pool))] == [
        ("DEADLINE_AT_RISK", 0, "07:00"),
        ("DEADLINE_AT_RISK", 1, "07:30"),
        ("DEADLINE_MISSED", 1, "08:00"),
    ]


async def test_all_images_expedited_at_the_plan_level_keep_a_deadline_that_was_at_risk(
    giver: Giver, pool: Pool, clock: FrozenClock
) -> None:
    placed = await giver.place(2)
    go_on_until(clock, RISK_AT + HOUR / 2)
    await giver.place(39, expedite=True)
    await done(pool, partial(expedite_order, clock=clock, key=placed.orders[0], chosen=None))
    clock.advance()
    await watch(pool, clock)
    assert await told_briefly(pool) == [("AT_RISK", "2026-03-11T07:00:00", 2)]


async def test_no_command_comes_before_what_was_told(giver: Giver, pool: Pool, clock: FrozenClock) -> None:
    """Not even one by a clock that is behind."""
    await giver.place(1)
    behind = FrozenClock(clock.now() + MINUTE)
    go_on_until(clock, RISK_AT + MINUTE)
    await watch(pool, clock)
    assert (await claim(pool, behind, "ann", 1)).at == clock.now() + MICROSECOND


async def test_the_watch_leaves_the_frontier_of_imports_alone(giver: Giver, pool: Pool, clock: FrozenClock) -> None:
    placed = await giver.place(1)
    go_on_until(clock, WEDNESDAY_AT_NINE + MINUTE)
    await watch(pool, clock)
    heads = [tuple(row) for row in await pool.fetch("SELECT frontier, last_at FROM account_heads")]
    assert heads == [(placed.at, clock.now())]


async def test_commands_under_way_as_the_last_watch_ended_are_seen_by_the_next(
    giver: Giver, pool: Pool, clock: FrozenClock
) -> None:
    """A deadline of within the lead, set at an instant before the end of that watch, and committed after it."""
    await giver.place(1, expedite=True)
    ended_at = clock.now() + SLACK - MICROSECOND
    go_on_until(clock, ended_at + MINUTE)
    assert (await watch_deadlines(pool, clock, ended_at, 4 * HOUR)).told == 1


async def test_two_watches_at_once_tell_each_thing_once_whatever_is_commanded_meanwhile(
    pool: Pool, clock: FrozenClock
) -> None:
    givers = [await begin(pool, clock, name=f"Studio {number}") for number in range(3)]
    placed = [await giver.place(4) for giver in givers for _ in range(4)]
    await claim(pool, clock, "ann", 20)
    go_on_until(clock, WEDNESDAY_AT_NINE + MICROSECOND)
    taken = await claim(pool, clock, "ann", 20)
    await asyncio.gather(
        watch(pool, clock),
        *(deliver(pool, clock, "ann", taken.images[start : start + 5]) for start in range(0, 20, 5)),
        watch(pool, clock),
        givers[0].place(3),
        watch(pool, clock),
    )
    found = Counter((each.order_id, each.type) for each in await told(pool))
    orders = [order_id for outcome in placed for _, order_id in outcome.orders]
    assert found == dict.fromkeys(
        [(order_id, type_) for order_id in orders for type_ in ("DEADLINE_AT_RISK", "DEADLINE_MISSED")], 1
    )
    for giver in givers:
        await assert_consistent(PoolReader(pool), giver)


async def test_a_watch_killed_anywhere_has_told_of_a_page_all_or_nothing_and_the_next_tells_the_rest(
    database: str, giver: Giver, pool: Pool, clock: FrozenClock
) -> None:
    for count in (1, 2, 3):
        await giver.place(count)
    go_on_until(clock, WEDNESDAY_AT_NINE + MICROSECOND)
    await watch(pool, clock)
    expected = await told(pool)
    await forget(database)
    for statements in range(1, 10):
        with pytest.raises(Killed):
            await watch(FalteringPool(pool, statements), clock)
        assert await told(pool) == []
    await watch(FalteringPool(pool, 100), clock)
    assert await told(pool) == expected


async def a_large_account(pool: Pool, orders: int) -> Studio:
    """Begin an account with orders of one image, half of them delivered in time, a minute apart; by Friday all due."""
    studio = await begin_studio(pool, Studio(images_per_day=10_000))
    placed_at = datetime(2026, 3, 3, 10, tzinfo=UTC)
    for number in range(orders):
        at = placed_at + number * MINUTE
        studio.order(at, [Photo("a.jpg", at + MINUTE if number % 2 else None)], level=ServiceLevel.STANDARD)
    await write(pool, studio)
    return studio


async def note(pool: Pool, account_id: UUID, since: datetime) -> None:
    """Let the watch look at an account again, as an import does."""
    sql = """
        INSERT INTO job_cursors SELECT $1, 'watch_deadlines', 'Europe/Copenhagen', NULL, $2, 0, NULL WHERE true
        ON CONFLICT (account_id, job) DO UPDATE SET due_at = least(job_cursors.due_at, $2), retry_at = NULL
        RETURNING due_at
    """
    await pool.fetch(sql, account_id, since)


async def test_an_account_with_imported_history_is_worked_through_page_by_page(pool: Pool, clock: FrozenClock) -> None:
    orders = 3 * PAGE
    studio = await a_large_account(pool, orders)
    await note(pool, studio.id, studio.orders[0].placed_at)
    with pytest.raises(Killed):
        await watch_deadlines(FalteringPool(pool, BEFORE_ITS_SECOND_PAGE), clock, clock.now(), LEAD)
    in_part = len(await told(pool))
    [(_, reached, attempts, touched_at)] = await owed(pool)
    assert (in_part, attempts, touched_at) == (2 * PAGE, 0, clock.now())
    assert studio.orders[0].placed_at < reached < clock.now()
    assert await watch_deadlines(pool, clock, clock.now(), LEAD) == Watched(clock.now(), orders - 2 * PAGE, 0)
    assert set(Counter((each.order_id, each.type) for each in await told(pool)).values()) == {1}
    assert await owed(pool) == []


async def test_what_an_import_makes_untrue_is_taken_back_and_what_it_leaves_stays(
    giver: Giver, pool: Pool, clock: FrozenClock
) -> None:
    """An import tells later that one order was cancelled before it was at risk, and one after it was."""
    placed = [await giver.place(count) for count in (1, 2, 3)]
    go_on_until(clock, WEDNESDAY_AT_NINE + MINUTE)
    await watch(pool, clock)
    cancel = """
        WITH o AS (UPDATE orders SET cancelled_at = $2, late_at = NULL, status = 'CANCELLED' WHERE id = $1 RETURNING id)
        UPDATE images SET cancelled_at = $2, late_at = NULL, status = 'CANCELLED' FROM o WHERE order_id = o.id
        RETURNING o.id
    """
    await pool.fetch(cancel, placed[0].orders[0][1], RISK_AT)
    await pool.fetch(cancel, placed[1].orders[0][1], RISK_AT + MINUTE)
    await note(pool, giver.account_id, RISK_AT - MINUTE)
    assert await watch_deadlines(pool, clock, clock.now(), LEAD) == Watched(clock.now(), told=0, failed=0)
    assert await told_briefly(pool) == [
        ("AT_RISK", "2026-03-11T07:00:00", 2),
        ("AT_RISK", "2026-03-11T07:00:00", 3),
        ("MISSED", "2026-03-11T08:00:00", 3),
    ]
    assert await owed(pool) == []


async def test_history_imported_while_the_watch_works_through_an_account_is_looked_at_by_the_next(
    pool: Pool, clock: FrozenClock
) -> None:
    studio = await a_large_account(pool, 3 * PAGE)
    await note(pool, studio.id, studio.orders[0].placed_at)

    async def import_more() -> None:
        await note(pool, studio.id, studio.orders[-1].placed_at)

    await watch_deadlines(FalteringPool(pool, BEFORE_ITS_SECOND_PAGE, import_more), clock, clock.now(), LEAD)
    assert len(await told(pool)) == 2 * PAGE
    assert [touched_at for *_, touched_at in await owed(pool)] == [None]
    await watch_deadlines(pool, clock, clock.now(), LEAD)
    assert (len(await told(pool)), await owed(pool)) == (3 * PAGE, [])


async def test_an_account_that_fails_does_not_stop_the_others_and_is_tried_again_after_growing_pauses(
    pool: Pool, clock: FrozenClock
) -> None:
    givers = [await begin(pool, clock, name=f"Studio {number}") for number in range(3)]
    placed = [await giver.place(1) for giver in givers]
    broken = givers[1].account_id
    spoil = """
        INSERT INTO events (account_id, sequence, at, type, order_id, data)
        VALUES ($1, 100, $2, 'DEADLINE_MISSED', $3, '{"after": {}}') RETURNING sequence
    """
    await pool.fetch(spoil, broken, clock.now(), placed[1].orders[0][1])
    go_on_until(clock, WEDNESDAY_AT_NINE + MINUTE)
    assert await watch(pool, clock) == Watched(clock.now(), told=4, failed=1)
    assert await owed(pool) == [(broken, RISK_AT, 1, clock.now() + MINUTE)]
    for minutes in (1, 2, 4, 8, 16, 32, 60, 60):
        clock.advance(minutes * MINUTE - MICROSECOND)
        assert await watch(pool, clock) == Watched(clock.now(), told=0, failed=0)
        clock.advance()
        assert await watch_deadlines(pool, clock, clock.now(), LEAD) == Watched(clock.now(), told=0, failed=1)
    await pool.fetch("DELETE FROM events WHERE sequence = 100 RETURNING sequence")
    clock.advance(HOUR)
    assert await watch_deadlines(pool, clock, clock.now(), LEAD) == Watched(clock.now(), told=2, failed=0)
    assert await owed(pool) == []


async def test_the_watch_reads_by_the_indexes_of_deadlines(new_database: str) -> None:
    """Even while nothing is known of the tables."""
    pool = await open_pool(new_database)
    at, least = WEDNESDAY_AT_NINE, UUID(int=0)
    async with unit_of_work(pool) as writer:
        await writer.execute(Statement("no_scans", "SET LOCAL enable_seqscan = off"))
        explain = Statement("explain", "EXPLAIN " + DEADLINES.sql)
        rows = await writer.fetch(explain, at, least, least, at, at, at, at, 3600.0)
    await pool.close()
    plan = "\n".join(row[0] for row in rows)
    indexes = set(re.findall(r"Index.* (?:using|on) (\w+_idx)", plan))
    assert {"orders_by_deadline_idx", "rejections_by_deadline_idx", "orders_by_split_idx"} <= indexes
    assert "Seq Scan on" not in plan
