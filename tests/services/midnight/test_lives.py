"""Random histories of accounts: each ledger day is done once, with the same result late and in time."""

import pytest

from db.pools import open_pool
from tests.support.database import empty_database
from tests.support.events.replay import assert_events_explain_rows
from tests.support.import_files import everything
from tests.support.midnight_jobs import assert_done, assert_equal_to_reference, run_jobs
from tests.support.random_lives import Life

ACTS = 110


async def lived(server: str, seed: int, *, with_jobs: bool) -> dict[str, list[str]]:
    """Return all rows after a life and all its jobs, run at each midnight or only at the end."""
    async with empty_database(server) as url:
        pool = await open_pool(url)
        life = Life(pool, seed, with_jobs)
        await life.live(ACTS)
        await run_jobs(pool, life.clock)
        await assert_done(pool, life.clock.now())
        await assert_equal_to_reference(pool)
        await assert_events_explain_rows(pool)
        found = await everything(pool)
        await pool.close()
    return found


@pytest.mark.parametrize("seed", range(3))
async def test_days_done_late_have_the_rows_of_days_done_in_time(server: str, seed: int) -> None:
    in_time, late = await lived(server, seed, with_jobs=True), await lived(server, seed, with_jobs=False)
    assert late == in_time
    assert len(in_time["pulse_snapshots"]) >= 10
