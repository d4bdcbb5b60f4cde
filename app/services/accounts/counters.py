"""The counters of accounts: locked before any write of an account, so that its writes are in one order."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, Final
from uuid import UUID

from app.clock import Clock, SystemClock
from app.services.accounts.finding import UnknownAccount
from db.columns import attributes_of, selected
from db.connections import Pool, Statement
from db.failures import DatabaseUnreachable, OutcomeUnknown
from db.queries.activity import ACTIVITY_UNTIL
from db.queries.pulse import ROLLUPS_COMPLETE
from db.settled import ACCOUNT_LOCK, CLOCK, TRANSACTION_CLOCK
from db.tables.accounts import AccountCounters
from db.writer import Writer, unit_of_work
from db.writes import update

RECENT: Final = "interval '1 second'"
"""The greatest age of an account's last instant as a live command starts; concurrent answers are as of that instant.

The age is taken at the command's start: a command of many accounts may take longer than this.
"""

_NOT_COUNTED: Final = ("import_run", "import_from")
_DERIVED: Final = ("activity_until", "activity_sequence", "rollups_sequence")
_COLUMNS: Final = attributes_of(AccountCounters, but=(*_NOT_COUNTED, *_DERIVED))
_SAVED: Final = (*_COLUMNS[1:], *_DERIVED)
_COUNTERS: Final = attrgetter(
    *_COLUMNS, "activity_until", "next_event_sequence", "rollups_sequence"
)  # astuple would copy each deeply


def _lock_counters(name: str, rows: str) -> Statement:
    """Write the statement that locks the counters of one account and then reads PostgreSQL's clock.

    A live command also takes the account's lock, exclusively, before the clock is read, which readers try to share
    (`db.settled`), and only if the last instant is recent. CTEs keep the order: rows are locked after a select list was
    computed. The primary key finds it.
    """
    return Statement(
        name,
        f"""
        WITH head AS MATERIALIZED (
          SELECT {selected(AccountCounters, "h", but=_NOT_COUNTED)}
          FROM account_heads h WHERE account_id = $1 {rows}
        ), locked AS MATERIALIZED (
          SELECT CASE
            WHEN $4 AND last_at >= {TRANSACTION_CLOCK.format("$2", "$3")} - {RECENT}
            THEN pg_advisory_xact_lock({ACCOUNT_LOCK.format("account_id")}) IS NOT NULL
            ELSE false END AS is_live, head.*
          FROM head
        )
        SELECT {", ".join(_COLUMNS)}, {CLOCK.format("$2", "$3")} AS read_at, is_live, {ACTIVITY_UNTIL.format("locked")},
          {ROLLUPS_COMPLETE.format("locked")}
        FROM locked
        """,  # noqa: S608 - made of fixed texts
    )


# Waits for the holder of the counters.
LOCK_COUNTERS: Final = _lock_counters("lock_counters", "FOR UPDATE")

# Finds nothing where the counters are locked.
LOCK_FREE_COUNTERS: Final = _lock_counters("lock_free_counters", "FOR UPDATE SKIP LOCKED")

# Advances the last instants of accounts whose counters are locked to just before PostgreSQL's clock, all at once, or
# the first of many would be quiet again before the last; the primary key.
FORWARD_COUNTERS: Final = Statement(
    "forward_counters",
    f"""
    WITH clock AS MATERIALIZED (SELECT {CLOCK.format("$2", "$3")} - interval '1 microsecond' AS now)
    UPDATE account_heads SET last_at = greatest(last_at, clock.now) FROM clock WHERE account_id = ANY($1::uuid[])
    """,  # noqa: S608 - made of fixed texts
)

# Saves the counters of an account; the primary key.
SAVE_COUNTERS: Final = update("save_counters", AccountCounters, *_SAVED)

_MICROSECOND: Final = timedelta(microseconds=1)
_POSTGRES_CLOCK: Final = SystemClock()
FIRST_EVENT: Final = 1
"""The number of an account's first event in its sequence."""


class QuietAccounts(Exception):  # noqa: N818 - named by its case, like all errors here
    """Accounts whose last instant is too old for a live command, to be advanced by its clock."""

    def __init__(self, accounts: Collection[UUID], clock: Clock) -> None:
        super().__init__(f"{len(accounts)} accounts are to be advanced.")
        self.accounts = accounts
        self.clock = clock


