"""The status of jobs: the last run, the next one, the lag and failures."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.clock import Clock
from app.services.jobs.cursors import WATCH
from app.services.jobs.runs import Success
from app.settings import Settings
from db.connections import Pool
from db.queries.job_status import FailedRun
from db.readers import PoolReader
from jobs.catalogue import JOBS
from jobs.kind import JobStatus, ZoneStatus
from jobs.kinds.midnight import MIDNIGHT
from jobs.kinds.periodic import DAY, EVERY_MINUTE, MINUTE, Done
from jobs.registry import Registry
from jobs.status import job_statuses
from jobs.worker import Worker
from tests.support.broken_accounts import break_account, repair_account
from tests.support.clock import FrozenClock
from tests.support.customers import open_customer
from tests.support.workers import COPENHAGEN, Midnight, new_account

RESET = "reset_guarantee"
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
CAIRO_END = datetime(2026, 3, 10, 22, tzinfo=UTC)
END = datetime(2026, 3, 10, 23, tzinfo=UTC)
NO_TIME = timedelta()


class Fragile(Midnight):
    """The only two jobs of a registry: the guarantee reset, and one every minute, which fails while `broken` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.broken = False

    async def look(self, _pool: Pool, _clock: Clock, _settings: Settings, _last: Success | None) -> Done:
        return Done(failures=int(self.broken))

    def jobs(self) -> Registry:
        jobs = Registry()
        jobs.register(MIDNIGHT, RESET)(self)
        jobs.register(EVERY_MINUTE, "look")(self.look)
        return jobs


async def statuses(reader: PoolReader, work: Fragile, clock: Clock) -> Sequence[JobStatus]:
    return await job_statuses(reader, work.jobs(), clock.now())


async def run(pool: Pool, clock: Clock, work: Fragile) -> None:
    await Worker(pool, clock, Settings(), "a", work.jobs()).run_due()


async def test_without_accounts_no_job_has_a_lag(reader: PoolReader, clock: FrozenClock) -> None:
    assert await statuses(reader, Fragile(), clock) == [
        JobStatus(RESET, 0, 0, NO_TIME, last_run=None, next=None),
        JobStatus("look", 0, 0, None, last_run=None, next=None),
    ]


async def test_runs_by_a_clock_that_was_ahead_do_not_count_as_done(
    pool: Pool, reader: PoolReader, clock: FrozenClock
) -> None:
    await run(pool, clock, Fragile())
    await run(pool, FrozenClock(clock.now() + 30 * DAY), Fragile())
    clock.advance(DAY)
    [_, look] = await statuses(reader, Fragile(), clock)
    assert look == JobStatus("look", 1, 0, DAY - MINUTE, last_run=NOON, next=NOON + MINUTE)


async def test_the_lag_is_the_time_since_the_oldest_day_not_done_was_due(
    pool: Pool, reader: PoolReader, clock: FrozenClock
) -> None:
    for zone in ("Africa/Cairo", COPENHAGEN, COPENHAGEN):
        await new_account(pool, clock.now(), zone)
    clock.advance(END - timedelta(minutes=45) - NOON)
    late = timedelta(minutes=15)
    [reset, _] = await statuses(reader, Fragile(), clock)
    assert reset == JobStatus(
        RESET,
        runs=0,
        failures=0,
        lag=late,
        last_run=None,
        next=CAIRO_END,
        zones=(
            ZoneStatus("Africa/Cairo", 1, None, None, CAIRO_END, late, 0),
            ZoneStatus(COPENHAGEN, 2, None, None, END, NO_TIME, 0),
        ),
    )


