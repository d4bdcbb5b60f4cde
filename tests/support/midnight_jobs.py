"""The jobs at midnight in tests: running those that are due, their snapshots and resets, and checks of both."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from app.clock import Clock
from app.domain.ledger.days import LedgerDay, ZonePeriod, ledger_day_at
from app.domain.local_time import time_zone
from app.domain.pulse.as_of import AsOf
from app.domain.pulse.snapshots import figures_from_json, figures_to_json
from app.services.jobs.cursors import ACTIVITY, RESET, SNAPSHOT, due_accounts, due_groups
from app.services.midnight.activity import roll_up_activity
from app.services.midnight.resets import reset_guarantee
from app.services.midnight.snapshots import snapshot_pulse
from db.connections import Pool
from db.queries.accounts import zones_of_accounts
from db.queries.pulse_reference import reference_figures, reference_streaks
from db.queries.snapshots import SnapshotRow, snapshots_by_id
from db.readers import PoolReader
from tests.support.clock import FrozenClock
from tests.support.studio import Studio

JOBS: Final = {SNAPSHOT: snapshot_pulse, RESET: reset_guarantee, ACTIVITY: roll_up_activity}
MICROSECOND: Final = timedelta(microseconds=1)


class Cursor(NamedTuple):
    date: date
    due_at: datetime
    time_zone: str


async def run_jobs(pool: Pool, clock: Clock, jobs: Sequence[str] = tuple(JOBS)) -> int:
    """Run the jobs for all accounts that are due, oldest first; return the number of accounts."""
    reader = PoolReader(pool)
    done = 0
    for job in jobs:
        while groups := await due_groups(reader, [job], clock.now(), clock.now()):
            for group in groups:
                accounts = await due_accounts(reader, group, clock.now(), None, 200)
                done += await JOBS[job](pool, clock, group.due_at, accounts)
    return done


async def advance_to(pool: Pool, clock: FrozenClock, at: datetime, *, with_jobs: bool) -> None:
    """Advance the clock to an instant; with jobs, run them as each ledger day closes."""
    while with_jobs:
        rows = await pool.fetch("SELECT min(due_at) AS due_at FROM job_cursors WHERE date IS NOT NULL")
        if rows[0]["due_at"] is None or rows[0]["due_at"] > at:
            break
        clock.advance(max(timedelta(0), rows[0]["due_at"] - clock.now()))
        await run_jobs(pool, clock)
    clock.advance_to(at)


async def cursor(pool: Pool, job: str, account_id: UUID) -> Cursor:
    query = "SELECT date, due_at, time_zone FROM job_cursors WHERE job = $1 AND account_id = $2"
    (row,) = await pool.fetch(query, job, account_id)
    return Cursor(*row)


async def snapshots(pool: Pool) -> list[SnapshotRow]:
    """Read all snapshots, sorted by account and date."""
    keys = [tuple(row) for row in await pool.fetch("SELECT account_id, id FROM pulse_snapshots")]
    found = await snapshots_by_id(PoolReader(pool), keys)
    return sorted(found.values(), key=lambda row: (row.account_id, row.date))


async def closed_days(pool: Pool, account_id: UUID, now: datetime) -> list[LedgerDay]:
    """The ledger days of an account that have closed, by its zones alone."""
    zones = (await zones_of_accounts(PoolReader(pool), [account_id]))[account_id]
    days = [ledger_day_at(zones[0].starts_at, zones)]
    while days[-1].closes_at <= now:
        days.append(ledger_day_at(days[-1].closes_at, zones))
    return days[:-1]


async def assert_done(pool: Pool, now: datetime) -> None:
    """Assert that every closed ledger day of all accounts, and no other day, has one snapshot and one reset."""
    for (account_id,) in await pool.fetch("SELECT id FROM accounts"):
        days = await closed_days(pool, account_id, now)
        done = [(row.date, row.as_of) for row in await snapshots(pool) if row.account_id == account_id]
        assert done == [(day.date, day.closes_at) for day in days]
        assert await resets(pool, account_id) == [(day.date.isoformat(), day.closes_at) for day in days]


async def resets(pool: Pool, account_id: UUID) -> list[tuple[Any, ...]]:
    query = """
        SELECT data->'before'->>'date', at FROM events
         WHERE account_id = $1 AND type = 'GUARANTEE_RESET' AND withdrawn_by IS NULL ORDER BY at"""
    return [tuple(row) for row in await pool.fetch(query, account_id)]


async def assert_equal_to_reference(pool: Pool) -> None:
    """Assert that all snapshots equal the figures that plain SQL gives as of the end of their days, but for reviews."""
    found = await snapshots(pool)
    all_zones = await zones_of_accounts(PoolReader(pool), list({row.account_id for row in found}))
    figures: list[AsOf] = []
    weeks: list[AsOf] = []
    for row in found:
        zones = all_zones[row.account_id]
        period = [period for period in zones if period.starts_at < row.as_of][-1]
        zone = time_zone(period.time_zone)
        figures.append(AsOf(row.account_id, row.as_of, zone, is_now=False))
        is_current = period == zones[-1]
        weeks.append(AsOf(row.account_id, row.as_of, zone, False, is_current, zones[0].starts_at))
    expected = await reference_figures(PoolReader(pool), figures)
    assert [row.figures for row in found] == [figures_from_json(figures_to_json(each)) for each in expected]
    assert [row.streak for row in found] == await reference_streaks(PoolReader(pool), weeks)


async def take_snapshots(pool: Pool, clock: FrozenClock, studio: Studio, since: datetime) -> Sequence[datetime]:
    """Take the snapshots of the closed days of a studio since an instant; return their ends (UTC), newest first."""
    zones = [ZonePeriod(studio.created_at, studio.zone)]
    day = ledger_day_at(since, zones)
    statement = "UPDATE job_cursors SET date = $3, due_at = $4 WHERE account_id = $1 AND job = $2 RETURNING job"
    assert await pool.fetch(statement, studio.id, SNAPSHOT, day.date, day.closes_at) != []
    ends: list[datetime] = []
    while day.closes_at <= clock.now():
        assert await snapshot_pulse(pool, clock, day.closes_at, [studio.id]) == 1
        ends.insert(0, day.closes_at)
        day = ledger_day_at(day.closes_at, zones)
    return ends
