"""A database partitioned by account, and the partitions that the plan of a statement names.

It stands in for a distributed PostgreSQL: a statement reads a table of one account if its plan names one partition,
which requires that the table itself, and not only another one, is compared with a parameter.
"""

import json
import re
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, Final, NamedTuple
from uuid import UUID

from db.connections import Statement, connect
from db.tables.base import Table
from tests.support.database import create_all, temporary_database

PARTS: Final = 8
WHOLE: Final = {
    *("accounts", "tokens", "token_uses", "retouching_steps", "paused_jobs"),
    *("job_runs", "spreads", "staff_idempotency_keys", "signing_keys"),
}
"""Tables that every node has, or that are about no account; all others are partitioned."""

_COLUMNS: Final = {
    table.name: [*table.columns.keys()] for table in Table.metadata.tables.values() if table.name not in WHOLE
}
_NAMED: Final = re.compile(rf"\b(?:FROM|JOIN|UPDATE|INTO)\s+({'|'.join(_COLUMNS)})\b")
_SETTINGS: Final = "SET plan_cache_mode = force_custom_plan; SET constraint_exclusion = off"
_IN_PART: Final = "SELECT satisfies_hash_partition('account_heads'::regclass, $1, $2, $3::uuid)"
_VALUES: Final[dict[str, object]] = {
    "timestamptz": datetime(2026, 3, 10, 12, tzinfo=UTC),
    "date": date(2026, 3, 10),
    "numeric": Decimal(1),
    "float8": 1.0,
    "interval": timedelta(0),
    "bytea": b"a",
    "bool": True,
    **dict.fromkeys(("int2", "int4", "int8"), 1),
    **dict.fromkeys(("text", "varchar", "jsonb"), "{}"),  # also an array without values
}


class PartedDatabase(NamedTuple):
    """A connection to a database partitioned by account, and an account of each partition, in their order."""

    connection: Any
    accounts: Sequence[UUID]

    async def asks_one_account(self, statement: Statement) -> bool:
        """Return whether each table is compared with one and the same account."""
        if statement.sql.startswith("ANALYZE") or not _NAMED.search(statement.sql):
            return True
        types = (await self.connection.prepare(statement.sql)).get_parameters()
        explain = f"EXPLAIN (VERBOSE, FORMAT JSON) {statement.sql}"
        plan = await self.connection.fetchval(explain, *_arguments(types, self.accounts))
        asked = _parts_named(statement.sql, json.loads(plan)[0]["Plan"], self.accounts)
        return all(asked.values()) and len(set[int]().union(*asked.values())) <= 1


@asynccontextmanager
async def parted_database(server: str) -> AsyncGenerator[PartedDatabase]:
    """Create a database without rows, partitioned by account."""
    async with temporary_database(server) as url:
        await create_all(url, cut=dict.fromkeys(_COLUMNS, PARTS))
        connection: Any = await connect(url)
        await connection.execute(_SETTINGS)
        yield PartedDatabase(connection, [await _account_of(connection, part) for part in range(PARTS)])
        await connection.close()


async def _account_of(connection: Any, part: int) -> UUID:  # noqa: ANN401 - asyncpg's connection is untyped
    for number in count():
        if await connection.fetchval(_IN_PART, PARTS, part, UUID(int=number)):
            return UUID(int=number)
    raise AssertionError


def _arguments(types: Sequence[Any], accounts: Sequence[UUID]) -> Iterator[object]:
    """Yield arguments: each id is an account of another partition, each array has two values."""
    turn = count()
    for type_ in types:
        values = [
            accounts[next(turn) % PARTS] if type_.name.startswith("uuid") else _VALUES[type_.name.removesuffix("[]")]
            for _ in range(2 if type_.kind == "array" else 1)
        ]
        yield values if type_.kind == "array" else values[0]


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


def _parts_named(sql: str, plan: dict[str, Any], accounts: Sequence[UUID]) -> dict[str, set[int]]:
    """Return the partitions of each table that a plan names; none of a table that the planner left out."""
    parts: dict[str, set[int]] = {table: set() for table in _NAMED.findall(sql)}
    for node in _nodes(plan):
        table, _, part = node.get("Relation Name", "").rpartition("_")
        if table in _COLUMNS:
            parts.setdefault(table, set()).add(int(part))
        elif node.get("Operation") == "Insert" and (table := node["Relation Name"]) in _COLUMNS:
            account = node["Plans"][-1]["Output"][_COLUMNS[table].index("account_id")]
            written = {part for part in range(PARTS) if account == f"'{accounts[part]}'::uuid"}
            parts.setdefault(table, set()).update(written or range(PARTS))
    return parts
