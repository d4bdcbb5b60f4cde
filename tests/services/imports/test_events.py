"""The events of an account agree with its rows."""

import pytest

from db.connections import Pool
from tests.support.events.replay import assert_events_explain_rows
from tests.support.import_files import START, change, order, rows, run_import
from tests.support.random_files import random_file


@pytest.mark.parametrize("chunk_lines", [4, 1000])
@pytest.mark.parametrize("seed", range(6))
async def test_replaying_the_events_gives_orders_images_and_rejections(pool: Pool, seed: int, chunk_lines: int) -> None:
    await run_import(pool, random_file(seed), chunk_lines=chunk_lines)
    await assert_events_explain_rows(pool)


async def test_deliveries_after_an_expedite_are_events_of_the_order_the_image_was_split_to(pool: Pool) -> None:
    images = [{"filename": name, "deliveredAt": "2026-03-03T13:00:00Z"} for name in ("a.jpg", "b.jpg")]
    await run_import(pool, [*START, order("o-1", list(images))])
    await run_import(pool, [change("expedite", "2026-03-03T12:00:00Z", order="o-1", filenames=["b.jpg"])])
    query = """
        SELECT o.number, e.type, e.data->'after'->>'status', jsonb_array_length(e.data->'images')
          FROM events e JOIN orders o ON o.id = e.order_id
         WHERE e.withdrawn_by IS NULL AND e.type <> 'EVENT_WITHDRAWN' ORDER BY e.at, e.sequence"""
    assert await rows(pool, query) == [
        (1, "ORDER_PLACED", "IN_PRODUCTION", 2),
        (1, "ORDER_SPLIT", None, None),
        (2, "ORDER_EXPEDITED", "IN_PRODUCTION", 1),
        (1, "IMAGES_DELIVERED", "READY_FOR_DOWNLOAD", 1),
        (1, "DEADLINE_MET", None, None),
        (2, "IMAGES_DELIVERED", "READY_FOR_DOWNLOAD", 1),
        (2, "DEADLINE_MET", None, None),
    ]
