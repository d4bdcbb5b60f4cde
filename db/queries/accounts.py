"""Reads of accounts, and of the short histories that decide their ledger days, terms and user time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from app.domain.account import Account
from app.domain.contacts import Contact
from app.domain.ledger.days import ChangedBy, LedgerDay, ZonePeriod
from app.domain.ledger.guarantee import Allowance
from app.domain.ledger.quota import QuotaDay
from app.domain.sla.enums import Plan
from app.domain.sla.stored import COLUMNS, stated_from_json, terms_from_json
from app.domain.sla.terms import SlaVersion
from db.connections import Record, Statement
from db.queries.activity import ACTIVITY_UNTIL
from db.readers import Reader


@dataclass(slots=True)
class AccountRow:
    """An account as in the table `accounts`; its plan at an instant is in its history."""

    id: UUID
    name: str
    first_plan: Plan
    time_zone: str
    created_at: datetime
    success_manager_name: str | None
    success_manager_email: str | None
    contact_name: str | None
    contact_email: str | None
    closed_at: datetime | None
    ref: str | None
    dashboard_access: bool | None

    @property
    def success_manager(self) -> Contact | None:
        """The person of the service for the account; None without one."""
        name = self.success_manager_name
        return None if name is None else Contact(name, self.success_manager_email)

    @property
    def contact(self) -> Contact | None:
        """The person of the account whom the service writes to; None without one."""
        return None if self.contact_name is None else Contact(self.contact_name, self.contact_email)


@dataclass(slots=True)
class NamedAccount(AccountRow):
    """An account with its plan now."""

    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountHistory(Account):
    """An account with its row and the number of orders it has placed; its ledger day in use is the latest.

    `last_at` (UTC) is the instant of its last command, or a later one that a job set. Its ledger days that closed
    by `activity_until` (UTC; None: none) have their rows in `activity_days`.
    """

    row: AccountRow
    last_at: datetime
    orders: int
    activity_until: datetime | None

    @property
    def account_id(self) -> UUID:
        """The account's id."""
        return self.row.id


ACCOUNT_COLUMNS: Final = """
    a.id, a.name, a.plan AS first_plan, a.time_zone, a.created_at, a.success_manager_name, a.success_manager_email,
    a.contact_name, a.contact_email, a.closed_at, a.ref, a.dashboard_access"""
"""The columns of an AccountRow, of accounts `a`."""
_ACCOUNT_COLUMNS: Final = len(fields(AccountRow))

HISTORY_COLUMNS: Final = """
      z.starts_at, z.time_zones, z.changed_by, v.version, v.effective_date, v.images_per_day, v.expedites_per_day,
      v.negotiated_at, v.note, v.plan_terms, v.message, v.withdrawn_at, v.plan,
      v.other_terms"""
"""The columns that `account_of` reads from HISTORY, beside `a.closed_at` of the account."""

_VERSION_COLUMNS: Final = (
    *(each.name for each in fields(SlaVersion) if each.name != "terms"),
    *COLUMNS,
    "other_terms",
)

HISTORY: Final = """
    CROSS JOIN LATERAL (
      SELECT array_agg(z.starts_at ORDER BY z.starts_at) AS starts_at,
        array_agg(z.time_zone ORDER BY z.starts_at) AS time_zones,
        array_agg(z.changed_by ORDER BY z.starts_at) AS changed_by
      FROM time_zone_periods z WHERE z.account_id = {0}
    ) AS z
    CROSS JOIN LATERAL (
      SELECT array_agg(v.version ORDER BY v.version) AS version,
        array_agg(v.effective_date ORDER BY v.version) AS effective_date,
        array_agg(v.images_per_day ORDER BY v.version) AS images_per_day,
        array_agg(v.expedites_per_day ORDER BY v.version) AS expedites_per_day,
        array_agg(v.negotiated_at ORDER BY v.version) AS negotiated_at,
        array_agg(v.note ORDER BY v.version) AS note,
        array_agg(v.plan_terms ORDER BY v.version) AS plan_terms,
        array_agg(v.message ORDER BY v.version) AS message,
        array_agg(v.withdrawn_at ORDER BY v.version) AS withdrawn_at,
        array_agg(CASE v.version WHEN 1 THEN a.plan ELSE v.plan END ORDER BY v.version) AS plan,
        array_agg(v.other_terms ORDER BY v.version) AS other_terms
      FROM sla_versions v WHERE v.account_id = {0}
    ) AS v"""
