"""The Pulse that is served is compared with the rows; differences are reported and not repaired."""

from datetime import timedelta

import pytest

from app.services.housekeeping.verification import FiguresDiffer, Verified, verify_accounts
from app.services.jobs.cursors import ACTIVITY
from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.customers import Customer, open_customer
from tests.support.midnight_jobs import run_jobs
from tests.support.verification import OWNER, a_few_weeks, failed_runs, turns

pytestmark = pytest.mark.usefixtures("logs")

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
async def customer(pool: Pool, clock: FrozenClock) -> Customer:
    """A studio with orders of four weeks, delivered in part, now and then late, rejected and cancelled."""
    made = await open_customer(pool, clock)
    await a_few_weeks(made, clock)
    return made


async def test_an_account_without_a_difference_is_recorded(pool: Pool, clock: FrozenClock, customer: Customer) -> None:
    assert await verify_accounts(pool, clock, OWNER, [customer.account_id]) == Verified(accounts=1)
    assert await turns(pool) == {customer.account_id: (clock.now(), 0)}
    assert await failed_runs(pool) == []


DAMAGES = {
    "UPDATE rollups SET uploaded = uploaded + 1 WHERE grain = 1440": "current.uploaded",
    "UPDATE rollups SET late_standard = late_standard + 3 WHERE grain = 1440": "current.late.standard",
    "UPDATE rollups SET met_rejection = met_rejection + 1 WHERE grain = 1440": "current.met.rejection",
    "UPDATE rollups SET lead_microseconds = lead_microseconds + 1 WHERE grain = 1440": "current.lead_microseconds",
    "UPDATE savings_rollups SET images = images + 1 WHERE grain = 1440": "current.steps.CLIPPING.images",
    "DELETE FROM rollups WHERE grain = 1440": "all_time_processed",
    "UPDATE upload_weeks SET images = 0": "streak.current.first",
}


@pytest.mark.parametrize("damage", DAMAGES)
async def test_damaged_rollups_are_reported_with_their_figures_and_not_repaired(
    pool: Pool, clock: FrozenClock, customer: Customer, damage: str
) -> None:
    await pool.fetch(damage)
    tables = ("rollups", "savings_rollups", "upload_weeks")
    before = [await pool.fetch(f"SELECT * FROM {table} ORDER BY {table}") for table in tables]  # noqa: S608
    verified = await verify_accounts(pool, clock, OWNER, [customer.account_id])
    assert (verified.accounts, list(verified.failed)) == (0, [customer.account_id])
    error = verified.failed[customer.account_id]
    assert isinstance(error, FiguresDiffer)
    assert DAMAGES[damage] in str(error)
    assert await turns(pool) == {customer.account_id: (clock.now(), 1)}
    assert await failed_runs(pool) == [(customer.account_id, "FAILED", f"FiguresDiffer: {error}"[:500])]
    assert [await pool.fetch(f"SELECT * FROM {table} ORDER BY {table}") for table in tables] == before  # noqa: S608


async def test_figures_of_both_sides_are_reported(pool: Pool, clock: FrozenClock, customer: Customer) -> None:
    await pool.fetch(
        """
        UPDATE rollups SET uploaded = uploaded + 4
        WHERE (grain, bucket) = (SELECT 1440, max(bucket) FROM rollups WHERE grain = 1440 AND uploaded > 0)"""
    )
    clock.advance(DAY)
    error = (await verify_accounts(pool, clock, OWNER, [customer.account_id])).failed[customer.account_id]
    assert str(error).startswith(
        f"as of {clock.now():%Y-%m-%dT%H:%M:%S}Z: current.uploaded 24 by rollups, 20 by rows; "
    )


async def test_a_damaged_closed_day_of_activity_is_reported(pool: Pool, clock: FrozenClock, customer: Customer) -> None:
    clock.advance(DAY)
    await run_jobs(pool, clock, [ACTIVITY])
    assert await verify_accounts(pool, clock, OWNER, [customer.account_id]) == Verified(accounts=1)
    [day] = await pool.fetch(
        """
        UPDATE activity_days SET late = late + 7
        WHERE date = (SELECT min(date) FROM activity_days) RETURNING date, late"""
    )
    error = (await verify_accounts(pool, clock, OWNER, [customer.account_id])).failed[customer.account_id]
    assert f"activity.{day['date']}.late {day['late']} by rollups, {day['late'] - 7} by rows" in str(error)


async def test_an_account_whose_figures_agree_again_is_recorded_as_recovered(
    pool: Pool, clock: FrozenClock, customer: Customer
) -> None:
    await pool.fetch("UPDATE rollups SET delivered = delivered + 1")
    for attempts in (1, 2):
        await verify_accounts(pool, clock, OWNER, [customer.account_id])
        assert await turns(pool) == {customer.account_id: (clock.now(), attempts)}
        clock.advance(HOUR)
    await pool.fetch("UPDATE rollups SET delivered = delivered - 1")
    assert await verify_accounts(pool, clock, OWNER, [customer.account_id]) == Verified(accounts=1)
    assert await turns(pool) == {customer.account_id: (clock.now(), 0)}
    assert [(account_id, state) for account_id, state, _ in await failed_runs(pool)] == [
        (customer.account_id, "SUCCEEDED")
    ]
