"""References and instructions in import files."""

from datetime import UTC, datetime
from typing import Final

import pytest

from db.connections import Pool
from tests.support.import_files import START, Line, change, everything, order, rows, run_import
from tests.support.studio import HOUR

AT: Final = datetime(2026, 3, 3, 10, tzinfo=UTC)
LATER: Final = "2026-03-03T11:00:00Z"


def image(filename: str, **more: object) -> Line:
    return {"filename": filename, **more}


FIRST: Final = order("o-1", [image("a.jpg", externalReference="sku-1")], externalReference="PO-1")


async def test_an_order_line_carries_references_and_instructions_in_nfc(pool: Pool) -> None:
    line = order(
        "o-1",
        [image("a.jpg", externalReference="A\u030a", instructions="crop"), image("b.jpg")],
        externalReference="E\u0301",
        instructions="by\nFriday",
    )
    assert (await run_import(pool, [*START, line])).problems == []
    assert await rows(pool, "SELECT external_reference, instructions FROM orders") == [("É", "by\nFriday")]
    query = "SELECT number, external_reference, instructions FROM images ORDER BY number"
    assert await rows(pool, query) == [(1, "Å", "crop"), (2, None, None)]


async def test_images_keep_their_references_in_a_sibling(pool: Pool) -> None:
    images = [image("a.jpg", externalReference="sku-1"), image("b.jpg", externalReference="sku-2")]
    lines = [
        order("o-1", images, externalReference="PO-1"),
        change("expedite", LATER, order="o-1", filenames=["b.jpg"]),
    ]
    await run_import(pool, [*START, *lines])
    query = """
        SELECT o.number, o.external_reference, o.updated_at, i.external_reference
          FROM orders o JOIN images i ON i.order_id = o.id ORDER BY o.number"""
    assert await rows(pool, query) == [(1, "PO-1", AT + HOUR, "sku-1"), (2, None, AT + HOUR, "sku-2")]


@pytest.mark.parametrize("chunk_lines", [1, 2, 1000])
@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (
            order("o-2", at=LATER, externalReference="PO-1"),
            "externalReference: 'PO-1' is already the reference of order 1.",
        ),
        (
            order("o-2", [image("b.jpg"), image("c.jpg", externalReference="sku-1")], LATER),
            "images[1].externalReference: 'sku-1' is already the reference of image 'a.jpg'.",
        ),
        (
            order("o-2", [image("b.jpg", externalReference="x"), image("c.jpg", externalReference="x")], LATER),
            "images[1].externalReference: 'x' is already the reference of an earlier image in the list.",
        ),
    ],
)
async def test_a_line_with_a_taken_reference_is_refused_wherever_the_file_is_cut(
    pool: Pool, line: Line, problem: str, chunk_lines: int
) -> None:
    outcome = await run_import(pool, [*START, FIRST, line], chunk_lines=chunk_lines)
    assert outcome.problems == [f"4: {problem}"]
    assert await rows(pool, "SELECT number FROM orders") == [(1,)]
    again = await run_import(pool, [*START, FIRST, line], check=True)
    assert again.problems == [f"4: {problem}"]


async def test_a_reference_of_a_cancelled_order_stays_taken_and_that_of_another_account_does_not(pool: Pool) -> None:
    other: list[Line] = [
        *({**line, "ref": "other"} if line["type"] == "account" else {**line, "account": "other"} for line in START),
        {**FIRST, "account": "other"},
    ]
    cancelled = change("cancellation", "2026-03-03T10:30:00Z", order="o-1")
    again = order("o-2", at=LATER, externalReference="PO-1")
    outcome = await run_import(pool, [*START, *other, FIRST, cancelled, again])
    assert outcome.problems == ["8: externalReference: 'PO-1' is already the reference of order 1."]


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        ({"externalReference": " "}, "externalReference: must not be blank"),
        ({"externalReference": "a" * 256}, "externalReference: is longer than 255 characters"),
        ({"instructions": "a" * 2_001}, "instructions: is longer than 2,000 characters"),
        ({"instructions": 1}, "instructions: must be a string"),
    ],
)
async def test_bad_references_and_instructions_are_named(pool: Pool, part: Line, problem: str) -> None:
    lines = [*START, order("o-1", **part), order("o-2", [image("a.jpg", **part)], LATER)]
    outcome = await run_import(pool, lines, check=True)
    assert outcome.problems == [f"3: {problem}", f"4: images[0].{problem}"]


async def test_a_line_imported_with_other_references_is_refused(pool: Pool) -> None:
    await run_import(pool, [*START, FIRST])
    before = await everything(pool)
    other = FIRST | {"externalReference": "PO-2"}
    assert (await run_import(pool, [*START, other])).problems == [
        "3: ref: order 'o-1' was imported before with other content"
    ]
    assert await everything(pool) == before


async def test_an_imported_order_was_updated_by_the_last_fact_of_its_images(pool: Pool) -> None:
    rejections = [{"at": "2026-03-04T08:00:00Z", "reason": "halo"}]
    images = [image("a.jpg", deliveredAt="2026-03-04T07:00:00Z", rejections=rejections), image("b.jpg")]
    await run_import(pool, [*START, order("o-1", images), order("o-2", at=LATER)])
    assert await rows(pool, "SELECT updated_at FROM orders ORDER BY number") == [
        (datetime(2026, 3, 4, 8, tzinfo=UTC),),
        (AT + HOUR,),
    ]
