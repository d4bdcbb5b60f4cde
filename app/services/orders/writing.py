"""Writes orders and what is used of ledger days, as rows that were worked out before."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from app.domain.ledger.quota import QuotaDay
from app.services.orders.rows import OrderRows, Row
from db.connections import Statement
from db.tables.images import Image
from db.tables.orders import Order
from db.tables.rejections import Rejection
from db.writer import Writer

# Changes what can change of orders; the primary key finds them.
CHANGE_ORDERS: Final = Statement(
    "change_orders",
    """
    UPDATE orders SET
      service_level = c.service_level, status = c.status, deadline_status = c.deadline_status, due_at = c.due_at,
      late_at = c.late_at, sla_version = c.sla_version, first_position = c.first_position,
      last_position = c.last_position, expedited_at = c.expedited_at,
      first_expedite_position = c.first_expedite_position, last_expedite_position = c.last_expedite_position,
      confirmed_at = c.confirmed_at, image_count = c.image_count, delivered_count = c.delivered_count,
      rejected_count = c.rejected_count, price = c.price, delivered_at = c.delivered_at,
      completed_at = c.completed_at, cancelled_at = c.cancelled_at, kept_due_at = c.kept_due_at,
      kept_sla_version = c.kept_sla_version
    FROM unnest(
      $1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::int[],
      $9::int[], $10::int[], $11::timestamptz[], $12::int[], $13::int[], $14::timestamptz[], $15::int[], $16::int[],
      $17::int[], $18::numeric[], $19::timestamptz[], $20::timestamptz[], $21::timestamptz[], $22::timestamptz[],
      $23::int[]) AS c (
      account_id, id, service_level, status, deadline_status, due_at, late_at, sla_version, first_position,
      last_position, expedited_at, first_expedite_position, last_expedite_position, confirmed_at, image_count,
      delivered_count, rejected_count, price, delivered_at, completed_at, cancelled_at, kept_due_at,
      kept_sla_version)
    WHERE orders.account_id = c.account_id AND orders.id = c.id
    """,
)

# Changes what can change of images; the primary key finds them.
CHANGE_IMAGES: Final = Statement(
    "change_images",
    """
    UPDATE images SET
      order_id = c.order_id, status = c.status, service_level = c.service_level,
      expedite_position = c.expedite_position, price = c.price, due_at = c.due_at, late_at = c.late_at,
      first_delivered_at = c.first_delivered_at, delivered_at = c.delivered_at,
      first_rejected_at = c.first_rejected_at, rejected_at = c.rejected_at, redo_due_at = c.redo_due_at,
      cancelled_at = c.cancelled_at, claimed_by = c.claimed_by, claimed_until = c.claimed_until
    FROM unnest(
      $1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::int[], $7::numeric[], $8::timestamptz[],
      $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::timestamptz[],
      $14::timestamptz[], $15::timestamptz[], $16::text[], $17::timestamptz[]) AS c (
      account_id, id, order_id, status, service_level, expedite_position, price, due_at, late_at, first_delivered_at,
      delivered_at, first_rejected_at, rejected_at, redo_due_at, cancelled_at, claimed_by, claimed_until)
    WHERE images.account_id = c.account_id AND images.id = c.id
    """,
)

# Changes what was promised of rejections; the primary key finds them.
CHANGE_REJECTIONS: Final = Statement(
    "change_rejections",
    """
    UPDATE rejections SET
      due_at = c.due_at, late_at = c.late_at, redelivered_at = c.redelivered_at, sla_version = c.sla_version
    FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[], $6::int[])
      AS c (account_id, id, due_at, late_at, redelivered_at, sla_version)
    WHERE rejections.account_id = c.account_id AND rejections.id = c.id
    """,
)

# Writes what is used of ledger days; the primary key finds those that are there.
WRITE_LEDGER_DAYS: Final = Statement(
    "write_ledger_days",
    """
    INSERT INTO ledger_days (
      account_id, date, opens_at, closes_at, sla_version, capacity, used, expedite_capacity, expedite_used)
    SELECT * FROM unnest(
      $1::uuid[], $2::date[], $3::timestamptz[], $4::timestamptz[], $5::int[], $6::int[], $7::int[], $8::int[],
      $9::int[])
    ON CONFLICT (account_id, date) DO UPDATE SET
      closes_at = excluded.closes_at, used = excluded.used, expedite_used = excluded.expedite_used
    """,
)


async def write_orders(writer: Writer, rows: OrderRows) -> None:
    """Add and change orders, then their images, then the rejections of these."""
    for table, change, sorted_rows in (
        (Order, CHANGE_ORDERS, rows.orders),
        (Image, CHANGE_IMAGES, rows.images),
        (Rejection, CHANGE_REJECTIONS, rows.rejections),
    ):
        if sorted_rows.added:
            await writer.copy(table, sorted_rows.added)
        await execute(writer, change, sorted_rows.changed)


async def write_ledger_days(writer: Writer, days: Sequence[tuple[UUID, QuotaDay]]) -> None:
    """Write what is used of ledger days of accounts."""
    await execute(writer, WRITE_LEDGER_DAYS, [_ledger_day_row(account_id, day) for account_id, day in days])


async def execute(writer: Writer, statement: Statement, rows: Sequence[Row], *more: object) -> None:
    """Run a statement on rows, each of whose parts is a parameter; nothing without any."""
    if rows:
        await writer.execute(statement, *zip(*rows, strict=True), *more)


def _ledger_day_row(account_id: UUID, day: QuotaDay) -> Row:
    allowance = day.allowance
    return (
        account_id,
        day.day.date,
        day.day.opens_at,
        day.day.closes_at,
        day.sla_version,
        allowance.capacity,
        allowance.used,
        allowance.expedite_capacity,
        allowance.expedite_used,
    )
