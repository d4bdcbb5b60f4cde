"""The roll-up of activity: the counts of a ledger day, once it has closed (domain rules, section 6).

It counts all closed days without rows: also days before the migration, imported ones, and those that an earlier release
may have changed. Answers are the same without it, only slower.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from uuid import UUID

from app.clock import Clock
from app.domain.ledger.days import closed_ledger_days, ledger_day_at
from app.services.accounts.counters import earliest_reading, lock_counters, save_counters
from app.services.activity import DAYS_AT_ONCE, roll_up
from app.services.jobs.cursors import ACTIVITY
from app.services.midnight.days import lock_closed_days, move_on
from db.connections import Pool
from db.queries.accounts import account_histories, zones_of_accounts
from db.readers import PoolReader
from db.writer import unit_of_work


async def roll_up_activity(pool: Pool, clock: Clock, closes_at: datetime, account_ids: Sequence[UUID]) -> int:
    """Count the closed ledger days of accounts, one of which closed at an instant (UTC); return the number of accounts.

    Accounts whose cursor has moved are left out: their day is done. An account with many days is caught up with in
    short transactions first, each of which is kept. An error of one account is raised for all.
    """
    await _catch_up(pool, clock, account_ids)
    async with unit_of_work(pool) as writer:
        all_counters = await lock_counters(writer, account_ids, clock)
        now = earliest_reading(all_counters)
        if now < closes_at:
            return 0  # the clock of the process that woke this job is ahead
        days = await lock_closed_days(writer, ACTIVITY, closes_at, account_ids)
        done = [
            replace(closed, following=ledger_day_at(now, closed.zones))
            for closed in days
            if not await roll_up(writer, all_counters[closed.account_id], closed.zones, now)
        ]
        await save_counters(writer, [all_counters[closed.account_id] for closed in days])
        await move_on(writer, ACTIVITY, done)
        await writer.commit()
    return len(done)


async def _catch_up(pool: Pool, clock: Clock, account_ids: Sequence[UUID]) -> None:
    """Count days of accounts that lack more days than DAYS_AT_ONCE."""
    now = clock.now()
    for account_id, history in (await account_histories(PoolReader(pool), account_ids)).items():
        lacking = closed_ledger_days(history.activity_until, now, history.zones)
        if len(list(islice(lacking, DAYS_AT_ONCE + 1))) > DAYS_AT_ONCE:
            while await _roll_up_some(pool, clock, account_id):
                pass


async def _roll_up_some(pool: Pool, clock: Clock, account_id: UUID) -> bool:
    """Count some days of an account; return whether more are left."""
    async with unit_of_work(pool) as writer:
        counters = (await lock_counters(writer, [account_id], clock))[account_id]
        zones = (await zones_of_accounts(writer, [account_id]))[account_id]
        more = await roll_up(writer, counters, zones, counters.read_at)
        await save_counters(writer, [counters])
        await writer.commit()
    return more
