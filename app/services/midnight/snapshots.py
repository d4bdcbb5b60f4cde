"""The Pulse of accounts as of the end of a ledger day, written once (domain rules, section 7)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from app.clock import Clock
from app.domain.pulse.as_of import AsOf
from app.domain.pulse.snapshots import figures_to_json, streak_to_json
from app.services.accounts.counters import earliest_reading, lock_counters, save_counters
from app.services.ids import new_id
from app.services.jobs.cursors import OLDEST, SNAPSHOT
from app.services.midnight.days import ClosedDay, lock_closed_days, move_on, skip_days
from db.connections import Pool
from db.queries.pulse import pulse_figures
from db.queries.streak import streaks
from db.tables.snapshots import PulseSnapshot
from db.writer import Writer, unit_of_work
from db.writes import insert_unless_known

# Adds the snapshot of an account, which may have only one of a ledger day; the unique key.
_ADD_SNAPSHOT: Final = insert_unless_known("add_snapshot", PulseSnapshot, "account_id", "date")


async def snapshot_pulse(pool: Pool, clock: Clock, closes_at: datetime, account_ids: Sequence[UUID]) -> int:
    """Write the snapshots of accounts whose ledger day closed at an instant (UTC); return the number of accounts done.

    Accounts whose cursor is elsewhere are left out: their day was done. A day that closed more than 400 days ago is
    skipped, and counts as done. An error of one account is raised for all, and nothing is written.
    """
    oldest = clock.now() - OLDEST
    if closes_at <= oldest:
        return await skip_days(pool, SNAPSHOT, closes_at, account_ids, oldest)
    now = await _require_later_commands(pool, clock, closes_at, account_ids)
    if now < closes_at:
        return 0  # the clock of the process that woke this job is ahead
    async with unit_of_work(pool) as writer:
        days = await lock_closed_days(writer, SNAPSHOT, closes_at, account_ids)
        if days:
            await _add(writer, now, closes_at, days)
            await move_on(writer, SNAPSHOT, days)
            await writer.commit()
    return len(days)


async def _require_later_commands(
    pool: Pool, clock: Clock, closes_at: datetime, account_ids: Sequence[UUID]
) -> datetime:
    """Prevent later commands on the accounts from having an instant before this one, once it has passed.

    All counters are locked, also where the last instant is this one already: an import that holds them may write
    events before it, and the next read must see them. Returns PostgreSQL's clock (UTC).
    """
    async with unit_of_work(pool) as writer:
        all_counters = await lock_counters(writer, account_ids, clock)
        now = earliest_reading(all_counters)
        behind = [counters for counters in all_counters.values() if counters.last_at < closes_at <= now]
        for counters in behind:
            counters.last_at = closes_at
        await save_counters(writer, behind)
        await writer.commit()
    return now


async def _add(writer: Writer, recorded_at: datetime, closes_at: datetime, days: Sequence[ClosedDay]) -> None:
    accounts = [AsOf.of(closed.account_id, closed.zones, closes_at) for closed in days]
    figures, weeks = await pulse_figures(writer, accounts), await streaks(writer, accounts)
    await writer.execute_many(
        _ADD_SNAPSHOT,
        (
            (
                *(closed.account_id, new_id(recorded_at), closed.day.date, closes_at, recorded_at),
                *(figures_to_json(sums), streak_to_json(streak), True),
            )
            for closed, sums, streak in zip(days, figures, weeks, strict=True)
        ),
    )
