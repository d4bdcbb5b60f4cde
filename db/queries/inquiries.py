"""Reads of inquiries: by id, those of an account, and those of all accounts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from app.domain.inquiries import InquiryTopic
from app.domain.local_time import Interval
from db.connections import Record, Statement
from db.queries.pages import EARLIEST, GREATEST_UUID, LATEST, LEAST_UUID, WALKED, Page, Slice, Span, Walk, page, walk
from db.readers import Reader

InquiryKey = tuple[UUID, UUID]
"""The account and the inquiry."""


@dataclass(slots=True)
class InquiryRow:
    """An inquiry as in the table `inquiries`."""

    account_id: UUID
    id: UUID
    order_id: UUID | None
    topic: InquiryTopic
    text: str
    created_at: datetime
    due_at: datetime
    answer: str | None
    answered_at: datetime | None


_COLUMNS: Final = "i.account_id, i.id, i.order_id, i.topic, i.text, i.created_at, i.due_at, i.answer, i.answered_at"

# Inquiries of an account by id: the primary key.
_BY_ID: Final = Statement(
    "inquiries_by_id", f"SELECT {_COLUMNS} FROM inquiries i WHERE i.account_id = $1 AND i.id = ANY($2::uuid[])"
)

OVERDUE_PAGE: Final = 500
"""Overdue inquiries that are alerted in one transaction."""

_TO_ALERT: Final = "NOT alerted AND (answered_at IS NULL OR answered_at > due_at)"

# Inquiries that were not answered by their deadline before an instant and have no event of it, but for accounts $2:
# inquiries_to_alert_idx.
OVERDUE: Final = Statement(
    "overdue_inquiries",
    f"""
    SELECT account_id, id FROM inquiries
    WHERE {_TO_ALERT} AND due_at < $1 AND account_id <> ALL($2::uuid[])
    ORDER BY due_at, account_id, id
    LIMIT {OVERDUE_PAGE}
    """,
    many="the job looks at the inquiries of all accounts",
)

# Those of an account by id that are still so: the primary key.
STILL_OVERDUE: Final = Statement(
    "still_overdue_inquiries",
    f"""
    SELECT id, order_id, due_at FROM inquiries
    WHERE account_id = $1 AND id = ANY($2::uuid[]) AND {_TO_ALERT} AND due_at < $3
    ORDER BY due_at, id
    """,
)


def _by_deadline(name: str, condition: str) -> Walk:
    """Make the statements of an account's inquiries, latest deadline first: inquiries_missed_idx, from the bound on."""
    return walk(
        name,
        f"""
    SELECT {_COLUMNS}
    FROM (
      SELECT * FROM inquiries i
      WHERE i.account_id = $1 AND {condition} AND (i.due_at, i.id) > ($2, $3) AND (i.due_at, i.id) < ($4, $5)
      ORDER BY i.due_at {{desc}}, i.id {{desc}}
      LIMIT {WALKED}
    ) AS i
    ORDER BY i.due_at {{desc}}, i.id {{desc}}
    LIMIT $6
    """,
    )


# Inquiries that were not answered in time, and open ones.
_MISSED: Final = _by_deadline("missed_inquiries", "(i.answered_at IS NULL OR i.answered_at > i.due_at)")
_STILL_OPEN: Final = _by_deadline("still_open_inquiries", "i.answered_at IS NULL")


@dataclass(frozen=True, slots=True)
class DueInquiries:
    """The inquiries of an account whose deadline is within an interval: open ones, or those not answered in time."""

    within: Interval
    are_open: bool

    @property
    def span(self) -> Span:
        """The keys that they can have."""
        return Span((self.within.start, LEAST_UUID), (self.within.end, LEAST_UUID), descending=True)


class _Lists(NamedTuple):
    """The statements of a list and of its count: of all inquiries, of open ones, of answered ones."""

    every: tuple[Walk, Statement]
    open: tuple[Walk, Statement]
    answered: tuple[Walk, Statement]

    def of(self, is_open: bool | None) -> tuple[Walk, Statement]:  # noqa: FBT001 - as loaders ask
        """Return the statements of open inquiries, of answered ones, or, for None, of all."""
        return self.every if is_open is None else self.open if is_open else self.answered


def _of_account(name: str, condition: str = "true") -> tuple[Walk, Statement]:
    """Make the statements of an account's inquiries, newest first."""
    listed = f"""
    SELECT {_COLUMNS}
    FROM (
      SELECT * FROM inquiries i
      WHERE i.account_id = $1 AND {condition}
        AND (i.created_at, i.id) > ($2, $3) AND (i.created_at, i.id) < ($4, $5)
      ORDER BY i.created_at {{desc}}, i.id {{desc}}
      LIMIT {WALKED}
    ) AS i
    ORDER BY i.created_at {{desc}}, i.id {{desc}}
    LIMIT $6
    """
    counted = f"SELECT count(*) FROM inquiries i WHERE i.account_id = $1 AND {condition}"
    return walk(name, listed), Statement(f"{name}_count", counted)


