"""Mutations that place orders: their images and names, their specification, and what they cost."""

from asyncio import create_task, gather

import pytest

from app.services.accounts.counters import lock_counters
from db.connections import Pool
from db.writer import unit_of_work
from tests.support.clock import FrozenClock
from tests.support.mutations import Shop, contents, done, event_types, mutate, open_shop, refused
from tests.support.pools import CountingPool
from tests.support.serving import Client, NewClient
from tests.support.studio import Studio


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient) -> Shop:
    return await open_shop(pool, client_of, Studio(images_per_day=4, expedites_per_day=2))


async def test_an_order_beyond_the_guarantee_is_placed_as_two(shop: Shop, pool: Pool, clock: FrozenClock) -> None:
    images = [{"filename": f"{number}.jpg"} for number in range(6)]
    payload = await done(
        shop.client, "placeOrder", name="Shoes", specificationId=shop.specification, images=images, idempotencyKey=None
    )
    assert [{**order, "id": None} for order in payload["orders"]] == [
        {
            "id": None,
            "number": 1,
            "serviceLevel": "STANDARD",
            "imageCount": 4,
            "deadline": {"at": "2026-03-11T08:00:00Z"},
        },
        {"id": None, "number": 2, "serviceLevel": "ADDITIONAL", "imageCount": 2, "deadline": {"at": None}},
    ]
    assert payload["dailyGuarantee"] == {"used": 6, "remaining": 0}
    assert await event_types(pool, shop.studio) == ["ACCOUNT_CREATED", "ORDER_PLACED", "ORDER_PLACED", "ORDER_SPLIT"]
    clock.advance()
    seen = await shop.client.data("{ account { dailyGuarantee { used } orders { nodes { name } totalCount } } }")
    assert seen["account"] == {
        "dailyGuarantee": {"used": 6},
        "orders": {"nodes": [{"name": "Shoes"}] * 2, "totalCount": 2},
    }


async def test_all_errors_of_an_order_are_reported_together(shop: Shop, pool: Pool) -> None:
    before = await contents(pool)
    images = [{"filename": ""}, {"filename": "a.jpg"}, {"filename": "b\0.jpg"}, {"filename": "c" * 256}]
    errors = await refused(
        shop.client,
        "placeOrder",
        name=" ",
        specificationId="nonsense",
        images=images,
        quoteToken="nonsense",
        idempotencyKey="",
    )
    assert errors == [
        ("INVALID", ["idempotencyKey"]),
        ("INVALID", ["name"]),
        ("NOT_FOUND", ["specificationId"]),
        ("INVALID", ["images", "0", "filename"]),
        ("INVALID", ["images", "2", "filename"]),
        ("INVALID", ["images", "3", "filename"]),
        ("INVALID", ["quoteToken"]),
    ]
    assert await contents(pool) == before


@pytest.mark.parametrize(("count", "error"), [(0, ("INVALID", ["images"])), (2_001, ("LIMIT_EXCEEDED", ["images"]))])
async def test_an_order_has_1_to_2000_images(shop: Shop, count: int, error: tuple[str, list[str]]) -> None:
    images = [{"filename": "a.jpg"}] * count
    values = {"name": "Shoes", "specificationId": shop.specification, "images": images}
    assert await refused(shop.client, "placeOrder", **values) == [error]


async def test_filenames_may_have_any_unicode_characters(shop: Shop) -> None:
    names = ["\N{GRINNING FACE}" * 255, "Ærø \u00e9 \u05d0.jpg", " .", "\\/:*?\"<>|'"]
    await shop.place(*names)
    seen = await shop.client.data("{ account { order(number: 1) { images { nodes { filename } } } } }")
    assert [node["filename"] for node in seen["account"]["order"]["images"]["nodes"]] == names


async def test_names_are_stored_in_nfc(shop: Shop, pool: Pool) -> None:
    await done(
        shop.client,
        "placeOrder",
        name="Cafe\u0301",
        specificationId=shop.specification,
        images=[{"filename": "e\u0301" * 255}],
    )
    assert [tuple(row) for row in await pool.fetch("SELECT name FROM orders")] == [("Caf\u00e9",)]
    assert [tuple(row) for row in await pool.fetch("SELECT filename FROM images")] == [("\u00e9" * 255,)]


