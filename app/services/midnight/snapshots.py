"""The Pulse of accounts as of the end of a ledger day, written once (domain rules, section 7)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from app.clock import Clock
from app.domain.pulse.figures import PulseFigures
from app.domain.pulse.snapshots import figures_to_json, streak_to_json
from app.domain.pulse.streak import Streak
from app.services.accounts.counters import earliest_reading, lock_counters, save_counters
from app.services.ids import new_ids
from app.services.jobs.cursors import OLDEST, SNAPSHOT
from app.services.midnight.days import ClosedDay, lock_closed_days, move_on, skip_days
from db.connections import Pool, Statement, Writer, unit_of_work
from db.queries.pulse import FiguresRequest, pulse_figures
from db.queries.streak import StreakRequest, streaks

# Adds the snapshots of accounts, at most one for each ledger day; the unique key.
_ADD_SNAPSHOTS: Final = Statement(
    "add_snapshots",
    """
    INSERT INTO pulse_snapshots (account_id, id, date, as_of, recorded_at, figures, streak, by_last_instant)
    SELECT s.account_id, s.id, s.date, $4, $5, s.figures, s.streak, true
    FROM unnest($1::uuid[], $2::uuid[], $3::date[], $6::jsonb[], $7::jsonb[])
      AS s (account_id, id, date, figures, streak)
    ON CONFLICT (account_id, date) DO NOTHING
    """,
)


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
    figures = await pulse_figures(
        writer, [FiguresRequest.of(closed.history, closes_at, is_now=False) for closed in days]
    )
    weeks = await streaks(writer, [StreakRequest.of(closed.history, closes_at) for closed in days])
    accounts = [closed.account_id for closed in days]
    named = (accounts, new_ids(recorded_at, len(days)), [closed.day.date for closed in days])
    await writer.execute(_ADD_SNAPSHOTS, *named, closes_at, recorded_at, *_as_json(figures, weeks))


def _as_json(figures: Iterable[PulseFigures], weeks: Iterable[Streak]) -> tuple[list[object], list[object]]:
    return [figures_to_json(each) for each in figures], [streak_to_json(each) for each in weeks]
