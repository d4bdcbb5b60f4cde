"""Operations in import files."""

from datetime import UTC, datetime
from typing import Any, Final

import pytest

from app.domain.orders.summaries import summary_of
from app.domain.production.operations import Performer
from db.connections import Pool
from db.queries.operations import completed_steps
from db.queries.order_states import ImageKey, OrderKey, order_states
from db.queries.orders import orders_by_id
from db.readers import PoolReader
from tests.services.imports.test_example import EXAMPLE
from tests.support.import_files import START, Line, change, order, rows, run_import

ROWS: Final = """
    SELECT o.number, i.filename, p.at, p.step, p.performed_by, p.milliseconds
      FROM operations p JOIN images i ON i.id = p.image_id JOIN orders o ON o.id = i.order_id
     ORDER BY i.number, p.at, p.step"""


def operation(at: str, step: str = "CLIPPING", **more: object) -> dict[str, Any]:
    return {"step": step, "performedBy": "RETOUCHER", "seconds": "171.5", "at": f"2026-03-03T{at}Z", **more}


def image(filename: str, *operations: dict[str, Any], **more: object) -> Line:
    return {"filename": filename, "operations": list(operations), **more}


def instant(hour: int) -> datetime:
    return datetime(2026, 3, 3, hour, tzinfo=UTC)


async def test_operations_are_imported_with_their_images_also_before_a_delivery(pool: Pool) -> None:
    done = image("a.jpg", operation("11:00:00"), operation("12:00:00", "SHADOW", performedBy="AI", seconds=0.25))
    lines = [order("o-1", [done | {"deliveredAt": "2026-03-03T13:00:00Z"}, image("b.jpg", operation("12:00:00"))])]
    assert (await run_import(pool, [*START, *lines])).problems == []
    assert await rows(pool, ROWS) == [
        (1, "a.jpg", instant(11), "CLIPPING", "RETOUCHER", 171_500),
        (1, "a.jpg", instant(12), "SHADOW", "AI", 250),
        (1, "b.jpg", instant(12), "CLIPPING", "RETOUCHER", 171_500),
    ]
    assert await rows(pool, "SELECT count(*) FROM events WHERE type = 'OPERATIONS_RECORDED'") == [(0,)]


@pytest.mark.parametrize("chunk_lines", [1, 1000])
async def test_they_move_with_their_images_and_are_known_when_they_come_again(pool: Pool, chunk_lines: int) -> None:
    lines = [
        *START,
        order("o-1", [image("a.jpg", operation("12:00:00")), image("b.jpg")]),
        change("expedite", "2026-03-03T11:00:00Z", order="o-1", filenames=["a.jpg"]),
    ]
    for _ in range(2):
        assert (await run_import(pool, lines, chunk_lines=chunk_lines)).problems == []
        assert await rows(pool, ROWS) == [(2, "a.jpg", instant(12), "CLIPPING", "RETOUCHER", 171_500)]


async def test_they_are_of_the_version_of_the_specification_that_is_in_force(pool: Pool) -> None:
    """The second file knows the specification from the database alone."""
    assert (await run_import(pool, [*START, order("o-1")])).problems == []
    lines = [
        *START,
        order("o-2", [image("a.jpg", operation("12:00:00"))]),
        order("o-3", [image("b.jpg", operation("12:00:00", "DUST"))]),
    ]
    outcome = await run_import(pool, lines)
    assert outcome.problems == ["4: images[0].operations[0].step: the specification has no step 'DUST'"]
    assert len(await rows(pool, ROWS)) == 1


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (operation("09:59:59"), "at: is before placedAt"),
        (operation("12:00:00") | {"at": "2026-06-01T00:00:00.000001Z"}, "at: is in the future"),
        (operation("12:00:00", "DUST"), "step: the specification has no step 'DUST'"),
        (operation("12:00:00", performedBy="ROBOT"), "performedBy: must be 'RETOUCHER', 'SCRIPT' or 'AI'"),
        (operation("12:00:00", seconds=0.0001), "seconds: has more than 3 decimals"),
    ],
)
async def test_an_operation_that_cannot_be_is_refused(pool: Pool, wrong: dict[str, Any], problem: str) -> None:
    outcome = await run_import(pool, [*START, order("o-1", [image("a.jpg", operation("11:00:00"), wrong)])])
    assert outcome.problems == [f"3: images[0].operations[1].{problem}"]


