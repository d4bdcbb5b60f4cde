"""Accounts: how one begins, and how people name one."""

from datetime import datetime
from typing import Final
from uuid import UUID

from app.domain.errors import DomainError
from app.domain.events.kinds import AccountCreated
from app.domain.events.orders import NewEvent
from app.domain.ledger.days import ZonePeriod, first_ledger_day
from app.domain.vocabulary import Plan
from app.services.accounts.counters import UnknownAccount, counters_row, new_counters
from app.services.events import write_events
from app.services.ids import new_id
from app.services.jobs.cursors import begin_cursors
from app.services.names import require_name
from db.connections import Reader, Statement, Writer
from db.tables import AccountCounters, SlaVersion, TimeZonePeriod

# Adds an account unless its name of one's own is taken; the unique index on ref tells.
ADD_ACCOUNT: Final = Statement(
    "add_account",
    """
    INSERT INTO accounts (id, ref, name, plan, time_zone, created_at) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (ref) DO NOTHING RETURNING id
    """,
)

# Finds an account by what people call it, its own ref before an id; the unique indexes on ref and id find it.
FIND_ACCOUNT: Final = Statement(
    "find_account",
    "SELECT id FROM accounts WHERE ref = $1 OR id = $2 ORDER BY ref IS NOT DISTINCT FROM $1 DESC LIMIT 1",
)


class AccountRefTaken(DomainError):  # noqa: N818 - a refusal is named by what it says
    """A ref that another account has."""

    def __init__(self, ref: str) -> None:
        super().__init__(f"There is an account {ref!r} already.")
        self.ref = ref


async def create_account(
    writer: Writer,
    *,
    at: datetime,
    name: str,
    plan: Plan,
    time_zone: str,
    images_per_day: int,
    expedites_per_day: int,
    ref: str | None = None,
) -> UUID:
    """Begin an account at an instant; version 1 of its SLA starts with its first ledger day (domain rules, section 2).

    Raises BadName, UnknownTimeZone and AccountRefTaken.
    """
    require_name("The name", name)
    if ref is not None:
        require_name("The ref", ref)
    first_day = first_ledger_day([ZonePeriod(at, time_zone)])
    account_id = new_id(at)
    if await writer.fetch_row(ADD_ACCOUNT, account_id, ref, name, plan, time_zone, at) is None:
        raise AccountRefTaken(ref or "")
    await writer.insert([TimeZonePeriod(account_id=account_id, starts_at=at, time_zone=time_zone)])
    await writer.insert(
        [
            SlaVersion(
                account_id=account_id,
                version=1,
                effective_date=first_day.date,
                images_per_day=images_per_day,
                expedites_per_day=expedites_per_day,
                negotiated_at=at,
                note=None,
            )
        ]
    )
    created = account_created(
        at,
        ref=ref,
        name=name,
        plan=plan,
        time_zone=time_zone,
        images_per_day=images_per_day,
        expedites_per_day=expedites_per_day,
    )
    await _record(writer, account_id, created)
    await begin_cursors(writer, account_id, time_zone, first_day)
    return account_id


def account_created(
    at: datetime,
    *,
    ref: str | None,
    name: str,
    plan: Plan,
    time_zone: str,
    images_per_day: int | None,
    expedites_per_day: int | None,
) -> NewEvent:
    """Tell that an account begins at an instant, with its first terms."""
    event = AccountCreated(ref, name, plan, time_zone, images_per_day, expedites_per_day)
    return NewEvent(at, None, None, event)


async def find_account(reader: Reader, name: str, account_id: UUID | None = None) -> UUID:
    """Find an account by its ref or, where the name can be read as an id, by that; raises UnknownAccount."""
    row = await reader.fetch_row(FIND_ACCOUNT, name, account_id)
    if row is None:
        raise UnknownAccount(name)
    found: UUID = row["id"]
    return found


async def _record(writer: Writer, account_id: UUID, created: NewEvent) -> None:
    """Write the first event of an account, and its counters."""
    counters = new_counters(account_id, created.at)
    await write_events(writer, {account_id: [created]}, {account_id: counters}, created.at)
    await writer.insert([AccountCounters(**counters_row(counters))])
