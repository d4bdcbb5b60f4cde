"""The scheduler: alarms of the zones in use, and a worker that is woken by them."""

import asyncio
from collections.abc import AsyncGenerator, Callable, MutableMapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Self, cast

from app.clock import Clock, SystemClock, clock_from
from app.services.accounts.terms import change_time_zone
from app.services.jobs.runs import Success
from app.settings import Settings
from db.connections import Pool
from db.notifications import open_notifications
from db.readers import PoolReader
from jobs.kinds.midnight import MIDNIGHT
from jobs.kinds.periodic import DAILY, EVERY_MINUTE, Done
from jobs.registry import Registry
from jobs.scheduler import Scheduler, jobs_alongside
from jobs.worker import Worker
from tests.support.transactions import in_transaction
from tests.support.workers import COPENHAGEN, Midnight, new_account, next_days, runs

CLOSING = datetime(2026, 3, 28, 23, tzinfo=UTC)
PATIENCE = 30.0


async def comes(true: Callable[[], object]) -> None:
    """Wait until something is the case."""
    async with asyncio.timeout(PATIENCE):
        while not true():  # noqa: ASYNC110 - the scheduler has no event for tests
            await asyncio.sleep(0.01)


def registry(work: Midnight) -> Registry:
    jobs = Registry()
    jobs.register(MIDNIGHT, "reset_guarantee")(work)
    return jobs


class Watched(Scheduler):
    """A scheduler with visible alarms."""

    @property
    def alarms(self) -> dict[str, datetime | None]:
        """Return the next instant of each alarm, by the machine's clock."""
        return {job.id: job.next_run_time for job in cast("Any", self._alarms).get_jobs()}

    def set_alarm(self, name: str, at: datetime) -> None:
        cast("Any", self._alarms).modify_job(name, next_run_time=at)

    @property
    def line(self) -> object:
        """The connection on which it listens for zones."""
        return cast("Any", self._notifications)._connection  # noqa: SLF001

    def wake(self) -> Self:
        self._wake()
        return self


@asynccontextmanager
async def running(url: str, pool: Pool, clock: SystemClock, work: Midnight) -> AsyncGenerator[Watched]:
    worker = Worker(pool, clock, Settings(), "a", registry(work))
    async with open_notifications(url) as notifications:
        scheduler = Watched(notifications, PoolReader(pool), worker, clock)
        task = asyncio.create_task(scheduler.run())
        try:
            await comes(lambda: "every minute" in scheduler.alarms)
            yield scheduler
        finally:
            scheduler.stop()
            await task


async def test_jobs_run_at_midnight_by_a_clock_set_just_before_it(database: str, pool: Pool) -> None:
    account = await new_account(pool, CLOSING - timedelta(hours=3))
    work = Midnight()
    async with running(database, pool, clock_from(CLOSING - timedelta(seconds=0.5)), work):
        await comes(lambda: work.batches)
    assert work.batches == [(CLOSING, [account])]
    assert await runs(pool, "scheduled_for", "state") == [(CLOSING, "SUCCEEDED")]


async def test_all_that_was_missed_is_done_at_the_start(database: str, pool: Pool) -> None:
    account = await new_account(pool, CLOSING - timedelta(hours=3))
    work = Midnight()
    async with running(database, pool, clock_from(CLOSING + timedelta(days=13, hours=12)), work):
        await comes(lambda: len(work.batches) == 14)
    [(_, following)] = await next_days(pool)
    assert following == CLOSING - timedelta(hours=1) + timedelta(days=14)  # in summer
    assert {ids[0] for _, ids in work.batches} == {account}


async def test_alarms_change_at_once_when_accounts_are_created_or_change_their_time_zone(
    database: str, pool: Pool
) -> None:
    clock = clock_from(CLOSING - timedelta(hours=2))
    async with running(database, pool, clock, Midnight()) as scheduler:
        assert set(scheduler.alarms) == {"every minute"}
        account = await new_account(pool, clock.now())
        await comes(lambda: set(scheduler.alarms) == {"every minute", COPENHAGEN})
        assert scheduler.alarms[COPENHAGEN] == CLOSING - clock.offset
        await in_transaction(pool, lambda writer: change_time_zone(writer, clock, account, "Africa/Cairo"))
        await comes(lambda: set(scheduler.alarms) == {"every minute", "Africa/Cairo"})


