"""The reset of the guarantee: a ledger day closes, and the next one opens (domain rules, sections 4 and 7).

Nothing depends on it, since the ledger decides by interval. It writes a row and an event for every day of an account.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from app.clock import Clock
from app.domain.account import Account
from app.domain.events.accounts import guarantee_reset
from app.domain.events.new_events import NewEvent
from app.domain.ledger.quota import QuotaDay, unused_day
from app.services.accounts.counters import Counters, earliest_reading, lock_counters, save_counters
from app.services.events import write_events
from app.services.jobs.cursors import OLDEST, RESET
from app.services.midnight.days import ClosedDay, lock_closed_days, move_on, skip_days
from app.services.orders.writing import write_ledger_days
from db.connections import Pool
from db.queries.accounts import account_histories
from db.queries.ledger import DayKey, allowances
from db.writer import Writer, unit_of_work


async def reset_guarantee(pool: Pool, clock: Clock, closes_at: datetime, account_ids: Sequence[UUID]) -> int:
    """Reset the guarantee of accounts whose ledger day closed at an instant (UTC); return the number of accounts done.

    Accounts whose cursor is elsewhere are left out: their day was done. A day that closed more than 400 days ago is
    skipped, and counts as done. An error of one account is raised for all, and nothing is written.
    """
    oldest = clock.now() - OLDEST
    if closes_at <= oldest:
        return await skip_days(pool, RESET, closes_at, account_ids, oldest)
    async with unit_of_work(pool) as writer:
        all_counters = await lock_counters(writer, account_ids, clock)
        if earliest_reading(all_counters) < closes_at:
            return 0  # the clock of the process that woke this job is ahead
        days = await lock_closed_days(writer, RESET, closes_at, account_ids)
        if days:
            await _reset(writer, all_counters, days, earliest_reading(all_counters))
            await move_on(writer, RESET, days)
            await writer.commit()
    return len(days)


async def _reset(
    writer: Writer, all_counters: Mapping[UUID, Counters], days: Sequence[ClosedDay], now: datetime
) -> None:
    histories = await account_histories(writer, [closed.account_id for closed in days])
    unused = _unused_days(histories, days)
    written = await allowances(writer, list(unused))
    await write_ledger_days(writer, [(key[0], day) for key, day in unused.items() if key not in written])
    ledger = unused | {key: replace(unused[key], allowance=allowance) for key, allowance in written.items()}
    new_events = {
        closed.account_id: [
            _reset_event(histories[closed.account_id], closed.day.closes_at, ledger[closed.account_id, closed.day.date])
        ]
        for closed in days
    }
    await write_events(writer, new_events, all_counters, now)
    done = [all_counters[closed.account_id] for closed in days]
    for closed, counters in zip(days, done, strict=True):
        counters.last_at = max(counters.last_at, closed.day.closes_at)
    await save_counters(writer, done)


def _unused_days(accounts: Mapping[UUID, Account], days: Sequence[ClosedDay]) -> dict[DayKey, QuotaDay]:
    """Return the days that close and those that open, unused."""
    return {
        (closed.account_id, day.date): unused_day(day.opens_at, closed.zones, accounts[closed.account_id].versions)
        for closed in days
        for day in (closed.day, closed.following)
    }


def _reset_event(account: Account, at: datetime, used: QuotaDay) -> NewEvent:
    """Return the event of a reset as of the instant (UTC) at which the day closed, however much later the job runs.

    The next day was unused then, and was to close by the zone in force.
    """
    known = [period for period in account.zones if period.starts_at <= at]
    return guarantee_reset(used, unused_day(at, known, account.versions))
