"""Time of the snapshots of all accounts in a zone at its midnight, and of reads meanwhile."""

import asyncio
import re
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from app.services.api_keys.keys import create_key
from bench.client import Client, serving
from bench.dataset import TRUST, make_account
from bench.imports import UNTIL, run_command
from bench.operations import dashboard
from bench.report import TIMES, Figure
from bench.scratch import Scratch
from db.connections import Pool, Statement
from db.pools import open_pool
from db.tables.base import Table
from db.writer import unit_of_work

ACCOUNTS: Final = 10_000
_IMAGES: Final = 200
_TENTH: Final = 10
_MIDNIGHT: Final = UNTIL + timedelta(hours=11)  # midnight in Copenhagen
_DAY: Final = timedelta(days=1)
_SECONDS, _MILLISECONDS, _MEMORY_LIMIT, _READS_LIMIT = 60.0, 2_000.0, 1.2, 1.5
_LOGGED_FROM: Final = 10.0  # milliseconds
_QUIET_READS: Final = 150
_LOGGED: Final = re.compile(r"duration: ([\d.]+) ms +\w+ [^:]*:\s+([^\n]+)")

# Copies an account to others: the rows of a table, whose keys all begin with the account.
_COPY: Final = "INSERT INTO {table} SELECT {columns} FROM {table} t CROSS JOIN generate_series(1, $2::int) n"
_ID: Final = "lpad(to_hex(n), 32, '0')::uuid"

# Makes a job due at a midnight for accounts whose number is a multiple of one, and for no others.
_DUE: Final = """
    UPDATE job_cursors SET
      date = $1::date, due_at = CASE WHEN ('x' || right(account_id::text, 8))::bit(32)::int % $3::int = 0
      THEN $2::timestamptz ELSE $2::timestamptz + interval '1 year' END
"""


@dataclass(slots=True)
class _Reads:
    """Times of the dashboard, read repeatedly."""

    client: Client
    times: list[float] = field(default_factory=list[float])

    async def ask(self) -> None:
        """Read it once."""
        started = time.perf_counter()
        await self.client.ask(dashboard())
        self.times.append(time.perf_counter() - started)


async def measure_midnight(scratch: Scratch, accounts: int) -> list[Figure]:
    """Run a midnight of a tenth of the accounts while a client reads, then one of all alone."""
    url = await scratch.new_database("midnight")
    pool = await open_pool(url)
    try:
        await pool.fetch(f"ALTER DATABASE midnight SET log_min_duration_statement = {_LOGGED_FROM}")
        token = await _fill(pool, accounts)
        async with serving(url, _MIDNIGHT + timedelta(minutes=1)) as app:
            few, meanwhile = await _midnight_with_reads(pool, url, _Reads(Client(app, token)))
        return [*await _whole_midnight(scratch, pool, url, accounts, few), meanwhile]
    finally:
        await pool.close()


async def _midnight_with_reads(pool: Pool, url: str, reads: _Reads) -> tuple[float, Figure]:
    """Run a midnight of a tenth of the accounts; return the worker's peak memory, and the figure of reads meanwhile."""
    for _ in range(_QUIET_READS):
        await reads.ask()
    calm = median(reads.times)
    reads.times.clear()
    await _make_due(pool, _MIDNIGHT, every=_TENTH)
    running = asyncio.create_task(_run(url, _MIDNIGHT))
    while not running.done():
        await reads.ask()
    busy = median(reads.times)
    detail = f"{calm * 1000:.2f} ms and {busy * 1000:.2f} ms, {len(reads.times)} times"
    return await running, Figure("dashboard.graphql at midnight", busy / calm, _READS_LIMIT, TIMES, detail)


async def _whole_midnight(scratch: Scratch, pool: Pool, url: str, accounts: int, few: float) -> list[Figure]:
    """Run a midnight of all accounts; `few` is the peak memory of one of a tenth."""
    at = _MIDNIGHT + _DAY
    await _make_due(pool, at, every=1)
    logged, started = scratch.log.stat().st_size, time.monotonic()
    megabytes = await _run(url, at)
    seconds = time.monotonic() - started
    slowest, text = _slowest(scratch.log.read_text()[logged:])
    (made,) = (await pool.fetch("SELECT count(*) FROM pulse_snapshots WHERE as_of = $1", at))[0]
    assert made == accounts
    name = f"snapshots of {accounts:,} accounts"
    detail = f"{accounts * _IMAGES:,} images, {accounts / seconds:,.0f} accounts a second"
    memory = f"{few:,.0f} MB for a tenth of them, {megabytes:,.0f} MB for all"
    return [
        Figure(name, seconds, _SECONDS, "s", detail),
        Figure(f"{name}: slowest statement", slowest, _MILLISECONDS, "ms", text),
        Figure(f"{name}: peak memory", megabytes / few, _MEMORY_LIMIT, TIMES, memory),
    ]


def _slowest(log: str) -> tuple[float, str]:
    """Return the milliseconds of the slowest statement in a log, and the start of its text."""
    found = [(float(milliseconds), " ".join(text.split())) for milliseconds, text in _LOGGED.findall(log)]
    return max(found, default=(_LOGGED_FROM, "none is slower"))


async def _make_due(pool: Pool, at: datetime, *, every: int) -> None:
    """Make the snapshots of some of the accounts due, and vacuum the rows."""
    await pool.fetch(_DUE, (at - _DAY).date(), at, every)
    await pool.fetch("VACUUM ANALYZE job_cursors")


async def _run(url: str, at: datetime) -> float:
    """Run the snapshot job in a worker for all accounts due at a midnight; return its peak memory in megabytes."""
    now = at + timedelta(minutes=1)
    command = [sys.executable, "-m", "bench.midnight_run", url, now.isoformat()]
    return await asyncio.to_thread(run_command, command, {})


async def _fill(pool: Pool, accounts: int) -> str:
    """Make accounts, all as one, and return a token of the first."""
    first = await make_account(pool, "Studio", _IMAGES, UNTIL)
    async with unit_of_work(pool) as writer:
        await writer.execute(TRUST)
        for table in Table.metadata.sorted_tables:
            key = "id" if table.name == "accounts" else "account_id"
            names = [column.name for column in table.columns]
            if key in names:
                columns = [_ID if column == key else f"t.{column}" for column in names]
                copy = _COPY.format(table=table.name, columns=", ".join(columns)) + f" WHERE t.{key} = $1"
                await writer.execute(Statement(f"copy_{table.name}", copy), first, accounts - 1)
        token = (await create_key(writer, UNTIL, first)).secret
        await writer.commit()
    await pool.fetch("VACUUM ANALYZE")
    await pool.fetch("CHECKPOINT")  # or the midnight run would wait for all this to be written out
    return token
