"""Runs of `loupe import`: a run may rewrite the events that it wrote; they are final once it has ended.

The counters of its accounts name it, and its session holds the advisory lock of its number: a run whose process died
has ended with its last commit, since it writes through that session only.
"""

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from secrets import randbits
from typing import Final
from uuid import UUID

from app.clock import Clock
from app.services.accounts.counters import Counters
from db.connections import Connection, Statement
from db.tables.accounts import AccountCounters
from db.writer import Writer, transaction
from db.writes import update

_ACCOUNTS_AT_ONCE: Final = 200  # whose counters are locked in one transaction
_BITS: Final = 63  # of a positive bigint

# Take the lock of a run until the session ends, and release it: on the node of the session.
HOLD_RUN: Final = Statement("hold_import_run", "SELECT pg_advisory_lock($1)")
RELEASE_RUN: Final = Statement("release_import_run", "SELECT pg_advisory_unlock($1)")

# Names the run, and the sequence of its first event, in the counters of an account, which are locked; the primary key.
NOTE_RUN: Final = update("note_import_run", AccountCounters, "import_run", "import_from")

# Removes the run from the counters of an account, unless another run wrote to it since; the primary key.
END_RUN: Final = Statement(
    "end_import_run",
    "UPDATE account_heads SET import_run = NULL, import_from = NULL WHERE account_id = $1 AND import_run = $2",
)


@asynccontextmanager
async def held(connection: Connection, run: "ImportRun") -> AsyncGenerator[None]:
    """Hold the lock of a run, by a session that may be closed at the end."""
    await connection.execute(HOLD_RUN.sql, run.number)
    try:
        yield
    finally:
        if not connection.is_closed():
            await connection.execute(RELEASE_RUN.sql, run.number)


@dataclass(frozen=True, slots=True)
class ImportRun:
    """A run that writes by a clock, with a random number of its own; the counters of its `accounts` name it.

    No line of it is after its start, `started_at` (UTC).
    """

    clock: Clock
    started_at: datetime
    number: int = field(default_factory=partial(randbits, _BITS))
    accounts: set[UUID] = field(default_factory=set[UUID])

    async def note(self, writer: Writer, all_counters: Iterable[Counters]) -> None:
        """Write the run into locked counters, unless they name it already, before its first event of their account."""
        unnoted = [counters for counters in all_counters if counters.account_id not in self.accounts]
        rows = [(counters.account_id, self.number, counters.next_event_sequence) for counters in unnoted]
        await writer.execute_many(NOTE_RUN, rows)
        self.accounts.update(counters.account_id for counters in unnoted)

    async def end(self, connection: Connection) -> None:
        """Remove the run from the counters of all its accounts: ascending and a statement each, as locks are taken."""
        account_ids = sorted(self.accounts)
        for start in range(0, len(account_ids), _ACCOUNTS_AT_ONCE):
            async with transaction(connection) as writer:
                for account_id in account_ids[start : start + _ACCOUNTS_AT_ONCE]:
                    await writer.execute(END_RUN, account_id, self.number)
                await writer.commit()
