"""The events of an account tell its rows."""

from collections import defaultdict
from datetime import datetime
from operator import itemgetter
from typing import Any

import pytest

from db.connections import Pool
from tests.services.importing.files import START, change, order, rows, run_import
from tests.services.importing.random_files import random_file
from tests.services.importing.replayed import Replayed

ORDER_FIELDS = {
    "number": "number",
    "name": "name",
    "status": "status",
    "serviceLevel": "service_level",
    "deadlineStatus": "deadline_status",
    "dueAt": "due_at",
    "slaVersion": "sla_version",
    "imageCount": "image_count",
    "price": "price",
    "currency": "currency",
    "placedAt": "placed_at",
    "expeditedAt": "expedited_at",
    "confirmedAt": "confirmed_at",
    "cancelledAt": "cancelled_at",
    "splitFrom": "split_from",
    "specificationId": "specification_id",
    "specificationVersion": "specification_version",
}


def as_json(value: object) -> object:
    """What JSON makes of a column's value."""
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, int) else str(value)


@pytest.mark.parametrize("block_lines", [4, 1000])
@pytest.mark.parametrize("seed", range(6))
async def test_replaying_the_events_gives_orders_images_and_rejections(pool: Pool, seed: int, block_lines: int) -> None:
    await run_import(pool, random_file(seed), block_lines=block_lines)
    replayed = Replayed()
    for account in await pool.fetch("SELECT id FROM accounts"):
        replayed.play(await pool.fetch("SELECT * FROM events WHERE account_id = $1", account["id"]))
    found = await pool.fetch("SELECT * FROM orders")
    assert {id_: {key: told[key] for key in ORDER_FIELDS} for id_, told in replayed.orders.items()} == {
        str(row["id"]): {key: as_json(row[column]) for key, column in ORDER_FIELDS.items()} for row in found
    }
    for image in replayed.images.values():
        image["rejections"] = sorted(image["rejections"], key=itemgetter("id"))
    assert replayed.images == await _images(pool)


async def _images(pool: Pool) -> dict[str, dict[str, Any]]:
    rejections: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in await pool.fetch("SELECT * FROM rejections ORDER BY id"):
        told = {"id": str(row["id"]), "at": row["at"], "due_at": as_json(row["due_at"])}
        told |= {"redelivered_at": row["redelivered_at"], "sla_version": row["sla_version"]}
        rejections[str(row["image_id"])].append(told)
    columns = ("number", "filename", "position", "expedite_position", "price", "first_delivered_at")
    return {
        (id_ := str(row["id"])): {column: row[column] for column in columns}
        | {"order": str(row["order_id"]), "due_at": as_json(row["due_at"]), "rejections": rejections[id_]}
        for row in await pool.fetch("SELECT * FROM images")
    }


async def test_deliveries_after_an_expedite_are_told_of_the_order_the_image_is_in(pool: Pool) -> None:
    images = [{"filename": name, "deliveredAt": "2026-03-03T13:00:00Z"} for name in ("a.jpg", "b.jpg")]
    await run_import(pool, [*START, order("o-1", list(images))])
    await run_import(pool, [change("expedite", "2026-03-03T12:00:00Z", order="o-1", filenames=["b.jpg"])])
    query = """
        SELECT o.number, e.type, e.data->'after'->>'status', jsonb_array_length(e.data->'images')
          FROM events e JOIN orders o ON o.id = e.order_id ORDER BY e.at, e.sequence"""
    assert await rows(pool, query) == [
        (1, "ORDER_PLACED", "IN_PRODUCTION", 2),
        (1, "ORDER_SPLIT", None, None),
        (2, "ORDER_EXPEDITED", "IN_PRODUCTION", 1),
        (1, "IMAGES_DELIVERED", "READY_FOR_DOWNLOAD", 1),
        (2, "IMAGES_DELIVERED", "READY_FOR_DOWNLOAD", 1),
    ]
