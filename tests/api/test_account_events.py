"""The events of an account: their list and its filters."""

from datetime import timedelta
from typing import Final

import pytest

from api.ids import NodeType
from db.connections import Pool
from engine.ids import numbered
from tests.support.clock import FrozenClock
from tests.support.event_lists import ids_of, imported_client, page, types_listed
from tests.support.import_files import START, change, order, run_import
from tests.support.mutations import Shop, deliver, done, open_shop
from tests.support.serving import Client, NewClient

DELIVERED: Final = "2026-03-04T07:00:00Z"


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient) -> Shop:
    return await open_shop(pool, client_of)


async def test_events_are_listed_newest_first_in_the_order_of_their_recording(shop: Shop, clock: FrozenClock) -> None:
    await shop.place()
    clock.advance(timedelta(days=1))
    await done(shop.client, "changeTimeZone", timeZone="Asia/Tokyo")
    found = await page(shop.client)
    assert [edge["node"]["type"] for edge in found["edges"]] == [
        "TIME_ZONE_CHANGED",
        "ORDER_PLACED",
        "ACCOUNT_CREATED",
    ]
    cursors = [edge["cursor"] for edge in found["edges"]]
    assert (found["pageInfo"]["startCursor"], found["pageInfo"]["endCursor"]) == (cursors[0], cursors[-1])
    assert (found["totalCount"], found["pageInfo"]["hasNextPage"]) == (3, False)
    assert await types_listed(shop.client, first=1, after=cursors[0]) == ["ORDER_PLACED"]
    assert await types_listed(shop.client, last=1) == ["ACCOUNT_CREATED"]
    assert await types_listed(shop.client, last=5, before=cursors[0]) == []


async def test_a_page_without_a_size_has_twenty_events_next_to_its_cursor(shop: Shop) -> None:
    for _ in range(24):
        await shop.place()
    cursors = [edge["cursor"] for edge in (await page(shop.client, first=100))["edges"]]
    assert len(cursors) == 25
    for variables, expected in (
        ({}, cursors[:20]),
        ({"after": cursors[2]}, cursors[3:23]),
        ({"before": cursors[22]}, cursors[2:22]),
        ({"before": cursors[22], "after": cursors[0]}, cursors[1:21]),
    ):
        assert [edge["cursor"] for edge in (await page(shop.client, **variables))["edges"]] == expected


async def test_a_filter_by_type_keeps_the_order_and_counts_what_it_lists(
    shop: Shop, staff: Client, clock: FrozenClock
) -> None:
    for _ in range(3):
        await shop.place()
        await deliver(staff, clock)
    for types, expected in (
        (["ORDER_PLACED"], ["ORDER_PLACED"] * 3),
        (["ACCOUNT_CREATED", "IMAGES_DELIVERED"], ["IMAGES_DELIVERED"] * 3 + ["ACCOUNT_CREATED"]),
        (["IMAGES_DELIVERED", "IMAGES_DELIVERED", "ORDER_PLACED"], ["IMAGES_DELIVERED", "ORDER_PLACED"] * 3),
        (["IMAGES_REJECTED"], []),
        ([], []),
    ):
        found = await page(shop.client, types=types)
        assert [edge["node"]["type"] for edge in found["edges"]] == expected
        assert found["totalCount"] == len(expected)
        backwards = [await page(shop.client, types=types, last=2)]
        while backwards[0]["pageInfo"]["hasPreviousPage"]:
            before = backwards[0]["pageInfo"]["startCursor"]
            backwards.insert(0, await page(shop.client, types=types, last=2, before=before))
        assert [edge for each in backwards for edge in each["edges"]] == found["edges"]


async def test_withdrawn_events_of_an_account_are_listed_only_on_request(pool: Pool, client_of: NewClient) -> None:
    await run_import(pool, [*START, order("o-1", [{"filename": name, "deliveredAt": DELIVERED} for name in "ab"])])
    await run_import(pool, [change("expedite", "2026-03-03T11:00:00Z", order="o-1", filenames=["b"])])
    studio, client = await imported_client(pool, client_of)
    every = await page(client, withdrawn=True)
    assert [edge["node"]["id"] for edge in every["edges"]][::-1] == await ids_of(pool, studio)
    rows = await pool.fetch("SELECT withdrawn_by, sequence FROM events WHERE withdrawn_by IS NOT NULL")
    gone = {str(numbered(NodeType.EVENT, studio.id, number)) for row in rows for number in row}
    assert len(gone) == 4
    kept = [edge for edge in every["edges"] if edge["node"]["id"] not in gone]
    assert (await page(client))["edges"] == kept
    assert await types_listed(client, types=["EVENT_WITHDRAWN"]) == []
    assert await types_listed(client, types=["EVENT_WITHDRAWN"], withdrawn=True) == ["EVENT_WITHDRAWN"] * 2


async def test_an_event_of_each_account_is_read_by_one_statement(shop: Shop) -> None:
    await page(shop.client, first=1)
    assert shop.client.reader.statements == [
        "client_by_key",
        "account_histories",
        "events_of_account",
        "events_of_account_count",
    ]
