"""Lists of a client show nothing of another account: by its cursors, its numbers or its texts."""

from typing import Final

import pytest

from tests.support.neighbours import EVENT, ORDER, Neighbours, values_of
from tests.support.schema_lists import LISTS, MORE_LISTS
from tests.support.serving import Client

REFUSED: Final = "after: This is not a cursor of this list."


async def cursors_of(client: Client, name: str) -> list[str]:
    return list(values_of(await client.data(asked(name), {"after": None}), "cursor"))


def asked(name: str) -> str:
    return f"query ($after: String) {{ account {{ {(LISTS | MORE_LISTS)[name]} }} }}"


@pytest.mark.parametrize("name", LISTS | MORE_LISTS)
async def test_a_cursor_of_another_account_is_refused(neighbours: Neighbours, name: str) -> None:
    cursors = await cursors_of(neighbours.neighbour, name)
    assert cursors
    for cursor in cursors:
        response = await neighbours.client.post(asked(name), {"after": cursor})
        assert {error["message"] for error in response.json()["errors"]} == {REFUSED}
        neighbours.assert_nothing_of_theirs(response.text)
        neighbours.assert_all_ours(response.json())


async def test_a_cursor_of_another_order_or_event_of_the_account_is_refused(neighbours: Neighbours) -> None:
    page = "query ($number: Int!, $after: String) { account { order(number: $number) { %s } } }"
    for field in ("images", "events"):
        asked = page % f"{field}(after: $after) {{ edges {{ cursor }} }}"
        [cursor, *_] = values_of(await neighbours.client.data(asked, {"number": 1}), "cursor")
        assert await neighbours.client.data(asked, {"number": 1, "after": cursor})
        assert (await neighbours.client.error(asked, {"number": 3, "after": cursor}))["message"] == REFUSED
    asked = (
        "query ($after: String) { account { order(number: 1) { events { nodes { ... on OrderPlaced {%s} %s } } } } }"
    )
    images = "images(after: $after) { edges { cursor } }"
    [cursor, *_] = values_of(await neighbours.client.data(asked % (images, "")), "cursor")
    of_another = f"... on ImagesDelivered {{ {images} }}"
    assert (await neighbours.client.error(asked % ("at", of_another), {"after": cursor}))["message"] == REFUSED


async def test_a_cursor_is_refused_by_lists_of_other_kinds(neighbours: Neighbours) -> None:
    [cursor, *_] = await cursors_of(neighbours.neighbour, "Account.orders")
    for name in (LISTS | MORE_LISTS).keys() - {"Account.orders"}:
        error = await neighbours.client.error(asked(name), {"after": cursor})
        assert (name, error["code"], error["argument"]) == (name, "BAD_USER_INPUT", "after")


async def test_order_numbers_of_another_account_find_only_the_callers_orders(neighbours: Neighbours) -> None:
    query = "query ($number: Int!) { account { order(number: $number) { ...order } } }" + ORDER + EVENT
    found: list[str | None] = []
    for order in neighbours.theirs.orders:
        response = await neighbours.client.post(query, {"number": order.number})
        neighbours.assert_nothing_of_theirs(response.text)
        shown = response.json()["data"]["account"]["order"]
        found.append(shown and shown["name"])
    assert found == ["alpha-first", "alpha-first", "alpha-open", "alpha-additional", None]


@pytest.mark.parametrize("text", ["bravo", "bravo-first", "bravo-kept.jpg", "5"])
async def test_a_search_finds_nothing_of_another_account(neighbours: Neighbours, text: str) -> None:
    query = "query ($text: String) { account { orders(filter: {search: $text}) { totalCount nodes { id } } } }"
    ours = await neighbours.client.data(query, {"text": text})
    assert ours == {"account": {"orders": {"totalCount": 0, "nodes": []}}}
    theirs = await neighbours.neighbour.data(query, {"text": text})
    assert theirs["account"]["orders"]["totalCount"] >= 1
