"""The terms of an account: its SLA from a day on, and its time zone (domain rules, sections 2 and 4)."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from app.clock import Clock
from app.domain.events.accounts import sla_withdrawn, terms_negotiated, time_zone_changed
from app.domain.instants import rfc3339
from app.domain.ledger.days import ChangedBy, ZonePeriod
from app.domain.ledger.quota import QuotaDay, RecordedDay
from app.domain.ledger.stored import day_from_json, day_to_json
from app.domain.local_time import time_zone
from app.domain.sla.negotiation import Negotiation
from app.services.accounts.counters import Counters, begin_command
from app.services.accounts.facts import read_account
from app.services.accounts.opening import version_row
from app.services.accounts.plans import predict_plan_starts
from app.services.accounts.recording import record
from app.services.jobs.cursors import follow_zone
from app.services.orders.outcome import NotFound
from app.services.rollups import recount_upload_weeks
from app.services.stored_results import StoredResult, keys_from_json, keys_to_json
from db.tables.accounts import Account, LedgerDay, SlaVersion, TimeZonePeriod
from db.writer import Writer
from db.writes import update

# Withdraws a version of an SLA; the primary key.
WITHDRAW_VERSION: Final = update("withdraw_sla_version", SlaVersion, "withdrawn_at")

# Changes the zone of an account; the primary key.
CHANGE_TIME_ZONE: Final = update("change_time_zone", Account, "time_zone")

# Changes the closing of a ledger day, if it has a row; the primary key.
EXTEND_LEDGER_DAY: Final = update("extend_ledger_day", LedgerDay, "closes_at")


@dataclass(frozen=True, slots=True)
class TermsOutcome:
    """The SLA version that a command at `at` (UTC) made."""

    at: datetime
    account_id: UUID
    version: int
    changed: bool = True

    @property
    def account_ids(self) -> set[UUID]:
        """The account."""
        return {self.account_id}

    def to_json(self) -> StoredResult:
        """Return the form that is stored with a key."""
        accounts = keys_to_json([(self.account_id, self.account_id)])
        return {"at": rfc3339(self.at), "accounts": accounts, "version": self.version}

    @classmethod
    def from_json(cls, stored: StoredResult) -> "TermsOutcome":
        """Return the result stored with a key."""
        [(account_id, _)] = keys_from_json(stored["accounts"])
        return cls(datetime.fromisoformat(stored["at"]), account_id, stored["version"])


@dataclass(frozen=True, slots=True)
class TimeZoneOutcome:
    """The account, in the requested zone since `at` (UTC) or before, and the ledger day that runs then."""

    at: datetime
    account_id: UUID
    day: RecordedDay
    changed: bool = True

    @property
    def account_ids(self) -> set[UUID]:
        """The account."""
        return {self.account_id}

    def to_json(self) -> StoredResult:
        """Return the form that is stored with a key."""
        accounts = keys_to_json([(self.account_id, self.account_id)])
        return {"at": rfc3339(self.at), "accounts": accounts, "day": day_to_json(self.day)}

    @classmethod
    def from_json(cls, stored: StoredResult) -> "TimeZoneOutcome":
        """Return the result stored with a key."""
        [(account_id, _)] = keys_from_json(stored["accounts"])
        return cls(datetime.fromisoformat(stored["at"]), account_id, day_from_json(stored["day"]))


async def negotiate_sla(writer: Writer, clock: Clock, account_id: UUID, agreed: Negotiation) -> TermsOutcome:
    """Add a version to an account's SLA, for ledger days to come; the caller commits.

    Raises UnknownAccount, and Refusals of NoTermStated, EffectiveDateNotAhead, DateOutOfRange and ExpeditesOutOfOrder.
    """
    counters = await begin_command(writer, clock, account_id)
    at = counters.instant
    account, _ = await read_account(writer, account_id, at)
    version = account.negotiate(at, agreed).versions[-1]
    await writer.insert([version_row(account_id, version)])
    await record(writer, counters, at, terms_negotiated(version, account.versions))
    return TermsOutcome(at, account_id, version.version)


async def withdraw_sla(
    writer: Writer,
    clock: Clock,
    account_id: UUID,
    version: int,
    note: str | None = None,
    message: str | None = None,
) -> TermsOutcome:
    """Withdraw a coming version of an account's SLA; nothing changes if it is withdrawn. The caller commits.

    Raises UnknownAccount, NotFound, SlaNotComing and SlaChangesPlan.
    """
    counters = await begin_command(writer, clock, account_id)
    at = counters.instant
    account, _ = await read_account(writer, account_id, at)
    found = next((each for each in account.versions if each.version == version), None)
    if found is None:
        raise NotFound("SLA version", UUID(int=version))
    if found.withdrawn_at is not None:
        return TermsOutcome(at, account_id, version, changed=False)
    after = account.withdraw(at, found).versions
    await writer.execute(WITHDRAW_VERSION, account_id, version, at)
    await record(writer, counters, at, sla_withdrawn(found, account.versions, after, at, note, message))
    return TermsOutcome(at, account_id, version)


async def change_time_zone(
    writer: Writer, clock: Clock, account_id: UUID, name: str, by: ChangedBy = ChangedBy.STAFF
) -> TimeZoneOutcome:
    """Move an account to another zone from now on; nothing changes if it is there already. The caller commits.

    Raises UnknownTimeZone, UnknownAccount, and TimeZoneChangedRecently for a client.
    """
    zone = time_zone(name)
    counters = await begin_command(writer, clock, account_id)
    at = counters.instant
    account, _ = await read_account(writer, account_id, at)
    replaced = account.zones[-1]
    if replaced.time_zone == name:
        return TimeZoneOutcome(at, account_id, account.day_at(at).recorded, changed=False)
    moved = account.move(at, name, by)
    period = moved.zones[-1]
    await _write_zone(writer, account_id, period, account.day_at(at).extended(moved.zones))
    await predict_plan_starts(writer, {account_id: moved})
    if _has_orders(counters):
        await recount_upload_weeks(writer, account_id, zone, since=account.created_at, until=at)
    await record(writer, counters, at, time_zone_changed(period, replaced))
    return TimeZoneOutcome(at, account_id, moved.day_at(at).recorded)


async def _write_zone(writer: Writer, account_id: UUID, period: ZonePeriod, day: QuotaDay) -> None:
    """Write a zone from an instant on; `day` ran before it, and closes at it or later."""
    await writer.insert([TimeZonePeriod(account_id=account_id, **asdict(period))])
    await writer.execute(CHANGE_TIME_ZONE, account_id, period.time_zone)
    await writer.execute(EXTEND_LEDGER_DAY, account_id, day.day.date, day.day.closes_at)
    await follow_zone(writer, account_id, period.time_zone, day.day)


def _has_orders(counters: Counters) -> bool:
    return counters.next_order_number > 1
