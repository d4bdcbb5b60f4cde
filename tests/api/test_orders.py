"""Orders of an account: pages in both directions, the order feed, and the fields of an order."""

import pytest

from app.domain.orders.enums import ServiceLevel
from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.order_lists import every_page_backwards, every_page_forwards, newest_first, numbers, page, varied
from tests.support.serving import Client, NewClient
from tests.support.studio import DAY, HOUR, Photo, Studio, open_account, write


@pytest.fixture
async def studio(pool: Pool, clock: FrozenClock) -> Studio:
    made = varied(await open_account(pool, Studio()), clock.now())
    await write(pool, made)
    return made


@pytest.fixture
async def client(studio: Studio, client_of: NewClient) -> Client:
    return await client_of(studio)


def in_pages(listed: list[int], size: int) -> list[list[int]]:
    return [listed[start : start + size] for start in range(0, len(listed), size)]


@pytest.mark.parametrize("size", [7, 20, 60, 100])
async def test_forward_pages_show_every_order_once_newest_first(client: Client, studio: Studio, size: int) -> None:
    assert await every_page_forwards(client, size) == in_pages(newest_first(studio.orders), size)


@pytest.mark.parametrize("size", [7, 20, 60, 100])
async def test_backward_pages_show_every_order_once_newest_first(client: Client, studio: Studio, size: int) -> None:
    backwards = in_pages(newest_first(studio.orders)[::-1], size)
    assert await every_page_backwards(client, size) == [each[::-1] for each in backwards[::-1]]


async def test_a_page_without_a_size_has_twenty_orders(client: Client, studio: Studio) -> None:
    assert numbers(await page(client)) == newest_first(studio.orders)[:20]
    assert numbers(await page(client, first=None, last=None)) == newest_first(studio.orders)[:20]