"""The join of the zones and SLA versions of the account {0} with the row `a`, each column as an array."""

PLAN_AT: Final = """coalesce((
      SELECT v.plan FROM sla_versions v WHERE v.account_id = a.id AND v.plan_starts_at <= {0}
      ORDER BY v.effective_date DESC, v.version DESC LIMIT 1), a.plan)"""
"""The plan of the account `a` at the instant {0}; the primary key of sla_versions."""

DAY_COLUMNS: Final = "d.date, d.opens_at, d.closes_at, d.capacity, d.used, d.expedite_capacity, d.expedite_used"
"""The columns that `quota_day` reads, of a ledger day `d`."""

# Accounts by id: the primary key.
_BY_ID: Final = Statement("accounts_by_id", f"SELECT {ACCOUNT_COLUMNS} FROM accounts a WHERE a.id = ANY($1::uuid[])")

# Accounts with their refs by name, all or one ($1), for operators of the service, as of an instant: the primary key
# finds one.
_NAMED: Final = Statement(
    "named_accounts",
    f"""
    SELECT {ACCOUNT_COLUMNS}, {PLAN_AT.format("$2::timestamptz")} AS plan
    FROM accounts a WHERE $1::uuid IS NULL OR a.id = $1 ORDER BY lower(a.name), a.id
    """,
    many="those who operate the service list all accounts",
)

# The history of accounts, with the latest ledger day: the primary keys of accounts, account_heads, time_zone_periods,
# sla_versions and ledger_days.
_HISTORIES: Final = Statement(
    "account_histories",
    f"""
    SELECT {ACCOUNT_COLUMNS}, h.last_at, h.next_order_number - 1 AS orders, {ACTIVITY_UNTIL.format("h")},
      {HISTORY_COLUMNS}, {DAY_COLUMNS}
    FROM account_heads h
    JOIN accounts a ON a.id = h.account_id
    {HISTORY.format("h.account_id")}
    LEFT JOIN LATERAL (
      SELECT * FROM ledger_days WHERE account_id = h.account_id ORDER BY date DESC LIMIT 1
    ) AS d ON true
    WHERE h.account_id = ANY($1::uuid[])
    """,
)

# The zones of accounts: the primary key of time_zone_periods.
_ZONES: Final = Statement(
    "zones_of_accounts",
    """
    SELECT account_id, array_agg(starts_at ORDER BY starts_at) AS starts_at,
      array_agg(time_zone ORDER BY starts_at) AS time_zones,
      array_agg(changed_by ORDER BY starts_at) AS changed_by
    FROM time_zone_periods WHERE account_id = ANY($1::uuid[]) GROUP BY account_id
    """,
    many="midnight jobs do accounts in batches",
)

# The last instants of accounts: the primary key.
_LAST_INSTANTS: Final = Statement(
    "last_instants", "SELECT account_id, last_at FROM account_heads WHERE account_id = ANY($1::uuid[])"
)


def account_row(record: Iterable[Any]) -> AccountRow:
    """Read an account from the values of ACCOUNT_COLUMNS."""
    row = AccountRow(*record)
    row.first_plan = Plan(row.first_plan)
    return row


# Reads accounts in the order of these refs; the unique index on ref finds them.
ACCOUNTS_IN_ORDER: Final = Statement(
    "accounts_in_order",
    """
    SELECT a.id, a.ref, a.name, a.plan, a.time_zone
    FROM unnest($1::text[]) WITH ORDINALITY AS r (ref, position)
    JOIN accounts a ON a.ref = r.ref
    ORDER BY r.position
    """,
)


