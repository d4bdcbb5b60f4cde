"""The cost of an idle scheduler, with an account in every zone."""

import asyncio
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from app.domain.local_time import TIME_ZONES
from app.domain.sla.enums import Plan
from app.domain.sla.terms import NegotiableTerms
from app.services.accounts.opening import create_account
from bench.processes import cpu_of
from bench.report import SHARE, Figure
from bench.scratch import Scratch
from db.pools import open_pool
from db.writer import unit_of_work

_LOUPE: Final = Path(sys.executable).with_name("loupe")
_NOON: Final = datetime(2026, 3, 10, 12, 20, tzinfo=UTC)  # an hour in which no zone has midnight
_AT_WORK, _MEASURED = 5.0, 60.0  # seconds
_LIMIT: Final = 1.0


async def measure_idle(scratch: Scratch) -> list[Figure]:
    """Run `loupe jobs`, and measure its share of a core in a minute once it has started."""
    url = await scratch.new_database("zones")
    pool = await open_pool(url)
    for zone in sorted(TIME_ZONES):
        async with unit_of_work(pool) as writer:
            await create_account(
                writer,
                at=_NOON - timedelta(minutes=1),
                name=zone,
                plan=Plan.SOLO,
                time_zone=zone,
                terms=NegotiableTerms(50, 5),
            )
            await writer.commit()
    await pool.close()
    spent = await asyncio.to_thread(_core_seconds, url)
    name = f"idle scheduler of {len(TIME_ZONES)} zones"
    return [Figure(name, 100 * spent / _MEASURED, _LIMIT, SHARE, f"{spent:.2f} s of {_MEASURED:.0f} s")]


def _core_seconds(url: str) -> float:
    """Run the scheduler, and return its seconds of a core in a period once it has started."""
    settings = {"LOUPE_DATABASE_URL": url, "LOUPE_CLOCK": _NOON.isoformat()}
    command = [str(_LOUPE), "jobs"]
    with subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.PIPE) as process:  # noqa: S603 - our own
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(_AT_WORK)
        before = cpu_of(process.pid)
        time.sleep(_MEASURED)
        spent = cpu_of(process.pid) - before
        process.terminate()
    assert process.returncode == 0
    return spent
