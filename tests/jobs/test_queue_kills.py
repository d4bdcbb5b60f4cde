"""Guarantees of the job queue for any number of workers, however they end: no job lost, none done twice to effect."""

import asyncio
from collections import Counter
from collections.abc import Generator
from datetime import timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import pytest

from app.services.job_queue import spreading
from db.connections import Pool
from db.embedded.server import embedded_server
from db.pools import open_pool
from tests.db.test_embedded import fresh_folder
from tests.jobs.test_promises import durable
from tests.services.orders.test_kills import kill_server
from tests.support.clock import FrozenClock
from tests.support.job_queue import MINUTE, Work, add, do_slowly, effects, queued, spread, turns, worker
from tests.support.worker_processes import Workers
from tests.support.workers import new_account

pytestmark = pytest.mark.races

ROUNDS = 8
ACCOUNTS = 12
LONGER_THAN_A_LEASE = 2 * MINUTE


@pytest.fixture
def workers(database: str) -> Generator[Workers]:
    made = Workers(database, "queue")
    yield made
    made.end()


@pytest.fixture
def folder() -> Generator[Path]:
    with fresh_folder() as made:
        yield made


async def added(pool: Pool, clock: FrozenClock, accounts: list[UUID], turn: int) -> Counter[tuple[UUID, str]]:
    """Add a spread, many jobs of one account and one of another; return the effects that they are to have."""
    await spread(pool, clock.now(), f"spread-{turn}")
    keys = [f"{turn}-{number}" for number in range(10)]
    await add(pool, accounts[turn % ACCOUNTS], clock.now(), *keys)
    await add(pool, accounts[-1 - turn % ACCOUNTS], clock.now(), f"{turn}-single")
    return Counter(
        [(account, f"spread-{turn}") for account in accounts]
        + [(accounts[turn % ACCOUNTS], key) for key in keys]
        + [(accounts[-1 - turn % ACCOUNTS], f"{turn}-single")]
    )


async def found(pool: Pool) -> Counter[tuple[UUID, str]]:
    """Return the effects by account and key of their jobs."""
    rows = await pool.fetch("SELECT account_id, key FROM idempotency_keys")
    return Counter((row["account_id"], row["key"].split()[0]) for row in rows)


async def assert_empty(pool: Pool) -> None:
    """Assert that nothing is left in the queue, and that no run is open."""
    assert (await queued(pool, "key"), await turns(pool)) == ([], [])
    assert await pool.fetch("SELECT FROM spreads") == []
    assert await pool.fetch("SELECT FROM job_runs WHERE state <> 'SUCCEEDED'") == []


async def test_killed_workers_leave_each_job_done_once(pool: Pool, clock: FrozenClock, workers: Workers) -> None:
    random = Random(13)  # noqa: S311 - drawn for tests
    accounts = sorted([await new_account(pool, clock.now()) for _ in range(ACCOUNTS)])
    expected = Counter[tuple[UUID, str]]()
    for turn in range(ROUNDS):
        clock.advance(LONGER_THAN_A_LEASE)
        await workers.start(3 - len(workers.processes))
        expected += await added(pool, clock, accounts, turn)
        workers.emit(clock.now())
        await asyncio.sleep(random.random() * 0.3)
        workers.kill_one(random)
        assert sum(await workers.failures()) == 0
    clock.advance(LONGER_THAN_A_LEASE)
    workers.emit(clock.now())
    assert sum(await workers.failures()) == 0
    assert await found(pool) == expected
    await assert_empty(pool)


async def test_workers_at_once_do_each_job_once_while_it_is_added_again_and_again(
    database: str, pool: Pool, clock: FrozenClock
) -> None:
    random = Random(17)  # noqa: S311 - drawn for tests
    accounts = [await new_account(pool, clock.now()) for _ in range(4)]
    last = dict.fromkeys(accounts, 0)
    work = Work()

    async def keep_adding(account: UUID) -> None:
        for number in range(1, 26):
            await add(pool, account, clock.now(), "k", payload={"number": number})
            last[account] = number
            await asyncio.sleep(random.random() * 0.02)

    adding = asyncio.gather(*map(keep_adding, accounts))
    pools = [await open_pool(database) for _ in range(3)]
    while not adding.done():
        clock.advance()
        await asyncio.gather(*(worker(each, clock, work, f"{number}").run_due() for number, each in enumerate(pools)))
    await worker(pool, clock, work).run_due()
    for each in pools:
        await each.close()
    done = Counter((job.account_id, job.payload["number"]) for job in work.jobs if job.ended)
    assert len(await effects(pool)) == done.total() == len(done)
    assert {account: max(number for of, number in done if of == account) for account in accounts} == last
    await assert_empty(pool)


async def test_a_spread_killed_between_its_batches_reaches_every_account_once(
    pool: Pool, clock: FrozenClock, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreading, "BATCH", 1)
    accounts = [await new_account(pool, clock.now()) for _ in range(ACCOUNTS)]
    await spread(pool, clock.now())
    for _ in range(4):
        dying = asyncio.create_task(worker(pool, clock, do_slowly).run_due())
        await asyncio.sleep(0.02)
        dying.cancel()
        await asyncio.gather(dying, return_exceptions=True)
        clock.advance(LONGER_THAN_A_LEASE)
    await workers.start(2)
    workers.emit(clock.now())
    assert sum(await workers.failures()) == 0
    assert await found(pool) == Counter((account, "s") for account in accounts)
    await assert_empty(pool)


async def do_the_rest(workers: Workers, pool: Pool, clock: FrozenClock, expected: Counter[tuple[UUID, str]]) -> None:
    """Have workers do what is left, in a run or, if their connections are not back yet, in later ones."""
    async with asyncio.timeout(60):
        while await found(pool) != expected:
            clock.advance(timedelta(hours=2))
            workers.emit(clock.now())  # a job that two outages in a row interrupt counts as failed
            assert await workers.failures() == [0, 0]


async def test_each_job_is_done_once_though_the_database_is_killed_meanwhile(folder: Path, clock: FrozenClock) -> None:
    async with durable(folder) as url:
        pool = await open_pool(url)
        accounts = sorted([await new_account(pool, clock.now()) for _ in range(ACCOUNTS)])
        expected = Counter[tuple[UUID, str]]()
        workers = Workers(url, "queue")
        try:
            await workers.start(2)
            for turn in range(3):
                expected += await added(pool, clock, accounts, turn)
                await pool.close()
                workers.emit(clock.now())
                await asyncio.sleep(0.2)
                kill_server(folder)
                with embedded_server(folder):
                    assert await workers.failures() == [0, 0]
                    pool = await open_pool(url)
                    await do_the_rest(workers, pool, clock, expected)
            assert await found(pool) == expected
            await assert_empty(pool)
            await pool.close()
        finally:
            workers.end()