async def test_new_zones_are_followed_without_a_notification_too(database: str, pool: Pool) -> None:
    clock = clock_from(CLOSING)
    account = await new_account(pool, CLOSING)
    async with running(database, pool, clock, Midnight()) as scheduler:
        await comes(lambda: COPENHAGEN in scheduler.alarms)
        await pool.fetch("UPDATE accounts SET time_zone = 'Africa/Cairo' WHERE id = $1", account)
        scheduler.set_alarm("every minute", datetime.now(UTC))
        await comes(lambda: set(scheduler.alarms) == {"every minute", "Africa/Cairo"})


async def test_an_unknown_zone_gets_no_alarm_and_the_scheduler_continues(
    database: str, pool: Pool, logs: list[dict[str, object]]
) -> None:
    lost = await new_account(pool, CLOSING)
    await pool.fetch("UPDATE accounts SET time_zone = 'Mars/Olympus' WHERE id = $1", lost)
    clock = clock_from(CLOSING)
    async with running(database, pool, clock, Midnight()) as scheduler:
        await new_account(pool, clock.now())
        await comes(lambda: set(scheduler.alarms) == {"every minute", COPENHAGEN})
    assert "'Mars/Olympus' is not an IANA time zone." in [log.get("reason") for log in logs]


async def test_alarms_are_reset_after_the_machines_clock_was_set_back(database: str, pool: Pool) -> None:
    await new_account(pool, CLOSING)
    clock = clock_from(CLOSING)
    async with running(database, pool, clock, Midnight()) as scheduler:
        await comes(lambda: COPENHAGEN in scheduler.alarms)
        due = scheduler.alarms[COPENHAGEN]
        late = datetime.now(UTC) + timedelta(days=2)  # as both are, once the clock goes two days back
        for name in ("every minute", COPENHAGEN):
            scheduler.set_alarm(name, late)
        scheduler.wake()
        await comes(lambda: scheduler.alarms.get(COPENHAGEN) == due)
        minute = scheduler.alarms["every minute"]
        assert minute is not None
        assert minute < late - timedelta(days=1)


async def test_an_outage_ends_no_listener_and_the_connection_is_reopened_at_once(database: str, pool: Pool) -> None:
    clock = clock_from(CLOSING - timedelta(hours=2))
    async with running(database, pool, clock, Midnight()) as scheduler:
        before = scheduler.line
        await pool.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await comes(lambda: scheduler.line is not before)
        await new_account(pool, clock.now())
        await comes(lambda: set(scheduler.alarms) == {"every minute", COPENHAGEN})


async def test_an_outage_is_logged_in_a_line_without_a_traceback(
    database: str, pool: Pool, logs: list[MutableMapping[str, Any]]
) -> None:
    account = await new_account(pool, CLOSING - timedelta(hours=3))
    work = Midnight()
    work.wrong[account] = ConnectionResetError("cut off")
    async with running(database, pool, clock_from(CLOSING + timedelta(seconds=1)), work):
        await comes(lambda: logs)
    [line] = logs
    assert line.pop("errors") >= 1
    assert line == {"event": "jobs_interrupted", "log_level": "warning", "reason": "ConnectionResetError: cut off"}


async def test_a_long_daily_run_does_not_delay_minutes_or_midnights(database: str, pool: Pool) -> None:
    account = await new_account(pool, CLOSING - timedelta(hours=3))
    work, looks, ended = Midnight(), list[datetime](), asyncio.Event()
    jobs = registry(work)

    @jobs.register(DAILY, "prove")
    async def prove(_pool: Pool, _clock: Clock, _settings: Settings, _last: Success | None) -> Done:
        await ended.wait()
        return Done()

    @jobs.register(EVERY_MINUTE, "look")
    async def look(_pool: Pool, clock: Clock, _settings: Settings, _last: Success | None) -> Done:
        looks.append(clock.now())
        return Done()

    async with jobs_alongside(database, Settings(), clock_from(CLOSING - timedelta(seconds=0.5)), jobs):
        await comes(lambda: work.batches and len(looks) == 2)
        assert work.batches == [(CLOSING, [account])]
        assert [tuple(row) for row in await pool.fetch("SELECT state FROM job_runs WHERE job = 'prove'")] == [
            ("RUNNING",)
        ]
        ended.set()


async def test_it_runs_for_as_long_as_something_else(database: str, pool: Pool) -> None:
    await new_account(pool, CLOSING - timedelta(hours=3))
    work = Midnight()
    clock = clock_from(CLOSING + timedelta(seconds=1))
    async with jobs_alongside(database, Settings(), clock, registry(work)):
        await comes(lambda: work.batches)
    assert await runs(pool, "scheduled_for", "state") == [(CLOSING, "SUCCEEDED")]
