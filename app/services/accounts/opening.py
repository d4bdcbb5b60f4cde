"""Opening accounts."""

from datetime import datetime
from typing import Final
from uuid import UUID

from app.domain.account import Account
from app.domain.errors import DomainError
from app.domain.events.account_kinds import AccountCreated
from app.domain.events.new_events import NewEvent
from app.domain.sla.enums import Plan
from app.domain.sla.stored import others_to_json, terms_to_json
from app.domain.sla.terms import PLAN_TERMS, NegotiableTerms, SlaTerms, SlaVersion
from app.domain.texts import require_name
from app.domain.wording import quoted
from app.services.accounts.counters import counters_row, new_counters
from app.services.events import write_events
from app.services.ids import new_id
from app.services.jobs.cursors import begin_cursors
from db.connections import Statement
from db.tables.accounts import AccountCounters, TimeZonePeriod
from db.tables.accounts import SlaVersion as SlaVersionRow
from db.writer import Writer

# Adds an account unless its ref is taken; the unique index on ref.
ADD_ACCOUNT: Final = Statement(
    "add_account",
    """
    INSERT INTO accounts (id, ref, name, plan, time_zone, created_at) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (ref) DO NOTHING RETURNING id
    """,
)


class AccountRefTaken(DomainError):  # noqa: N818 - refusals are named by their case
    """A ref that another account has."""

    def __init__(self, ref: str) -> None:
        super().__init__(f"There is an account {quoted(ref)} already.")
        self.ref = ref


async def create_account(
    writer: Writer,
    *,
    at: datetime,
    name: str,
    plan: Plan,
    time_zone: str,
    plan_terms: SlaTerms | None = None,
    terms: NegotiableTerms = NegotiableTerms(),  # noqa: B008 - it never changes
    ref: str | None = None,
) -> UUID:
    """Open an account at an instant (UTC), with its plan's terms except for those in `terms` (domain rules, section 2).

    `plan_terms` are the configured terms of the plan, those of PLAN_TERMS by default.

    Raises BadText, UnknownTimeZone and AccountRefTaken.
    """
    name = require_name("The name", name)
    if ref is not None:
        require_name("The ref", ref)
    account = Account.open(at, time_zone, plan, plan_terms or PLAN_TERMS[plan], terms)
    account_id = new_id(at)
    if await writer.fetch_row(ADD_ACCOUNT, account_id, ref, name, plan, time_zone, at) is None:
        raise AccountRefTaken(ref or "")
    await writer.insert([TimeZonePeriod(account_id=account_id, starts_at=at, time_zone=time_zone)])
    await writer.insert([version_row(account_id, version) for version in account.versions])
    await _record(writer, account_id, account_created(account, ref=ref, name=name, plan=plan))
    await begin_cursors(writer, account_id, time_zone, account.ledger_day_at(at))
    return account_id


def account_created(account: Account, *, ref: str | None, name: str, plan: Plan) -> NewEvent:
    """Return the event of an account's opening, with its first terms."""
    zone, version = account.zones[0], account.versions[0]
    return NewEvent(account.created_at, None, None, AccountCreated(ref, name, plan, zone.time_zone, version.terms))


def version_row(account_id: UUID, version: SlaVersion, starts_at: datetime | None = None) -> SlaVersionRow:
    """Return the row of an SLA version; a change of the plan has the predicted start (UTC) of its first day."""
    return SlaVersionRow(
        account_id=account_id,
        version=version.version,
        effective_date=version.effective_date,
        images_per_day=version.terms.images_per_day,
        expedites_per_day=version.terms.expedites_per_day,
        negotiated_at=version.negotiated_at,
        note=version.note,
        message=version.message,
        plan_terms=None if version.plan_terms is None else terms_to_json(version.plan_terms),
        withdrawn_at=version.withdrawn_at,
        plan=version.plan if version.changes_plan else None,
        plan_starts_at=starts_at,
        other_terms=others_to_json(version.terms) or None,
    )


async def _record(writer: Writer, account_id: UUID, created: NewEvent) -> None:
    """Write the first event of an account, and its counters."""
    counters = new_counters(account_id, created.at)
    await write_events(writer, {account_id: [created]}, {account_id: counters}, created.at)
    await writer.insert([AccountCounters(**counters_row(counters), rollups_sequence=counters.rollups_sequence)])
