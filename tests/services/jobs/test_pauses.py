"""Pausing a job while another process resumes it."""

import asyncio

from app.services.jobs.pauses import Pause, pause, resume
from db.connections import Pool
from db.queries.paused_jobs import paused_jobs
from db.writer import unit_of_work
from tests.support.clock import FrozenClock
from tests.support.database import until
from tests.support.studio import HOUR
from tests.support.transactions import in_transaction
from tests.support.workers import pause_job

JOB = "snapshot_pulse"
WAITING = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


async def test_a_pause_is_returned_whether_it_is_new_or_not(pool: Pool, clock: FrozenClock) -> None:
    first, later = clock.now(), clock.now() + HOUR
    for at, expected in ((first, Pause(first, is_new=True)), (later, Pause(first, is_new=False))):
        async with unit_of_work(pool) as writer:
            assert await pause(writer, JOB, at) == expected
            await writer.commit()


async def test_a_job_that_is_paused_again_is_not_resumed_before_that_is_committed(
    pool: Pool, clock: FrozenClock
) -> None:
    await pause_job(pool, JOB, clock.now())
    async with unit_of_work(pool) as writer:
        assert await pause(writer, JOB, clock.now() + HOUR) == Pause(clock.now(), is_new=False)
        resuming = asyncio.create_task(in_transaction(pool, lambda other: resume(other, JOB)))
        await until(pool, WAITING)
        assert await paused_jobs(writer) == {JOB: clock.now()}
        await writer.commit()
    assert await resuming == clock.now()
