"""Reads of the quota ledger: the use of each day's guarantee."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias
from uuid import UUID

from db.connections import Statement
from db.readers import Reader

DayKey: TypeAlias = tuple[UUID, date]
"""The account and the ledger day's date."""


@dataclass(slots=True)
class LedgerDayRow:
    """The amounts of a ledger day as in the table `ledger_days`."""

    account_id: UUID
    date: date
    capacity: int
    used: int
    expedite_capacity: int
    expedite_used: int


# Ledger days by date; a day without use may have no row. The primary key.
_BY_DATE: Final = Statement(
    "ledger_days_by_date",
    """
    SELECT d.account_id, d.date, d.capacity, d.used, d.expedite_capacity, d.expedite_used
    FROM unnest($1::uuid[], $2::date[]) AS p (account_id, date)
    JOIN ledger_days d ON d.account_id = p.account_id AND d.date = p.date
    """,
)


async def ledger_days(reader: Reader, keys: Sequence[DayKey]) -> dict[DayKey, LedgerDayRow]:
    """Read ledger days by account and date; those without a row are left out."""
    records = await reader.fetch(_BY_DATE, [key[0] for key in keys], [key[1] for key in keys])
    rows = (LedgerDayRow(*record) for record in records)
    return {(row.account_id, row.date): row for row in rows}
