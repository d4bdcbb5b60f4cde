"""The plan of an account from a ledger day to come on (domain rules, section 2)."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from app.clock import Clock
from app.domain.account import Account
from app.domain.events.accounts import plan_changed
from app.domain.sla.plans import NewPlan
from app.services.accounts.counters import begin_command
from app.services.accounts.facts import read_account
from app.services.accounts.opening import version_row
from app.services.accounts.outcome import AccountOutcome
from app.services.accounts.recording import record
from db.tables.accounts import SlaVersion
from db.writer import Writer
from db.writes import update

# Predicts the start of the plan that begins with a version; the primary key.
PREDICT_PLAN_START: Final = update("predict_plan_start", SlaVersion, "plan_starts_at")

_Start: TypeAlias = tuple[UUID, int, datetime]


async def change_plan(writer: Writer, clock: Clock, account_id: UUID, new: NewPlan) -> AccountOutcome:
    """Change the plan of an account from a ledger day to come on; the caller commits.

    Nothing changes if that day has the plan with the same terms. Raises UnknownAccount, and Refusals of
    EffectiveDateNotAhead or DateOutOfRange.
    """
    counters = await begin_command(writer, clock, account_id)
    at = counters.instant
    account, _ = await read_account(writer, account_id, at)
    after = account.change_plan(at, new)
    if after is account:
        return AccountOutcome(at, account_id, changed=False)
    version = after.versions[-1]
    await writer.insert([version_row(account_id, version, after.plan_starts[version.version])])
    await record(writer, counters, at, plan_changed(version, account.versions))
    return AccountOutcome(at, account_id)


async def predict_plan_starts(writer: Writer, accounts: Mapping[UUID, Account]) -> None:
    """Update the predicted starts of plans of accounts whose time zone changed."""
    await writer.execute_many(PREDICT_PLAN_START, _starts(accounts))


def _starts(accounts: Mapping[UUID, Account]) -> Iterator[_Start]:
    for account_id, account in sorted(accounts.items()):
        for version, starts_at in account.plan_starts.items():
            yield account_id, version, starts_at
