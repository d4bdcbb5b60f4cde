"""The daily verification by the worker: a difference is a failed run with figures, for that day."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.services.housekeeping.verification import VERIFY
from app.settings import Settings
from db.connections import Pool
from db.queries.job_status import FailedRun
from db.readers import PoolReader
from jobs.catalogue import JOBS
from jobs.counts import Counts
from jobs.kind import JobStatus
from jobs.kinds.periodic import DAILY
from jobs.status import job_statuses
from jobs.worker import Worker
from tests.support.clock import FrozenClock
from tests.support.customers import Customer, open_customer

DAY = timedelta(days=1)
TODAY = datetime(2026, 3, 11, tzinfo=UTC)


@pytest.fixture
async def customers(pool: Pool, clock: FrozenClock) -> list[Customer]:
    """Two studios with orders of the day before."""
    made: list[Customer] = []
    for name in ("Damaged", "Fine"):
        made.append(await open_customer(pool, clock, name=name))
        clock.advance()
        await made[-1].place(3)
        clock.advance()
    clock.advance(DAY)
    return made


async def verify(pool: Pool, clock: FrozenClock, accounts: int = 100) -> Counts:
    """Run the jobs due on the UTC day."""
    return (await Worker(pool, clock, Settings(verified_accounts=accounts), "a", JOBS).run(DAILY))[VERIFY]


async def damage(pool: Pool, customer: Customer, by: int = 1) -> None:
    await pool.fetch("UPDATE rollups SET uploaded = uploaded + $2 WHERE account_id = $1", customer.account_id, by)


async def status(pool: Pool, clock: FrozenClock) -> JobStatus:
    [found] = [each for each in await job_statuses(PoolReader(pool), JOBS, clock.now()) if each.job == VERIFY]
    return found


async def runs(pool: Pool) -> list[tuple[Any, ...]]:
    """Return the global runs, one a day."""
    rows = await pool.fetch(
        "SELECT scheduled_for, state, accounts, failures, error FROM job_runs"
        " WHERE job = $1 AND account_id IS NULL ORDER BY scheduled_for",
        VERIFY,
    )
    return [tuple(row) for row in rows]


async def test_a_verification_without_a_difference_counts_its_accounts(
    pool: Pool, clock: FrozenClock, customers: list[Customer], logs: list[dict[str, object]]
) -> None:
    assert await verify(pool, clock) == Counts(runs=1, accounts=len(customers))
    assert await runs(pool) == [(TODAY, "SUCCEEDED", 2, 0, None)]
    assert {"event": "job_done", "log_level": "info", "job": VERIFY, "accounts": 2} in logs
    assert (await status(pool, clock)).errors == ()


async def test_a_difference_fails_the_run_with_figures_in_the_ledger_the_status_and_the_log(
    pool: Pool, clock: FrozenClock, customers: list[Customer], logs: list[dict[str, object]]
) -> None:
    await damage(pool, customers[0])
    assert await verify(pool, clock) == Counts(runs=1, accounts=1, failures=1)
    figures = "current.uploaded 5 by rollups, 3 by rows"  # a bucket each of the upload and of the deadline
    [(at, state, accounts, failures, error)] = await runs(pool)
    assert (at, state, accounts, failures) == (TODAY, "FAILED", 1, 1)
    assert error.startswith(
        f"1 of 2 accounts. account {customers[0].account_id}: FiguresDiffer: as of 2026-03-11T12:00:0"
    )
    assert figures in error
    [logged] = [each for each in logs if each["event"] == "account_failed"]
    assert (logged["job"], logged["account"]) == (VERIFY, str(customers[0].account_id))
    assert figures in str(logged["exc_info"])
    found = await status(pool, clock)
    assert found.failures == 2  # the run, and the account until it has no difference
    run, account = sorted(found.errors, key=lambda each: each.account_id is not None)
    assert run == FailedRun(VERIFY, None, None, TODAY, error)
    assert (account.account_id, account.scheduled_for) == (customers[0].account_id, TODAY)
    assert figures in account.error


async def test_a_failed_verification_stays_failed_and_the_next_one_has_its_own_outcome(
    pool: Pool, clock: FrozenClock, customers: list[Customer]
) -> None:
    await damage(pool, customers[0])
    assert await verify(pool, clock, accounts=1) == Counts(runs=1, failures=1)
    clock.advance(timedelta(hours=11))
    assert await verify(pool, clock) == Counts()
    clock.advance(DAY)
    assert await verify(pool, clock, accounts=1) == Counts(runs=1, accounts=1, failures=1)
    await damage(pool, customers[0], by=-1)
    clock.advance(DAY)
    assert await verify(pool, clock, accounts=1) == Counts(runs=1, accounts=2)
    assert [(state, accounts, failures) for _, state, accounts, failures, _ in await runs(pool)] == [
        ("FAILED", 0, 1),
        ("FAILED", 1, 1),
        ("SUCCEEDED", 2, 0),
    ]
    found = await status(pool, clock)
    assert (found.failures, found.errors) == (0, ())


@pytest.mark.usefixtures("customers")
async def test_no_account_is_compared_if_the_number_is_zero(pool: Pool, clock: FrozenClock) -> None:
    assert await verify(pool, clock, accounts=0) == Counts(runs=1)
    assert await runs(pool) == [(TODAY, "SUCCEEDED", 0, 0, None)]
