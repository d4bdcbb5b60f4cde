"""Snapshots in tests of the API, as the job makes them."""

from collections.abc import Sequence
from datetime import datetime

from app.domain.ledger.days import ZonePeriod, ledger_day_at
from app.services.jobs.cursors import SNAPSHOT
from app.services.midnight.snapshots import snapshot_pulse
from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.studio import Studio


async def take_snapshots(pool: Pool, clock: FrozenClock, studio: Studio, since: datetime) -> Sequence[datetime]:
    """Take the snapshots of a studio of the days since an instant that have closed; return their ends, newest first."""
    zones = [ZonePeriod(studio.created_at, studio.zone)]
    day = ledger_day_at(since, zones)
    statement = "UPDATE job_cursors SET date = $3, due_at = $4 WHERE account_id = $1 AND job = $2 RETURNING job"
    assert await pool.fetch(statement, studio.id, SNAPSHOT, day.date, day.closes_at) != []
    ends: list[datetime] = []
    while day.closes_at <= clock.now():
        assert await snapshot_pulse(pool, clock, day.closes_at, [studio.id]) == 1
        ends.insert(0, day.closes_at)
        day = ledger_day_at(day.closes_at, zones)
    return ends
