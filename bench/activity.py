"""Time of reading 400 days of activity for two sizes of accounts, in zones with and without full-hour offsets."""

import time
from datetime import timedelta
from typing import Final
from uuid import UUID

from app.domain.ledger.days import ZonePeriod
from app.services.accounts.counters import lock_counters, save_counters
from app.services.activity import roll_up
from app.services.api_keys.keys import create_key
from bench.client import Client, serving
from bench.dataset import make_account
from bench.imports import UNTIL
from bench.reads import Operation
from bench.report import Figure
from bench.scratch import Scratch
from db.connections import Pool
from db.pools import open_pool
from db.writer import unit_of_work

DAYS: Final = 400
ZONES: Final = ("Europe/Copenhagen", "Asia/Kolkata", "Asia/Kathmandu")
"""Zones at a full hour, half an hour and a quarter of an hour."""

_FIELDS: Final = """
  date start end complete uploadedCount cancelledCount deliveredCount onTimeCount lateCount rejectedCount hoursSaved
  averageLeadSeconds spend { amount currency }
"""
_FIRST: Final = (UNTIL - timedelta(days=DAYS - 1)).date()
_ACTIVITY: Final = f'{{ account {{ activity(from: "{_FIRST}", to: "{UNTIL.date()}") {{ {_FIELDS} }} }} }}'
_WARM_UPS: Final = 3


async def measure_activity(scratch: Scratch, small: int, large: int, repetitions: int) -> list[Figure]:
    """Read the activity of accounts of two sizes in turn, in each zone after its days were rolled up."""
    url = await scratch.new_database("activity")
    pool = await open_pool(url)
    try:
        accounts = [await make_account(pool, f"{size:,} images", size, UNTIL, DAYS) for size in (small, large)]
        await pool.fetch("VACUUM ANALYZE")
        tokens = [await _token(pool, account) for account in accounts]
        figures: list[Figure] = []
        for zone in ZONES:
            seconds = [await _roll_up(pool, account, zone) for account in accounts]
            await pool.fetch("VACUUM ANALYZE activity_days")
            operation = Operation(f"activity of {DAYS} days, {zone}", _ACTIVITY)
            async with serving(url, UNTIL) as app:
                clients = [Client(app, token) for token in tokens]
                for _ in range(repetitions + _WARM_UPS):
                    await operation.repeat(*clients)
            figures.append(operation.figure(f"rolled up in {seconds[1]:.1f} s"))
    finally:
        await pool.close()
    return figures


async def _token(pool: Pool, account: UUID) -> str:
    async with unit_of_work(pool) as writer:
        token = (await create_key(writer, UNTIL, account)).secret
        await writer.commit()
    return token


async def _roll_up(pool: Pool, account: UUID, zone: str) -> float:
    """Move an account to a zone as of its opening, count its closed days, and return the seconds."""
    await pool.fetch("UPDATE accounts SET time_zone = $2 WHERE id = $1", account, zone)
    [row] = await pool.fetch(
        "UPDATE time_zone_periods SET time_zone = $2 WHERE account_id = $1 RETURNING starts_at", account, zone
    )
    started = time.monotonic()
    async with unit_of_work(pool) as writer:
        counters = (await lock_counters(writer, [account]))[account]
        counters.activity_until = None
        while await roll_up(writer, counters, [ZonePeriod(row["starts_at"], zone)], UNTIL):
            pass
        await save_counters(writer, [counters])
        await writer.commit()
    return time.monotonic() - started
