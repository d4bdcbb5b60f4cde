"""Reads an account for a command, once its counters are locked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from app.domain.account import Account
from app.domain.ledger.days import LedgerDay
from app.domain.ledger.guarantee import Allowance
from app.domain.ledger.quota import QuotaDay
from app.domain.orders.state import OrderedSpecification
from db.connections import Reader, Record, Statement
from db.queries.accounts import HISTORY, HISTORY_COLUMNS, account_of

# The zones and terms of an account since it began, what is used of its ledger day at an instant, and a specification in
# its current wording; primary keys. A ledger day may last for weeks: it is the latest that has opened.
ACCOUNT_FACTS: Final = Statement(
    "account_facts",
    f"""
    SELECT {HISTORY_COLUMNS},
      d.date, d.opens_at, d.closes_at, d.sla_version, d.capacity, d.used, d.expedite_capacity, d.expedite_used,
      s.id, s.current_version, s.archived_at, w.name, w.price_per_image, w.currency
    FROM account_heads h {HISTORY}
    LEFT JOIN (
      SELECT * FROM ledger_days WHERE account_id = $1 AND opens_at <= $2 ORDER BY date DESC LIMIT 1
    ) AS d ON d.closes_at > $2
    LEFT JOIN specifications s ON s.account_id = $1 AND s.id = $3
    LEFT JOIN specification_versions w
      ON w.account_id = $1 AND w.specification_id = s.id AND w.version = s.current_version
    WHERE h.account_id = $1
    """,  # noqa: S608 - made of fixed texts
)


@dataclass(frozen=True, slots=True)
class NamedSpecification:
    """A specification as it is sold now."""

    name: str
    archived: bool
    ordered: OrderedSpecification


async def read_account(
    reader: Reader, account_id: UUID, at: datetime, specification_id: UUID | None = None
) -> tuple[Account, NamedSpecification | None]:
    """Read an account that exists, with the use of its ledger day at an instant (UTC) not before its opening.

    And the specification asked for; None where none was, or the account has none with this id.
    """
    row = await reader.fetch_row(ACCOUNT_FACTS, account_id, at, specification_id)
    if row is None:
        raise LookupError(f"The account {account_id} has no history.")
    account = account_of(row)
    if row["date"] is not None:
        account = account.using(quota_day(row, account))
    return account, None if row["id"] is None else _specification(row)


def quota_day(row: Record, account: Account) -> QuotaDay:
    """Read a ledger day of an account with its use from a record that has the columns of `ledger_days`."""
    day = LedgerDay(row["date"], row["opens_at"], row["closes_at"])
    allowance = Allowance(row["capacity"], row["used"], row["expedite_capacity"], row["expedite_used"])
    return QuotaDay(day, account.terms_on(day.date), allowance)


def _specification(row: Record) -> NamedSpecification:
    ordered = OrderedSpecification(row["id"], row["current_version"], row["price_per_image"], row["currency"])
    return NamedSpecification(row["name"], row["archived_at"] is not None, ordered)
