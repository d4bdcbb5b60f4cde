"""The watch tells of reviews that were due without a deadline given (domain rules, section 3.19)."""

from datetime import timedelta
from functools import partial
from typing import Final

from app.domain.orders.portions import Portion
from app.services.deadline_alerts.watch import watch_deadlines
from app.services.orders.changing import confirm_deadline, confirm_deadlines, expedite_order
from db.connections import Pool
from db.queries.order_states import OrderKey
from db.readers import PoolReader
from tests.support.alerts import LEAD, emitted_alerts
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.consistency import assert_consistent
from tests.support.customers import Customer
from tests.support.studio import DAY, HOUR
from tests.support.transactions import in_transaction

TURNAROUND: Final = 5 * HOUR


async def overdue(pool: Pool) -> list[tuple[str, int]]:
    """Return the instant of each REVIEW_OVERDUE, and the number of its images."""
    events = await emitted_alerts(pool)
    return [(each.at, len(each.data["images"])) for each in events if each.type == "REVIEW_OVERDUE"]


async def last_portion(customer: Customer, key: OrderKey, clock: FrozenClock, ahead: timedelta) -> OrderKey:
    """Set deadlines for two portions of an order, the first of one image; return the order of the second."""
    clock.advance()
    count = len(await customer.images(key))
    due_at = clock.now() + ahead
    portions = [Portion(1, due_at), Portion(count - 1, due_at + MICROSECOND)]
    setting = partial(confirm_deadlines, clock=clock, key=key, portions=portions)
    return (await in_transaction(customer.pool, setting)).orders[-1]


async def test_an_overdue_review_has_one_event_an_order(customer: Customer, pool: Pool, clock: FrozenClock) -> None:
    due_at = (await customer.place(203)).at + TURNAROUND
    seen, counts = clock.now(), list[int]()
    for at in (due_at, due_at + MICROSECOND, due_at + timedelta(minutes=1), due_at + HOUR):
        clock.advance_to(at)
        watched = await watch_deadlines(pool, clock, seen, LEAD)
        seen = watched.until
        counts.append(watched.emitted)
    assert counts == [0, 1, 0, 0]
    assert await overdue(pool) == [(due_at.isoformat(), 3)]
    await assert_consistent(PoolReader(pool), customer)


async def test_a_deadline_set_in_time_leaves_nothing_to_tell(
    customer: Customer, pool: Pool, clock: FrozenClock
) -> None:
    placed = await customer.place(201)
    clock.advance_to(placed.at + TURNAROUND - MICROSECOND)
    due_at = clock.now() + DAY
    await in_transaction(pool, partial(confirm_deadline, clock=clock, key=placed.orders[1], due_at=due_at))
    clock.advance(HOUR)
    await watch_deadlines(pool, clock, clock.now() - 2 * HOUR, LEAD)
    assert await overdue(pool) == []


async def test_images_that_moved_on_while_the_watch_was_down_are_told_in_their_former_order(
    customer: Customer, pool: Pool, clock: FrozenClock
) -> None:
    placed = await customer.place(202)
    images = await customer.images(placed.orders[1])
    told_at = placed.at + TURNAROUND
    clock.advance_to(told_at + HOUR)
    expediting = partial(expedite_order, clock=clock, key=placed.orders[1], chosen=images)
    await in_transaction(pool, expediting)
    clock.advance(DAY)
    await watch_deadlines(pool, clock, told_at - HOUR, LEAD)
    [event] = [each for each in await emitted_alerts(pool) if each.type == "REVIEW_OVERDUE"]
    assert (event.at, event.order_id) == (told_at.isoformat(), placed.orders[1][1])
    assert event.data["images"] == [str(image) for image in images]


async def test_images_that_moved_three_times_since_are_told_in_the_order_in_which_they_were_then(
    customer: Customer, pool: Pool, clock: FrozenClock
) -> None:
    """They left with a portion, with an expedite to the plan level, and with a portion of that plan."""
    placed = await customer.place(204)
    images = await customer.images(placed.orders[1])
    told_at = placed.at + TURNAROUND
    clock.advance_to(told_at + HOUR)
    order = await last_portion(customer, placed.orders[1], clock, DAY)
    await customer.place(40, expedite=True)
    expediting = partial(expedite_order, clock=clock, key=order, chosen=(await customer.images(order))[1:])
    order = (await in_transaction(pool, expediting)).orders[-1]
    await last_portion(customer, order, clock, HOUR)
    clock.advance(MICROSECOND)
    await watch_deadlines(pool, clock, told_at - HOUR, LEAD)
    [event] = [each for each in await emitted_alerts(pool) if each.type == "REVIEW_OVERDUE"]
    assert (event.at, event.order_id) == (told_at.isoformat(), placed.orders[1][1])
    assert event.data["images"] == [str(image) for image in images]
