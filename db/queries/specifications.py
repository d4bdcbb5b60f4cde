"""Reads of specifications: the retouching of an account's images, and the time of a median human retoucher."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, TypeAlias
from uuid import UUID

from app.domain.specifications import SpecificationTerms, steps_of
from db.connections import Record, Statement
from db.queries.pages import GREATEST_UUID, LEAST_UUID, WALKED, Key, Page, Slice, Span, pages, walk
from db.readers import Reader

VersionKey: TypeAlias = tuple[UUID, UUID, int]
"""The account, the specification and the number of its version."""


@dataclass(slots=True)
class SpecificationRow:
    """A specification in one of its versions; `steps` are as in the table, for `steps_of`."""

    account_id: UUID
    id: UUID
    version: int
    name: str
    price_per_image: Decimal
    currency: str
    steps: list[dict[str, Any]]
    price_negotiated: bool
    instructions: str | None
    archived_at: datetime | None

    @property
    def terms(self) -> SpecificationTerms:
        """The terms of the version."""
        return SpecificationTerms(
            self.name,
            self.price_per_image,
            self.currency,
            steps_of(self.steps),
            self.instructions,
            self.price_negotiated,
        )


SPECIFICATION_COLUMNS: Final = (
    "v.account_id, v.specification_id AS id, v.version, v.name, v.price_per_image, v.currency, v.steps,"
    " v.price_negotiated, v.instructions, s.archived_at"
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

# The currencies of versions of an account's specifications: the primary key.
_CURRENCIES: Final = Statement(
    "currencies_of_versions",
    """
    SELECT v.account_id, v.specification_id, v.version, v.currency
    FROM specification_versions v
    WHERE v.account_id = $1 AND (v.specification_id, v.version) IN (SELECT * FROM unnest($2::uuid[], $3::int[]))
    """,
)

# The specifications of an account that are not archived and follow the catalogue, in their current version: the primary
# keys, by the account.
_FOLLOWING: Final = Statement(
    "specifications_following_the_catalogue",
    f"""
    SELECT {SPECIFICATION_COLUMNS}
    FROM specifications s
    JOIN specification_versions v
      ON v.account_id = $1 AND v.specification_id = s.id AND v.version = s.current_version
    WHERE s.account_id = $1 AND s.archived_at IS NULL
      AND (NOT v.price_negotiated OR v.steps @> '[{{"negotiated": false}}]')
    ORDER BY s.id
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


async def currencies_of_versions(reader: Reader, keys: Sequence[VersionKey]) -> dict[VersionKey, str]:
    """Read the currencies of versions, an account at a time."""
    of_account: defaultdict[UUID, list[tuple[UUID, int]]] = defaultdict(list)
    for account_id, specification_id, version in keys:
        of_account[account_id].append((specification_id, version))
    found: dict[VersionKey, str] = {}
    for account_id, versions in of_account.items():
        rows = await reader.fetch(_CURRENCIES, account_id, *map(list, zip(*versions, strict=True)))
        found |= {(row[0], row[1], row[2]): row[3] for row in rows}
    return found


async def specifications_following(reader: Reader, account_id: UUID) -> list[SpecificationRow]:
    """Read the specifications of an account that are not archived and follow the catalogue, oldest first."""
    return [SpecificationRow(*record) for record in await reader.fetch(_FOLLOWING, account_id)]


async def specifications_of_accounts(
    reader: Reader,
    accounts: Sequence[UUID],
    part: Slice,
    archived: bool | None,  # noqa: FBT001 - as loaders ask
) -> dict[UUID, Page[SpecificationRow]]:
    """Read a page of each account's specifications, oldest first; `archived` None means all."""
    (lower,), (upper,) = SPECIFICATION_SPAN.within(part)
    records = await reader.fetch(_OF_ACCOUNT.towards(part), accounts, lower, upper, archived, part.size + 1)
    return await pages(records, accounts, part, _keyed)


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
