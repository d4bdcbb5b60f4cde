"""The name of an account, its people, and its access to the dashboard (domain rules, section 2)."""

from typing import Final
from uuid import UUID

from app.clock import Clock
from app.domain.contacts import Contact
from app.domain.events.accounts import (
    account_renamed,
    contact_changed,
    dashboard_access_changed,
    success_manager_changed,
)
from app.services.accounts.counters import begin_command
from app.services.accounts.outcome import AccountOutcome
from app.services.accounts.recording import record
from db.queries.accounts import AccountRow, accounts_by_id
from db.readers import Reader
from db.tables.accounts import Account
from db.writer import Writer
from db.writes import update

# Renames an account; the primary key.
RENAME_ACCOUNT: Final = update("rename_account", Account, "name")

# Changes the success manager of an account; the primary key.
SET_SUCCESS_MANAGER: Final = update("set_success_manager", Account, "success_manager_name", "success_manager_email")

# Changes whether an account has a dashboard; the primary key.
SET_DASHBOARD_ACCESS: Final = update("set_dashboard_access", Account, "dashboard_access")

# Changes the contact of an account; the primary key.
SET_CONTACT: Final = update("set_contact", Account, "contact_name", "contact_email")


async def rename_account(writer: Writer, clock: Clock, account_id: UUID, name: str) -> AccountOutcome:
    """Give an account another name; nothing changes if it has the name. The caller commits.

    Raises UnknownAccount.
    """
    counters = await begin_command(writer, clock, account_id)
    at, previous = counters.instant, (await read_row(writer, account_id)).name
    if name == previous:
        return AccountOutcome(at, account_id, changed=False)
    await writer.execute(RENAME_ACCOUNT, account_id, name)
    await record(writer, counters, at, account_renamed(name, previous, at), keeps_watermark=True)
    return AccountOutcome(at, account_id)


async def set_success_manager(
    writer: Writer, clock: Clock, account_id: UUID, manager: Contact | None
) -> AccountOutcome:
    """Set the success manager of an account, or none; nothing changes if it is the same. The caller commits.

    Raises UnknownAccount.
    """
    counters = await begin_command(writer, clock, account_id)
    at, previous = counters.instant, (await read_row(writer, account_id)).success_manager
    if manager == previous:
        return AccountOutcome(at, account_id, changed=False)
    await writer.execute(SET_SUCCESS_MANAGER, account_id, *_columns(manager))
    await record(writer, counters, at, success_manager_changed(manager, previous, at), keeps_watermark=True)
    return AccountOutcome(at, account_id)


async def set_contact(writer: Writer, clock: Clock, account_id: UUID, contact: Contact | None) -> AccountOutcome:
    """Set the person whom the service writes to, or none; nothing changes if it is the same. The caller commits.

    Raises UnknownAccount.
    """
    counters = await begin_command(writer, clock, account_id)
    at, previous = counters.instant, (await read_row(writer, account_id)).contact
    if contact == previous:
        return AccountOutcome(at, account_id, changed=False)
    await writer.execute(SET_CONTACT, account_id, *_columns(contact))
    await record(writer, counters, at, contact_changed(contact, previous, at), keeps_watermark=True)
    return AccountOutcome(at, account_id)


async def set_dashboard_access(
    writer: Writer, clock: Clock, account_id: UUID, *, enabled: bool | None
) -> AccountOutcome:
    """Grant an account access to its dashboard, refuse it, or leave it to the plan (None). The caller commits.

    Nothing changes if it is so already. Raises UnknownAccount.
    """
    counters = await begin_command(writer, clock, account_id)
    at, previous = counters.instant, (await read_row(writer, account_id)).dashboard_access
    if enabled is previous:
        return AccountOutcome(at, account_id, changed=False)
    await writer.execute(SET_DASHBOARD_ACCESS, account_id, enabled)
    await record(writer, counters, at, dashboard_access_changed(enabled, previous, at), keeps_watermark=True)
    return AccountOutcome(at, account_id)


def _columns(person: Contact | None) -> tuple[str | None, str | None]:
    return (None, None) if person is None else (person.name, person.email)


async def read_row(reader: Reader, account_id: UUID) -> AccountRow:
    """Read the row of an account whose counters are locked."""
    return (await accounts_by_id(reader, [account_id]))[account_id]
