"""Erasing the texts of an account in tests, and the rows of all tables without their texts."""

import json
from collections import defaultdict
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import AutoString

from app.clock import Clock
from app.services.erasing.accounts import erasure_before
from app.services.erasing.erasing import Erased, count_texts, erase_texts
from db.connections import Pool
from db.queries.stored_texts import TEXTS_OF_ACCOUNT
from db.readers import PoolReader
from db.tables.base import Table

COLUMNS: Final[defaultdict[str, set[str]]] = defaultdict(set)
"""The columns with texts that are erased, by table."""
for _each in TEXTS_OF_ACCOUNT:
    for _texts in _each.texts:
        COLUMNS[_texts.table.split()[0]].update(_texts.columns)


def texts_of_tables() -> set[tuple[str, str]]:
    """Return all columns of texts and of JSON, each with its table."""
    return {
        (table.name, column.name)
        for table in Table.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, AutoString | Text | JSONB)
    }


async def columns_with(pool: Pool, text: str) -> set[tuple[str, str]]:
    """Return the columns of all tables that have a text anywhere, in any case, each with its table."""
    found: set[tuple[str, str]] = set()
    for table, column in texts_of_tables():
        query = f"SELECT FROM {table} WHERE {column}::text ILIKE '%' || $1 || '%'"
        found |= {(table, column)} if await pool.fetch(query, text) else set()
    return found


async def erase(pool: Pool, clock: Clock, account_id: UUID, day: date) -> Erased:
    """Erase the texts of an account of before a ledger day."""
    reader = PoolReader(pool)
    return await erase_texts(pool, clock, account_id, await erasure_before(reader, clock, account_id, day))


async def count(pool: Pool, clock: Clock, account_id: UUID, day: date) -> Erased:
    """Count the texts of an account that would be erased."""
    reader = PoolReader(pool)
    return await count_texts(reader, account_id, await erasure_before(reader, clock, account_id, day))


async def erasures(pool: Pool, account_id: UUID) -> list[str | None]:
    """Read the days of the events TEXTS_ERASED of an account, in their order."""
    rows = await pool.fetch(
        "SELECT data -> 'after' ->> 'erasedBefore' FROM events WHERE account_id = $1 AND type = 'TEXTS_ERASED'"
        " ORDER BY sequence",
        account_id,
    )
    return [row[0] for row in rows]


async def all_rows(pool: Pool, *, texts: bool = True) -> dict[str, list[dict[str, Any]]]:
    """Read the rows of all tables but the counters of accounts; without `texts` their columns are left out."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table in Table.metadata.tables:
        if table != "account_heads":
            rows = await pool.fetch(f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY to_jsonb(t)::text")  # noqa: S608
            dropped = set[str]() if texts else COLUMNS[table]
            found[table] = [
                {name: value for name, value in json.loads(row[0]).items() if name not in dropped} for row in rows
            ]
    return found
