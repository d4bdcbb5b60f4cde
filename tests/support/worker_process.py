"""A worker in a process of its own, to be killed: it does what is due at each instant it is told, and says so.

An instant is a line on standard input; what failed of it, as a number, is a line on standard output. The first such
line says that it is ready.
"""

import asyncio
import sys
from datetime import UTC, datetime

import structlog

from app.settings import Settings
from db.failures import is_outage
from jobs.catalogue import JOBS
from jobs.worker import Worker, new_owner, working_pool
from tests.support.clock import FrozenClock


async def main(url: str) -> None:
    """Do what is told, until there is nothing more; a database that is gone is nothing that failed."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    clock = FrozenClock(datetime(2026, 1, 1, tzinfo=UTC))
    async with working_pool(url) as pool:
        worker = Worker(pool, clock, Settings(), new_owner(), JOBS)
        _say(0)
        while line := await asyncio.to_thread(sys.stdin.readline):
            clock.advance(datetime.fromisoformat(line.strip()) - clock.now())
            try:
                failures = sum(work.failures for work in (await worker.run_due()).values())
            except Exception as error:
                if not is_outage(error):
                    raise
                failures = 0
            _say(failures)


def _say(failures: int) -> None:
    sys.stdout.write(f"{failures}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
