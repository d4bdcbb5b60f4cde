"""The jobs of every minute and every day: each period once, and what happens after a failure."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from app.clock import Clock
from app.services.jobs.runs import Success
from app.settings import Settings
from db.connections import Pool
from jobs.counts import Counts
from jobs.kinds.periodic import DAY, MINUTE, Done, Periodic, period_start
from jobs.registry import Registry
from jobs.worker import Worker
from tests.support.clock import FrozenClock
from tests.support.workers import runs

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
ONCE = {"look": Counts(runs=1)}
NOT_DUE = {"look": Counts()}


class Look:
    """A job that records its last success, and returns a set result."""

    def __init__(self) -> None:
        self.since: list[datetime | None] = []
        self.horizons: list[datetime | None] = []
        self.result: Callable[[], Done] = Done

    async def __call__(self, _pool: Pool, _clock: Clock, _settings: Settings, last: Success | None) -> Done:
        self.since.append(None if last is None else last.began_at)
        self.horizons.append(None if last is None else last.horizon)
        return self.result()


@pytest.fixture
def look() -> Look:
    return Look()


@pytest.fixture
def at_work(pool: Pool, clock: FrozenClock, look: Look) -> Worker:
    return worker(pool, clock, look)


def worker(pool: Pool, clock: Clock, look: Look, owner: str = "a", period: timedelta = MINUTE) -> Worker:
    jobs = Registry()
    jobs.register(Periodic(period), "look")(look)
    return Worker(pool, clock, Settings(), owner, jobs)


def broken() -> Done:
    raise ZeroDivisionError("division by zero")


def test_minutes_and_days_begin_in_utc() -> None:
    at = datetime(2026, 3, 10, 12, 34, 56, 789, tzinfo=UTC)
    assert period_start(at, MINUTE) == datetime(2026, 3, 10, 12, 34, tzinfo=UTC)
    assert period_start(at, DAY) == datetime(2026, 3, 10, tzinfo=UTC)
    assert period_start(NOON, MINUTE) == NOON


async def test_a_minute_is_run_once_and_the_next_one_continues_from_it(
    pool: Pool, clock: FrozenClock, look: Look, at_work: Worker
) -> None:
    clock.advance(timedelta(seconds=7))
    assert await at_work.run_due() == ONCE
    clock.advance(timedelta(seconds=52))
    assert await at_work.run_due() == NOT_DUE
    clock.advance(timedelta(seconds=1))
    assert await at_work.run_due() == ONCE
    assert look.since == [None, NOON + timedelta(seconds=7)]
    assert await runs(pool, "job", "time_zone", "account_id", "date", "scheduled_for", "state", "attempts") == [
        ("look", None, None, None, NOON, "SUCCEEDED", 1),
        ("look", None, None, None, NOON + MINUTE, "SUCCEEDED", 1),
    ]


async def test_a_daily_job_waits_for_the_next_utc_day(pool: Pool, clock: FrozenClock, look: Look) -> None:
    daily = worker(pool, clock, look, period=DAY)
    assert await daily.run_due() == ONCE
    clock.advance(timedelta(hours=12, microseconds=-1))
    assert await daily.run_due() == NOT_DUE
    clock.advance()
    assert await daily.run_due() == ONCE
    assert [at for (at,) in await runs(pool, "scheduled_for")] == [
        datetime(2026, 3, day, tzinfo=UTC) for day in (10, 11)
    ]


async def test_several_workers_do_a_minute_once(pool: Pool, clock: FrozenClock, look: Look) -> None:
    workers = [worker(pool, clock, look, owner) for owner in "abc"]
    done = await asyncio.gather(*(each.run_due() for each in workers))
    assert sum(each["look"].runs for each in done) == 1
    assert look.since == [None]


async def test_after_a_failure_the_next_minute_looks_from_the_last_success_on(
    pool: Pool, clock: FrozenClock, look: Look, at_work: Worker
) -> None:
    assert await at_work.run_due() == ONCE
    for result in (broken, lambda: Done(failures=3)):
        look.result = result
        clock.advance(MINUTE)
        await at_work.run_due()
    look.result = Done
    clock.advance(MINUTE)
    assert await at_work.run_due() == ONCE
    assert look.since == [None, NOON, NOON, NOON]
    assert await runs(pool, "state", "failures", "error") == [
        ("SUCCEEDED", 0, None),
        ("FAILED", 0, "ZeroDivisionError: division by zero"),
        ("FAILED", 3, "It failed for some accounts: 3."),
        ("SUCCEEDED", 0, None),
    ]


async def test_a_job_gets_the_horizon_of_its_last_success(clock: FrozenClock, look: Look, at_work: Worker) -> None:
    """Not that of a failure; and a release without horizons removes an earlier one."""
    for result in (Done(horizon=NOON + DAY), Done(failures=1, horizon=NOON + 2 * DAY), Done(), Done()):
        look.result = partial(replace, result)
        await at_work.run_due()
        clock.advance(MINUTE)
    assert look.horizons == [None, NOON + DAY, NOON + DAY, None]


async def test_a_day_that_failed_is_tried_again_after_growing_pauses(
    pool: Pool, clock: FrozenClock, look: Look
) -> None:
    daily = worker(pool, clock, look, period=DAY)
    look.result = broken
    assert await daily.run_due() == {"look": Counts(runs=1, failures=1)}
    for pause in (1, 2, 4):
        clock.advance(pause * MINUTE - timedelta(microseconds=1))
        assert await daily.run_due() == NOT_DUE
        clock.advance()
        assert await daily.run_due() == {"look": Counts(runs=1, failures=1)}
    look.result = Done
    clock.advance(8 * MINUTE)
    assert await daily.run_due() == ONCE
    assert await runs(pool, "state", "attempts", "error") == [("SUCCEEDED", 5, None)]


async def test_a_run_by_a_clock_that_was_ahead_does_not_hide_earlier_ones(
    pool: Pool, clock: FrozenClock, look: Look, at_work: Worker
) -> None:
    await at_work.run_due()
    await worker(pool, FrozenClock(NOON + 400 * DAY), look).run_due()
    clock.advance(MINUTE)
    await at_work.run_due()
    assert look.since == [None, NOON, NOON]


async def test_minutes_that_a_clock_did_which_was_ahead_are_done_again_as_they_come(
    pool: Pool, clock: FrozenClock, look: Look, at_work: Worker, logs: list[dict[str, object]]
) -> None:
    await at_work.run_due()
    ahead = FrozenClock(NOON)
    for _ in range(30):
        ahead.advance(MINUTE)
        await worker(pool, ahead, look, "ahead").run_due()
    look.since.clear()
    logs.clear()
    for _ in range(30):
        clock.advance(MINUTE)
        await at_work.run_due()
    # but for the first two: clocks that differ by less than a minute would undo each other's all the time
    assert look.since == [NOON + minutes * MINUTE for minutes in range(2, 30)]
    assert [each["runs"] for each in logs if each["event"] == "runs_ahead_of_the_clock_deleted"] == [28]


async def test_a_drained_worker_begins_nothing(pool: Pool, at_work: Worker) -> None:
    at_work.drain()
    assert await at_work.run_due() == NOT_DUE
    assert await runs(pool, "job") == []


async def test_runs_are_logged_only_if_they_did_something(
    clock: FrozenClock, look: Look, at_work: Worker, logs: list[dict[str, object]]
) -> None:
    await at_work.run_due()
    assert logs == []
    clock.advance(MINUTE)
    look.result = lambda: Done(counts={"alerts": 2})
    await at_work.run_due()
    assert logs == [{"event": "job_done", "log_level": "info", "job": "look", "alerts": 2}]
