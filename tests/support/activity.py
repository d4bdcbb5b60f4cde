"""The roll-up of activity in tests: running it, and comparing its rows."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from app.services.jobs.cursors import ACTIVITY
from db.connections import Pool
from db.queries.accounts import account_histories
from db.readers import PoolReader
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.consistency import assert_activity_equals_rows
from tests.support.midnight_jobs import run_jobs

CLOSES = datetime(2026, 3, 10, 23, tzinfo=UTC)
"""The midnight in Copenhagen that ends the day of the frozen clock."""
TUESDAY, WEDNESDAY = date(2026, 3, 10), date(2026, 3, 11)
HOUR = timedelta(hours=1)
PRICE = Decimal("1.45")


async def counted(pool: Pool) -> list[tuple[object, ...]]:
    """Return the dates, uploads, cancellations and spend of all rows."""
    query = "SELECT date, uploaded, cancelled, spend FROM activity_days ORDER BY account_id, date"
    return [tuple(row) for row in await pool.fetch(query)]


async def complete_until(pool: Pool, account_id: UUID) -> datetime | None:
    """Return the closing of the last ledger day that the counters vouch for."""
    return (await account_histories(PoolReader(pool), [account_id]))[account_id].activity_until


async def assert_equals_rows(pool: Pool, clock: FrozenClock) -> None:
    for (account_id,) in await pool.fetch("SELECT id FROM accounts"):
        history = (await account_histories(PoolReader(pool), [account_id]))[account_id]
        await assert_activity_equals_rows(PoolReader(pool), account_id, max(clock.now(), history.last_at + MICROSECOND))


async def to_midnight(pool: Pool, clock: FrozenClock) -> None:
    """Advance the clock to the next hour after midnight, and run the job."""
    clock.advance_to(CLOSES + HOUR)
    await run_jobs(pool, clock, [ACTIVITY])
