"""Reads of the quota ledger: the allowances of ledger days, with their use."""

from collections.abc import Sequence
from datetime import date
from typing import Final, TypeAlias
from uuid import UUID

from app.domain.ledger.guarantee import Allowance
from db.connections import Statement
from db.readers import Reader

DayKey: TypeAlias = tuple[UUID, date]
"""The account and the ledger day's date."""


# Ledger days by date; a day without use may have no row. The primary key.
_BY_DATE: Final = Statement(
    "ledger_days_by_date",
    """
    SELECT d.account_id, d.date, d.capacity, d.used, d.expedite_capacity, d.expedite_used
    FROM unnest($1::uuid[], $2::date[]) AS p (account_id, date)
    JOIN ledger_days d ON d.account_id = p.account_id AND d.date = p.date
    """,
)


async def allowances(reader: Reader, keys: Sequence[DayKey]) -> dict[DayKey, Allowance]:
    """Read the allowances of ledger days by account and date; those without a row are left out."""
    records = await reader.fetch(_BY_DATE, [key[0] for key in keys], [key[1] for key in keys])
    return {(account_id, day): Allowance(*amounts) for account_id, day, *amounts in records}