def _of_all(name: str, condition: str = "true") -> tuple[Walk, Statement]:
    """Make the statements of the inquiries of all accounts, earliest due first."""
    many = "staff list the inquiries of all accounts"
    listed = f"""
    SELECT {_COLUMNS}
    FROM (
      SELECT * FROM inquiries i
      WHERE {condition} AND (i.due_at, i.id) > ($1, $2) AND (i.due_at, i.id) < ($3, $4)
      ORDER BY i.due_at {{asc}}, i.id {{asc}}
      LIMIT {WALKED}
    ) AS i
    ORDER BY i.due_at {{asc}}, i.id {{asc}}
    LIMIT $5
    """
    counted = f"SELECT count(*) FROM inquiries i WHERE {condition}"
    return walk(name, listed, many), Statement(f"{name}_count", counted, many)


_OPEN: Final = "i.answered_at IS NULL"
_ANSWERED: Final = "i.answered_at IS NOT NULL"

# The inquiries of an account: inquiries_by_creation_idx or inquiries_open_idx, from the bound on.
_OF_ACCOUNT: Final = _Lists(
    _of_account("inquiries_of_account"),
    _of_account("open_inquiries_of_account", _OPEN),
    _of_account("answered_inquiries_of_account", _ANSWERED),
)

# The inquiries of all accounts: all_inquiries_by_deadline_idx or all_inquiries_open_idx, from the bound on.
_OF_ALL: Final = _Lists(
    _of_all("all_inquiries"), _of_all("all_open_inquiries", _OPEN), _of_all("all_answered_inquiries", _ANSWERED)
)

INQUIRY_SPAN: Final = Span((EARLIEST, LEAST_UUID), (LATEST, GREATEST_UUID), descending=True)
ALL_INQUIRIES_SPAN: Final = Span((EARLIEST, LEAST_UUID), (LATEST, GREATEST_UUID))


async def inquiries_by_id(reader: Reader, keys: Sequence[InquiryKey]) -> dict[InquiryKey, InquiryRow]:
    """Read inquiries by account and id, an account at a time; those that do not exist are left out."""
    of_account: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for account_id, inquiry_id in keys:
        of_account[account_id].append(inquiry_id)
    found: dict[InquiryKey, InquiryRow] = {}
    for account_id, ids in of_account.items():
        rows = map(_row, await reader.fetch(_BY_ID, account_id, ids))
        found |= {(account_id, row.id): row for row in rows}
    return found


async def inquiries_of_accounts(
    reader: Reader,
    accounts: Sequence[UUID],
    part: Slice,
    is_open: bool | None,  # noqa: FBT001 - as loaders ask
) -> dict[UUID, Page[InquiryRow]]:
    """Read a page of each account's inquiries, newest first; `is_open` None means all."""
    lower, upper = INQUIRY_SPAN.within(part)
    statement = _OF_ACCOUNT.of(is_open)[0].towards(part)
    found: dict[UUID, Page[InquiryRow]] = {}
    for account_id in accounts:
        rows = map(_row, await reader.fetch(statement, account_id, *lower, *upper, part.size + 1))
        found[account_id] = page([((row.created_at, row.id), row) for row in rows], part)
    return found


async def count_inquiries_of_accounts(
    reader: Reader,
    accounts: Sequence[UUID],
    is_open: bool | None,  # noqa: FBT001 - as loaders ask
) -> dict[UUID, int]:
    """Count each account's inquiries; `is_open` None means all."""
    found: dict[UUID, int] = {}
    for account_id in accounts:
        record = await reader.fetch_row(_OF_ACCOUNT.of(is_open)[1], account_id)
        found[account_id] = 0 if record is None else record[0]
    return found


async def due_inquiries(
    reader: Reader, accounts: Sequence[UUID], part: Slice, wanted: DueInquiries
) -> dict[UUID, Page[InquiryRow]]:
    """Read a page of such inquiries of each account, latest deadline first."""
    lower, upper = wanted.span.within(part)
    statement = (_STILL_OPEN if wanted.are_open else _MISSED).towards(part)
    found: dict[UUID, Page[InquiryRow]] = {}
    for account_id in accounts:
        rows = map(_row, await reader.fetch(statement, account_id, *lower, *upper, part.size + 1))
        found[account_id] = page([((row.due_at, row.id), row) for row in rows], part)
    return found


async def all_inquiries(
    reader: Reader,
    part: Slice,
    is_open: bool | None,  # noqa: FBT001 - as loaders ask
) -> Page[InquiryRow]:
    """Read a page of the inquiries of all accounts, earliest due first; `is_open` None means all."""
    lower, upper = ALL_INQUIRIES_SPAN.within(part)
    records = await reader.fetch(_OF_ALL.of(is_open)[0].towards(part), *lower, *upper, part.size + 1)
    return page([((row.due_at, row.id), row) for row in map(_row, records)], part)


async def count_all_inquiries(reader: Reader, is_open: bool | None) -> int:  # noqa: FBT001 - as loaders ask
    """Count the inquiries of all accounts; `is_open` None means all."""
    record = await reader.fetch_row(_OF_ALL.of(is_open)[1])
    return 0 if record is None else record[0]


def _row(record: Record) -> InquiryRow:
    row = InquiryRow(*record)
    row.topic = InquiryTopic(row.topic)
    return row