# The zones and terms of an account since its opening, the use of its ledger day at an instant, and a specification in
# its current version; primary keys. A ledger day may last for weeks: it is the latest that has opened.
ACCOUNT_FACTS: Final = Statement(
    "account_facts",
    f"""
    SELECT a.closed_at, {HISTORY_COLUMNS}, {DAY_COLUMNS},
      s.id, s.current_version, s.archived_at, w.name, w.price_per_image, w.currency
    FROM account_heads h JOIN accounts a ON a.id = h.account_id {HISTORY.format("$1")}
    LEFT JOIN (
      SELECT * FROM ledger_days WHERE account_id = $1 AND opens_at <= $2 ORDER BY date DESC LIMIT 1
    ) AS d ON d.closes_at > $2
    LEFT JOIN specifications s ON s.account_id = $1 AND s.id = $3
    LEFT JOIN specification_versions w
      ON w.account_id = $1 AND w.specification_id = s.id AND w.version = s.current_version
    WHERE h.account_id = $1
    """,
)


# Finds an account by the first of these refs that there is, or else by its id; unique indexes find it.
FIND_ACCOUNT: Final = Statement(
    "find_account",
    "SELECT id FROM accounts WHERE ref = ANY($1::text[]) OR id = $2 ORDER BY array_position($1, ref) LIMIT 1",
)


async def accounts_by_id(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, AccountRow]:
    """Read accounts by id; those that do not exist are left out."""
    return {row.id: row for row in map(account_row, await reader.fetch(_BY_ID, ids))}


async def named_accounts(reader: Reader, now: datetime, account_id: UUID | None = None) -> list[NamedAccount]:
    """Read all accounts with their refs, by name, or one of them, as of an instant (UTC)."""
    return [NamedAccount(*record) for record in await reader.fetch(_NAMED, account_id, now)]


async def last_instants(reader: Reader, account_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """Read the last instants (UTC) of accounts; those that do not exist are left out."""
    return {row[0]: row[1] for row in await reader.fetch(_LAST_INSTANTS, account_ids)}


async def account_histories(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, AccountHistory]:
    """Read the history of accounts; those that do not exist are left out."""
    return {history.account_id: history for history in map(_history, await reader.fetch(_HISTORIES, ids))}


async def zones_of_accounts(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, tuple[ZonePeriod, ...]]:
    """Read the zones of accounts, oldest first; accounts that do not exist are left out."""
    return {row["account_id"]: _zones(row) for row in await reader.fetch(_ZONES, ids)}


def account_of(record: Record) -> Account:
    """Read an account from a record that has HISTORY_COLUMNS and `closed_at`."""
    return Account(_zones(record), _versions(record), closed_at=record["closed_at"])


def quota_day(record: Record, account: Account) -> QuotaDay:
    """Read a ledger day of an account with its use from a record that has DAY_COLUMNS."""
    day = LedgerDay(record["date"], record["opens_at"], record["closes_at"])
    allowance = Allowance(record["capacity"], record["used"], record["expedite_capacity"], record["expedite_used"])
    return QuotaDay(day, account.terms_on(day.date), allowance)


def _zones(record: Record) -> tuple[ZonePeriod, ...]:
    periods = zip(record["starts_at"], record["time_zones"], record["changed_by"], strict=True)
    return tuple(
        ZonePeriod(starts_at, time_zone, None if changed_by is None else ChangedBy(changed_by))
        for starts_at, time_zone, changed_by in periods
    )


def _versions(record: Record) -> tuple[SlaVersion, ...]:
    columns = (record[column] for column in _VERSION_COLUMNS)
    return tuple(_version(values) for values in zip(*columns, strict=True))


def _version(columns: Iterable[Any]) -> SlaVersion:
    """Read an SLA version from the values of _VERSION_COLUMNS."""
    values = dict(zip(_VERSION_COLUMNS, columns, strict=True))
    terms, plan = values["plan_terms"], values["plan"]
    quantities = {name: values.pop(name) for name in COLUMNS}
    values["terms"] = stated_from_json(quantities | (values.pop("other_terms") or {}))
    values["plan_terms"] = None if terms is None else terms_from_json(terms)
    values["plan"] = None if plan is None else Plan(plan)
    return SlaVersion(**values)


def _history(record: Record) -> AccountHistory:
    account = account_of(record)
    return AccountHistory(
        zones=account.zones,
        versions=account.versions,
        closed_at=account.closed_at,
        day=None if record["date"] is None else quota_day(record, account),
        row=account_row(record[:_ACCOUNT_COLUMNS]),
        last_at=record["last_at"],
        orders=record["orders"],
        activity_until=record["activity_until"],
    )
