"""Candidates: orders that the watch over deadlines has to look at, a page at a time.

Orders that these reads leave out need no alert; those that they find are judged again.
"""

from collections.abc import AsyncGenerator, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.services.jobs.cursors import WATCH
from app.services.jobs.runs import LONGEST_PAUSE
from db.connections import Record
from db.queries.deadlines import DEADLINES, DEADLINES_OF_ACCOUNT, DEADLINES_PAGE
from db.queries.order_states import OrderKey
from db.queries.pages import LEAST_UUID
from db.readers import Reader

MOST_IMAGES: Final = 10_000
"""Images of the orders that are looked at in one transaction, all of which are read: more only of a single order."""


@dataclass(frozen=True, slots=True)
class Span:
    """The time whose alerts are due, from `since` to before `until` (UTC), at a lead."""

    since: datetime
    until: datetime
    lead: timedelta


@dataclass(frozen=True, slots=True)
class CandidatePage:
    """Orders, each with its first deadline on the page, in the order of these; the last page says so."""

    orders: Mapping[OrderKey, datetime]
    last_due_at: datetime
    is_last: bool

    @property
    def accounts(self) -> list[UUID]:
        """The accounts of the orders, each once."""
        return list(dict.fromkeys(account_id for account_id, _ in self.orders))

    def of(self, account_ids: Collection[UUID]) -> list[OrderKey]:
        """Return the orders of accounts."""
        wanted = frozenset(account_ids)
        return [key for key in self.orders if key[0] in wanted]

    def first_due_at(self, account_id: UUID) -> datetime:
        """Return the first deadline (UTC) of an account on the page."""
        return min(self.orders[key] for key in self.of([account_id]))


async def candidates(reader: Reader, span: Span, account_id: UUID | None = None) -> AsyncGenerator[CandidatePage]:
    """Yield pages of orders to look at, of one account or of all; at least one page, which may be empty.

    Of one account, all deadlines from `since` on are included, as it may be long ago, when the lead was another.
    """
    lead = span.lead
    first, *of = (
        (span.since + lead, span.until + LONGEST_PAUSE, WATCH) if account_id is None else (span.since, account_id)
    )
    statement = DEADLINES if account_id is None else DEADLINES_OF_ACCOUNT
    times = (span.since, span.until, first, span.until + lead, lead.total_seconds())
    bound: tuple[datetime, UUID, UUID] = (span.since, LEAST_UUID, LEAST_UUID)
    is_last = False
    while not is_last:
        rows = await reader.fetch(statement, *bound, *times, *of)
        is_last = len(rows) < DEADLINES_PAGE
        *parts, end = portions(rows)
        for part in parts:
            yield _page(part, span.since, is_last=False)
        yield _page(end, span.since, is_last=is_last)
        bound = bound if is_last else (rows[-1]["due_at"], rows[-1]["account_id"], rows[-1]["id"])


def portions(rows: Sequence[Record]) -> Iterator[Sequence[Record]]:
    """Cut rows of orders into parts whose orders do not have too many images in all; at least one part."""
    start, images = 0, 0
    orders: set[UUID] = set()
    for index, row in enumerate(rows):
        if row["order_id"] in orders:
            continue
        if orders and images + row["image_count"] > MOST_IMAGES:
            yield rows[start:index]
            start, images = index, 0
            orders.clear()
        orders.add(row["order_id"])
        images += row["image_count"]
    yield rows[start:]


def _page(rows: Sequence[Record], since: datetime, *, is_last: bool) -> CandidatePage:
    orders: dict[OrderKey, datetime] = {}
    for row in rows:
        for order_id in (row["order_id"], *(origin for origin in row["origins"] if origin is not None)):
            orders.setdefault((row["account_id"], order_id), row["due_at"])
    return CandidatePage(orders, rows[-1]["due_at"] if rows else since, is_last)
