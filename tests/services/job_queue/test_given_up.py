"""Jobs that were given up: tried again, or dropped, by operators."""

from uuid import UUID

import pytest

from app.services.job_queue.given_up import drop, given_up_jobs, retry
from db.connections import Pool
from db.readers import PoolReader
from tests.support.clock import FrozenClock
from tests.support.job_queue import KIND, Work, add, effects, give_up, queued, turns, worker
from tests.support.workers import new_account


@pytest.fixture
async def account(pool: Pool, clock: FrozenClock) -> UUID:
    return await new_account(pool, clock.now())


async def test_a_job_that_was_given_up_is_tried_again_at_once(pool: Pool, clock: FrozenClock, account: UUID) -> None:
    await give_up(pool, clock, account, "k")
    work = Work()
    assert await retry(pool, [(account, KIND, "k")], clock.now()) == 1
    assert await turns(pool) == [(account, clock.now())]
    assert await queued(pool, "attempts", "given_up_at") == [(0, None)]
    await worker(pool, clock, work).run_due()
    assert (await effects(pool), await queued(pool, "key")) == (["k"], [])


async def test_a_job_that_was_given_up_is_dropped(pool: Pool, clock: FrozenClock, account: UUID) -> None:
    await give_up(pool, clock, account, "k")
    assert await drop(pool, [(account, KIND, "k")]) == 1
    assert await queued(pool, "key") == []
    assert await drop(pool, [(account, KIND, "k")]) == 0


async def test_jobs_that_wait_are_neither_retried_nor_dropped(pool: Pool, clock: FrozenClock, account: UUID) -> None:
    await add(pool, account, clock.now(), "k")
    before = await queued(pool, "*")
    assert await retry(pool, [(account, KIND, "k"), (account, KIND, "unknown")], clock.now()) == 0
    assert await drop(pool, [(account, KIND, "k")]) == 0
    assert await queued(pool, "*") == before
    assert await turns(pool) == [(account, clock.now())]


async def test_jobs_that_were_given_up_are_found_by_kind_account_and_key(
    pool: Pool, reader: PoolReader, clock: FrozenClock, account: UUID
) -> None:
    other = await new_account(pool, clock.now())
    await give_up(pool, clock, account, "k")
    await give_up(pool, clock, account, "l")
    await give_up(pool, clock, other, "k")
    await add(pool, account, clock.now(), "waiting")
    mine, theirs = [(account, KIND, "k"), (account, KIND, "l")], [(other, KIND, "k")]
    assert await given_up_jobs(reader, KIND, None, None) == sorted(mine + theirs)
    assert await given_up_jobs(reader, KIND, account, None) == mine
    assert await given_up_jobs(reader, KIND, None, "k") == sorted([*mine[:1], *theirs])
    assert await given_up_jobs(reader, KIND, other, "l") == []
    assert await given_up_jobs(reader, "another", None, None) == []
