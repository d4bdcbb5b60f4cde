"""The jobs of the service as the worker does them."""

from datetime import timedelta

from app.settings import Settings
from db.connections import Pool
from jobs.catalogue import JOBS
from jobs.kinds.periodic import EVERY_MINUTE, MINUTE
from jobs.worker import Worker
from tests.support.alerts import alert_summaries
from tests.support.clock import FrozenClock
from tests.support.customers import open_customer

HOUR = timedelta(hours=1)


async def test_a_longer_lead_alerts_all_deadlines_that_it_puts_at_risk(pool: Pool, clock: FrozenClock) -> None:
    customer = await open_customer(pool, clock)
    await customer.place(1, expedite=True)
    clock.advance(HOUR / 2)
    found: list[int] = []
    for hours in (1, 4, 1, 4):
        worker = Worker(pool, clock, Settings(at_risk_lead=hours * HOUR), f"{hours} hours", JOBS)
        await worker.run(EVERY_MINUTE)
        clock.advance(MINUTE)
        found.append(len(await alert_summaries(pool)))
    assert found == [0, 1, 1, 1]