@pytest.mark.parametrize("name", ["\u200b", "\u3164\u2800", "a\nb", "a\x7f", "e\u0301" * 256])
async def test_invisible_multiline_and_overlong_names_are_refused(shop: Shop, pool: Pool, name: str) -> None:
    before = await contents(pool)
    assert await refused(
        shop.client, "placeOrder", name=name, specificationId=shop.specification, images=[{"filename": name}]
    ) == [("INVALID", ["name"]), ("INVALID", ["images", "0", "filename"])]
    assert await contents(pool) == before


async def test_archived_and_foreign_specifications_cannot_be_ordered(
    shop: Shop, pool: Pool, client_of: NewClient, staff: Client
) -> None:
    other = await open_shop(pool, client_of)
    await done(shop.client, "archiveSpecification", specificationId=shop.specification)
    before = await contents(pool)
    values = {"name": "Shoes", "images": [{"filename": "a.jpg"}]}
    archived, elsewhere = ({**values, "specificationId": each.specification} for each in (shop, other))
    assert await refused(shop.client, "placeOrder", **archived) == [("ARCHIVED", ["specificationId"])]
    assert await refused(shop.client, "placeOrder", **elsewhere) == [("NOT_FOUND", ["specificationId"])]
    assert await refused(staff, "placeOrder", **elsewhere, accountId=shop.account) == [
        ("NOT_FOUND", ["specificationId"])
    ]
    assert await refused(staff, "placeOrder", **elsewhere) == [("INVALID", ["accountId"])]
    assert await refused(shop.client, "placeOrder", **archived, accountId=other.account) == [
        ("NOT_FOUND", ["accountId"])
    ]
    assert await contents(pool) == before


async def test_staff_place_orders_for_an_account_they_name(shop: Shop, staff: Client) -> None:
    values = {"name": "Shoes", "specificationId": shop.specification, "images": [{"filename": "a.jpg"}]}
    payload = await done(staff, "placeOrder", "orders { account { id } }", accountId=shop.account, **values)
    assert payload["orders"] == [{"account": {"id": shop.account}}]


@pytest.mark.parametrize(("key", "statements"), [(None, 10), ("morning", 12)])
async def test_placing_a_quoted_order_without_a_deadline_costs_12_statements_at_most(
    shop: Shop, writing: CountingPool, key: str | None, statements: int
) -> None:
    await shop.place()  # a quiet account is brought forward first
    quote = await shop.client.data("{ account { quote(input: {newOrder: {imageCount: 100}}) { quote { token } } } }")
    shop.client.reader.statements.clear()
    writing.statements.clear()
    fields = "orders { id number deadline { at } } dailyGuarantee { remaining }"
    images = [{"filename": f"{number}.jpg"} for number in range(100)]
    values = {"name": "Shoes", "specificationId": shop.specification, "images": images}
    values["quoteToken"] = quote["account"]["quote"]["quote"]["token"]
    payload = await mutate(shop.client, "placeOrder", fields, **values, idempotencyKey=key)
    assert len(payload["orders"]) == 2
    assert shop.client.reader.statements == ["client_by_key", "last_instants", "orders_by_id"]
    assert len(writing.statements) + 2 == statements


async def test_orders_waiting_for_a_locked_account_do_not_block_reads(shop: Shop, pool: Pool) -> None:
    ask = "{ account { quote(input: {newOrder: {imageCount: 1}}) { quote { dailyGuarantee { remaining } } } } }"
    quoted = await shop.client.data(ask)
    async with unit_of_work(pool) as writer:
        await lock_counters(writer, [shop.studio.id])
        placing = [create_task(shop.place()) for _ in range(15)]
        for _ in range(3):
            assert await shop.client.data(ask) == quoted
        assert not any(task.done() for task in placing)
    placed = await gather(*placing)
    assert sorted(order["number"] for [order, *_] in placed) == list(range(1, 16))
