"""A process of a worker that a test kills: it runs the jobs due at each instant it reads.

An instant is a line on standard input; the number of failures is a line on standard output, printed once more at the
start, when the worker is ready.
"""

import asyncio
import sys
from datetime import UTC, datetime

import structlog

from app.settings import Settings
from db.failures import is_outage
from jobs.catalogue import JOBS
from jobs.registry import Registry
from jobs.worker import Worker, new_owner, working_pool
from tests.support.clock import FrozenClock
from tests.support.job_queue import do_slowly, registry


async def main(url: str, jobs: Registry) -> None:
    """Run jobs for each line of standard input; an outage of the database is no failure."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    clock = FrozenClock(datetime(2026, 1, 1, tzinfo=UTC))
    async with working_pool(url) as pool:
        worker = Worker(pool, clock, Settings(), new_owner(), jobs)
        _print(0)
        while line := await asyncio.to_thread(sys.stdin.readline):
            clock.advance_to(datetime.fromisoformat(line.strip()))
            try:
                failures = sum(work.failures for work in (await worker.run_due()).values())
            except Exception as error:
                if not is_outage(error):
                    raise
                failures = 0
            _print(failures)


def _print(failures: int) -> None:
    sys.stdout.write(f"{failures}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], {"service": JOBS, "queue": registry(do_slowly)}[sys.argv[2]]))
