"""What a command has to know of its account, read once the head is locked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.ledger.days import LedgerDay, ZonePeriod, ledger_day_at, zone_at
from app.domain.ledger.guarantee import Allowance
from app.domain.ledger.quota import QuotaDay, unused_day
from app.domain.orders.state import OrderedSpecification
from app.domain.sla.terms import SlaVersion, sla_on
from db.connections import Record
from db.queries.accounts import ACCOUNT_FACTS, versions_of, zones_of
from db.readers import Reader


@dataclass(frozen=True, slots=True)
class NamedSpecification:
    """A specification as it is sold now."""

    name: str
    archived: bool
    ordered: OrderedSpecification


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """The zones and terms of an account, and the ledger day that holds the instant asked, with what is used of it.

    `specification` is the one asked for; None where none was, or the account has no such.
    """

    zones: Sequence[ZonePeriod]
    versions: Sequence[SlaVersion]
    day: QuotaDay
    specification: NamedSpecification | None

    def zone(self, at: datetime) -> ZoneInfo:
        """Return the account's zone at the instant."""
        return zone_at(at, self.zones)

    def sla_version(self, at: datetime) -> int:
        """Return the SLA version in force on the ledger day of an instant."""
        return sla_on(ledger_day_at(at, self.zones).date, self.versions).version


async def account_facts(
    reader: Reader, account_id: UUID, at: datetime, specification_id: UUID | None = None
) -> AccountFacts:
    """Read what is known of an account that exists, as of an instant not before its beginning."""
    row = await reader.fetch_row(ACCOUNT_FACTS, account_id, at, specification_id)
    if row is None:
        raise LookupError(f"The account {account_id} has no history.")
    zones, versions = zones_of(row), versions_of(row)
    day = unused_day(at, zones, versions) if row["date"] is None else quota_day(row)
    return AccountFacts(zones, versions, day, None if row["id"] is None else _specification(row))


def quota_day(row: Record) -> QuotaDay:
    """Read a ledger day with what is used of it from a record that has the columns of `ledger_days`."""
    allowance = Allowance(row["capacity"], row["used"], row["expedite_capacity"], row["expedite_used"])
    return QuotaDay(LedgerDay(row["date"], row["opens_at"], row["closes_at"]), row["sla_version"], allowance)


def _specification(row: Record) -> NamedSpecification:
    ordered = OrderedSpecification(row["id"], row["current_version"], row["price_per_image"], row["currency"])
    return NamedSpecification(row["name"], row["archived_at"] is not None, ordered)
