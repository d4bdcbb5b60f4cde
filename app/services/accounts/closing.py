"""Closing accounts for new orders, and opening them again (domain rules, section 2)."""

from typing import Final
from uuid import UUID

from app.clock import Clock
from app.domain.events.accounts import account_closed, account_reopened
from app.services.accounts.counters import begin_command
from app.services.accounts.outcome import AccountOutcome
from app.services.accounts.profile import read_row
from app.services.accounts.recording import record
from db.tables.accounts import Account
from db.writer import Writer
from db.writes import update

# Closes or opens an account; the primary key.
SET_CLOSED: Final = update("set_account_closed", Account, "closed_at")


async def close_account(writer: Writer, clock: Clock, account_id: UUID, reason: str | None = None) -> AccountOutcome:
    """Close an account from now on; nothing changes if it is closed already. The caller commits.

    Imports continue from where they were: lines from the closing on are refused by `closed_at`. Raises UnknownAccount.
    """
    counters = await begin_command(writer, clock, account_id)
    at = counters.instant
    if (await read_row(writer, account_id)).closed_at is not None:
        return AccountOutcome(at, account_id, changed=False)
    await writer.execute(SET_CLOSED, account_id, at)
    await record(writer, counters, at, account_closed(at, reason), keeps_watermark=True)
    return AccountOutcome(at, account_id)


async def reopen_account(writer: Writer, clock: Clock, account_id: UUID, reason: str | None = None) -> AccountOutcome:
    """Open a closed account again; nothing changes if it is open already. The caller commits.

    No line of an import can then be before it, since the instant of the closing is not kept. Raises UnknownAccount.
    """
    counters = await begin_command(writer, clock, account_id)
    at, closed_at = counters.instant, (await read_row(writer, account_id)).closed_at
    if closed_at is None:
        return AccountOutcome(at, account_id, changed=False)
    await writer.execute(SET_CLOSED, account_id, None)
    await record(writer, counters, at, account_reopened(at, closed_at, reason))
    return AccountOutcome(at, account_id)
