"""`python -m bench.midnight_run URL INSTANT`: due snapshots, by a worker in a process of its own."""

import asyncio
import sys
from datetime import datetime

from app.services.jobs.cursors import SNAPSHOT
from app.services.midnight.snapshots import snapshot_pulse
from app.settings import Settings
from bench.client import FixedClock
from jobs.kinds.midnight import MIDNIGHT
from jobs.registry import Registry
from jobs.worker import Worker, new_owner, working_pool


async def main(url: str, now: datetime) -> None:
    """Run the snapshot job for all accounts that are due at an instant."""
    jobs = Registry()
    jobs.register(MIDNIGHT, SNAPSHOT)(snapshot_pulse)
    async with working_pool(url) as pool:
        await Worker(pool, FixedClock(now), Settings(), new_owner(), jobs).run(MIDNIGHT)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], datetime.fromisoformat(sys.argv[2])))
