"""Reads of specifications: the retouching of an account's images, and the time of a median human retoucher."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from db.connections import Record, Statement
from db.queries.pages import GREATEST_UUID, LEAST_UUID, WALKED, Key, Page, Slice, Span, pages, walk
from db.readers import Reader


@dataclass(slots=True)
class SpecificationRow:
    """A specification in one of its versions; `steps` are {"step": name, "milliseconds": integer}."""

    account_id: UUID
    id: UUID
    version: int
    name: str
    price_per_image: Decimal
    currency: str
    steps: list[dict[str, Any]]
    archived_at: datetime | None


SPECIFICATION_COLUMNS: Final = (
    "v.account_id, v.specification_id AS id, v.version, v.name, v.price_per_image, v.currency, v.steps, s.archived_at"
)
"""The columns of a SpecificationRow, of specification_versions `v` and specifications `s`."""

# Specifications by id, in their current version: two primary keys.
_BY_ID: Final = Statement(
    "specifications_by_id",
    f"""
    SELECT {SPECIFICATION_COLUMNS}
    FROM unnest($1::uuid[], $2::uuid[]) AS p (account_id, id)
    JOIN specifications s ON s.account_id = p.account_id AND s.id = p.id
    JOIN specification_versions v
      ON v.account_id = s.account_id AND v.specification_id = s.id AND v.version = s.current_version
    """,
)

# The specifications of accounts in the order in which they were made, in their current version, all or only those that
# are archived or are not: the primary key of specifications, walked from the bound.
_OF_ACCOUNT: Final = walk(
    "specifications_of_account",
    f"""
    WITH page AS MATERIALIZED (
      SELECT s.*
      FROM unnest($1::uuid[]) AS p (account_id)
      CROSS JOIN LATERAL (
        SELECT * FROM (
          SELECT * FROM specifications s
          WHERE s.account_id = p.account_id AND s.id > $2 AND s.id < $3
            AND ($4::boolean IS NULL OR $4 = (s.archived_at IS NOT NULL))
          ORDER BY s.id {{asc}}
          LIMIT {WALKED}
        ) AS s LIMIT $5
      ) AS s
    )
    SELECT {SPECIFICATION_COLUMNS}
    FROM page s
    JOIN specification_versions v
      ON v.account_id = s.account_id AND v.specification_id = s.id AND v.version = s.current_version
    ORDER BY s.account_id, s.id {{asc}}
    """,
)

# The number of specifications of accounts, all or only those that are archived or are not: the primary key.
_COUNT: Final = Statement(
    "specifications_count",
    """
    SELECT s.account_id, count(*)
    FROM specifications s
    WHERE s.account_id = ANY($1::uuid[]) AND ($2::boolean IS NULL OR $2 = (s.archived_at IS NOT NULL))
    GROUP BY s.account_id
    """,
)

SPECIFICATION_SPAN: Final = Span(least=(LEAST_UUID,), greatest=(GREATEST_UUID,))


async def specifications_by_id(
    reader: Reader, keys: Sequence[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], SpecificationRow]:
    """Read specifications by account and id; those that do not exist are left out."""
    records = await reader.fetch(_BY_ID, [key[0] for key in keys], [key[1] for key in keys])
    rows = (SpecificationRow(*record) for record in records)
    return {(row.account_id, row.id): row for row in rows}


async def specifications_of_accounts(
    reader: Reader,
    accounts: Sequence[UUID],
    part: Slice,
    archived: bool | None,  # noqa: FBT001 - as loaders ask
) -> dict[UUID, Page[SpecificationRow]]:
    """Read a page of each account's specifications, oldest first; `archived` None means all."""
    (lower,), (upper,) = SPECIFICATION_SPAN.within(part)
    records = await reader.fetch(_OF_ACCOUNT.towards(part), accounts, lower, upper, archived, part.size + 1)
    return pages(records, accounts, part, _keyed)


async def count_specifications(
    reader: Reader,
    accounts: Sequence[UUID],
    archived: bool | None,  # noqa: FBT001 - as loaders ask
) -> dict[UUID, int]:
    """Count each account's specifications; `archived` None means all."""
    records = await reader.fetch(_COUNT, accounts, archived)
    return dict.fromkeys(accounts, 0) | dict(map(tuple, records))


def _keyed(record: Record) -> tuple[UUID, Key, SpecificationRow]:
    row = SpecificationRow(*record)
    return row.account_id, (row.id,), row
