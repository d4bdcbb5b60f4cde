"""Reviews as compliance counts and lists them."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from uuid import UUID

from app.domain.local_time import Interval
from app.services.orders.changing import cancel_order, confirm_deadline
from db.connections import Pool
from db.queries.drilldowns import Drilldown, drill_down, late_reviews, open_reviews
from db.queries.pages import Slice
from db.queries.reviews import review_counts
from db.readers import PoolReader
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.customers import open_customer
from tests.support.studio import DAY, HOUR
from tests.support.transactions import in_transaction

TURNAROUND = 5 * HOUR


def images_in(pool: Pool, account_id: UUID) -> Callable[[Drilldown], Awaitable[list[UUID]]]:
    async def read(drilldown: Drilldown) -> list[UUID]:
        pages = await drill_down(PoolReader(pool), [account_id], Slice(100), drilldown)
        return sorted(row.id for _, row in pages[account_id].rows)

    return read


async def test_reviews_are_counted_and_listed_as_met_missed_and_open(pool: Pool, clock: FrozenClock) -> None:
    """Of five orders one is met, one confirmed too late, one cancelled open, one cancelled overdue, one open."""
    customer = await open_customer(pool, clock)
    await customer.place(200)
    placed = [await customer.place(count) for count in (1, 2, 4, 8)]
    keys = [each.orders[0] for each in placed]

    async def confirm(number: int) -> None:
        due_at = clock.now() + DAY
        await in_transaction(pool, partial(confirm_deadline, clock=clock, key=keys[number], due_at=due_at))

    clock.advance(HOUR)
    await confirm(0)
    await in_transaction(pool, partial(cancel_order, clock=clock, key=keys[2]))
    clock.advance(TURNAROUND)
    await confirm(1)
    await in_transaction(pool, partial(cancel_order, clock=clock, key=keys[3]))
    still_open = await customer.place(16)
    clock.advance()
    now, missed_at = clock.now(), placed[1].at + TURNAROUND
    images = [sorted(await customer.images(key)) for key in (*keys, still_open.orders[0])]

    listed = images_in(pool, customer.account_id)
    window = Interval(now - timedelta(days=30), now)
    counts = (await review_counts(PoolReader(pool), [customer.account_id], window))[customer.account_id]
    assert counts == (1, 2 + 8, 16)
    assert await listed(late_reviews(window)) == sorted([*images[1], *images[3]])
    assert await listed(open_reviews(now)) == images[4]

    just = Interval(missed_at, missed_at + MICROSECOND)
    assert (await review_counts(PoolReader(pool), [customer.account_id], just))[customer.account_id] == (0, 2, 8 + 16)
    assert await listed(late_reviews(just)) == images[1]


async def test_reviews_of_other_accounts_are_not_counted(pool: Pool, clock: FrozenClock) -> None:
    customer = await open_customer(pool, clock)
    await customer.place(201)
    other = await open_customer(pool, clock)
    clock.advance(6 * HOUR)
    found = await review_counts(
        PoolReader(pool), [customer.account_id, other.account_id], Interval(clock.now() - DAY, clock.now())
    )
    assert found == {customer.account_id: (0, 1, 0), other.account_id: (0, 0, 0)}
