"""What the scheduler costs while nothing is due, with an account in every zone there is."""

import asyncio
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from app.domain.local_time import TIME_ZONES
from app.domain.vocabulary import Plan
from app.services.accounts import create_account
from bench.report import SHARE, Figure
from bench.scratch import Scratch
from db.connections import open_pool, unit_of_work

_LOUPE: Final = Path(sys.executable).with_name("loupe")
_NOON: Final = datetime(2026, 3, 10, 12, 20, tzinfo=UTC)  # an hour in which no zone has midnight
_SHORT, _LONG = 5.0, 65.0
_LIMIT: Final = 1.0


async def measure_idle(scratch: Scratch) -> list[Figure]:
    """Let `loupe jobs` run for a while and for a minute longer, and compare what it took of a core."""
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
                images_per_day=50,
                expedites_per_day=5,
            )
            await writer.commit()
    await pool.close()
    short, long = [await asyncio.to_thread(_core_seconds, url, seconds) for seconds in (_SHORT, _LONG)]
    share = 100 * (long - short) / (_LONG - _SHORT)
    name = f"idle scheduler of {len(TIME_ZONES)} zones"
    return [Figure(name, share, _LIMIT, SHARE, f"{long - short:.2f} s of {_LONG - _SHORT:.0f} s")]


def _core_seconds(url: str, seconds: float) -> float:
    """Run the scheduler for so long once it is at work; return the seconds of a core it took in all."""
    settings = {"LOUPE_DATABASE_URL": url, "LOUPE_CLOCK": _NOON.isoformat()}
    command = [str(_LOUPE), "jobs"]
    process = subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.PIPE)  # noqa: S603 - our own
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(seconds)
    process.terminate()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_utime + usage.ru_stime
