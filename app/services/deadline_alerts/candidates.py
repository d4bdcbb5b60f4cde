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
from app.services.orders.states import OrderKey
from db.connections import Reader, Record, Statement
from db.queries.pages import LEAST_UUID

PAGE: Final = 500
"""Deadlines that are looked at in one transaction."""

MOST_IMAGES: Final = 10_000
"""Images of the orders that are looked at in one transaction, all of which are read: more only of a single order."""

# Deadlines from a bound on that may need an alert in the time from $4 to $5: missed ones; those that became at
# risk, by time ($6 is the first deadline that was not at risk by $4, $7 is $5 with the lead, $8 the lead
# in seconds, since an interval of days would ask for a zone) or by being set so late, with an image that was open then:
# an order that is all delivered may have lost one to a sibling; and those that replaced a later one, which may have
# been at risk before. orders_by_deadline_idx and rejections_by_deadline_idx, from the bound on; primary keys and
# orders_by_split_idx for what else is asked. LIMITs by number keep the planner to these.
_DEADLINES: Final = f"""
    SELECT due_at, account_id, id, order_id, image_count
    FROM (
      (
        SELECT o.due_at, o.account_id, o.id, o.id AS order_id, o.image_count
        FROM orders o
        WHERE (o.due_at, o.account_id, o.id) > ($1, $2, $3) AND o.due_at < $7 {{of_orders}} AND (
          o.due_at < $5 AND o.late_at IS NOT NULL
          OR o.kept_due_at - make_interval(secs => $8) < o.confirmed_at AND o.confirmed_at >= $4
          OR o.expedited_at > o.placed_at AND o.expedited_at >= $4
          OR (o.due_at >= $6 OR greatest(o.placed_at, o.expedited_at, o.confirmed_at) >= $4) AND (
            coalesce(o.delivered_at, o.cancelled_at, 'infinity') > o.due_at - make_interval(secs => $8)
            OR EXISTS (
              SELECT FROM orders s
              WHERE s.account_id = o.account_id AND s.split_from = o.id AND s.split_from IS NOT NULL
                AND s.expedited_at > o.due_at - make_interval(secs => $8))))
        ORDER BY o.due_at, o.account_id, o.id
        LIMIT {PAGE}
      )
      UNION ALL
      (
        SELECT r.due_at, r.account_id, r.id, i.order_id, o.image_count
        FROM rejections r
        JOIN images i ON i.account_id = r.account_id AND i.id = r.image_id
        JOIN orders o ON o.account_id = i.account_id AND o.id = i.order_id
        WHERE (r.due_at, r.account_id, r.id) > ($1, $2, $3) AND r.due_at < $7 {{of_rejections}} AND (
          r.due_at < $5 AND r.late_at IS NOT NULL
          OR (r.due_at >= $6 OR r.at >= $4)
            AND coalesce(r.redelivered_at, 'infinity') > r.due_at - make_interval(secs => $8))
        ORDER BY r.due_at, r.account_id, r.id
        LIMIT {PAGE}
      )
    ) AS d
    ORDER BY due_at, account_id, id
    LIMIT {PAGE}
"""  # noqa: S608 - made of fixed texts

_NOT_WAITING: Final = """AND NOT EXISTS (
          SELECT FROM job_cursors c
          WHERE c.account_id = {0}.account_id AND c.job = $10 AND c.retry_at > $5 AND c.retry_at <= $9)"""

# Those of all accounts except postponed ones, until $9 at most: these have rescan requests.
DEADLINES: Final = Statement(
    "deadlines_to_watch",
    _DEADLINES.format(of_orders=_NOT_WAITING.format("o"), of_rejections=_NOT_WAITING.format("r")),
)

# Those of one account.
DEADLINES_OF_ACCOUNT: Final = Statement(
    "deadlines_of_account_to_watch",
    _DEADLINES.format(of_orders="AND o.account_id = $9", of_rejections="AND r.account_id = $9"),
)


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
        is_last = len(rows) < PAGE
        *parts, end = portions(rows)
        for part in parts:
            yield _page(part, span.since, is_last=False)
        yield _page(end, span.since, is_last=is_last)
        bound = bound if is_last else (rows[-1]["due_at"], rows[-1]["account_id"], rows[-1]["id"])


def portions(rows: Sequence[Record]) -> Iterator[Sequence[Record]]:
    """Cut rows of orders into parts whose orders do not have too many images in all; at least one part."""
    start, images = 0, 0
    orders: set[UUID] = set()
    for place, row in enumerate(rows):
        if row["order_id"] in orders:
            continue
        if orders and images + row["image_count"] > MOST_IMAGES:
            yield rows[start:place]
            start, images = place, 0
            orders.clear()
        orders.add(row["order_id"])
        images += row["image_count"]
    yield rows[start:]


def _page(rows: Sequence[Record], since: datetime, *, is_last: bool) -> CandidatePage:
    orders: dict[OrderKey, datetime] = {}
    for row in rows:
        orders.setdefault((row["account_id"], row["order_id"]), row["due_at"])
    return CandidatePage(orders, rows[-1]["due_at"] if rows else since, is_last)
