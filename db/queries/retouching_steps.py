"""Reads of the catalogue of retouching steps, which belongs to no account."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from app.domain.catalogue import Catalogue, CatalogueStep, Price
from db.connections import Statement
from db.queries.pages import GREATEST_UUID, LEAST_UUID, Page, Slice, Span, page, walk
from db.readers import Reader


@dataclass(slots=True)
class RetouchingStepRow:
    """A step as in the table `retouching_steps`."""

    id: UUID
    step: str
    milliseconds: int
    price: Decimal
    currency: str
    archived: bool

    @property
    def in_catalogue(self) -> CatalogueStep:
        """The step as the catalogue has it."""
        return CatalogueStep(self.step, self.milliseconds, Price(self.price, self.currency), self.archived)


_COLUMNS: Final = "r.id, r.step, r.milliseconds, r.price, r.currency, r.archived"

# Steps by id: the primary key.
_BY_ID: Final = Statement(
    "retouching_steps_by_id", f"SELECT {_COLUMNS} FROM retouching_steps r WHERE r.id = ANY($1::uuid[])"
)

# Steps by name: the unique index on names finds them.
_BY_NAME: Final = Statement(
    "retouching_steps_by_name", f"SELECT {_COLUMNS} FROM retouching_steps r WHERE r.step = ANY($1::text[])"
)

# The currency of the catalogue, which all its steps have; none while it is empty.
CURRENCY: Final = Statement("currency_of_catalogue", "SELECT currency FROM retouching_steps LIMIT 1")

# Steps by name, bytewise, all or only those that are archived or are not: the whole table, which is small.
_PAGE: Final = walk(
    "retouching_steps",
    f"""
    SELECT {_COLUMNS} FROM retouching_steps r
    WHERE r.step ~>=~ $1 AND (r.step ~>~ $1 OR r.id > $2) AND r.step ~<=~ $3 AND (r.step ~<~ $3 OR r.id < $4)
      AND ($5::boolean IS NULL OR r.archived = $5)
    ORDER BY r.step USING {{up}}, r.id {{asc}}
    LIMIT $6
    """,
)

# The number of these: the whole table.
_COUNT: Final = Statement(
    "retouching_steps_count",
    "SELECT count(*) FROM retouching_steps r WHERE $1::boolean IS NULL OR r.archived = $1",
)

# The number of specifications, not archived, whose price or time follows each step, so that a change of both values of
# the step would change them: all of them in their current version are read.
_SPECIFICATIONS: Final = Statement(
    "specifications_of_steps",
    """
    SELECT step.name, count(DISTINCT (s.account_id, s.id))
    FROM specifications s
    JOIN specification_versions v
      ON v.account_id = s.account_id AND v.specification_id = s.id AND v.version = s.current_version
    CROSS JOIN LATERAL (
      SELECT each->>'step' AS name, each @> '{"negotiated": false}' AS follows
      FROM jsonb_array_elements(v.steps) AS each
    ) AS step
    WHERE s.archived_at IS NULL AND step.name = ANY($1::text[]) AND (step.follows OR NOT v.price_negotiated)
    GROUP BY step.name
    """,
    many="the catalogue is of all accounts",
)

STEP_SPAN: Final = Span(least=("", LEAST_UUID), greatest=("\U0010ffff", GREATEST_UUID))


async def retouching_steps_by_name(reader: Reader, names: Collection[str]) -> list[RetouchingStepRow]:
    """Read the steps of these names, archived ones included; those that do not exist are left out."""
    return [RetouchingStepRow(*record) for record in await reader.fetch(_BY_NAME, [*names])]


async def read_catalogue(reader: Reader, names: Collection[str]) -> Catalogue:
    """Read the part of the catalogue with these names, archived steps included."""
    return {row.step: row.in_catalogue for row in await retouching_steps_by_name(reader, names)}


async def retouching_steps_by_id(reader: Reader, ids: Sequence[UUID]) -> dict[UUID, RetouchingStepRow]:
    """Read steps by id; those that do not exist are left out."""
    rows = (RetouchingStepRow(*record) for record in await reader.fetch(_BY_ID, ids))
    return {row.id: row for row in rows}


async def retouching_steps(
    reader: Reader,
    part: Slice,
    archived: bool | None,  # noqa: FBT001 - as loaders ask
) -> Page[RetouchingStepRow]:
    """Read a page of the catalogue by name; `archived` None means all."""
    lower, upper = STEP_SPAN.within(part)
    records = await reader.fetch(_PAGE.towards(part), *lower, *upper, archived, part.size + 1)
    return page([((row.step, row.id), row) for row in (RetouchingStepRow(*record) for record in records)], part)


async def count_retouching_steps(reader: Reader, archived: bool | None) -> int:  # noqa: FBT001 - as loaders ask
    """Count the steps of the catalogue; `archived` None means all."""
    record = await reader.fetch_row(_COUNT, archived)
    return 0 if record is None else record[0]


async def specification_counts_of_steps(reader: Reader, names: Sequence[str]) -> dict[str, int]:
    """Count the specifications of all accounts that a change of each step's price and time would change."""
    return dict.fromkeys(names, 0) | dict(map(tuple, await reader.fetch(_SPECIFICATIONS, names)))
