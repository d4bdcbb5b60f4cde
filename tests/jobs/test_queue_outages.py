"""Outages of the database while queued jobs run: these are put back, and a job that causes them is given up."""

import asyncio
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - the package ships no types
import pytest

from app.clock import Clock
from app.services.job_queue import claims
from app.services.job_queue.claims import ATTEMPTS, LEASE, ClaimedJob
from app.services.job_queue.spreading import spread_batch
from app.services.jobs.runs import LONGEST_PAUSE
from db.connections import Pool
from db.queries.job_queue import DueSpread
from jobs.counts import Counts
from jobs.worker import Worker
from tests.jobs.test_scheduler import comes
from tests.support.clock import FrozenClock
from tests.support.job_queue import KIND, MINUTE, Work, add, effects, queued, spread, worker
from tests.support.workers import new_account, runs


class Outage(Work):
    """Work during which the database stops answering, until the end of the attempt."""

    def __init__(self, patched: pytest.MonkeyPatch) -> None:
        super().__init__()
        self._is_down = False
        patched.setattr(claims, "fail", partial(self._answer, claims.fail))

    async def __call__(self, pool: Pool, clock: Clock, job: ClaimedJob) -> None:
        self._is_down = job.account_id in self.wrong
        await super().__call__(pool, clock, job)

    async def _answer(self, fail: Any, *arguments: Any) -> bool:  # noqa: ANN401
        if self._is_down:
            self._is_down = False
            raise ConnectionResetError
        given_up: bool = await fail(*arguments)
        return given_up


@pytest.fixture
async def account(pool: Pool, clock: FrozenClock) -> UUID:
    return await new_account(pool, clock.now())


async def interrupt(interrupted: Worker) -> None:
    with pytest.raises(ConnectionResetError):
        await interrupted.run_due()


async def test_an_outage_is_no_attempt_of_a_job(
    pool: Pool, clock: FrozenClock, account: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add(pool, account, clock.now())
    work = Outage(monkeypatch)
    work.wrong[account] = ConnectionResetError()
    interrupted = worker(pool, clock, work)
    for _ in range(3):
        await interrupt(interrupted)
        assert await queued(pool, "attempts", "error") == [(1, None)]
        work.wrong.clear()
        assert await interrupted.run_due() == {KIND: Counts(runs=1, accounts=1)}
        await add(pool, account, clock.now())
        work.wrong[account] = ConnectionResetError()
    assert await effects(pool) == ["k", "k", "k"]


async def test_a_job_with_which_the_database_always_fails_is_given_up(
    pool: Pool, clock: FrozenClock, account: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add(pool, account, clock.now())
    work = Outage(monkeypatch)
    work.wrong[account] = ConnectionResetError("cut off")
    interrupted = worker(pool, clock, work)
    for _ in range(2):
        await interrupt(interrupted)
    for _ in range(ATTEMPTS - 1):
        assert await interrupted.run_due() == {KIND: Counts()}
        clock.advance(LONGEST_PAUSE)
        await interrupt(interrupted)
    assert await interrupted.run_due() == {KIND: Counts()}
    assert await queued(pool, "attempts", "error", "given_up_at IS NOT NULL") == [
        (ATTEMPTS, "ConnectionResetError: cut off", True)
    ]


async def test_an_error_like_an_outage_of_the_work_itself_is_a_failure_from_the_second_time_on(
    pool: Pool, clock: FrozenClock, account: UUID
) -> None:
    await add(pool, account, clock.now())
    work = Work()
    work.wrong[account] = FileNotFoundError("no such file")
    failing = worker(pool, clock, work)
    with pytest.raises(FileNotFoundError):
        await failing.run_due()
    assert await failing.run_due() == {KIND: Counts(runs=1, failures=1)}
    assert await queued(pool, "attempts", "error", "retry_at") == [
        (1, "FileNotFoundError: no such file", clock.now() + MINUTE)
    ]


async def test_a_job_whose_account_is_locked_is_put_back_later(
    pool: Pool, clock: FrozenClock, account: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def locked(*_: object, **__: object) -> None:
        raise asyncpg.LockNotAvailableError

    other = await new_account(pool, clock.now())
    await add(pool, account, clock.now())
    work = Outage(monkeypatch)
    work.wrong[account] = ConnectionResetError()
    interrupted = worker(pool, clock, work)
    await interrupt(interrupted)
    work.wrong.clear()
    await add(pool, other, clock.now(), "other")
    with monkeypatch.context() as patched:
        patched.setattr(claims, "postpone", locked)
        assert await interrupted.run_due() == {KIND: Counts(runs=1, accounts=1)}
    assert await effects(pool) == ["other"]
    assert await interrupted.run_due() == {KIND: Counts(runs=1, accounts=1)}
    assert await effects(pool, account) == ["k"]


async def test_a_job_taken_over_during_an_outage_stays_with_the_other_worker(
    pool: Pool, clock: FrozenClock, account: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add(pool, account, clock.now())
    broken, work = Outage(monkeypatch), Work()
    broken.wrong[account] = ConnectionResetError()
    interrupted = worker(pool, clock, broken)
    await interrupt(interrupted)
    clock.advance(LEASE)
    work.waiting[account] = asyncio.Event()
    doing = asyncio.create_task(worker(pool, clock, work, "b").run_due())
    await comes(partial(work.has_begun, 1))
    assert await interrupted.run_due() == {KIND: Counts()}
    work.waiting[account].set()
    assert await doing == {KIND: Counts(runs=1, accounts=1)}
    assert await effects(pool) == ["k"]


async def test_a_drained_worker_leaves_spreads_to_the_next_without_a_pause(
    pool: Pool, clock: FrozenClock, account: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    drained = worker(pool, clock, Work())

    async def failing_at_first(pool: Pool, due: DueSpread, *arguments: Any) -> int:  # noqa: ANN401
        if due.key == "first" and not drained.drained.is_set():
            drained.drain()
            raise ValueError("x")
        return await spread_batch(pool, due, *arguments)

    for key in ("first", "second"):
        await spread(pool, clock.now(), key)
    monkeypatch.setattr("jobs.kinds.queued.spread_batch", failing_at_first)
    await drained.run_due()
    assert await runs(pool, "state", "error") == [("FAILED", "first: ValueError: x")]
    await worker(pool, clock, Work(), "b").run_due()
    assert await effects(pool, account) == ["first", "second"]
