"""Imported orders: lines of their images, and the orders that an import made."""

from datetime import UTC, datetime
from typing import Any

from db.connections import Pool
from tests.support.import_files import ACCOUNT, SPECIFICATION, Line, rows, run_import

ELEVEN = "2026-03-03T11:00:00Z"
NOON = "2026-03-03T12:00:00Z"
SMALL = (ACCOUNT | {"imagesPerDay": 2, "expeditesPerDay": 1}, SPECIFICATION)
ORDERS = """
    SELECT number, service_level, deadline_status, due_at, image_count, price FROM orders ORDER BY number"""
IMAGES = """
    SELECT filename, o.number, i.due_at, i.price, i.position, i.expedite_position
      FROM images i JOIN orders o ON o.id = i.order_id ORDER BY filename"""


def at(hour: int, minute: int = 0, day: int = 3) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def images(*names: str, **more: object) -> list[Line]:
    return [{"filename": name} | more for name in names]


async def imported(pool: Pool, chunk_lines: int, *lines: Line) -> list[tuple[Any, ...]]:
    """Import good lines; return the orders."""
    outcome = await run_import(pool, lines, chunk_lines=chunk_lines)
    assert outcome.problems == []
    return await rows(pool, ORDERS)
