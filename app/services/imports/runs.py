"""A run of `loupe import`: what it wrote may be rewritten by it until it has ended, and is final from then on.

The heads of its accounts name it, and its session holds the advisory lock of its number: so a run that died has ended
with its last commit, for all that it could still write would go through that session.
"""

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from secrets import randbits
from typing import Final
from uuid import UUID

from app.clock import Clock
from db.connections import Connection, Statement
from db.tables.accounts import AccountCounters
from db.writer import Writer, transaction
from db.writes import update

_ACCOUNTS_AT_ONCE: Final = 200  # whose heads are locked in one transaction
_BITS: Final = 63  # of a positive bigint

# Hold the lock of a run for as long as the session lasts, and let go of it: on the node that the session is on.
HOLD_RUN: Final = Statement("hold_import_run", "SELECT pg_advisory_lock($1)")
LET_GO_OF_RUN: Final = Statement("let_go_of_import_run", "SELECT pg_advisory_unlock($1)")

# Names the run in the counters of an account, which are locked; the primary key.
NOTE_RUN: Final = update("note_import_run", AccountCounters, "import_run")

# Notes the end of a run in the head of an account, unless another run wrote to the account since; the primary key.
END_RUN: Final = Statement(
    "end_import_run", "UPDATE account_heads SET import_run = NULL WHERE account_id = $1 AND import_run = $2"
)


@asynccontextmanager
async def held(connection: Connection, run: "ImportRun") -> AsyncGenerator[None]:
    """Hold the lock of a run, by a session that may be gone when it is over."""
    await connection.execute(HOLD_RUN.sql, run.number)
    try:
        yield
    finally:
        if not connection.is_closed():
            await connection.execute(LET_GO_OF_RUN.sql, run.number)


@dataclass(frozen=True, slots=True)
class ImportRun:
    """A run that writes by a clock, with a number that no other has; `accounts` are those whose heads name it."""

    clock: Clock
    number: int = field(default_factory=partial(randbits, _BITS))
    accounts: set[UUID] = field(default_factory=set[UUID])

    async def note(self, writer: Writer, account_ids: Iterable[UUID]) -> None:
        """Name the run in the heads of accounts, which are locked, where they do not name it yet."""
        unnoted = [account_id for account_id in account_ids if account_id not in self.accounts]
        await writer.execute_many(NOTE_RUN, [(account_id, self.number) for account_id in unnoted])
        self.accounts.update(unnoted)

    async def end(self, connection: Connection) -> None:
        """Note in all its accounts that it has ended: ascending and a statement each, as heads are locked."""
        account_ids = sorted(self.accounts)
        for start in range(0, len(account_ids), _ACCOUNTS_AT_ONCE):
            async with transaction(connection) as writer:
                for account_id in account_ids[start : start + _ACCOUNTS_AT_ONCE]:
                    await writer.execute(END_RUN, account_id, self.number)
                await writer.commit()
