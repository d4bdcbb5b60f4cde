"""Reads of events, in the order in which they became known.

An event of a run of `loupe import` is final, and so shown, when that run has ended: the account's counters no longer
name it, or they name a run that died, which is the `ended` one (see `import_runs`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from app.domain.events.enums import EventType
from db.connections import Record, Statement
from db.queries.images import OrderKey
from db.queries.pages import EARLIEST, LATEST, WALKED, Key, Page, Slice, Span, pages, walk
from db.readers import Reader

EventKey: TypeAlias = tuple[UUID, int, int | None]  # account, sequence, the run that has ended


# The resets of an account's guarantee after an instant that were not withdrawn; events_of_order_idx, for they are of no
# order.
RESETS_AFTER: Final = Statement(
    "resets_after",
    """
    SELECT account_id, sequence, at, type, order_id, image_id, import_run FROM events
     WHERE account_id = $1 AND order_id IS NULL AND at > $2 AND type = 'GUARANTEE_RESET' AND withdrawn_by IS NULL
     ORDER BY sequence
    """,
)


@dataclass(slots=True)
class EventRow:
    """An event as in the table `events`."""

    account_id: UUID
    sequence: int
    at: datetime
    type: EventType
    order_id: UUID | None
    image_id: UUID | None
    data: dict[str, Any]
    recorded_at: datetime
    texts: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class EventFilter:
    """A filter of final events of an account: all, or without withdrawn ones and their withdrawals.

    `ended` is the run that the account's counters may still name though it has ended. Of an account's list, `types` are
    the only types; None: all.
    """

    withdrawn: bool
    ended: int | None
    types: tuple[EventType, ...] | None = None


EVENT_COLUMNS: Final = """
      e.account_id, e.sequence, e.at, e.type, e.order_id, e.image_id, e.data, coalesce(e.recorded_at, e.at), e.texts"""
"""The columns of an EventRow, of events `e`."""

# True if an event `{0}` is final, where `h` is its account's counters and {1} the run that has ended, or null.
_IS_FINAL: Final = """
({0}.import_run IS NULL OR h.import_run IS NULL OR h.import_run <> {0}.import_run
            OR h.import_run IS NOT DISTINCT FROM {1})"""

# True if an event `e` of account `p` matches: {0} includes withdrawn ones, {1} is that of _IS_FINAL. A withdrawal
# counts once it is final itself; the primary key finds it.
_IS_WANTED: Final = f"""{_IS_FINAL.format("e", "{1}")}
          AND ({{0}} OR e.type <> 'EVENT_WITHDRAWN' AND (e.withdrawn_by IS NULL OR EXISTS (
            SELECT FROM events w
            WHERE w.account_id = p.account_id AND w.sequence = e.withdrawn_by
              AND NOT {_IS_FINAL.format("w", "{1}")})))"""

# Final events by their position in an account's sequence: primary keys.
_BY_SEQUENCE: Final = Statement(
    "events_by_sequence",
    f"""
    SELECT {EVENT_COLUMNS}
    FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS p (account_id, sequence, ended)
    JOIN account_heads h ON h.account_id = p.account_id
    JOIN events e ON e.account_id = p.account_id AND e.sequence = p.sequence
    WHERE {_IS_FINAL.format("e", "p.ended")}
    """,
)

# The events of orders that are wanted, oldest first: events_of_order_idx, from the bound on.
_OF_ORDER: Final = walk(
    "events_of_order",
    f"""
    SELECT {EVENT_COLUMNS}
    FROM unnest($1::uuid[], $2::uuid[]) AS p (account_id, order_id)
    JOIN account_heads h ON h.account_id = p.account_id
    CROSS JOIN LATERAL (
      SELECT * FROM (
        SELECT * FROM events e
        WHERE e.account_id = p.account_id AND e.order_id = p.order_id
          AND (e.at, e.sequence) > ($3, $4) AND (e.at, e.sequence) < ($5, $6)
          AND {_IS_WANTED.format("$8::boolean", "$9::bigint")}
        ORDER BY e.at {{asc}}, e.sequence {{asc}}
        LIMIT {WALKED}
      ) AS e LIMIT $7
    ) AS e
    ORDER BY e.order_id, e.at {{asc}}, e.sequence {{asc}}
    """,
)

# The number of events of orders: events_of_order_idx, all of an order.
_COUNT_OF_ORDER: Final = Statement(
    "events_of_order_count",
    f"""
    SELECT p.account_id, p.order_id, count(*)
    FROM unnest($1::uuid[], $2::uuid[]) AS p (account_id, order_id)
    JOIN account_heads h ON h.account_id = p.account_id
    JOIN events e ON e.account_id = p.account_id AND e.order_id = p.order_id
    WHERE {_IS_WANTED.format("$3::boolean", "$4::bigint")}
    GROUP BY p.account_id, p.order_id
    """,
)

GREATEST_SEQUENCE: Final = 2**63 - 1
EVENT_SPAN: Final = Span(least=(EARLIEST, 0), greatest=(LATEST, 0))


async def events_by_sequence(reader: Reader, keys: Sequence[EventKey]) -> dict[EventKey, EventRow]:
    """Read events by account, sequence and the run that has ended (see `EventFilter`); others are left out."""
    records = await reader.fetch(_BY_SEQUENCE, *zip(*keys, strict=True))
    found = {(row.account_id, row.sequence): row for row in map(event_row, records)}
    return {key: found[key[:2]] for key in keys if key[:2] in found}


async def events_of_orders(
    reader: Reader, orders: Sequence[OrderKey], part: Slice, wanted: EventFilter
) -> dict[OrderKey, Page[EventRow]]:
    """Read a page of the events of each order, named by account and id, oldest first."""
    lower, upper = EVENT_SPAN.within(part)
    accounts, ids = [key[0] for key in orders], [key[1] for key in orders]
    which = (*lower, *upper, part.size + 1, wanted.withdrawn, wanted.ended)
    records = await reader.fetch(_OF_ORDER.towards(part), accounts, ids, *which)
    return await pages(records, orders, part, _keyed)


async def count_events_of_orders(
    reader: Reader, orders: Sequence[OrderKey], wanted: EventFilter
) -> dict[OrderKey, int]:
    """Count the events of each order, named by account and id."""
    accounts, ids = [key[0] for key in orders], [key[1] for key in orders]
    records = await reader.fetch(_COUNT_OF_ORDER, accounts, ids, wanted.withdrawn, wanted.ended)
    return dict.fromkeys(orders, 0) | {(account, order): count for account, order, count in records}


def event_row(record: Record) -> EventRow:
    """Read an event from a record that has EVENT_COLUMNS."""
    row = EventRow(*record)
    row.type = EventType(row.type)
    return row


def _keyed(record: Record) -> tuple[OrderKey, Key, EventRow]:
    row = event_row(record)
    if row.order_id is None:
        raise ValueError("The statement reads events of orders only.")
    return (row.account_id, row.order_id), (row.at, row.sequence), row
