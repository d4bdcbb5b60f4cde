"""Erased texts in the API: null or `erased`, with an event; all figures and instants stay."""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final, cast

import pytest

from db.connections import Pool
from tests.api.test_statements import EVERYTHING, filled
from tests.support.clock import FrozenClock
from tests.support.erasing import count, erase
from tests.support.mutations import Shop, deliver, done, mutate, open_shop
from tests.support.serving import Client, NewClient
from tests.support.studio import DAY, HOUR

BENCH: Final = Path(__file__).parents[2] / "bench"
TOMORROW: Final = date(2026, 3, 11)
ORDER: Final = """{ account { order(number: 1) { name externalReference instructions updatedAt thumbnailUrl images {
  nodes { filename externalReference instructions previewUrl resultUrl status } } } } }"""
FIELDS: Final = {
    *("name", "filename", "externalReference", "instructions", "text", "answer", "reason"),
    *("previewUrl", "resultUrl", "thumbnailUrl"),
}
"""The fields that may change."""


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient) -> Shop:
    return await open_shop(pool, client_of)


def differences(before: Any, after: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any, Any]]:  # noqa: ANN401
    """Yield the values of two answers that differ, each with the name of its field."""
    if isinstance(before, dict) and isinstance(after, dict):
        one, other = cast("dict[str, Any]", before), cast("dict[str, Any]", after)
        assert one.keys() == other.keys()
        for name in one:
            yield from differences(one[name], other[name], (*path, name))
    elif isinstance(before, list) and isinstance(after, list):
        for one_, other_ in zip(cast("Iterable[Any]", before), cast("Iterable[Any]", after), strict=True):
            yield from differences(one_, other_, path)
    elif before != after:
        yield path[-1], before, after


async def test_an_erased_order_has_null_and_erased_in_place_of_its_texts(
    shop: Shop, pool: Pool, staff: Client, clock: FrozenClock
) -> None:
    picture = "https://pictures.example/a.jpg"
    image = {"filename": "ada.jpg", "externalReference": "SKU-1", "instructions": "soft", "previewUrl": picture}
    order = {
        "name": "Ada's shoes",
        "instructions": "as Ada wishes",
        "specificationId": shop.specification,
        "images": [image],
        "externalReference": "PO-1",
    }
    await done(shop.client, "placeOrder", **order)
    await deliver(staff, clock)
    clock.advance(DAY)
    before = (await shop.client.data(ORDER))["account"]["order"]
    await erase(pool, clock, shop.studio.id, TOMORROW)
    assert (await shop.client.data(ORDER))["account"]["order"] == {
        "name": "erased",
        **dict.fromkeys(("externalReference", "instructions", "thumbnailUrl")),
        "updatedAt": before["updatedAt"],
        "images": {
            "nodes": [
                {
                    "filename": "erased",
                    **dict.fromkeys(("externalReference", "instructions", "previewUrl", "resultUrl")),
                    "status": "DELIVERED",
                }
            ]
        },
    }


async def test_an_erased_order_is_not_found_by_its_name_and_its_reference_is_free_again(
    shop: Shop, pool: Pool, staff: Client, clock: FrozenClock
) -> None:
    await shop.place("ada.jpg", name="Ada's shoes", externalReference="PO-1")
    await deliver(staff, clock)
    clock.advance(DAY)
    await erase(pool, clock, shop.studio.id, TOMORROW)
    for wanted in ('search: "Ada"', 'search: "ada.jpg"', 'externalReference: "PO-1"'):
        found = await shop.client.data(f"{{ account {{ orders(filter: {{ {wanted} }}) {{ totalCount }} }} }}")
        assert found["account"]["orders"]["totalCount"] == 0
    [again] = await shop.place("ada.jpg", name="Ada's shoes", externalReference="PO-1")
    assert again["number"] == 2


async def test_a_client_and_staff_read_the_event_of_an_erasure(
    shop: Shop, pool: Pool, staff: Client, clock: FrozenClock
) -> None:
    await shop.place()
    await deliver(staff, clock)
    clock.advance(DAY)
    await erase(pool, clock, shop.studio.id, TOMORROW)
    clock.advance(HOUR)
    asked = "events(types: [TEXTS_ERASED]) { nodes { type order { id } ... on TextsErased { erasedBefore } } }"
    event = {"type": "TEXTS_ERASED", "order": None, "erasedBefore": "2026-03-11"}
    assert (await shop.client.data(f"{{ account {{ {asked} }} }}"))["account"]["events"]["nodes"] == [event]
    assert (await staff.data(f"{{ {asked} }}"))["events"]["nodes"] == [event]


async def test_a_call_whose_answer_was_erased_is_not_done_again(shop: Shop, pool: Pool, clock: FrozenClock) -> None:
    clock.advance(8 * HOUR)
    contact = {"name": "Ada", "idempotencyKey": "a contact"}
    await done(shop.client, "setContact", **contact)
    clock.advance(8 * HOUR)
    await erase(pool, clock, shop.studio.id, TOMORROW)
    await done(shop.client, "setContact")
    payload = await mutate(shop.client, "setContact", **contact)
    assert payload["userErrors"] == [
        {
            "code": "IDEMPOTENCY_CONFLICT",
            "message": "The key 'a contact' was used before, and the answer to that call was erased.",
            "path": ["idempotencyKey"],
        }
    ]
    assert [row["contact_name"] for row in await pool.fetch("SELECT contact_name FROM accounts")] == [None]
    clock.advance(DAY)
    await done(shop.client, "setContact", **contact)


async def test_every_figure_and_instant_is_as_before(
    pool: Pool, clock: FrozenClock, client_of: NewClient, staff: Client
) -> None:
    studio = await filled(pool, clock)
    client = await client_of(studio)
    documents = [(BENCH / f"{name}.graphql").read_text() for name in ("dashboard", "orders")]

    async def answers() -> list[dict[str, Any]]:
        days = 'activity(from: "2026-02-01", to: "2026-03-10", grain: DAY)'
        return [
            *[await client.data(document) for document in documents],
            await staff.data(EVERYTHING),
            await client.data(f"{{ account {{ {days} {{ date uploadedCount lateCount spend {{ amount }} }} }} }}"),
        ]

    before = await answers()
    day = (clock.now() - DAY / 2).date()
    assert (await count(pool, clock, studio.id, day)).erased["images"] > 10
    await erase(pool, FrozenClock(clock.now() - HOUR), studio.id, day)  # so that answers are as of the same instant
    changed = list(differences(before, await answers()))
    assert changed
    assert {(name, now) for name, _, now in changed} <= {(name, now) for name in FIELDS for now in ("erased", None)}
