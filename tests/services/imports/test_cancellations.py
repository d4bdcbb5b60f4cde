"""Cancelled orders and images of a file: their quotas, their lateness and their events."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from db.connections import Pool
from tests.support.import_files import ACCOUNT, SPECIFICATION, START, change, order, rows
from tests.support.imported_orders import ELEVEN, IMAGES, NOON, SMALL, at, images, imported

pytestmark = pytest.mark.parametrize("chunk_lines", [1, 1000])


async def test_a_cancelled_order_releases_its_positions_for_later_ones_of_the_day(pool: Pool, chunk_lines: int) -> None:
    lines = [*SMALL, order("o-1", 3, expedite=True), change("cancellation", ELEVEN, order="o-1")]
    await imported(pool, chunk_lines, *lines, order("o-2", 2, NOON, expedite=True))
    query = "SELECT number, status, service_level FROM orders ORDER BY number"
    assert await rows(pool, query) == [
        (1, "CANCELLED", "EXPEDITED"),
        (2, "CANCELLED", "EXPEDITED_PLAN"),
        (3, "CANCELLED", "EXPEDITED_PLAN"),
        (4, "IN_PRODUCTION", "EXPEDITED"),
        (5, "IN_PRODUCTION", "EXPEDITED_PLAN"),
    ]
    assert await rows(pool, "SELECT used, expedite_used FROM ledger_days") == [(2, 2)]
    positions = [row[4] for row in await rows(pool, IMAGES) if row[0].startswith("o-2")]
    assert positions == [1, 2]


async def test_a_cancellation_on_another_day_releases_no_quota(pool: Pool, chunk_lines: int) -> None:
    lines = [*SMALL, order("o-1", 2), change("cancellation", "2026-03-03T23:00:00Z", order="o-1")]
    await imported(pool, chunk_lines, *lines)
    assert await rows(pool, "SELECT date, used FROM ledger_days") == [(date(2026, 3, 3), 2)]


async def test_an_order_cancelled_after_its_deadline_stays_late(pool: Pool, chunk_lines: int) -> None:
    lines = [*START, order("o-1"), change("cancellation", "2026-03-04T08:00:00.000001Z", order="o-1")]
    await imported(pool, chunk_lines, *lines)
    assert await rows(pool, "SELECT status, late_at FROM images") == [("CANCELLED", at(8, day=4))]
    query = "SELECT sum(late_standard), sum(uploaded) FROM rollups WHERE grain = 1440"
    assert await rows(pool, query) == [(1, 0)]


async def test_single_images_are_cancelled_by_their_names_and_the_rest_with_the_order(
    pool: Pool, chunk_lines: int
) -> None:
    placed = images("a", deliveredAt=NOON) + images("b", "c", "d")
    lines = [*SMALL, order("o-1", placed), change("cancellation", ELEVEN, order="o-1", filenames=["b", "d"])]
    lines += [order("o-2", images("e"), ELEVEN), order("o-3", images("f", "g"), NOON)]
    lines += [
        change("cancellation", NOON, order="o-3", filenames=["g"]),
        change("cancellation", "2026-03-03T13:00:00Z", order="o-3"),
    ]
    await imported(pool, chunk_lines, *lines)
    query = "SELECT number, status, image_count, cancelled_count, price FROM orders ORDER BY number"
    once = Decimal("1.45")
    assert await rows(pool, query) == [
        (1, "READY_FOR_DOWNLOAD", 1, 1, once),
        (2, "IN_PRODUCTION", 1, 1, once),
        (3, "IN_PRODUCTION", 1, 0, once),
        (4, "CANCELLED", 1, 1, once),
    ]
    assert await rows(pool, "SELECT used FROM ledger_days") == [(3,)]
    query = """
        SELECT o.number, e.type FROM events e JOIN orders o ON o.id = e.order_id
         WHERE e.type IN ('IMAGES_CANCELLED', 'ORDER_CANCELLED', 'DEADLINE_MET')
         ORDER BY e.at, o.number, e.sequence"""
    assert await rows(pool, query) == [
        (1, "IMAGES_CANCELLED"),
        (2, "IMAGES_CANCELLED"),
        (1, "DEADLINE_MET"),
        (4, "IMAGES_CANCELLED"),
        (4, "ORDER_CANCELLED"),
    ]


async def test_an_image_cancelled_before_staff_set_a_deadline_does_not_have_it(pool: Pool, chunk_lines: int) -> None:
    deadline = {"at": "2026-03-05T12:00:00Z", "confirmedAt": NOON}
    lines = [ACCOUNT | {"imagesPerDay": 0}, SPECIFICATION, order("o-1", images("a", "b", deadline=deadline))]
    await imported(pool, chunk_lines, *lines, change("cancellation", ELEVEN, order="o-1", filenames=["a"]))
    assert await rows(pool, "SELECT filename, due_at FROM images ORDER BY filename") == [
        ("a", None),
        ("b", datetime(2026, 3, 5, 12, tzinfo=UTC)),
    ]
    [(images_of_event,)] = await rows(pool, "SELECT data -> 'images' FROM events WHERE type = 'DEADLINE_CONFIRMED'")
    assert len(images_of_event) == 1