async def test_status_shows_the_next_run_and_failures(pool: Pool, reader: PoolReader, clock: FrozenClock) -> None:
    bad: UUID = await new_account(pool, clock.now())
    await new_account(pool, clock.now(), "Africa/Cairo")
    work = Fragile()
    work.wrong[bad] = ZeroDivisionError("division by zero")
    clock.advance(END + timedelta(seconds=7) - NOON)
    await run(pool, clock, work)
    clock.advance(timedelta(seconds=50))
    assert await statuses(reader, work, clock) == [
        JobStatus(
            RESET,
            runs=2,
            failures=1,
            lag=timedelta(seconds=57),
            last_run=END,
            next=END,
            zones=(
                ZoneStatus("Africa/Cairo", 1, CAIRO_END, "SUCCEEDED", CAIRO_END + DAY, NO_TIME, 0),
                ZoneStatus(COPENHAGEN, 1, END, "FAILED", END, timedelta(seconds=57), 1),
            ),
            errors=(
                FailedRun(RESET, COPENHAGEN, bad, END, "ZeroDivisionError: division by zero"),
                FailedRun(RESET, COPENHAGEN, None, END, "It fails for some accounts: 1."),
            ),
        ),
        JobStatus("look", runs=1, failures=0, lag=NO_TIME, last_run=END, next=END + MINUTE),
    ]
    work.wrong.clear()
    clock.advance(MINUTE)
    await run(pool, clock, work)
    [reset, _] = await statuses(reader, work, clock)
    assert (reset.runs, reset.failures, reset.lag, reset.errors) == (2, 0, NO_TIME, ())


async def test_accounts_that_the_watch_fails_for_stay_visible_while_they_wait(
    pool: Pool, reader: PoolReader, clock: FrozenClock
) -> None:
    """Those who wait are not looked at, so that the next runs of the watch succeed."""
    customers = [await open_customer(pool, clock, name=name) for name in ("Broken", "Other", "Fine")]
    for customer in customers:
        await customer.place(1, expedite=True)
        clock.advance(MINUTE)
    for customer in customers[:2]:
        await break_account(pool, customer.account_id)
    watching = Worker(pool, clock, Settings(), "a", JOBS)
    clock.advance(timedelta(hours=2))
    await watching.run(EVERY_MINUTE)
    assert await watched(reader, clock) == (3, None)  # with the run; there has been no success
    await next_minute(watching, clock)
    assert await watched(reader, clock) == (4, None)
    await next_minute(watching, clock)
    at_risk_at = NOON + timedelta(hours=2, microseconds=1)  # of the first, which was placed just after its account
    assert await watched(reader, clock) == (2, clock.now() - at_risk_at)
    for customer in customers[:2]:
        await repair_account(pool, customer.account_id)
    await next_minute(watching, clock)
    assert await watched(reader, clock) == (0, NO_TIME)


async def next_minute(worker: Worker, clock: FrozenClock) -> None:
    clock.advance(MINUTE)
    await worker.run(EVERY_MINUTE)


async def watched(reader: PoolReader, clock: Clock) -> tuple[int, timedelta | None]:
    """Return the failures and the lag of the watch."""
    [watch] = [each for each in await job_statuses(reader, JOBS, clock.now()) if each.job == WATCH]
    return watch.failures, watch.lag


async def test_a_failing_minute_is_late_since_the_last_success_and_made_good_by_the_next(
    pool: Pool, reader: PoolReader, clock: FrozenClock
) -> None:
    work = Fragile()
    await run(pool, clock, work)
    work.broken = True
    for _ in range(3):
        clock.advance(MINUTE)
        await run(pool, clock, work)
    [_, look] = await statuses(reader, work, clock)
    assert look == JobStatus(
        "look",
        runs=4,
        failures=3,
        lag=2 * MINUTE,
        last_run=NOON + 3 * MINUTE,
        next=NOON + MINUTE,
        errors=(FailedRun("look", None, None, NOON + 3 * MINUTE, "It failed for some accounts: 1."),),
    )
    work.broken = False
    clock.advance(MINUTE)
    await run(pool, clock, work)
    [_, look] = await statuses(reader, work, clock)
    assert look == JobStatus(
        "look", runs=5, failures=0, lag=NO_TIME, last_run=NOON + 4 * MINUTE, next=NOON + 5 * MINUTE
    )