async def test_a_bad_cursor_makes_only_its_own_list_null(client: Client) -> None:
    answer = await client.answer('{ account { name bad: orders(after: "x") { totalCount } orders { totalCount } } }')
    assert answer["data"]["account"] == {"name": "ACME", "bad": None, "orders": {"totalCount": 60}}
    [error] = answer["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["account", "bad"], "BAD_USER_INPUT")


async def test_a_page_between_two_cursors_has_pages_on_both_sides(client: Client, studio: Studio) -> None:
    cursors = [edge["cursor"] for edge in (await page(client, first=100))["edges"]]
    listed = newest_first(studio.orders)
    between = {"after": cursors[9], "before": cursors[20]}
    for asked, expected in (
        ({"first": 4}, listed[10:14]),
        ({"last": 4}, listed[16:20]),
        ({"first": 50}, listed[10:20]),
    ):
        found = await page(client, **between, **asked)
        assert numbers(found) == expected
        assert found["pageInfo"]["hasNextPage"]
        assert found["pageInfo"]["hasPreviousPage"]


async def test_a_page_beyond_the_end_is_empty_and_has_a_previous_page(client: Client) -> None:
    last = (await page(client, last=1))["pageInfo"]["endCursor"]
    found = await page(client, first=5, after=last)
    assert found["nodes"] == []
    assert found["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": True, "startCursor": None, "endCursor": None}


async def test_an_account_without_orders_has_an_empty_page(pool: Pool, client_of: NewClient) -> None:
    client = await client_of(await open_account(pool, Studio()))
    found = await page(client)
    assert found["nodes"] == []
    assert found["totalCount"] == 0
    assert found["pageInfo"] == {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None}


async def test_the_total_of_all_orders_needs_no_counting_statement(client: Client, studio: Studio) -> None:
    data = await client.data("{ account { orders { totalCount } } }")
    assert data["account"]["orders"]["totalCount"] == len(studio.orders)
    assert client.reader.statements == ["client_by_key", "account_histories"]


FEED = "query ($status: OrderFeedFilter) { account { orderFeed(status: $status) { number } } }"


@pytest.mark.parametrize("status", ["ALL", "IN_PRODUCTION", "READY_FOR_DOWNLOAD", None])
async def test_the_feed_shows_the_ten_most_recent_orders(client: Client, studio: Studio, status: str | None) -> None:
    shown = [order for order in studio.orders if status in {"ALL", None, order.status}]
    data = await client.data(FEED, {"status": status})
    assert [order["number"] for order in data["account"]["orderFeed"]] == newest_first(shown)[:10]


async def test_an_order_shows_all_its_fields(pool: Pool, client_of: NewClient, clock: FrozenClock) -> None:
    studio = await open_account(pool, Studio())
    at = clock.now() - DAY
    rejected = Photo("b.jpg", at + HOUR, ((at + 2 * HOUR, None),))
    order = studio.order(at, [Photo("a.jpg", at + HOUR), rejected, Photo("c.jpg"), Photo("d.jpg")], name="SS26")
    await write(pool, studio)
    client = await client_of(studio)
    data = await client.data(
        """{ account { id order(number: 1) {
          number name status serviceLevel late placedAt deliveredAt imageCount deliveredCount rejectedCount progress
          price { amount currency } url account { id name } splitFrom { id } splitInto { id }
          deadline { at status late slaVersion }
          specification { name archived pricePerImage { amount currency } turnaround { summary } secondsPerImage
            steps { step seconds } }
        } } }"""
    )
    assert data["account"]["order"] == {
        "number": 1,
        "name": "SS26",
        "status": "IN_PRODUCTION",
        "serviceLevel": "STANDARD",
        "late": True,
        "placedAt": "2026-03-09T12:00:00Z",
        "deliveredAt": None,
        "imageCount": 4,
        "deliveredCount": 1,
        "rejectedCount": 1,
        "progress": 0.25,
        "price": {"amount": "5.80", "currency": "USD"},
        "url": f"https://studio.example/{data['account']['id']}/orders/{order.number}",
        "account": {"id": data["account"]["id"], "name": "ACME"},
        "splitFrom": None,
        "splitInto": [],
        "deadline": {"at": "2026-03-10T08:00:00Z", "status": "CONFIRMED", "late": True, "slaVersion": 1},
        "specification": {
            "name": "Ghost",
            "archived": False,
            "pricePerImage": {"amount": "1.45", "currency": "USD"},
            "turnaround": {"summary": "Next morning by 09:00 for all images uploaded by midnight, Monday to Friday"},
            "secondsPerImage": 275.5,
            "steps": [{"step": "CLIPPING", "seconds": 180.0}, {"step": "SHADOW", "seconds": 95.5}],
        },
    }


async def test_split_orders_name_each_other(pool: Pool, client_of: NewClient, clock: FrozenClock) -> None:
    studio = await open_account(pool, Studio())
    first = studio.order(clock.now() - DAY, level=ServiceLevel.STANDARD)
    for level in (ServiceLevel.EXPEDITED, ServiceLevel.EXPEDITED_ADDITIONAL):
        studio.order(clock.now() - DAY, level=level, split_from=first.id)
    await write(pool, studio)
    client = await client_of(studio)
    data = await client.data("{ account { orders { nodes { number splitFrom { number } splitInto { number } } } } }")
    assert data["account"]["orders"]["nodes"] == [
        {"number": 3, "splitFrom": {"number": 1}, "splitInto": []},
        {"number": 2, "splitFrom": {"number": 1}, "splitInto": []},
        {"number": 1, "splitFrom": None, "splitInto": [{"number": 2}, {"number": 3}]},
    ]


@pytest.mark.parametrize("number", [0, -1, 3, 2**31 - 1, -(2**31)])
async def test_a_number_without_an_order_is_null(
    pool: Pool, client_of: NewClient, clock: FrozenClock, number: int
) -> None:
    studio = await open_account(pool, Studio())
    studio.order(clock.now() - DAY)
    await write(pool, studio)
    client = await client_of(studio)
    data = await client.data("query ($number: Int!) { account { order(number: $number) { id } } }", {"number": number})
    assert data["account"]["order"] is None
