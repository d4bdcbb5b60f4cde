"""Guarantees of jobs for any number of workers, however they end: each day once, with the right figures, no error."""

import asyncio
from collections.abc import AsyncGenerator, Generator, Iterable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from app.domain.pulse.as_of import AsOf
from db.connections import Pool
from db.embedded.server import embedded_server
from db.migrate import migrate
from db.pools import open_pool
from db.queries.accounts import zones_of_accounts
from db.queries.pulse import pulse_figures
from db.readers import PoolReader
from tests.db.test_embedded import fresh_folder
from tests.services.orders.test_kills import kill_server
from tests.support.clock import FrozenClock
from tests.support.customers import Customer, claim, deliver, open_customer
from tests.support.database import temporary_database
from tests.support.midnight_jobs import as_kept, assert_done, assert_equal_to_reference, snapshots
from tests.support.worker_processes import Workers

pytestmark = pytest.mark.races

WORKERS = 5
ZONES = (
    "Africa/Cairo",
    "America/Havana",
    "Atlantic/Azores",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Europe/Copenhagen",
)
START = datetime(2026, 3, 5, 20, 17, tzinfo=UTC)
STEP = timedelta(hours=9, minutes=13)
# Over the clock changes of Havana; of the Azores, Copenhagen, Lord Howe and Santiago, two weeks after; and of Cairo.
WEEKS = (
    (START, datetime(2026, 3, 12, tzinfo=UTC)),
    (datetime(2026, 3, 27, tzinfo=UTC), datetime(2026, 4, 7, tzinfo=UTC)),
    (datetime(2026, 4, 22, tzinfo=UTC), datetime(2026, 4, 26, tzinfo=UTC)),
)


def instants(weeks: Iterable[tuple[datetime, datetime]]) -> Iterator[datetime]:
    for since, until in weeks:
        yield from (since + step * STEP for step in range((until - since) // STEP))


@pytest.fixture
def workers(database: str) -> Generator[Workers]:
    made = Workers(database)
    yield made
    made.end()


async def furnished(pool: Pool, clock: FrozenClock) -> list[Customer]:
    return [await open_customer(pool, clock, name=zone, zone=zone, images=4, expedites=1) for zone in ZONES]


async def live(pool: Pool, clock: FrozenClock, customers: list[Customer], random: Random) -> None:
    """Place orders by some clients, and deliver some open images by a worker."""
    for customer in random.sample(customers, 3):
        clock.advance()
        await customer.place(random.randint(1, 6))
    clock.advance()
    claimed = await claim(pool, clock, "ann", random.randint(1, 9))
    clock.advance()
    await deliver(pool, clock, "ann", claimed.images)


async def assert_as_promised(pool: Pool, now: datetime) -> None:
    """Assert one snapshot and one reset of each day, each snapshot equal to the Pulse read later and to the rows."""
    await assert_done(pool, now)
    await assert_equal_to_reference(pool)
    found = await snapshots(pool)
    zones = await zones_of_accounts(PoolReader(pool), list({row.account_id for row in found}))
    days = [AsOf.of(row.account_id, zones[row.account_id], row.as_of) for row in found]
    assert [row.figures for row in found] == as_kept(await pulse_figures(PoolReader(pool), days))
    ends = {(row["state"], row["error"]) for row in await pool.fetch("SELECT state, error FROM job_runs")}
    assert ends <= {("SUCCEEDED", None), ("FAILED", "The worker that ran it died. The next run did the rest.")}


async def test_five_at_once_do_every_day_of_weeks_with_clock_changes_once(pool: Pool, workers: Workers) -> None:
    random = Random(7)  # noqa: S311 - drawn for tests
    clock = FrozenClock(START)
    customers = await furnished(pool, clock)
    await workers.start(WORKERS)
    for at in instants(WEEKS):
        clock.advance(at - clock.now())
        workers.emit(at)
        await live(pool, clock, customers, random)
        assert await workers.failures() == [0] * WORKERS
    await assert_as_promised(pool, clock.now())


async def test_killed_workers_leave_each_day_done_once(pool: Pool, workers: Workers) -> None:
    random = Random(11)  # noqa: S311 - drawn for tests
    clock = FrozenClock(START)
    customers = await furnished(pool, clock)
    for at in instants(WEEKS[1:2]):
        clock.advance(at - clock.now())
        await workers.start(2 - len(workers.processes))
        workers.emit(at)
        await live(pool, clock, customers, random)
        if random.random() < 0.2:
            workers.kill_one(random)
        assert sum(await workers.failures()) == 0
    clock.advance(timedelta(hours=2))  # longer than any lease
    workers.emit(clock.now())
    assert sum(await workers.failures()) == 0
    await assert_as_promised(pool, clock.now())


@pytest.fixture
def folder() -> Generator[Path]:
    with fresh_folder() as made:
        yield made


@asynccontextmanager
async def durable(folder: Path) -> AsyncGenerator[str]:
    with embedded_server(folder) as server:
        async with temporary_database(server) as url:
            await migrate(url)
            yield url


async def test_a_database_killed_amid_two_weeks_of_work_has_all_of_it_in_the_end(folder: Path) -> None:
    async with durable(folder) as url:
        pool = await open_pool(url)
        clock = FrozenClock(START)
        customers = await furnished(pool, clock)
        for customer in customers:
            await customer.place(3)
        await pool.close()
        workers = Workers(url)
        try:
            await workers.start(1)
            clock.advance(timedelta(days=14))
            for _ in range(3):
                clock.advance(timedelta(hours=2))
                workers.emit(clock.now())
                await asyncio.sleep(0.3)
                kill_server(folder)
                with embedded_server(folder):
                    assert await workers.failures() == [0]
            with embedded_server(folder):
                clock.advance(timedelta(hours=2))
                workers.emit(clock.now())
                assert await workers.failures() == [0]
                pool = await open_pool(url)
                await assert_as_promised(pool, clock.now())
                await pool.close()
        finally:
            workers.end()
