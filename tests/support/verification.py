"""The verification of the Pulse: a customer to verify, and the turns and runs that it recorded."""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from app.services.housekeeping.verification import VERIFY
from app.services.orders.changing import cancel_order
from app.services.orders.producing import reject_images
from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.customers import HALO, Customer, claim, deliver
from tests.support.transactions import in_transaction

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SOON = timedelta(seconds=1)
OWNER = "a"


async def a_few_weeks(customer: Customer, clock: FrozenClock) -> None:
    """Place 5 images a week for 4 weeks; deliver 3 of them, one of which is rejected; one order more is cancelled."""
    for week in range(4):
        clock.advance(7 * DAY)
        await customer.place(5)
        clock.advance(HOUR)
        claimed = await claim(customer.pool, clock, "ann", 3)
        clock.advance(10 * SOON + week * DAY)
        if week != 2:
            claimed = await claim(customer.pool, clock, "ann", 3)
            await deliver(customer.pool, clock, "ann", claimed.images)
            clock.advance(HOUR)
            await in_transaction(
                customer.pool, partial(reject_images, clock=clock, reasons=dict.fromkeys(claimed.images[:1], HALO))
            )
    clock.advance(HOUR)
    cancelled = (await customer.place(2)).orders[0]
    clock.advance(HOUR)
    await in_transaction(customer.pool, partial(cancel_order, clock=clock, key=cancelled))
    clock.advance(HOUR)


async def turns(pool: Pool) -> dict[UUID, tuple[datetime, int]]:
    """Return since when each account waits for its comparison, and its failures in a row."""
    rows = await pool.fetch("SELECT account_id, due_at, attempts FROM job_cursors WHERE job = $1", VERIFY)
    return {row["account_id"]: (row["due_at"], row["attempts"]) for row in rows}


async def failed_runs(pool: Pool) -> list[tuple[UUID, str, str]]:
    rows = await pool.fetch(
        "SELECT account_id, state, error FROM job_runs WHERE job = $1 AND account_id IS NOT NULL ORDER BY started_at",
        VERIFY,
    )
    return [tuple(row) for row in rows]
