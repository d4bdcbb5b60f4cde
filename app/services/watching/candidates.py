"""Which orders the watch over deadlines has to look at, a page at a time.

What these reads leave out has nothing to be told; what they find is judged anew once its account's head is locked.
"""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.services.orders.states import OrderKey
from db.connections import Reader, Record, Statement
from db.queries.pages import LEAST_UUID

PAGE: Final = 500
"""Deadlines that are looked at in one transaction."""

# Deadlines from a bound on of which something may be to be told of the time from $4 to $5: missed ones; and those that
# came to be at risk, by time ($6 is $4 with the lead, $7 is $5 with it, $8 the lead in seconds, since an interval of
# days would ask for a zone) or by being set so late, with an image that was open then: an order that is all delivered
# may have lost one to a sibling. orders_by_deadline_idx and rejections_by_deadline_idx, from the bound on; primary keys
# and orders_by_split_idx for what else is asked. LIMITs by number keep the planner to these.
_DEADLINES: Final = f"""
    SELECT due_at, account_id, id, order_id
    FROM (
      (
        SELECT o.due_at, o.account_id, o.id, o.id AS order_id
        FROM orders o
        WHERE (o.due_at, o.account_id, o.id) > ($1, $2, $3) AND o.due_at < $7 {{of_orders}} AND (
          o.due_at < $5 AND o.late_at IS NOT NULL
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
        SELECT r.due_at, r.account_id, r.id, i.order_id
        FROM rejections r
        JOIN images i ON i.account_id = r.account_id AND i.id = r.image_id
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
          WHERE c.account_id = {0}.account_id AND c.job = 'watch_deadlines' AND c.retry_at > $5)"""

# Those of all accounts but those that failed and wait: these are looked at from before on when their time has come.
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
    """The time whose alerts are to be told, from `since` to before `until` (UTC), at a lead."""

    since: datetime
    until: datetime
    lead: timedelta


@dataclass(frozen=True, slots=True)
class CandidatePage:
    """Orders of deadlines in the order of these, each once; beyond the last page there is nothing more."""

    orders: Sequence[OrderKey]
    first_due_at: datetime
    last_due_at: datetime
    is_last: bool


async def candidates(reader: Reader, span: Span, account_id: UUID | None = None) -> AsyncGenerator[CandidatePage]:
    """Read page by page which orders are to be looked at, of one account or of all; at least one page, maybe empty."""
    statement = DEADLINES if account_id is None else DEADLINES_OF_ACCOUNT
    of = () if account_id is None else (account_id,)
    lead = span.lead
    times = (span.since, span.until, span.since + lead, span.until + lead, lead.total_seconds())
    bound: tuple[datetime, UUID, UUID] = (span.since, LEAST_UUID, LEAST_UUID)
    is_last = False
    while not is_last:
        rows = await reader.fetch(statement, *bound, *times, *of)
        is_last = len(rows) < PAGE
        yield _page(rows, bound[0], is_last=is_last)
        bound = bound if is_last else (rows[-1]["due_at"], rows[-1]["account_id"], rows[-1]["id"])


def _page(rows: Sequence[Record], since: datetime, *, is_last: bool) -> CandidatePage:
    orders = dict.fromkeys((row["account_id"], row["order_id"]) for row in rows)
    first, last = (rows[0]["due_at"], rows[-1]["due_at"]) if rows else (since, since)
    return CandidatePage(list(orders), first, last, is_last)
