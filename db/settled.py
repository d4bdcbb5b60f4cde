"""The settled instant of an answer, and the snapshot of the database that it is for (domain rules, section 1).

An instant T of an account is settled when no command that the snapshot does not show can carry an instant before T.
A live command holds the account's lock, exclusively, from before it reads PostgreSQL's clock until it is committed.
So where a reader could share that lock for a moment, the clock it read then is settled for every snapshot taken after;
where it could not, the first instant after the account's last one in the snapshot is, and so it is at any time.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.clock import Clock
from db.connections import Record, Statement
from db.readers import Reader

CLOCK: Final = "coalesce({0}::timestamptz, clock_timestamp() + {1}::interval)"
"""PostgreSQL's clock in a statement whose parameters {0} and {1} are a `ClockReading`."""

TRANSACTION_CLOCK: Final = "coalesce({0}::timestamptz, now() + {1}::interval)"
"""PostgreSQL's clock at the start of the transaction; the same parameters."""

ACCOUNT_LOCK: Final = "hashtextextended({0}::text, 0)"
"""The number of the advisory lock of the account {0}; two accounts that share one wait for each other."""

TRY_LOCK: Final = f"(NOT pg_is_in_recovery() AND pg_try_advisory_xact_lock_shared({ACCOUNT_LOCK}))"
"""True if no command of the account {{0}} is under way; a standby never knows, since commands lock on the primary."""

_MICROSECOND: Final = timedelta(microseconds=1)

# Settles an instant for one account, by the primary key.
_SETTLE_ACCOUNT: Final = Statement(
    "settle_account",
    f"""
    SELECT {CLOCK.format("$2", "$3")} AS now, {TRY_LOCK.format("h.account_id")} AS free, h.account_id, h.import_run
    FROM account_heads h WHERE h.account_id = $1
    """,  # noqa: S608 - made of fixed texts
)

# Settles an instant for each account of a page that staff read, of any accounts: the primary key.
_SETTLE_PAGE: Final = Statement(
    "settle_page",
    f"""
    WITH clock AS MATERIALIZED (SELECT {CLOCK.format("$2", "$3")} AS now)
    SELECT clock.now, h.account_id, h.import_run,
      CASE WHEN h.account_id IS NOT NULL THEN {TRY_LOCK.format("h.account_id")} END AS free
    FROM clock LEFT JOIN account_heads h ON h.account_id = ANY($1::uuid[])
    """,  # noqa: S608 - made of fixed texts
    many="staff read a page of accounts",
)


@dataclass(frozen=True, slots=True)
class Settlement:
    """PostgreSQL's clock at an instant (UTC), and the accounts of which no command was under way then.

    `import_runs` are the runs of `loupe import` that the counters of accounts named then; None: they were not read.
    """

    now: datetime
    free: frozenset[UUID]
    import_runs: Mapping[UUID, int] | None

    @property
    def is_after_command(self) -> bool:
        """True if `after_command` made it, from a command, without a read."""
        return self.import_runs is None

    def instant(self, account_id: UUID, last_at: datetime) -> datetime:
        """Return the settled instant of an account whose last one in a later snapshot is `last_at` (both UTC)."""
        after_last = last_at + _MICROSECOND
        return max(self.now, after_last) if account_id in self.free else after_last


def after_command(at: datetime) -> Settlement:
    """Return the settlement just after a command at an instant (UTC)."""
    return Settlement(at, frozenset(), None)


async def settle(reader: Reader, clock: Clock, account_ids: Collection[UUID]) -> Settlement:
    """Settle an instant for accounts, by one statement; those that do not exist are left out.

    Takes no part in a transaction: the snapshot that the instants are for is to be taken after it.
    """
    rows: list[Record] = []
    if len(account_ids) == 1:
        [account_id] = account_ids
        rows = await reader.fetch(_SETTLE_ACCOUNT, account_id, *clock.reading)
    if not rows:
        rows = await reader.fetch(_SETTLE_PAGE, list(account_ids), *clock.reading)
    runs = {row["account_id"]: row["import_run"] for row in rows if row["import_run"] is not None}
    return Settlement(rows[0]["now"], frozenset(row["account_id"] for row in rows if row["free"]), runs)
