"""Reads of events: what happened, in the order in which it became known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from app.domain.vocabulary import EventType
from db.connections import Reader, Record, Statement
from db.queries.images import OrderKey
from db.queries.pages import EARLIEST, LATEST, WALKED, Key, Page, Slice, Span, pages, walk


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


_COLUMNS: Final = "e.account_id, e.sequence, e.at, e.type, e.order_id, e.image_id, e.data"

# Events by their place in an account's sequence: the primary key.
_BY_SEQUENCE: Final = Statement(
    "events_by_sequence",
    f"""
    SELECT {_COLUMNS}
    FROM unnest($1::uuid[], $2::bigint[]) AS p (account_id, sequence)
    JOIN events e ON e.account_id = p.account_id AND e.sequence = p.sequence
    """,
)

# The events of orders, oldest first: events_of_order_idx, from the bound on.
_OF_ORDER: Final = walk(
    "events_of_order",
    f"""
    SELECT {_COLUMNS}
    FROM unnest($1::uuid[], $2::uuid[]) AS p (account_id, order_id)
    CROSS JOIN LATERAL (
      SELECT * FROM (
        SELECT * FROM events e
        WHERE e.account_id = p.account_id AND e.order_id = p.order_id
          AND (e.at, e.sequence) > ($3, $4) AND (e.at, e.sequence) < ($5, $6)
        ORDER BY e.at {{asc}}, e.sequence {{asc}}
        LIMIT {WALKED}
      ) AS e LIMIT $7
    ) AS e
    ORDER BY e.order_id, e.at {{asc}}, e.sequence {{asc}}
    """,
)

# How many events orders have: events_of_order_idx, all of an order.
_COUNT_OF_ORDER: Final = Statement(
    "events_of_order_count",
    """
    SELECT p.account_id, p.order_id, count(*)
    FROM unnest($1::uuid[], $2::uuid[]) AS p (account_id, order_id)
    JOIN events e ON e.account_id = p.account_id AND e.order_id = p.order_id
    GROUP BY p.account_id, p.order_id
    """,
)

GREATEST_SEQUENCE: Final = 2**63 - 1
EVENT_SPAN: Final = Span(least=(EARLIEST, 0), greatest=(LATEST, 0))


async def events_by_sequence(reader: Reader, keys: Sequence[tuple[UUID, int]]) -> dict[tuple[UUID, int], EventRow]:
    """Read events by account and sequence; what does not exist is left out."""
    records = await reader.fetch(_BY_SEQUENCE, [key[0] for key in keys], [key[1] for key in keys])
    return {(row.account_id, row.sequence): row for row in map(_event_row, records)}


async def events_of_orders(reader: Reader, orders: Sequence[OrderKey], part: Slice) -> dict[OrderKey, Page[EventRow]]:
    """Read a page of the events of each order, named by account and id, oldest first."""
    lower, upper = EVENT_SPAN.within(part)
    accounts, ids = [key[0] for key in orders], [key[1] for key in orders]
    records = await reader.fetch(_OF_ORDER.towards(part), accounts, ids, *lower, *upper, part.size + 1)
    return pages(records, orders, part, _keyed)


async def count_events_of_orders(reader: Reader, orders: Sequence[OrderKey]) -> dict[OrderKey, int]:
    """Count the events of each order, named by account and id."""
    records = await reader.fetch(_COUNT_OF_ORDER, [key[0] for key in orders], [key[1] for key in orders])
    return dict.fromkeys(orders, 0) | {(account, order): count for account, order, count in records}


def _event_row(record: Record) -> EventRow:
    row = EventRow(*record)
    row.type = EventType(row.type)
    return row


def _keyed(record: Record) -> tuple[OrderKey, Key, EventRow]:
    row = _event_row(record)
    if row.order_id is None:
        raise ValueError("The statement reads events of orders only.")
    return (row.account_id, row.order_id), (row.at, row.sequence), row
