"""Lists of all accounts, by name or by creation, for staff."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.domain.sla.enums import Plan
from db.connections import Statement
from db.queries.accounts import ACCOUNT_COLUMNS, PLAN_AT, AccountRow, account_row
from db.queries.pages import EARLIEST, GREATEST_UUID, LATEST, LEAST_UUID, WALKED, Page, Slice, Span, Walk, page, walk
from db.readers import Reader

_GREATEST_NAME: Final = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class AccountFilter:
    """A filter of all accounts: those with a text in their name or ref, in any case, on a plan at `now` (UTC).

    An empty text is in all, and None is any plan. They are listed by name ignoring case, or else by their creation.
    """

    now: datetime
    search: str
    plan: Plan | None
    by_name: bool

    @property
    def span(self) -> Span:
        """The keys that the accounts can have."""
        least, greatest = ("", _GREATEST_NAME) if self.by_name else (EARLIEST, LATEST)
        return Span((least, LEAST_UUID), (greatest, GREATEST_UUID))


# True if {0} of an account has the text {1}, in any case.
_HAS: Final = "position(lower(normalize({1}, NFC)) IN lower(normalize({0}, NFC))) > 0"

# True if an account `a` has the text {0} in its name or ref, and the plan {1} at {2}.
_IS_WANTED: Final = f"""
        ({{0}} = '' OR {_HAS.format("a.name", "{0}")} OR {_HAS.format("coalesce(a.ref, '')", "{0}")})
        AND ({{1}}::text IS NULL OR {{1}} = {PLAN_AT.format("{2}")})"""


def _listed(name: str, within: str, order: str, key: str) -> Walk:
    return walk(
        name,
        f"""
    SELECT {ACCOUNT_COLUMNS}, {key} AS key
    FROM (
      SELECT * FROM accounts a
      WHERE {within} AND {_IS_WANTED.format("$5::text", "$6", "$8::timestamptz")}
      ORDER BY {order}
      LIMIT {WALKED}
    ) AS a
    ORDER BY {order}
    LIMIT $7
    """,
        many="staff list accounts of a plan",
    )


# By name, bytewise without regard to case: accounts_by_name_idx, from the bound on. The bound is a range of names
# first, since the index orders names by operators that have no row comparison.
_BY_NAME: Final = _listed(
    "accounts_by_name",
    """
        lower(a.name) ~>=~ $1 AND (lower(a.name) ~>~ $1 OR a.id > $2)
        AND lower(a.name) ~<=~ $3 AND (lower(a.name) ~<~ $3 OR a.id < $4)""",
    "lower(a.name) USING {up}, a.id {asc}",
    "lower(a.name)",
)

# Oldest first: accounts_by_creation_idx, from the bound on.
_BY_CREATION: Final = _listed(
    "accounts_by_creation",
    "(a.created_at, a.id) > ($1, $2) AND (a.created_at, a.id) < ($3, $4)",
    "a.created_at {asc}, a.id {asc}",
    "a.created_at",
)

# The number of accounts of a filter: all accounts are read.
_COUNT: Final = Statement(
    "accounts_count",
    f"SELECT count(*) FROM accounts a WHERE {_IS_WANTED.format('$1::text', '$2', '$3::timestamptz')}",
    many="staff count accounts of a plan",
)


async def all_accounts(reader: Reader, part: Slice, wanted: AccountFilter) -> Page[AccountRow]:
    """Read a page of all accounts, by name or by creation."""
    lower, upper = wanted.span.within(part)
    statement = _BY_NAME if wanted.by_name else _BY_CREATION
    which = (wanted.search, wanted.plan, part.size + 1, wanted.now)
    records = await reader.fetch(statement.towards(part), *lower, *upper, *which)
    rows = [(account_row(values), key) for *values, key in records]
    return page([((key, row.id), row) for row, key in rows], part)


async def count_all_accounts(reader: Reader, wanted: AccountFilter) -> int:
    """Count all accounts; the cost grows with them."""
    record = await reader.fetch_row(_COUNT, wanted.search, wanted.plan, wanted.now)
    return 0 if record is None else record[0]
