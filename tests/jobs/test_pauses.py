"""Paused jobs: no run of them begins, and all of their work that is due is done once they are resumed."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.clock import Clock, clock_from
from app.services.job_queue import spreading
from app.services.job_queue.spreading import spread_batch
from app.services.jobs.runs import Success
from app.settings import Settings
from db.connections import Pool
from db.readers import PoolReader
from jobs.counts import Counts
from jobs.kinds.periodic import DAY, EVERY_MINUTE, MINUTE, Done
from jobs.registry import Registry
from jobs.scheduler import jobs_alongside
from jobs.status import job_statuses
from jobs.worker import Worker
from tests.support.clock import FrozenClock
from tests.support.job_queue import KIND, OTHER, Work, add, effects, queued, registry, spread, worker
from tests.support.pools import HookedPool
from tests.support.workers import Midnight, new_account, next_days, pause_job, resume_job, runs
from tests.support.workers import worker as midnight_worker

RESET = "reset_guarantee"
LOOK = "look"
FIRST_END = datetime(2026, 3, 10, 23, tzinfo=UTC)
CLAIMS = {RESET: "INSERT INTO job_runs", LOOK: "INSERT INTO job_runs", KIND: "UPDATE job_turns SET served_at"}


class Looks:
    """A job of every minute that records its calls."""

    def __init__(self) -> None:
        self.calls: list[Success | None] = []

    async def __call__(self, _pool: Pool, _clock: Clock, _settings: Settings, last: Success | None) -> Done:
        self.calls.append(last)
        return Done()

    def worker(self, pool: Pool, clock: Clock, owner: str = "a") -> Worker:
        jobs = Registry()
        jobs.register(EVERY_MINUTE, LOOK)(self)
        return Worker(pool, clock, Settings(), owner, jobs)


async def test_a_midnight_job_does_all_days_it_missed_once_it_is_resumed(pool: Pool, clock: FrozenClock) -> None:
    account = await new_account(pool, clock.now())
    work = Midnight()
    both = [midnight_worker(pool, clock, work, owner) for owner in "ab"]
    await pause_job(pool, RESET, clock.now())
    for _ in range(3):
        clock.advance(DAY)
        assert await asyncio.gather(*(each.run_due() for each in both)) == [{RESET: Counts()}] * 2
    assert (work.batches, await runs(pool, "job")) == ([], [])
    await resume_job(pool, RESET)
    await asyncio.gather(*(each.run_due() for each in both))
    assert [at for at, _ in work.batches] == [FIRST_END, FIRST_END + DAY, FIRST_END + 2 * DAY]
    assert await next_days(pool) == [(account, FIRST_END + 3 * DAY)]


async def test_a_job_of_every_minute_continues_from_its_last_run_before_the_pause(
    pool: Pool, clock: FrozenClock
) -> None:
    looks, before = Looks(), clock.now()
    at_work = looks.worker(pool, clock)
    await at_work.run_due()
    await pause_job(pool, LOOK, clock.now())
    for _ in range(3):
        clock.advance(MINUTE)
        assert await at_work.run_due() == {LOOK: Counts()}
    await resume_job(pool, LOOK)
    await at_work.run_due()
    assert looks.calls == [None, Success(before, None)]


async def test_queued_jobs_of_a_paused_kind_wait_and_others_do_not(pool: Pool, clock: FrozenClock) -> None:
    account, work = await new_account(pool, clock.now()), Work()
    at_work = worker(pool, clock, work, kinds=(KIND, OTHER))
    await pause_job(pool, KIND, clock.now())
    await spread(pool, clock.now(), "s")
    for key in ("k", "l"):
        await add(pool, account, clock.now(), key)
    await add(pool, account, clock.now(), "o", kind=OTHER)
    assert await at_work.run_due() == {KIND: Counts(), OTHER: Counts(runs=1, accounts=1)}
    assert await queued(pool, "key", "attempts") == [("k", 0), ("l", 0)]
    await resume_job(pool, KIND)
    assert await at_work.run_due() == {KIND: Counts(runs=4, accounts=3), OTHER: Counts()}
    assert await effects(pool, account) == ["k", "l", "o", "s"]


@pytest.mark.parametrize("job", [RESET, LOOK, KIND])
async def test_nothing_is_claimed_after_a_pause_that_is_committed_just_before(
    pool: Pool, clock: FrozenClock, job: str
) -> None:
    account = await new_account(pool, clock.now())
    clock.advance(DAY)
    await add(pool, account, clock.now())

    async def pause_before_claim(query: str) -> None:
        if CLAIMS[job] in query:
            await pause_job(pool, job, clock.now())

    midnight, looks, work = Midnight(), Looks(), Work()
    racing = HookedPool(pool, pause_before_claim)
    at_work = {
        RESET: midnight_worker(racing, clock, midnight),
        LOOK: looks.worker(racing, clock),
        KIND: worker(racing, clock, work),
    }[job]
    assert await at_work.run_due() == {job: Counts()}
    assert (midnight.batches, looks.calls, work.jobs, await runs(pool, "job")) == ([], [], [], [])


async def test_a_run_at_midnight_stops_after_its_batch_and_is_done_once_it_is_resumed(
    pool: Pool, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.kinds.midnight.BATCH", 1)
    monkeypatch.setattr("jobs.kinds.midnight.AT_ONCE", 1)
    accounts = sorted([await new_account(pool, clock.now()) for _ in range(3)])
    midnight = Midnight()

    async def reset_and_pause(pool: Pool, clock: Clock, closes_at: datetime, account_ids: Sequence[UUID]) -> int:
        if not midnight.batches:
            await pause_job(pool, RESET, clock.now())
        return await midnight(pool, clock, closes_at, account_ids)

    clock.advance(DAY)
    at_work = midnight_worker(pool, clock, reset_and_pause)
    assert await at_work.run_due() == {RESET: Counts(runs=1, accounts=1)}
    clock.advance(MINUTE)
    assert await at_work.run_due() == {RESET: Counts()}
    await resume_job(pool, RESET)
    assert await at_work.run_due() == {RESET: Counts(runs=1, accounts=2)}
    assert midnight.batches == [(FIRST_END, [account]) for account in accounts]
    assert await runs(pool, "state", "attempts", "accounts", "failures") == [("SUCCEEDED", 2, 3, 0)]


async def test_a_spread_stops_after_its_batch_and_continues_once_it_is_resumed(
    pool: Pool, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreading, "BATCH", 2)
    accounts = sorted([await new_account(pool, clock.now()) for _ in range(5)])
    await spread(pool, clock.now())

    async def spread_and_pause(*arguments: Any) -> int:  # noqa: ANN401
        if not await queued(pool, "key"):
            await pause_job(pool, KIND, clock.now())
        return await spread_batch(*arguments)

    monkeypatch.setattr("jobs.kinds.queued.spread_batch", spread_and_pause)
    at_work = worker(pool, clock, Work())
    assert await at_work.run_due() == {KIND: Counts(runs=1)}
    assert await queued(pool, "account_id") == [(account,) for account in accounts[:2]]
    clock.advance(MINUTE)
    assert await at_work.run_due() == {KIND: Counts()}
    assert await runs(pool, "state", "error") == [("RUNNING", None)]
    await resume_job(pool, KIND)
    await at_work.run_due()
    assert await effects(pool) == ["s"] * 5
    assert await runs(pool, "state", "attempts", "accounts") == [("SUCCEEDED", 2, 5)]


@pytest.mark.races
async def test_two_workers_finish_the_jobs_under_way_and_begin_no_more(pool: Pool, clock: FrozenClock) -> None:
    accounts = [await new_account(pool, clock.now()) for _ in range(12)]
    for account in accounts:
        await add(pool, account, clock.now())
    work = Work()
    work.waiting = {account: asyncio.Event() for account in accounts}
    both = [asyncio.create_task(worker(pool, clock, work, owner).run_due()) for owner in "ab"]
    async with asyncio.timeout(30):
        while not work.has_begun(2):  # noqa: ASYNC110 - work has no event for tests
            await asyncio.sleep(0.01)
        await pause_job(pool, KIND, clock.now())
        for begun in work.waiting.values():
            begun.set()
        counts = [(await each)[KIND] for each in both]
    assert (counts, len(await effects(pool))) == ([Counts(runs=1, accounts=1)] * 2, 2)
    await resume_job(pool, KIND)
    await worker(pool, clock, work).run_due()
    assert len(await effects(pool)) == 12


async def test_the_run_of_a_worker_that_died_is_left_until_its_job_is_resumed(pool: Pool, clock: FrozenClock) -> None:
    at_work = Looks().worker(pool, clock)
    await at_work.run_due()
    await pool.fetch("UPDATE job_runs SET state = 'RUNNING', lease_until = $1", clock.now())
    await pause_job(pool, LOOK, clock.now())
    clock.advance(2 * MINUTE)
    await at_work.run_due()
    assert await runs(pool, "state") == [("RUNNING",)]
    await resume_job(pool, LOOK)
    await at_work.run_due()
    assert await runs(pool, "state") == [("FAILED",), ("SUCCEEDED",)]


async def test_schedulers_heed_a_pause_and_its_end(database: str, pool: Pool) -> None:
    clock = clock_from(None)
    account, work = await new_account(pool, clock.now() - timedelta(hours=1)), Work()
    await pause_job(pool, KIND, clock.now())
    async with (
        asyncio.timeout(60),
        jobs_alongside(database, Settings(), clock, registry(work, (KIND, OTHER))),
        jobs_alongside(database, Settings(), clock, registry(work, (KIND, OTHER))),
    ):
        await add(pool, account, clock.now(), "k")
        await add(pool, account, clock.now(), "o", kind=OTHER)
        while await effects(pool) != ["o"]:  # noqa: ASYNC110 - schedulers have no event for tests
            await asyncio.sleep(0.01)
        await resume_job(pool, KIND)
        await add(pool, account, clock.now(), "p", kind=OTHER)  # which wakes them before the minute is over
        while await effects(pool) != ["k", "o", "p"]:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.01)


async def test_the_status_shows_since_when_a_job_is_paused(pool: Pool, clock: FrozenClock) -> None:
    await pause_job(pool, LOOK, clock.now())
    await pause_job(pool, LOOK, clock.now() + DAY)
    await pause_job(pool, "of another release", clock.now())
    jobs = Registry()
    for name in (LOOK, "listen"):
        jobs.register(EVERY_MINUTE, name)(Looks())
    statuses = await job_statuses(PoolReader(pool), jobs, clock.now())
    assert {each.job: each.paused_since for each in statuses} == {LOOK: clock.now(), "listen": None}