@pytest.mark.parametrize("chunk_lines", [1, 1000])
async def test_the_last_in_the_file_is_the_latest_of_one_instant(pool: Pool, chunk_lines: int) -> None:
    """By whom each step was done last, on each of several images, as live operations of one call."""
    done = [operation("11:00:00", performedBy=performer) for performer in ("AI", "RETOUCHER", "SCRIPT")]
    done += [operation("11:00:00", "SHADOW", performedBy="SCRIPT"), operation("11:00:00", performedBy="AI")]
    lines = [*START, order("o-1", [image(f"{number}.jpg", *done) for number in range(20)])]
    assert (await run_import(pool, lines, chunk_lines=chunk_lines)).problems == []
    images: list[ImageKey] = [tuple(row) for row in await pool.fetch("SELECT account_id, id FROM images")]
    steps = await completed_steps(PoolReader(pool), images)
    latest = [[(step.step, step.performed_by) for step in steps[each]] for each in images]
    assert latest == [[("SHADOW", Performer.SCRIPT), ("CLIPPING", Performer.AI)]] * 20


@pytest.mark.parametrize(
    ("facts", "begun_at"),
    [
        ({"operations": [operation("12:00:00"), operation("11:00:00", "SHADOW")]}, instant(11)),
        ({"operations": [operation("12:00:00")], "deliveredAt": "2026-03-03T11:00:00Z"}, instant(11)),
        ({"operations": [operation("11:00:00")], "deliveredAt": "2026-03-03T12:00:00Z"}, instant(11)),
        ({"deliveredAt": "2026-03-03T12:00:00Z"}, instant(12)),
        ({}, None),
    ],
    ids=["operations", "delivery first", "operation first", "delivery", "nothing"],
)
async def test_production_began_with_the_first_operation_or_delivery(
    pool: Pool, facts: Line, begun_at: datetime | None
) -> None:
    lines = [*START, order("o-1", [image("a.jpg") | facts, {"filename": "b.jpg"}])]
    assert (await run_import(pool, lines)).problems == []
    assert await rows(pool, "SELECT begun_at FROM orders") == [(begun_at,)]
    key: OrderKey = tuple((await rows(pool, "SELECT account_id, id FROM orders"))[0])
    reader = PoolReader(pool)
    assert (await orders_by_id(reader, [key]))[key].summary == summary_of((await order_states(reader, [key]))[key])


@pytest.mark.parametrize("chunk_lines", [1, 1000])
@pytest.mark.parametrize("done_at", ["11:00:00", "13:00:00"])
async def test_an_image_with_an_operation_is_not_cancelled(pool: Pool, chunk_lines: int, done_at: str) -> None:
    """Neither before nor after it; the rest of its order can be, image by image."""
    cancellation = change("cancellation", "2026-03-03T12:00:00Z", order="o-1")
    lines = [*START, order("o-1", [image("a.jpg", operation(done_at)), image("b.jpg")])]
    for named, problem in (
        (cancellation, "4: order: Order 1 cannot be cancelled: its production has begun."),
        (
            cancellation | {"filenames": ["b.jpg", "a.jpg"]},
            "4: filenames[1]: 'a.jpg' cannot be cancelled: its production has begun.",
        ),
    ):
        assert (await run_import(pool, [*lines, named], chunk_lines=chunk_lines)).problems == [problem]
    lines.append(cancellation | {"filenames": ["b.jpg"]})
    assert (await run_import(pool, lines, chunk_lines=chunk_lines)).problems == []
    statuses = await rows(pool, "SELECT filename, status FROM images ORDER BY filename")
    assert statuses == [("a.jpg", "QUEUED"), ("b.jpg", "CANCELLED")]


async def test_the_operation_of_the_example_is_of_its_image(pool: Pool) -> None:
    await run_import(pool, EXAMPLE)
    query = """
        SELECT filename, at, step, performed_by, milliseconds
          FROM operations o JOIN images i ON i.id = o.image_id"""
    done_at = datetime(2026, 3, 3, 5, 30, tzinfo=UTC)
    assert await rows(pool, query) == [("a.jpg", done_at, "CLIPPING", "RETOUCHER", 171_500)]
