"""Search of orders in any case and in any form of Unicode, also of names of the first release, which are not in NFC."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Final, Literal, TypeAlias
from unicodedata import normalize

import pytest

from db.connections import Pool
from db.tables.images import Image
from db.tables.orders import Order
from tests.support.clock import FrozenClock
from tests.support.order_lists import assert_filters, numbers, page
from tests.support.serving import Client, NewClient
from tests.support.studio import HOUR, Photo, Studio, open_account, write

LETTERS = "aÅéöñŁxB_ \N{HIRAGANA LETTER GA}\N{HANGUL SYLLABLE HAN}\N{GREEK SMALL LETTER OMICRON WITH TONOS}ệ"
Form: TypeAlias = Literal["NFC", "NFD"]
FORMS: Final[Sequence[Form]] = ("NFC", "NFD")


def in_nfc(text: str) -> str:
    return normalize("NFC", text).lower()


def in_some_form(draw: Random, text: str) -> str:
    return normalize(draw.choice(FORMS), draw.choice((text, text.upper(), text.lower())))


async def written(pool: Pool, studio: Studio, client_of: NewClient) -> Client:
    """Write a studio and return its client; as by the first release, no name is brought into NFC."""
    await write(pool, studio)
    return await client_of(studio)


async def assert_found(client: Client, studio: Studio, search: str) -> None:
    """Assert that a search finds the orders with a name or a filename that starts with it, and no others."""

    def matches(order: Order, images: Sequence[Image]) -> bool:
        return any(
            in_nfc(name).startswith(in_nfc(search)) for name in (order.name, *(each.filename for each in images))
        )

    await assert_filters(client, studio, {"search": search}, matches)


@pytest.mark.parametrize("stored", FORMS)
@pytest.mark.parametrize("typed", FORMS)
async def test_a_name_of_macos_is_found_by_what_people_type(
    pool: Pool, client_of: NewClient, clock: FrozenClock, stored: Form, typed: Form
) -> None:
    studio = await open_account(pool, Studio())
    studio.order(clock.now() - HOUR, [Photo(normalize(stored, "Küche_01.jpg"))], name=normalize(stored, "Ålesund"))
    studio.order(clock.now() - HOUR, [Photo("Kuche_01.jpg")], name="Alesund")
    client = await written(pool, studio, client_of)
    for search in ("küche", "KÜCHE_01", "ålesund", "Å"):
        assert numbers(await page(client, filter={"search": normalize(typed, search)})) == [1], search


async def test_every_name_is_found_by_its_beginning_in_any_form_and_case(
    pool: Pool, client_of: NewClient, clock: FrozenClock
) -> None:
    draw = Random(15)  # noqa: S311 - the same names in each run
    studio = await open_account(pool, Studio())
    for step in range(60):
        name, *files = ("".join(draw.choices(LETTERS, k=draw.randint(1, 6))) + "." for _ in range(3))
        photos = [Photo(in_some_form(draw, file)) for file in files]
        studio.order(clock.now() - (90 - step) * HOUR, photos, name=in_some_form(draw, name))
    client = await written(pool, studio, client_of)
    for text in draw.sample([each.name for each in studio.orders] + [each.filename for each in studio.images], 20):
        composed = normalize("NFC", text)
        await assert_found(client, studio, in_some_form(draw, composed[: draw.randint(1, len(composed))]))


async def test_many_names_of_both_forms_are_paged_correctly(
    pool: Pool, client_of: NewClient, clock: FrozenClock
) -> None:
    """So many that pages come from walks, in several periods."""
    studio = await open_account(pool, Studio())
    for number in range(240):
        name, file = (normalize(FORMS[number % 3 == 0], text) for text in (f"Ö{number % 2}", f"ü{number}.jpg"))
        studio.order(clock.now() - timedelta(minutes=5 * (241 - number)), [Photo(file)], name=name)
    client = await written(pool, studio, client_of)
    for search in ("ö", "Ö0", "ü1", "o"):
        await assert_found(client, studio, search)


@pytest.mark.parametrize(
    ("search", "found"),
    [("#2", [2]), (" #2 ", [2]), ("\t2\n", [2]), ("#02", [2]), ("#", [3]), ("##2", []), ("# 2", [])],
)
async def test_a_number_may_have_a_number_sign_and_blanks_around(
    pool: Pool, client_of: NewClient, clock: FrozenClock, search: str, found: list[int]
) -> None:
    studio = await open_account(pool, Studio())
    for name in ("Shoes", "Hats", "#1 of the season"):
        studio.order(clock.now() - HOUR, name=name)
    client = await written(pool, studio, client_of)
    assert numbers(await page(client, filter={"search": search})) == found
