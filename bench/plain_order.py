"""The plain SQL of placing an order: the rows of `placeOrder`, without its checks and other cases.

As one would write it for a standard order only: a statement for each table, many rows in
one, prepared, on the connection's own pool, in a transaction that locks the account's counters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from app.services.ids import new_ids
from db.connections import Pool, Record, Statement
from db.readers import Reader
from db.writer import Writer, unit_of_work

_CALLER: Final = Statement(
    "plain_caller",
    "SELECT a.* FROM api_keys k JOIN accounts a ON a.id = k.account_id WHERE k.account_id = $1 AND k.hash = $2",
)
_HEAD: Final = Statement("plain_head", "SELECT * FROM account_heads WHERE account_id = $1 FOR UPDATE")
_PRICE: Final = Statement(
    "plain_price",
    """
    SELECT s.current_version, v.price_per_image, v.currency
    FROM specifications s JOIN specification_versions v
      ON v.account_id = s.account_id AND v.specification_id = s.id AND v.version = s.current_version
    WHERE s.account_id = $1 AND s.id = $2 AND s.archived_at IS NULL
    """,
)
_USE: Final = Statement(
    "plain_use",
    """
    INSERT INTO ledger_days VALUES ($1, $2, $3, $4, 1, $5, $6, 0, 0)
    ON CONFLICT (account_id, date) DO UPDATE SET used = ledger_days.used + excluded.used
    RETURNING used
    """,
)
_ORDER: Final = Statement(
    "plain_order",
    """
    INSERT INTO orders (
      account_id, id, number, name, specification_id, specification_version, service_level, status, placed_at,
      updated_at, deadline_status, due_at, late_at, sla_version, first_position, last_position, image_count,
      delivered_count, rejected_count, price, currency)
    VALUES ($1, $2, $3, $4, $5, $6, 'STANDARD', 'IN_PRODUCTION', $7, $7, 'CONFIRMED', $8, $8, 1, $9, $10, $11, 0, 0,
            $12, $13)
    """,
)
_IMAGES: Final = Statement(
    "plain_images",
    """
    INSERT INTO images (
      account_id, id, order_id, number, filename, status, service_level, specification_id, specification_version,
      uploaded_at, position, price, due_at, late_at)
    SELECT $1, i.id, $2, i.number, i.filename, 'QUEUED', 'STANDARD', $3, $4, $5, $6 + i.number - 1, $7, $8, $8
    FROM unnest($9::uuid[], $10::text[]) WITH ORDINALITY AS i (id, filename, number)
    """,
)
_EVENT: Final = Statement(
    "plain_event",
    """
    INSERT INTO events (account_id, sequence, at, type, order_id, data, texts)
    VALUES ($1, $2, $3, 'ORDER_PLACED', $4, $5, $6)
    """,
)
_ROLLUPS: Final = Statement(
    "plain_rollups",
    """
    INSERT INTO rollups
    SELECT $1, grain, date_bin(make_interval(mins => grain), at, '1970-01-01 00:00:00+00'), uploaded,
           0, 0, 0, 0, 0, 0, 0, late, 0, 0, 0
    FROM (VALUES ($2::timestamptz, $4::int, 0), ($3, 0, $4)) AS counted (at, uploaded, late)
    CROSS JOIN (VALUES (1), (60), (1440)) AS grains (grain)
    ON CONFLICT (account_id, grain, bucket) DO UPDATE SET
      uploaded = rollups.uploaded + excluded.uploaded, late_standard = rollups.late_standard + excluded.late_standard
    """,
)
_WEEK: Final = Statement(
    "plain_week",
    """
    INSERT INTO upload_weeks VALUES ($1, date_trunc('week', $2::date)::date, $3)
    ON CONFLICT (account_id, week) DO UPDATE SET images = upload_weeks.images + excluded.images
    """,
)
_ADVANCE: Final = Statement(
    "plain_advance",
    """
    UPDATE account_heads SET next_order_number = next_order_number + 1, next_event_sequence = next_event_sequence + 1,
      activity_sequence = next_event_sequence + 1, rollups_sequence = next_event_sequence + 1, last_at = $2,
      frontier = $2
    WHERE account_id = $1
    """,
)


@dataclass(frozen=True, slots=True)
class Day:
    """A ledger day of an account, and the deadline of its uploads (UTC)."""

    date: date
    opens_at: datetime
    closes_at: datetime
    capacity: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class PlainOrder:
    """An order as in a request."""

    account_id: UUID
    secret_hash: bytes
    name: str
    specification_id: UUID
    filenames: Sequence[str]


async def place_plainly(pool: Pool, asked: PlainOrder, day: Day, at: datetime) -> None:
    """Place a standard order at an instant (UTC)."""
    caller = await pool.fetchrow(_CALLER.sql, asked.account_id, asked.secret_hash)
    assert caller is not None
    async with unit_of_work(pool) as writer:
        await _place(writer, caller["id"], asked, day, at)
        await writer.commit()


async def _place(writer: Writer, account: UUID, asked: PlainOrder, day: Day, at: datetime) -> None:
    count, specification = len(asked.filenames), asked.specification_id
    _, number, sequence, *_ = await _row(writer, _HEAD, account)
    version, price, currency = await _row(writer, _PRICE, account, specification)
    (last,) = await _row(writer, _USE, account, day.date, day.opens_at, day.closes_at, day.capacity, count)
    first = last - count + 1
    order, *images = new_ids(at, count + 1)
    positions, cost = (first, last), (price * count, currency)
    await writer.execute(
        _ORDER, account, order, number, asked.name, specification, version, at, day.due_at, *positions, count, *cost
    )
    same = (specification, version, at, first, price, day.due_at)
    await writer.execute(_IMAGES, account, order, *same, images, asked.filenames)
    data = {
        "version": 2,
        "before": None,
        "after": {
            "number": number,
            "status": "IN_PRODUCTION",
            "serviceLevel": "STANDARD",
            "deadlineStatus": "CONFIRMED",
            "dueAt": day.due_at,
            "slaVersion": 1,
            "imageCount": count,
            "price": str(price * count),
            "currency": currency,
            "placedAt": at,
            "expeditedAt": None,
            "confirmedAt": None,
            "completedAt": None,
            "cancelledAt": None,
            "splitFrom": None,
            "specificationId": specification,
            "specificationVersion": version,
        },
        "firstNumber": 1,
        "firstPosition": first,
        "firstExpeditePosition": None,
        "pricePerImage": str(price),
        "images": [{"id": id_} for id_ in images],
    }
    texts = {"name": asked.name, "filenames": asked.filenames}
    await writer.execute(_EVENT, account, sequence, at, order, data, texts)
    await writer.execute(_ROLLUPS, account, at, day.due_at, count)
    await writer.execute(_WEEK, account, day.date, count)
    await writer.execute(_ADVANCE, account, at)


async def _row(reader: Reader, statement: Statement, *args: object) -> Record:
    row = await reader.fetch_row(statement, *args)
    assert row is not None
    return row
