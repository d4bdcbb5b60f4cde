"""Cursors: the next ledger day of each midnight job for each account, which alone decide whether a job is due.

An account has a cursor for each of these jobs from its opening on. Doing a day moves the cursor to the next one, in
the transaction that writes the job's result: so a run may be repeated, be late, run on many machines at once or be
interrupted anywhere, with the same result (domain rules, section 7).

To move a cursor forward, its row is locked, and the account's counters were locked after the day had closed (see
`days`), except for skipped days, of which nothing is written. To set a cursor back, or to another midnight, the
counters are locked and then the row.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from typing import Final
from uuid import UUID

import structlog

from app.domain.errors import DomainError
from app.domain.ledger.days import LedgerDay, ZonePeriod, first_ledger_day, ledger_day_at
from app.services.accounts.counters import lock_counters
from app.services.jobs.runs import LONGEST_PAUSE
from db.connections import Pool, Record, Statement
from db.queries.accounts import zones_of_accounts
from db.queries.events import RESETS_AFTER
from db.queries.job_cursors import ACCOUNTS_DONE_BEYOND, ACCOUNTS_WITHOUT_CURSORS, DUE_ACCOUNTS, DUE_GROUPS
from db.readers import PoolReader, Reader
from db.tables.jobs import JobCursor
from db.writer import Writer, unit_of_work
from db.writes import insert_unless_known

SNAPSHOT: Final = "snapshot_pulse"
RESET: Final = "reset_guarantee"
ACTIVITY: Final = "roll_up_activity"
WATCH: Final = "watch_deadlines"
OLDEST: Final = timedelta(days=400)
"""The age of the oldest ledger day that is still done; a cursor further back skips to it."""

ZONES_CHANNEL: Final = "loupe_zones"
"""The channel of notifications of zones that accounts have now; they only save waiting for the next minute."""

_log: Final[structlog.stdlib.BoundLogger] = structlog.get_logger("loupe.jobs")
_AT_MIDNIGHT: Final = (SNAPSHOT, RESET, ACTIVITY)
_EVER: Final = datetime.min.replace(tzinfo=UTC)
_ACCOUNTS_IN_A_GO: Final = 200

# Adds the cursor of a midnight job for an account, unless it has one; the primary key.
_BEGIN: Final = insert_unless_known("begin_cursor", JobCursor)

# Moves an account's cursors to another zone, and those at a ledger day or after it to that day, as it is now. The
# cursor of the watch has no day and stays. The primary key.
_SET: Final = Statement(
    "set_cursors",
    """
    UPDATE job_cursors SET
      time_zone = $2,
      date = CASE WHEN date IS NOT NULL AND due_at > $4 THEN $3 ELSE date END,
      due_at = CASE WHEN date IS NOT NULL AND due_at > $4 THEN $5 ELSE due_at END
    WHERE account_id = $1
    """,
)


# Deletes the snapshots of an account after an instant, from a date on; the unique key of both.
_DELETE_SNAPSHOTS: Final = Statement(
    "delete_snapshots", "DELETE FROM pulse_snapshots WHERE account_id = $1 AND as_of > $2 AND date >= $3"
)

# Deletes the ledger days of an account that only a reset opened after an instant, from a date on; the primary key.
_DELETE_OPENED_DAYS: Final = Statement(
    "delete_opened_days",
    """
    DELETE FROM ledger_days
     WHERE account_id = $1 AND opens_at > $2 AND date >= $3 AND used = 0 AND expedite_used = 0
    """,
)


# Requests a rescan of the deadlines of accounts with imported history, from an instant on or from that of an earlier
# request; the primary key.
_WATCH_FROM: Final = Statement(
    "watch_from",
    """
    INSERT INTO job_cursors (account_id, job, time_zone, date, due_at, attempts, retry_at, imported)
    VALUES ($1, $4, $2, NULL, $3, 0, NULL, true)
    ON CONFLICT (account_id, job) DO UPDATE SET
      due_at = least(job_cursors.due_at, excluded.due_at), attempts = 0, retry_at = NULL, imported = true
    """,
)

# Notifies listeners of zones that accounts have now, once the transaction is committed.
_NOTIFY_ZONES: Final = Statement("notify_zones", "SELECT pg_notify($1, zone) FROM unnest($2::text[]) AS z (zone)")


# Postpones an account that failed until an instant; the primary key.
_POSTPONE: Final = Statement(
    "postpone_account",
    "UPDATE job_cursors SET attempts = attempts + 1, retry_at = $3 WHERE job = $1 AND account_id = $2",
)


@dataclass(frozen=True, slots=True)
class DueGroup:
    """Accounts in a zone whose ledger days closed at the same instant (UTC), and which a job has not done yet.

    `date` is the date of these days; some may have a later one, of accounts that left another zone.
    """

    job: str
    time_zone: str
    due_at: datetime
    date: date


async def begin_cursors(writer: Writer, account_id: UUID, zone: str, first_day: LedgerDay) -> None:
    """Add the cursors of a new account, at its first ledger day."""
    await begin_all_cursors(writer, [(account_id, zone, first_day)])


async def begin_all_cursors(writer: Writer, openings: Sequence[tuple[UUID, str, LedgerDay]]) -> None:
    """Add the cursors of new accounts, each with its zone and first ledger day."""
    if openings:
        await writer.execute_many(
            _BEGIN,
            (
                (account_id, job, zone, day.date, day.closes_at, 0, None, False)
                for account_id, zone, day in openings
                for job in _AT_MIDNIGHT
            ),
        )
        await notify_zones(writer, {zone for _, zone, _ in openings})


async def begin_missing_cursors(pool: Pool) -> int:
    """Add the cursors that accounts made by an earlier release lack; return the number of these accounts."""
    last, begun = UUID(int=0), 0
    while rows := await PoolReader(pool).fetch(ACCOUNTS_WITHOUT_CURSORS, last, _AT_MIDNIGHT, _ACCOUNTS_IN_A_GO):
        found = [row["account_id"] for row in rows]
        async with unit_of_work(pool) as writer:
            await lock_counters(writer, found)
            zones = await zones_of_accounts(writer, found)
            openings = [opening for each in zones.items() for opening in _opening(*each)]
            await begin_all_cursors(writer, openings)
            await writer.commit()
        last, begun = found[-1], begun + len(openings)
    return begun


def _opening(account_id: UUID, zones: Sequence[ZonePeriod]) -> Iterator[tuple[UUID, str, LedgerDay]]:
    """Yield an account's zone and first ledger day; nothing if the days cannot be computed, which is logged."""
    try:
        yield account_id, zones[-1].time_zone, first_ledger_day(zones)
    except DomainError as error:
        _log.warning("account_without_jobs", account=str(account_id), reason=str(error))


