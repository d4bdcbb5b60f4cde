"""`python -m bench.night URL INSTANT`: the snapshots that are due, by a worker in a process of its own."""

import asyncio
import sys
from datetime import datetime

from app.services.midnight.cursors import SNAPSHOT
from app.services.midnight.snapshots import snapshot_pulse
from app.settings import Settings
from bench.client import FixedClock
from db.connections import PLANNED_ONCE, open_pool
from jobs.registry import Registry
from jobs.worker import POOL_SIZE, Worker, new_owner


async def main(url: str, now: datetime) -> None:
    """Do what is due at an instant."""
    jobs = Registry()
    jobs.at_midnight(SNAPSHOT)(snapshot_pulse)
    pool = await open_pool(url, max_size=POOL_SIZE, settings=PLANNED_ONCE)
    try:
        await Worker(pool, FixedClock(now), Settings(), new_owner(), jobs).run_midnights()
    finally:
        await pool.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], datetime.fromisoformat(sys.argv[2])))
