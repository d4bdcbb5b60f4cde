"""The pictures of the demo."""

from typing import Final
from xml.etree import ElementTree as ET

import pytest
from httpx import ASGITransport, AsyncClient
from starlette.applications import Starlette

from app.demo.pictures import addresses, picture
from app.demo.routes import PICTURES
from app.demo.studios import STUDIOS
from app.domain.urls import url_problem

ORIGIN: Final = "http://localhost:8000"
RECIPES: Final = sorted({recipe.ref for studio in STUDIOS for recipe in studio.recipes})


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("number", [1, 2, 60_000])
def test_each_image_has_an_upload_a_result_and_its_preview_all_small_files(recipe: str, number: int) -> None:
    pictures = addresses(ORIGIN, recipe, f"IMG_{number:06}.jpg")
    assert pictures == addresses(ORIGIN, recipe, f"IMG_{number:06}.jpg")
    assert len({*pictures}) == 3
    for address, side in zip(pictures, ("160", "800", "160"), strict=True):
        assert url_problem(address) is None
        drawn = picture(address.rpartition("/")[2])
        assert drawn is not None
        assert len(drawn) < 1_500
        root = ET.fromstring(drawn)  # noqa: S314 - drawn by ourselves
        assert (root.tag, root.get("width"), root.get("height")) == ("{http://www.w3.org/2000/svg}svg", side, side)


def test_images_differ_in_their_colours() -> None:
    names = [addresses(ORIGIN, "shoes", f"IMG_{number:06}.jpg").result.rpartition("/")[2] for number in range(200)]
    assert len({picture(name) for name in names}) > 20


@pytest.mark.parametrize(
    "name", ["shoes-1.svg", "hats-1-upload.svg", "shoes-1-upload.png", "shoes--upload.svg", "shoes-1-upload.svg\n", ""]
)
def test_any_other_name_is_of_no_picture(name: str) -> None:
    assert picture(name) is None


async def test_they_are_served_without_a_token_and_other_names_are_not_found() -> None:
    transport = ASGITransport(Starlette(routes=[PICTURES]))
    async with AsyncClient(transport=transport, base_url=ORIGIN) as client:
        served = await client.get("/demo/pictures/shoes-1-upload-small.svg")
        assert (served.status_code, served.text) == (200, picture("shoes-1-upload-small.svg"))
        assert served.headers["content-type"] == "image/svg+xml"
        assert served.headers["content-security-policy"] == "default-src 'none'"
        assert (await client.get("/demo/pictures/hats-1-upload.svg")).status_code == 404