async def follow_zone(writer: Writer, account_id: UUID, zone: str, day: LedgerDay) -> None:
    """Move the jobs of an account, its counters locked, to a zone; `day` is the ledger day that ran before."""
    await _set(writer, account_id, zone, day)
    await notify_zones(writer, [zone])


async def accounts_done_beyond(reader: Reader, since: Mapping[UUID, datetime]) -> set[UUID]:
    """Return the accounts of which a job has done, or is doing, a day that closed after an instant (UTC).

    Their counters are locked. A worker that does a day has locked them since the day closed, so nobody is doing a later
    day than the cursor shows.
    """
    rows = await reader.fetch(ACCOUNTS_DONE_BEYOND, *zip(*since.items(), strict=True)) if since else []
    return {row["account_id"] for row in rows}


async def undo_after(
    writer: Writer, account_id: UUID, since: datetime | None, zones: Sequence[ZonePeriod]
) -> Sequence[Record]:
    """Undo the results of midnight jobs for an account after an instant (UTC), so that they are done again.

    The counters are locked; `zones` are all the account has now. Without an instant everything is undone, as when an
    account is opened at another instant than before. Waits for a worker that is doing a day of the account. Returns the
    events of resets that will be done again, for the caller to withdraw: the use of a day may have changed.
    """
    day = first_ledger_day(zones) if since is None else ledger_day_at(since, zones)
    await _set(writer, account_id, zones[-1].time_zone, day)
    bound, first_date = (_EVER, date.min) if since is None else (since, day.date)
    await writer.execute(_DELETE_SNAPSHOTS, account_id, bound, first_date)
    await writer.execute(_DELETE_OPENED_DAYS, account_id, bound, first_date)
    return await writer.fetch(RESETS_AFTER, account_id, bound)


async def watch_from(writer: Writer, accounts: Iterable[tuple[UUID, str, datetime]]) -> None:
    """Request rescans of accounts whose counters are locked, each with its zone and the instant (UTC) to start from."""
    await writer.execute_many(_WATCH_FROM, ((*each, WATCH) for each in sorted(accounts)))


async def notify_zones(writer: Writer, zones: Iterable[str]) -> None:
    """Notify listeners of zones that accounts have now, once the transaction is committed."""
    await writer.execute(_NOTIFY_ZONES, ZONES_CHANNEL, sorted(zones))


async def due_groups(reader: Reader, jobs: Iterable[str], until: datetime, now: datetime) -> list[DueGroup]:
    """Return the groups of midnight jobs due by `until` (UTC), oldest first, without postponed accounts."""
    at = (now, now + LONGEST_PAUSE)
    due = [DueGroup(*row) for job in jobs for row in await reader.fetch(DUE_GROUPS, *at, job, until)]
    return sorted(due, key=attrgetter("due_at"))


async def due_accounts(reader: Reader, group: DueGroup, now: datetime, after: UUID | None, limit: int) -> list[UUID]:
    """Return the next accounts of a group after one, ascending, without postponed ones."""
    which = (group.job, group.due_at, group.time_zone, after or UUID(int=0))
    rows = await reader.fetch(DUE_ACCOUNTS, now, now + LONGEST_PAUSE, *which, limit)
    return [row["account_id"] for row in rows]


async def postpone(writer: Writer, job: str, account_id: UUID, retry_at: datetime) -> None:
    """Postpone an account for which a job failed until an instant (UTC); the caller commits."""
    await writer.execute(_POSTPONE, job, account_id, retry_at)


async def _set(writer: Writer, account_id: UUID, zone: str, day: LedgerDay) -> None:
    await writer.execute(_SET, account_id, zone, day.date, day.opens_at, day.closes_at)
