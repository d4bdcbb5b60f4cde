"""Reads of orders by id or number, and of those that wait for staff; lists of an account's are in `order_pages`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from app.domain.deadlines.enums import DeadlineStatus
from app.domain.orders.enums import OrderStatus, ServiceLevel
from app.domain.orders.summaries import OrderSummary
from db.connections import Record, Statement
from db.queries.pages import EARLIEST, GREATEST_UUID, LATEST, LEAST_UUID, WALKED, Page, Slice, Span, page, walk
from db.queries.specifications import SPECIFICATION_COLUMNS, SpecificationRow
from db.readers import Reader
from db.tables.orders import UPDATED_AT


@dataclass(slots=True)
class OrderRow:
    """An order with its specification in the version it was placed with; the rest is as in the table `orders`."""

    account_id: UUID
    id: UUID
    number: int
    name: str
    service_level: ServiceLevel
    status: OrderStatus
    placed_at: datetime
    deadline_status: DeadlineStatus
    due_at: datetime | None
    late_at: datetime | None
    sla_version: int
    first_position: int
    last_position: int
    expedited_at: datetime | None
    first_expedite_position: int | None
    last_expedite_position: int | None
    confirmed_at: datetime | None
    image_count: int
    delivered_count: int
    rejected_count: int
    price: Decimal
    currency: str
    delivered_at: datetime | None
    split_from: UUID | None
    external_reference: str | None
    instructions: str | None
    updated_at: datetime
    completed_at: datetime | None
    cancelled_at: datetime | None
    cancelled_count: int
    begun_at: datetime | None
    last_delivered_at: datetime | None
    revised_at: datetime | None
    first_confirmed_due_at: datetime | None
    thumbnail_url: str | None
    review_by: datetime | None
    specification: SpecificationRow

    @property
    def summary(self) -> OrderSummary:
        """The summary of the order, by its counters."""
        return OrderSummary(
            number=self.number,
            status=self.status,
            deadline_status=self.deadline_status,
            due_at=self.due_at,
            confirmed_at=self.confirmed_at,
            expedited_at=self.expedited_at,
            begun_at=self.begun_at,
            cancelled_at=self.cancelled_at,
            image_count=self.image_count,
            delivered_count=self.delivered_count,
            rejected_count=self.rejected_count,
            last_delivered_at=self.last_delivered_at,
        )


_OWN_COLUMNS: Final = 36
ORDER_COLUMNS: Final = f"""
      o.account_id, o.id, o.number, o.name, o.service_level, o.status, o.placed_at, o.deadline_status, o.due_at,
      o.late_at, o.sla_version, o.first_position, o.last_position, o.expedited_at, o.first_expedite_position,
      o.last_expedite_position, o.confirmed_at, o.image_count, o.delivered_count, o.rejected_count, o.price, o.currency,
      o.delivered_at, o.split_from, o.external_reference, o.instructions, {UPDATED_AT.format("o.")} AS updated_at,
      o.completed_at, o.cancelled_at, o.cancelled_count, o.begun_at, o.last_delivered_at,
      o.revised_at, o.first_confirmed_due_at, o.thumbnail_url, o.review_by,
      {SPECIFICATION_COLUMNS}"""
"""The columns of an OrderRow, of orders `o` and the join ORDER_SPECIFICATION."""

ORDER_SPECIFICATION: Final = """
    JOIN specification_versions v ON v.account_id = o.account_id AND v.specification_id = o.specification_id
      AND v.version = o.specification_version
    JOIN specifications s ON s.account_id = o.account_id AND s.id = o.specification_id"""

# Orders by id: the primary keys of orders, specification versions and specifications.
_BY_ID: Final = Statement(
    "orders_by_id",
    f"""
    SELECT {ORDER_COLUMNS}
    FROM unnest($1::uuid[], $2::uuid[]) AS p (account_id, id)
    JOIN orders o ON o.account_id = p.account_id AND o.id = p.id {ORDER_SPECIFICATION}
    """,
)

# Orders by number: the unique key of orders by account and number.
_BY_NUMBER: Final = Statement(
    "orders_by_number",
    f"""
    SELECT {ORDER_COLUMNS}
    FROM unnest($1::uuid[], $2::int[]) AS p (account_id, number)
    JOIN orders o ON o.account_id = p.account_id AND o.number = p.number {ORDER_SPECIFICATION}
    """,
)

# Orders of an account by the client's own reference: orders_by_reference_key.
_BY_REFERENCE: Final = Statement(
    "orders_by_reference",
    f"""
    SELECT {ORDER_COLUMNS}
    FROM orders o
    JOIN specification_versions v ON v.account_id = $1 AND v.specification_id = o.specification_id
      AND v.version = o.specification_version
    JOIN specifications s ON s.account_id = $1 AND s.id = o.specification_id
    WHERE o.account_id = $1 AND o.external_reference = ANY($2::text[])
    """,
)

# The orders split off from orders, by number: orders_by_split_idx.
_SPLIT_FROM: Final = Statement(
    "orders_split_from",
    f"""
    SELECT {ORDER_COLUMNS}
    FROM unnest($1::uuid[], $2::uuid[]) AS p (account_id, id)
    JOIN orders o ON o.account_id = p.account_id AND o.split_from = p.id {ORDER_SPECIFICATION}
    ORDER BY o.number
    """,
)

# An order waits for its deadline while an image is yet to be delivered for the first time, and the deadline it kept at
# the plan level, if any, has not passed: passed or met, a deadline is frozen (domain rules, section 3).
_AWAITS: Final = """deadline_status <> 'CONFIRMED' AND status = 'IN_PRODUCTION'
          AND delivered_count + rejected_count < image_count AND (due_at IS NULL OR due_at >= $1)"""

# Orders of all accounts whose deadline staff have to set, by their placing: orders_awaiting_deadline_idx.
_AWAITING_DEADLINE: Final = walk(
    "orders_awaiting_deadline",
    f"""
    WITH page AS MATERIALIZED (
      SELECT * FROM (
        SELECT * FROM orders
        WHERE {_AWAITS} AND (placed_at, id) > ($2, $3) AND (placed_at, id) < ($4, $5)
        ORDER BY placed_at {{asc}}, id {{asc}}
        LIMIT {WALKED}
      ) AS o LIMIT $6
    )
    SELECT {ORDER_COLUMNS}
    FROM page o {ORDER_SPECIFICATION}
    ORDER BY o.placed_at {{asc}}, o.id {{asc}}
    """,
    many="staff set the deadlines of all accounts",
)

# The number of these: the whole of orders_awaiting_deadline_idx.
_COUNT_AWAITING_DEADLINE: Final = Statement(
    "orders_awaiting_deadline_count",
    f"SELECT count(*) FROM orders WHERE {_AWAITS}",
    many="staff set the deadlines of all accounts",
)

AWAITING_SPAN: Final = Span(least=(EARLIEST, LEAST_UUID), greatest=(LATEST, GREATEST_UUID))


def order_row(record: Record) -> OrderRow:
    """Read an order from a record that has ORDER_COLUMNS and nothing else."""
    values: list[Any] = [*record[:_OWN_COLUMNS], SpecificationRow(*record[_OWN_COLUMNS:])]
    row = OrderRow(*values)
    row.service_level = ServiceLevel(row.service_level)
    row.status = OrderStatus(row.status)
    row.deadline_status = DeadlineStatus(row.deadline_status)
    return row


async def orders_by_id(reader: Reader, keys: Sequence[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], OrderRow]:
    """Read orders by account and id; those that do not exist are left out."""
    records = await reader.fetch(_BY_ID, [key[0] for key in keys], [key[1] for key in keys])
    return {(row.account_id, row.id): row for row in map(order_row, records)}


async def orders_by_number(reader: Reader, keys: Sequence[tuple[UUID, int]]) -> dict[tuple[UUID, int], OrderRow]:
    """Read orders by account and number; those that do not exist are left out."""
    records = await reader.fetch(_BY_NUMBER, [key[0] for key in keys], [key[1] for key in keys])
    return {(row.account_id, row.number): row for row in map(order_row, records)}


async def orders_by_reference(reader: Reader, keys: Sequence[tuple[UUID, str]]) -> dict[tuple[UUID, str], OrderRow]:
    """Read orders by account and external reference, an account at a time; those that do not exist are left out."""
    rows = [
        order_row(record)
        for account_id in dict.fromkeys(account_id for account_id, _ in keys)
        for record in await reader.fetch(_BY_REFERENCE, account_id, [ref for owner, ref in keys if owner == account_id])
    ]
    return {(row.account_id, row.external_reference): row for row in rows if row.external_reference is not None}


async def orders_split_from(
    reader: Reader, keys: Sequence[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], list[OrderRow]]:
    """Read the orders split off from each order, by its account and id, in the order of their numbers."""
    siblings: dict[tuple[UUID, UUID], list[OrderRow]] = {key: [] for key in keys}
    for record in await reader.fetch(_SPLIT_FROM, [key[0] for key in keys], [key[1] for key in keys]):
        row = order_row(record)
        if row.split_from is not None:
            siblings[row.account_id, row.split_from].append(row)
    return siblings


async def orders_awaiting_deadline(reader: Reader, now: datetime, part: Slice) -> Page[OrderRow]:
    """Read a page of the orders of all accounts whose deadline staff have to set, oldest first."""
    lower, upper = AWAITING_SPAN.within(part)
    records = await reader.fetch(_AWAITING_DEADLINE.towards(part), now, *lower, *upper, part.size + 1)
    return page([((row.placed_at, row.id), row) for row in map(order_row, records)], part)


async def count_orders_awaiting_deadline(reader: Reader, now: datetime) -> int:
    """Count the orders of all accounts whose deadline staff have to set."""
    record = await reader.fetch_row(_COUNT_AWAITING_DEADLINE, now)
    return 0 if record is None else record[0]
