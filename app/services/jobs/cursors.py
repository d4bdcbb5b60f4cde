"""The ledger day that each job at midnight does next for each account: the truth about what is missing.

An account has a cursor of each of these jobs from its beginning on. Doing a day moves the cursor to the next one, in
the transaction that writes what the job makes of the day: so a run may be repeated, be late, happen on many machines at
once or end anywhere, and comes out the same (domain rules, section 7).

Who moves a cursor forwards holds its row, and held the account's counters after the day had closed (see `days`), but
for days that are skipped, of which nothing is written. Who sets one back, or to another midnight, holds the counters
and then the row.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from app.domain.errors import DomainError
from app.domain.ledger.days import LedgerDay, ZonePeriod, first_ledger_day, ledger_day_at
from app.services.accounts.counters import lock_counters
from app.services.jobs.runs import LONGEST_PAUSE
from db.connections import Pool, Record, Statement
from db.queries.accounts import AccountHistory, account_histories
from db.queries.events import RESETS_AFTER
from db.queries.job_cursors import ACCOUNTS_DONE_BEYOND, ACCOUNTS_WITHOUT_CURSORS, DUE_ACCOUNTS, DUE_GROUPS
from db.readers import PoolReader, Reader
from db.tables.jobs import JobCursor
from db.writer import Writer, unit_of_work
from db.writes import insert_unless_known

SNAPSHOT: Final = "snapshot_pulse"
RESET: Final = "reset_guarantee"
WATCH: Final = "watch_deadlines"
OLDEST: Final = timedelta(days=400)
"""How long after it closed a ledger day is still done; a cursor further back goes on with the day of that long ago."""

ZONES_CHANNEL: Final = "loupe_zones"
"""Where those who listen hear at once of zones that accounts have now; nothing depends on it."""

_log: Final[structlog.stdlib.BoundLogger] = structlog.get_logger("loupe.jobs")
_AT_MIDNIGHT: Final = (SNAPSHOT, RESET)
_EVER: Final = datetime.min.replace(tzinfo=UTC)
_ACCOUNTS_IN_A_GO: Final = 200

# Lets a job at midnight begin with a ledger day of an account, unless it has begun; the primary key.
_BEGIN: Final = insert_unless_known("begin_cursor", JobCursor)

# Lets an account's cursors be of another zone, and those that stand at a ledger day or after it stand there, as it is
# now; the primary key. The watch has no day, and goes on from where it was told to.
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


# Forgets the snapshots of an account after an instant, from a date on; the unique key of both.
_FORGET_SNAPSHOTS: Final = Statement(
    "forget_snapshots", "DELETE FROM pulse_snapshots WHERE account_id = $1 AND as_of > $2 AND date >= $3"
)

# Forgets the ledger days of an account that only a reset opened after an instant, from a date on; the primary key.
_FORGET_OPENED_DAYS: Final = Statement(
    "forget_opened_days",
    """
    DELETE FROM ledger_days
     WHERE account_id = $1 AND opens_at > $2 AND date >= $3 AND used = 0 AND expedite_used = 0
    """,
)


# Lets the watch look at the deadlines of an account with imported history from an instant on, or from an earlier one it
# was told already; the primary key.
_WATCH_FROM: Final = Statement(
    "watch_from",
    """
    INSERT INTO job_cursors (account_id, job, time_zone, date, due_at, attempts, retry_at, imported)
    VALUES ($1, $4, $2, NULL, $3, 0, NULL, true)
    ON CONFLICT (account_id, job) DO UPDATE SET
      due_at = least(job_cursors.due_at, excluded.due_at), attempts = 0, retry_at = NULL, imported = true
    """,
)

# Tells those who listen of zones that accounts have now, once the transaction is committed.
_TELL_ZONES: Final = Statement("tell_zones", "SELECT pg_notify($1, zone) FROM unnest($2::text[]) AS z (zone)")


# Notes that an account failed, and from when on a job may try it again; the primary key.
_POSTPONE: Final = Statement(
    "postpone_account",
    "UPDATE job_cursors SET attempts = attempts + 1, retry_at = $3 WHERE job = $1 AND account_id = $2",
)


@dataclass(frozen=True, slots=True)
class DueGroup:
    """Accounts in a zone whose ledger days closed at the same instant (UTC), and were not done by a job yet.

    `date` names these days; some may have a later name, of accounts that left another zone.
    """

    job: str
    time_zone: str
    due_at: datetime
    date: date


async def begin_cursors(writer: Writer, account_id: UUID, zone: str, first_day: LedgerDay) -> None:
    """Let the jobs begin with the first ledger day of a new account."""
    await begin_all_cursors(writer, [(account_id, zone, first_day)])


async def begin_all_cursors(writer: Writer, beginnings: Sequence[tuple[UUID, str, LedgerDay]]) -> None:
    """Let the jobs begin with the first ledger days of new accounts, each with its zone."""
    if beginnings:
        await writer.execute_many(
            _BEGIN,
            (
                (account_id, job, zone, day.date, day.closes_at, 0, None, False)
                for account_id, zone, day in beginnings
                for job in _AT_MIDNIGHT
            ),
        )
        await tell_zones(writer, {zone for _, zone, _ in beginnings})


async def begin_missing_cursors(pool: Pool) -> int:
    """Let the jobs begin with accounts that a release made which knew not all of them; return how many those are."""
    last, begun = UUID(int=0), 0
    while rows := await PoolReader(pool).fetch(ACCOUNTS_WITHOUT_CURSORS, last, _AT_MIDNIGHT, _ACCOUNTS_IN_A_GO):
        found = [row["account_id"] for row in rows]
        async with unit_of_work(pool) as writer:
            await lock_counters(writer, found)
            histories = (await account_histories(writer, found)).values()
            beginnings = [beginning for each in histories for beginning in _beginning(each)]
            await begin_all_cursors(writer, beginnings)
            await writer.commit()
        last, begun = found[-1], begun + len(beginnings)
    return begun


def _beginning(history: AccountHistory) -> Iterator[tuple[UUID, str, LedgerDay]]:
    """Tell with what the jobs begin at an account; with nothing where its days cannot be told: the others go on."""
    try:
        yield history.account_id, history.zones[-1].time_zone, first_ledger_day(history.zones)
    except DomainError as error:
        _log.warning("account_without_jobs", account=str(history.account_id), reason=str(error))


async def follow_zone(writer: Writer, account_id: UUID, zone: str, day: LedgerDay) -> None:
    """Move the jobs of an account, its counters locked, to a zone; `day` is its running ledger day from then on."""
    await _set(writer, account_id, zone, day)
    await tell_zones(writer, [zone])


async def accounts_done_beyond(reader: Reader, since: Mapping[UUID, datetime]) -> set[UUID]:
    """Tell of which accounts, whose counters are locked, a job has done or is doing a day that closed after an instant.

    Whoever does a day has had the counters since that day closed. So nobody is doing a later one than the cursor shows.
    """
    rows = await reader.fetch(ACCOUNTS_DONE_BEYOND, *zip(*since.items(), strict=True)) if since else []
    return {row["account_id"] for row in rows}


async def forget_after(
    writer: Writer, account_id: UUID, since: datetime | None, zones: Sequence[ZonePeriod]
) -> Sequence[Record]:
    """Undo what the jobs at midnight did for an account after an instant (UTC), so that they do it anew.

    The counters are locked; `zones` are all the account has now. Without an instant everything is undone, as when it
    begins at another one than before. Waits for who is doing a day of the account. Returns the events of resets that
    will be done again, for the caller to withdraw: what they say was used of a day may have changed.
    """
    day = first_ledger_day(zones) if since is None else ledger_day_at(since, zones)
    await _set(writer, account_id, zones[-1].time_zone, day)
    bound, first_date = (_EVER, date.min) if since is None else (since, day.date)
    await writer.execute(_FORGET_SNAPSHOTS, account_id, bound, first_date)
    await writer.execute(_FORGET_OPENED_DAYS, account_id, bound, first_date)
    return await writer.fetch(RESETS_AFTER, account_id, bound)


async def watch_from(writer: Writer, accounts: Iterable[tuple[UUID, str, datetime]]) -> None:
    """Have the watch scan deadlines of accounts again: each, its counters locked, with its zone and since when."""
    await writer.execute_many(_WATCH_FROM, ((*each, WATCH) for each in sorted(accounts)))


async def tell_zones(writer: Writer, zones: Iterable[str]) -> None:
    """Tell those who listen that accounts have these zones now, once the transaction is committed."""
    await writer.execute(_TELL_ZONES, ZONES_CHANNEL, sorted(zones))


async def due_groups(reader: Reader, job: str, until: datetime, now: datetime) -> list[DueGroup]:
    """Read what of a job at midnight was due by `until`, oldest first, but for accounts that wait to be tried again."""
    return [DueGroup(*row) for row in await reader.fetch(DUE_GROUPS, now, now + LONGEST_PAUSE, job, until)]


async def due_accounts(reader: Reader, group: DueGroup, now: datetime, after: UUID | None, limit: int) -> list[UUID]:
    """Read accounts of a group but those that wait to be tried again, ascending, from after one on."""
    which = (group.job, group.due_at, group.time_zone, after or UUID(int=0))
    rows = await reader.fetch(DUE_ACCOUNTS, now, now + LONGEST_PAUSE, *which, limit)
    return [row["account_id"] for row in rows]


async def postpone(writer: Writer, job: str, account_id: UUID, retry_at: datetime) -> None:
    """Note that a job failed for an account, which is due again from an instant on (UTC); the caller commits."""
    await writer.execute(_POSTPONE, job, account_id, retry_at)


async def _set(writer: Writer, account_id: UUID, zone: str, day: LedgerDay) -> None:
    await writer.execute(_SET, account_id, zone, day.date, day.opens_at, day.closes_at)
