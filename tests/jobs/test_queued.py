"""Queued jobs by workers and schedulers: woken when one is added, accounts isolated, failures shown."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from app.clock import Clock, clock_from
from app.services.accounts.counters import lock_counters
from app.services.job_queue import spreading
from app.services.job_queue.adding import add_job
from app.services.job_queue.claims import ClaimedJob
from app.services.job_queue.spreading import spread_batch
from app.settings import Settings
from db.connections import Pool
from db.pools import open_pool
from db.queries.job_queue import DueSpread
from db.queries.job_status import FailedRun
from db.readers import PoolReader
from db.writer import unit_of_work
from jobs.counts import Counts
from jobs.scheduler import jobs_alongside
from jobs.status import job_statuses
from jobs.worker import Worker
from tests.jobs.test_scheduler import comes
from tests.support.clock import FrozenClock
from tests.support.job_queue import (
    KIND,
    MINUTE,
    OTHER,
    Work,
    add,
    effects,
    give_up,
    queued,
    registry,
    spread,
    turns,
    worker,
)
from tests.support.workers import new_account, runs

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
async def account(pool: Pool, clock: FrozenClock) -> UUID:
    return await new_account(pool, clock.now())


async def test_a_worker_does_spreads_and_jobs_that_are_due(pool: Pool, clock: FrozenClock, account: UUID) -> None:
    other = await new_account(pool, clock.now())
    work = Work()
    await spread(pool, clock.now(), "all")
    await add(pool, account, clock.now(), "k")
    await add(pool, account, clock.now(), kind=OTHER)
    await add(pool, other, clock.now() + MINUTE, "later")
    counts = await worker(pool, clock, work, kinds=(KIND, OTHER)).run_due()
    assert counts == {KIND: Counts(runs=4, accounts=3), OTHER: Counts(runs=1, accounts=1)}
    assert (await effects(pool, account), await effects(pool, other)) == (["all", "k", "k"], ["all"])
    assert await turns(pool) == [(other, clock.now() + MINUTE)]
    assert await runs(pool, "job", "account_id", "state", "accounts") == [(KIND, None, "SUCCEEDED", 2)]


async def test_a_run_whose_spread_others_have_done_is_ended_once_its_lease_is_over(
    pool: Pool, clock: FrozenClock, account: UUID
) -> None:
    await spread(pool, clock.now())
    await worker(pool, clock, Work()).run_due()
    later = clock.now() + MINUTE
    await pool.fetch("UPDATE job_runs SET state = 'RUNNING', owner = 'dead', lease_until = $1", later)
    await worker(pool, clock, Work()).run_due()
    assert await runs(pool, "state") == [("RUNNING",)]
    clock.advance(MINUTE)
    await spread(pool, clock.now() + MINUTE)
    await worker(pool, clock, Work()).run_due()
    assert await runs(pool, "state", "accounts") == [("SUCCEEDED", 1)]
    assert await effects(pool, account) == ["s"]


async def test_with_an_instant_only_work_due_by_then_is_done(pool: Pool, clock: FrozenClock, account: UUID) -> None:
    await spread(pool, clock.now(), "all")
    await add(pool, account, clock.now() - MINUTE, "earlier")
    await worker(pool, clock, Work()).run_due(clock.now() - MINUTE)
    assert await effects(pool) == ["earlier"]


async def test_an_account_that_fails_does_not_stop_the_others(pool: Pool, clock: FrozenClock, account: UUID) -> None:
    others = [await new_account(pool, clock.now()) for _ in range(3)]
    work = Work()
    work.wrong[account] = ValueError("x")
    await spread(pool, clock.now(), "all")
    assert await worker(pool, clock, work).run_due() == {KIND: Counts(runs=5, accounts=3, failures=1)}
    assert [await effects(pool, each) for each in (account, *others)] == [[], ["all"], ["all"], ["all"]]
    assert await queued(pool, "account_id", "error") == [(account, "ValueError: x")]
    work.wrong.clear()
    clock.advance(MINUTE)
    assert await worker(pool, clock, work).run_due() == {KIND: Counts(runs=1, accounts=1)}
    assert await effects(pool, account) == ["all"]
    assert await runs(pool, "account_id", "state", "attempts") == [(None, "SUCCEEDED", 1), (account, "SUCCEEDED", 2)]


async def test_an_account_that_others_have_locked_is_no_failure(
    database: str, pool: Pool, clock: FrozenClock, account: UUID
) -> None:
    await add(pool, account, clock.now())
    impatient = await open_pool(database, settings={"lock_timeout": "50ms"})
    async with unit_of_work(pool) as writer:
        await lock_counters(writer, [account])
        assert await worker(impatient, clock, Work()).run_due() == {KIND: Counts(runs=1)}
    await impatient.close()
    assert await queued(pool, "attempts", "error") == [(0, None)]


async def test_a_spread_that_waits_for_others_is_no_failure_and_is_done_later(
    database: str, pool: Pool, clock: FrozenClock, account: UUID
) -> None:
    await spread(pool, clock.now(), "all")
    impatient = await open_pool(database, settings={"lock_timeout": "50ms"})
    async with unit_of_work(pool) as writer:
        await add_job(writer, account, KIND, clock.now())
        assert await worker(impatient, clock, Work()).run_due() == {KIND: Counts(runs=1)}
    await impatient.close()
    clock.advance(MINUTE)
    await worker(pool, clock, Work()).run_due()
    assert await effects(pool) == ["all"]
    assert await runs(pool, "state", "attempts") == [("SUCCEEDED", 2)]


async def test_a_spread_that_fails_is_shown_and_tried_again_after_a_pause(
    pool: Pool, clock: FrozenClock, account: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    await spread(pool, clock.now(), "all")
    with monkeypatch.context() as broken:
        broken.setattr("jobs.kinds.queued.spread_batch", failing)
        assert await worker(pool, clock, Work()).run_due() == {KIND: Counts(runs=1, failures=1)}
        assert await worker(pool, clock, Work()).run_due() == {KIND: Counts()}
    [status] = await job_statuses(PoolReader(pool), registry(Work()), clock.now())
    assert (status.failures, status.errors) == (1, (FailedRun(KIND, None, None, clock.now(), "all: ValueError: x"),))
    clock.advance(MINUTE)
    await worker(pool, clock, Work()).run_due()
    assert await effects(pool, account) == ["all"]


async def test_a_spread_that_fails_does_not_stop_another_of_its_kind_and_instant(
    pool: Pool, clock: FrozenClock, account: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def of_all_but_first(pool: Pool, due: DueSpread, *arguments: Any) -> int:  # noqa: ANN401
        if due.key == "first":
            raise ValueError("x")
        return await spread_batch(pool, due, *arguments)

    for key in ("first", "second", "third"):
        await spread(pool, clock.now(), key)
    with monkeypatch.context() as broken:
        broken.setattr("jobs.kinds.queued.spread_batch", of_all_but_first)
        assert await worker(pool, clock, Work()).run_due() == {KIND: Counts(runs=3, accounts=2, failures=1)}
    assert await effects(pool, account) == ["second", "third"]
    assert await runs(pool, "state", "attempts", "error") == [("FAILED", 1, "first: ValueError: x")]
    clock.advance(MINUTE)
    await worker(pool, clock, Work()).run_due()
    assert await effects(pool, account) == ["first", "second", "third"]
    assert await runs(pool, "state", "attempts", "accounts", "error") == [("SUCCEEDED", 2, 3, None)]


async def test_a_drained_worker_leaves_a_spread_after_its_batch(
    pool: Pool, clock: FrozenClock, account: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreading, "BATCH", 1)
    accounts = {account, await new_account(pool, clock.now())}
    await spread(pool, clock.now(), "all")
    drained = worker(pool, clock, Work())
    monkeypatch.setattr("jobs.kinds.queued.spread_batch", partial(draining, drained))
    await drained.run_due()
    assert len(await queued(pool, "key")) == 1
    await worker(pool, clock, Work(), "b").run_due()
    assert {account for account in accounts if await effects(pool, account) == ["all"]} == accounts


async def failing(*_arguments: object) -> int:
    raise ValueError("x")


async def draining(drained: Worker, *arguments: Any) -> int:  # noqa: ANN401
    """Spread a batch by a worker that is drained meanwhile."""
    drained.drain()
    return await spread_batch(*arguments)


async def test_work_that_does_not_end_its_job_fails(pool: Pool, clock: FrozenClock, account: UUID) -> None:
    async def forgetful(_pool: Pool, _clock: Clock, _job: ClaimedJob) -> None:
        """Return without a transaction."""

    await add(pool, account, clock.now())
    assert await worker(pool, clock, forgetful).run_due() == {KIND: Counts(runs=1, failures=1)}
    assert await queued(pool, "error") == [("NotEnded: The work did not end its job.",)]


async def test_the_status_shows_what_waits_and_what_was_given_up(pool: Pool, clock: FrozenClock, account: UUID) -> None:
    due_at = clock.now()
    await give_up(pool, clock, account)
    await add(pool, account, clock.now() + MINUTE, "later")
    await spread(pool, clock.now() + 2 * MINUTE)
    [status] = await job_statuses(PoolReader(pool), registry(Work()), clock.now())
    assert status.queue is not None
    assert (status.queue.waiting, status.queue.given_up, status.queue.spreads) == (1, 1, 1)
    assert (status.job, status.failures, status.lag) == (KIND, 1, clock.now() - due_at)
    assert status.next == clock.now() + MINUTE
    assert status.errors == (FailedRun(KIND, None, account, due_at, "ValueError: x", "k"),)


async def test_the_status_of_an_empty_queue_has_no_lag(pool: Pool, clock: FrozenClock) -> None:
    [status] = await job_statuses(PoolReader(pool), registry(Work()), clock.now())
    assert (status.queue, status.failures, status.lag, status.next, status.errors) == (None, 0, timedelta(), None, ())


async def test_a_scheduler_does_a_job_as_soon_as_it_is_added(database: str, pool: Pool) -> None:
    clock = clock_from(NOW)
    account = await new_account(pool, clock.now())
    work = Work()
    async with jobs_alongside(database, Settings(), clock, registry(work)):
        await add(pool, account, clock.now(), "first")
        await comes(partial(work.has_begun, 1))
        for number in range(3):
            await add(pool, account, clock.now(), f"{number}")
            await comes(partial(work.has_begun, 2 + number))


async def test_a_long_job_does_not_delay_jobs_of_other_accounts(database: str, pool: Pool) -> None:
    clock = clock_from(NOW)
    busy, *others = [await new_account(pool, clock.now()) for _ in range(3)]
    work = Work()
    work.waiting[busy] = asyncio.Event()
    async with jobs_alongside(database, Settings(), clock, registry(work)):
        await add(pool, busy, clock.now(), "long")
        await comes(partial(work.has_begun, 1))
        for number, other in enumerate(others, 2):
            await add(pool, other, clock.now())
            await comes(partial(work.has_begun, number))
        work.waiting[busy].set()


async def test_a_drained_worker_puts_a_long_job_back(
    pool: Pool, clock: FrozenClock, account: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.context.GRACE", 0.1)
    work = Work()
    work.waiting[account] = asyncio.Event()
    await add(pool, account, clock.now())
    drained = worker(pool, clock, work)
    running = asyncio.create_task(drained.in_time(drained.run_due()))
    await comes(partial(work.has_begun, 1))
    drained.drain()
    assert await running is None
    assert await queued(pool, "attempts", "error") == [(0, None)]
    clock.advance(timedelta(seconds=5))
    work.waiting[account].set()
    assert await worker(pool, clock, work, "b").run_due() == {KIND: Counts(runs=1, accounts=1)}
