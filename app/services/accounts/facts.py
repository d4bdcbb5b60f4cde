"""Reading an account for a command, once its counters are locked."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.account import Account
from app.domain.orders.state import OrderedSpecification
from db.connections import Record
from db.queries.accounts import ACCOUNT_FACTS, account_of, quota_day
from db.readers import Reader


@dataclass(frozen=True, slots=True)
class NamedSpecification:
    """The current version of a specification."""

    name: str
    archived: bool
    ordered: OrderedSpecification


async def read_account(
    reader: Reader, account_id: UUID, at: datetime, specification_id: UUID | None = None
) -> tuple[Account, NamedSpecification | None]:
    """Read an account that exists, with the use of its ledger day at an instant (UTC) not before its opening.

    Also the specification of an id; None without an id, or where the account has none with it.
    """
    row = await reader.fetch_row(ACCOUNT_FACTS, account_id, at, specification_id)
    if row is None:
        raise LookupError(f"The account {account_id} has no history.")
    account = account_of(row)
    if row["date"] is not None:
        account = account.using(quota_day(row, account))
    return account, None if row["id"] is None else _specification(row)


def _specification(row: Record) -> NamedSpecification:
    ordered = OrderedSpecification(row["id"], row["current_version"], row["price_per_image"], row["currency"])
    return NamedSpecification(row["name"], row["archived_at"] is not None, ordered)
