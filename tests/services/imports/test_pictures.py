"""The addresses of pictures in import files."""

from typing import Final

import pytest

from db.connections import Pool
from tests.support.import_files import START, Line, change, order, rows, run_import

DONE: Final = {"resultUrl": "https://pictures.example/done", "resultPreviewUrl": "https://pictures.example/small"}
DELIVERED: Final = {"deliveredAt": "2026-03-03T12:00:00Z", **DONE}
TEXTS: Final = "SELECT at::time::text, texts FROM events WHERE type = 'IMAGES_DELIVERED' ORDER BY at"


def image(filename: str, **more: object) -> Line:
    return {"filename": filename, "previewUrl": f"https://pictures.example/{filename}", **more}


async def test_an_order_shows_the_preview_of_its_first_image_or_of_the_result(pool: Pool) -> None:
    lines = [order("o-1", [image("a.jpg", **DELIVERED), image("b.jpg")]), order("o-2", [image("c.jpg")])]
    assert (await run_import(pool, [*START, *lines])).problems == []
    assert await rows(pool, "SELECT thumbnail_url FROM orders ORDER BY number") == [
        ("https://pictures.example/small",),
        ("https://pictures.example/c.jpg",),
    ]
    placed = await rows(
        pool, "SELECT texts -> 'imagePreviews' FROM events WHERE type = 'ORDER_PLACED' ORDER BY sequence"
    )
    assert placed == [
        (["https://pictures.example/a.jpg", "https://pictures.example/b.jpg"],),
        (["https://pictures.example/c.jpg"],),
    ]


async def test_a_result_is_that_of_the_latest_delivery(pool: Pool) -> None:
    rejections = [{"at": "2026-03-03T13:00:00Z", "reason": "halo", "redeliveredAt": "2026-03-03T14:00:00Z"}]
    lines = [order("o-1", [image("a.jpg", **DELIVERED, rejections=rejections)])]
    assert (await run_import(pool, [*START, *lines])).problems == []
    assert await rows(pool, TEXTS) == [
        ("12:00:00", None),
        ("14:00:00", {"results": [DONE["resultUrl"]], "resultPreviews": [DONE["resultPreviewUrl"]]}),
    ]


async def test_an_expedite_before_the_delivery_keeps_the_pictures(pool: Pool) -> None:
    lines = [
        order("o-1", [image("a.jpg", **DELIVERED), image("b.jpg")]),
        change("expedite", "2026-03-03T11:00:00Z", order="o-1", filenames=["a.jpg"]),
    ]
    assert (await run_import(pool, [*START, *lines])).problems == []
    query = """
        SELECT o.number, o.thumbnail_url, i.preview_url, i.result_url, i.result_preview_url
          FROM orders o JOIN images i ON i.order_id = o.id ORDER BY o.number"""
    assert await rows(pool, query) == [
        (1, "https://pictures.example/b.jpg", "https://pictures.example/b.jpg", None, None),
        (2, "https://pictures.example/small", "https://pictures.example/a.jpg", *DONE.values()),
    ]


@pytest.mark.parametrize(
    ("images", "problem"),
    [
        ([image("a.jpg", **DONE)], "images[0].resultUrl: the image was never delivered"),
        (
            [image("a.jpg", resultPreviewUrl="https://pictures.example/small")],
            "images[0].resultPreviewUrl: the image was never delivered",
        ),
        (
            [{"filename": "a.jpg", "previewUrl": "https://ann@pictures.example/a.jpg"}],
            "images[0].previewUrl: has a user name",
        ),
        (
            [image("a.jpg", **DELIVERED | {"resultUrl": "https://pictures.example/a b"})],
            "images[0].resultUrl: has a character that a URL has to have percent-encoded",
        ),
    ],
)
async def test_addresses_that_are_not_allowed_are_refused(pool: Pool, images: list[Line], problem: str) -> None:
    outcome = await run_import(pool, [*START, order("o-1", images)])
    assert outcome.problems == [f"3: {problem}"]