@dataclass(slots=True)
class Counters:
    """The counters of an account whose row is locked; see the table. Changes are written by `save_counters`.

    `read_at` (UTC) is PostgreSQL's clock, read once the row was locked; that of a new account is its opening. `is_live`
    is True if the account's lock is held, too, as a live command needs. `rollups_complete` is True if all columns of
    its rollups count.
    """

    account_id: UUID
    next_order_number: int
    next_event_sequence: int
    last_at: datetime
    watermark: datetime
    minutes_since: datetime
    read_at: datetime
    is_live: bool = False
    activity_until: datetime | None = None
    rollups_complete: bool = False

    @property
    def rollups_sequence(self) -> int | None:
        """The number of the next event while all columns of the rollups count; None otherwise."""
        return self.next_event_sequence if self.rollups_complete else None

    @property
    def instant(self) -> datetime:
        """The instant of a command (UTC): by the clock, but after all that the account already has.

        An account's instants are in the order of its commits, and no two commands share one: as of an instant, all
        commands before it are known, and none at it (domain rules, section 1).
        """
        return next_instant(self.read_at, self.last_at)

    def begin(self, before: datetime, at: datetime) -> None:
        """Move the opening of an account without orders from `before` to another instant."""
        self.last_at = at if self.last_at == before else self.last_at
        self.minutes_since = at
        self.activity_until = None


def next_instant(now: datetime, last_at: datetime) -> datetime:
    """Return the next instant of an account (UTC): now, but after `last_at`."""
    return max(now, last_at + _MICROSECOND)


def counters_row(counters: Counters) -> dict[str, Any]:
    """Return the row of an account's counters, by its columns."""
    return {column: getattr(counters, column) for column in _COLUMNS}


def new_counters(account_id: UUID, at: datetime) -> Counters:
    """Return the counters of an account opened at an instant; their row is not written yet."""
    return Counters(
        account_id,
        1,
        FIRST_EVENT,
        last_at=at,
        watermark=at,
        minutes_since=at,
        read_at=at,
        rollups_complete=True,
    )


async def lock_counters(
    writer: Writer, account_ids: Iterable[UUID], clock: Clock = _POSTGRES_CLOCK, *, live: bool = False
) -> dict[UUID, Counters]:
    """Lock the counters of accounts until the end of the transaction; raises UnknownAccount.

    Always in ascending order, or two writers could wait for each other; a statement each, as Citus locks rows of one
    account at a time. For jobs and imports, which change no answer at an instant before; see `begin_commands`.
    """
    all_counters: dict[UUID, Counters] = {}
    for account_id in sorted(set(account_ids)):
        row = await writer.fetch_row(LOCK_COUNTERS, account_id, *clock.reading, live)
        if row is None:
            raise UnknownAccount(str(account_id))
        all_counters[account_id] = Counters(*row)
    return all_counters


async def begin_commands(writer: Writer, clock: Clock, account_ids: Iterable[UUID]) -> dict[UUID, Counters]:
    """Lock the counters of accounts for live commands, so that concurrent answers are as of an instant before them.

    Raises UnknownAccount, and QuietAccounts where that instant would be long ago.
    """
    all_counters = await lock_counters(writer, account_ids, clock, live=True)
    quiet = {account_id for account_id, counters in all_counters.items() if not counters.is_live}
    if quiet:
        raise QuietAccounts(quiet, clock)
    return all_counters


async def begin_command(writer: Writer, clock: Clock, account_id: UUID) -> Counters:
    """Lock the counters of an account for a live command; raises as `begin_commands`."""
    return (await begin_commands(writer, clock, [account_id]))[account_id]


async def begin_free_command(writer: Writer, clock: Clock, account_id: UUID) -> Counters | None:
    """Lock the counters of an account for a live command, or return None, without waiting, if it is busy.

    Raises QuietAccounts.
    """
    row = await writer.fetch_row(LOCK_FREE_COUNTERS, account_id, *clock.reading, True)
    if row is None:
        return None
    counters = Counters(*row)
    if not counters.is_live:
        raise QuietAccounts({account_id}, clock)
    return counters


async def advance_quiet(pool: Pool, clock: Clock, account_ids: Collection[UUID]) -> None:
    """Advance the last instants of accounts to just before now, so that live commands may begin.

    Accounts that others are changing are skipped: these commands advance them. Raises DatabaseUnreachable where it is
    unknown whether that was committed, since no command was begun.
    """
    async with unit_of_work(pool) as writer:
        rows = [await writer.fetch_row(LOCK_FREE_COUNTERS, each, *clock.reading, False) for each in sorted(account_ids)]
        await writer.execute(FORWARD_COUNTERS, [row["account_id"] for row in rows if row is not None], *clock.reading)
        try:
            await writer.commit()
        except OutcomeUnknown as error:
            raise DatabaseUnreachable(str(error)) from error


def earliest_reading(all_counters: Mapping[UUID, Counters]) -> datetime:
    """Return the first reading (UTC) of PostgreSQL's clock as counters, one at least, were locked.

    All writes of their accounts before it are committed.
    """
    return min(counters.read_at for counters in all_counters.values())


async def save_counters(writer: Writer, all_counters: Iterable[Counters]) -> None:
    """Write the counters of locked accounts back."""
    await writer.execute_many(SAVE_COUNTERS, map(_COUNTERS, all_counters))
