"""Orders of an account: pages in both directions, filters and the order feed."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import chain, product
from typing import Any
from uuid import UUID

import pytest

from app.domain.deadlines.enums import DeadlineStatus
from app.domain.orders.enums import OrderStatus, ServiceLevel
from db.connections import Pool
from db.tables.images import Image
from db.tables.orders import Order
from tests.support.clock import FrozenClock
from tests.support.serving import Client, NewClient
from tests.support.studio import DAY, HOUR, Photo, Studio, open_account, write

PAGE = """
query ($first: Int, $after: String, $last: Int, $before: String, $filter: OrderFilter) {
  account {
    orders(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
      nodes { number }
      edges { cursor }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      totalCount
    }
  }
}
"""


async def page(client: Client, **variables: Any) -> dict[str, Any]:  # noqa: ANN401 - any variables
    data = await client.data(PAGE, variables)
    found: dict[str, Any] = data["account"]["orders"]
    return found


def numbers(found: dict[str, Any]) -> list[int]:
    return [node["number"] for node in found["nodes"]]


async def every_page_forwards(client: Client, size: int, **variables: Any) -> list[list[int]]:  # noqa: ANN401
    found = [await page(client, first=size, **variables)]
    while found[-1]["pageInfo"]["hasNextPage"]:
        found.append(await page(client, first=size, after=found[-1]["pageInfo"]["endCursor"], **variables))
        assert found[-1]["pageInfo"]["hasPreviousPage"]
    assert not found[0]["pageInfo"]["hasPreviousPage"]
    return [numbers(each) for each in found]


async def every_page_backwards(client: Client, size: int, **variables: Any) -> list[list[int]]:  # noqa: ANN401
    found = [await page(client, last=size, **variables)]
    while found[0]["pageInfo"]["hasPreviousPage"]:
        found.insert(0, await page(client, last=size, before=found[0]["pageInfo"]["startCursor"], **variables))
        assert found[0]["pageInfo"]["hasNextPage"]
    assert not found[-1]["pageInfo"]["hasNextPage"]
    return [numbers(each) for each in found]


def varied(studio: Studio, now: datetime) -> Studio:
    """Add orders of every level and status over the last days, some at the same instant, some late.

    Plans without one have a kept deadline, that of order 35 at `now`.
    """
    levels, steps = list(ServiceLevel), range(60)
    for step in steps:
        placed_at = now - (60 - step // 2) * 2 * HOUR  # two at each instant
        delivered = placed_at + timedelta(hours=1 + step % 40) if step % 4 else None
        photos = [Photo(f"img_{step:03}_{number}.jpg", delivered) for number in range(1 + step % 2)]
        kept = step % 10 == 4
        studio.order(
            placed_at,
            photos,
            name=f"{('Shoes', 'Hats', 'shoes & 100%_')[step % 3]} {step}",
            level=levels[step % 5],
            due_at=now + (step - 34) * HOUR if kept else placed_at + DAY if step % 3 == 0 else None,
            kept=kept,
            cancelled_at=placed_at + timedelta(minutes=5) if delivered is None and step % 8 == 0 else None,
            completed_at=now if step % 7 == 0 else None,
        )
    return studio


@pytest.fixture
async def studio(pool: Pool, clock: FrozenClock) -> Studio:
    made = varied(await open_account(pool, Studio()), clock.now())
    await write(pool, made)
    return made


@pytest.fixture
async def client(studio: Studio, client_of: NewClient) -> Client:
    return await client_of(studio)


def newest_first(orders: Sequence[Order]) -> list[int]:
    return [each.number for each in sorted(orders, key=lambda each: (each.placed_at, each.number), reverse=True)]


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


Matches = Callable[[Order, Sequence[Image]], bool]


def expected(studio: Studio, matches: Matches) -> list[int]:
    """Return the numbers of the orders that match, newest first, found by looking at each."""
    images: defaultdict[UUID, list[Image]] = defaultdict(list)
    for image in studio.images:
        images[image.order_id].append(image)
    return newest_first([each for each in studio.orders if matches(each, images[each.id])])


async def assert_filters(client: Client, studio: Studio, wanted: dict[str, Any], matches: Matches) -> None:
    """Assert that the pages of a filter, in both directions, and its total are those of the matching orders."""
    listed = expected(studio, matches)
    assert list(chain(*await every_page_forwards(client, 7, filter=wanted))) == listed
    assert list(chain(*await every_page_backwards(client, 7, filter=wanted))) == listed
    assert (await page(client, filter=wanted))["totalCount"] == len(listed)


def is_late(order: Order, now: datetime) -> bool:
    return order.late_at is not None and order.late_at < now


def status_of_deadline(order: Order, now: datetime) -> str:
    void = order.deadline_status == "PLAN_REQUIRED" and order.due_at is not None and order.due_at < now
    return "CONFIRMED" if void else order.deadline_status


@pytest.mark.parametrize(
    ("statuses", "late"),
    list(product((None, ["IN_PRODUCTION"], ["COMPLETED", "CANCELLED", "READY_FOR_DOWNLOAD"]), (None, True, False))),
)
@pytest.mark.parametrize(
    ("levels", "deadlines"),
    [
        (None, None),
        (["STANDARD", "EXPEDITED_PLAN"], None),
        (["ADDITIONAL"], ["TO_BE_CONFIRMED"]),
        (None, ["CONFIRMED"]),
        (None, ["PLAN_REQUIRED", "TO_BE_CONFIRMED"]),
    ],
)
async def test_filters_by_status_level_deadline_and_lateness_combine(
    client: Client,
    studio: Studio,
    clock: FrozenClock,
    statuses: list[str] | None,
    late: bool | None,  # noqa: FBT001 - a parameter of the test
    levels: list[str] | None,
    deadlines: list[str] | None,
) -> None:
    wanted = {"status": statuses, "serviceLevel": levels, "deadlineStatus": deadlines, "late": late}

    def matches(order: Order, _images: Sequence[Image]) -> bool:
        return (
            order.status in (statuses or OrderStatus)
            and order.service_level in (levels or ServiceLevel)
            and status_of_deadline(order, clock.now()) in (deadlines or list(DeadlineStatus))
            and late in (None, is_late(order, clock.now()))
        )

    await assert_filters(client, studio, wanted, matches)


@pytest.mark.parametrize(
    "search",
    ["shoes", "SHOES", "Shoes 3", "hats 1", "17", "img_01", "IMG_059_0", "shoes & 100%_", "100", "_", "%", "zzz"],
)
async def test_a_search_finds_numbers_and_prefixes_in_any_case(client: Client, studio: Studio, search: str) -> None:
    def matches(order: Order, images: Sequence[Image]) -> bool:
        names = [order.name, *(image.filename for image in images)]
        return str(order.number) == search or any(name.lower().startswith(search.lower()) for name in names)

    await assert_filters(client, studio, {"search": search}, matches)


async def test_a_search_combines_with_other_filters(client: Client, studio: Studio, clock: FrozenClock) -> None:
    def matches(order: Order, _images: Sequence[Image]) -> bool:
        return (
            order.name.lower().startswith("shoes ") and order.status == "IN_PRODUCTION" and is_late(order, clock.now())
        )

    await assert_filters(client, studio, {"search": "shoes ", "status": "IN_PRODUCTION", "late": True}, matches)


@pytest.mark.parametrize("status", ["CONFIRMED", "PLAN_REQUIRED"])
async def test_a_filter_by_deadline_status_treats_void_plans_as_confirmed(
    client: Client, studio: Studio, clock: FrozenClock, status: str
) -> None:
    def matches(order: Order, _images: Sequence[Image]) -> bool:
        return order.name.lower().startswith("shoes ") and status_of_deadline(order, clock.now()) == status

    await assert_filters(client, studio, {"search": "shoes ", "deadlineStatus": status}, matches)


@pytest.mark.parametrize("field", ["status", "serviceLevel", "deadlineStatus"])
@pytest.mark.parametrize("others", [{}, {"late": True}, {"search": "shoes"}])
async def test_an_empty_list_in_a_filter_matches_no_order(
    client: Client, studio: Studio, field: str, others: dict[str, Any]
) -> None:
    def matches(_order: Order, _images: Sequence[Image]) -> bool:
        return False

    await assert_filters(client, studio, {field: [], **others}, matches)


async def test_an_empty_search_finds_everything(client: Client, studio: Studio) -> None:
    def matches(_order: Order, _images: Sequence[Image]) -> bool:
        return True

    await assert_filters(client, studio, {"search": ""}, matches)


@pytest.fixture
async def large(pool: Pool, clock: FrozenClock) -> Studio:
    """A studio with more orders than a search checks one by one, and one period with even more images."""
    made = await open_account(pool, Studio())
    for number in range(2_050):
        at = clock.now() - (2_100 - number // 2) * timedelta(minutes=20)
        photo = Photo(f"img_{number:04}.jpg", at + HOUR if number % 3 else None)
        made.order(at, [photo], name=f"{'Shoes' if number % 50 else 'Hats'} {number}")
        if number in range(1_000, 1_008):
            made.order(at, [Photo(f"img_9{index:03}.jpg") for index in range(150)], name=f"Bags {number}")
    await write(pool, made)
    return made


async def test_a_search_with_many_matches_is_paged_correctly(large: Studio, client_of: NewClient) -> None:
    client = await client_of(large)
    for search, status in product(("shoes", "img_", "img_1", "img_9", "hats", "shoes 1"), (None, ["IN_PRODUCTION"])):
        await assert_long_list(client, large, search, status)


async def assert_long_list(client: Client, studio: Studio, search: str, status: list[str] | None) -> None:
    def matches(order: Order, images: Sequence[Image]) -> bool:
        named = order.name.lower().startswith(search) or images[0].filename.startswith(search)
        return named and order.status in (status or OrderStatus)

    wanted = {"search": search, "status": status}
    listed = expected(studio, matches)
    first = await page(client, first=100, filter=wanted)
    assert numbers(first) == listed[:100]
    assert first["totalCount"] == len(listed)
    second = await page(client, first=100, after=first["pageInfo"]["endCursor"], filter=wanted)
    assert numbers(second) == listed[100:200]
    assert second["pageInfo"]["hasPreviousPage"]
    assert numbers(await page(client, last=100, filter=wanted)) == listed[-100:]


async def test_a_placement_range_includes_its_start_and_excludes_its_end(
    client: Client, studio: Studio, clock: FrozenClock
) -> None:
    start, end = clock.now() - 100 * HOUR, clock.now() - 80 * HOUR
    assert any(order.placed_at == start for order in studio.orders)
    assert any(order.placed_at == end for order in studio.orders)
    wanted = {"placedFrom": start.isoformat(), "placedBefore": end.isoformat()}
    await assert_filters(client, studio, wanted, lambda order, _: start <= order.placed_at < end)


async def test_a_placement_range_combines_with_a_search(client: Client, studio: Studio, clock: FrozenClock) -> None:
    start = clock.now() - 100 * HOUR
    wanted = {"placedFrom": start.isoformat(), "search": "hats"}
    await assert_filters(
        client, studio, wanted, lambda order, _: order.placed_at >= start and order.name.startswith("Hats")
    )


async def test_a_range_that_ends_before_it_starts_matches_no_order(client: Client, clock: FrozenClock) -> None:
    now = clock.now()
    wanted = {"placedFrom": now.isoformat(), "placedBefore": (now - 50 * HOUR).isoformat()}
    assert await every_page_forwards(client, 7, filter=wanted) == [[]]


@pytest.fixture
async def updated(pool: Pool, clock: FrozenClock) -> Studio:
    """The varied orders, every third of them updated later; every fourth has a reference."""
    made = varied(await open_account(pool, Studio()), clock.now())
    for order in made.orders:
        order.updated_at = clock.now() - order.number * HOUR if order.number % 3 == 0 else None
        order.external_reference = None if order.number % 4 else f"PO-{order.number}"
    await write(pool, made)
    return made


Range = dict[str, datetime]


def is_within(order: Order, wanted: Range) -> bool:
    """Return whether an order was updated and delivered in a range, its end excluded."""
    updated_at, at = order.updated_at or order.placed_at, order.delivered_at
    if updated_at < wanted.get("updatedFrom", updated_at):
        return False
    if not {"deliveredFrom", "deliveredBefore"} & wanted.keys():
        return True
    return at is not None and wanted.get("deliveredFrom", at) <= at < wanted.get("deliveredBefore", at + HOUR)


@pytest.mark.parametrize("others", [{}, {"status": ["IN_PRODUCTION", "COMPLETED"]}, {"search": "shoes"}])
@pytest.mark.parametrize(
    "names",
    [
        ("updatedFrom", None),
        ("deliveredFrom", None),
        (None, "deliveredBefore"),
        ("deliveredFrom", "deliveredBefore"),
        ("updatedFrom", "deliveredBefore"),
    ],
)
async def test_ranges_of_updates_and_deliveries_include_their_start_and_exclude_their_end(
    updated: Studio, client_of: NewClient, names: tuple[str | None, str | None], others: dict[str, Any]
) -> None:
    client = await client_of(updated)
    moments = sorted({at for each in updated.orders for at in (each.updated_at, each.delivered_at) if at is not None})
    for bounds in ((moments[10], moments[30]), (moments[20], moments[21]), (moments[30], moments[5])):
        wanted = {name: at for name, at in zip(names, bounds, strict=True) if name is not None}

        def matches(order: Order, _images: Sequence[Image], wanted: Range = wanted) -> bool:
            named = order.name.lower().startswith(others.get("search", ""))
            return is_within(order, wanted) and order.status in others.get("status", OrderStatus) and named

        asked = {name: at.isoformat() for name, at in wanted.items()}
        await assert_filters(client, updated, asked | others, matches)


async def test_a_filter_by_reference_finds_the_one_order_that_has_it(updated: Studio, client_of: NewClient) -> None:
    client, placed_at = await client_of(updated), updated.orders[7].placed_at.isoformat()
    for wanted, found in (
        ({"externalReference": "PO-8"}, [8]),
        ({"externalReference": "po-8"}, []),
        ({"externalReference": "PO-9"}, []),
        ({"externalReference": "PO-8", "updatedFrom": placed_at}, [8]),
        ({"externalReference": "PO-8", "placedBefore": placed_at}, []),
        ({"externalReference": "PO-8", "search": "hats"}, [8]),
        ({"externalReference": "PO-8", "search": "shoes"}, []),
    ):
        shown = await page(client, filter=wanted)
        assert (numbers(shown), shown["totalCount"]) == (found, len(found)), wanted


async def test_a_filter_by_number_finds_the_one_order_that_has_it(client: Client, studio: Studio) -> None:
    eight, placed_at = studio.orders[7], studio.orders[7].placed_at.isoformat()
    for wanted, found in (
        ({"number": 8}, [8]),
        ({"number": 61}, []),
        ({"number": -1}, []),
        ({"number": None}, [*range(60, 0, -1)][:20]),
        ({"number": 8, "placedFrom": placed_at}, [8]),
        ({"number": 8, "placedBefore": placed_at}, []),
        ({"number": 8, "status": [eight.status], "search": "8"}, [8]),
        ({"number": 8, "search": "9"}, []),
        ({"number": 8, "externalReference": "PO-8"}, []),
    ):
        assert numbers(await page(client, filter=wanted)) == found, wanted
    assert (await page(client, filter={"number": 8}))["totalCount"] == 1


async def test_ranges_with_many_matches_are_paged_correctly(large: Studio, client_of: NewClient, pool: Pool) -> None:
    for order in large.orders[::400]:
        order.updated_at = order.placed_at + 30 * DAY
        await pool.fetch("UPDATE orders SET updated_at = $2 WHERE id = $1", order.id, order.updated_at)
    client = await client_of(large)
    for number, (name, later) in product((0, 999, 1_600), (("updatedFrom", 0 * HOUR), ("deliveredBefore", HOUR))):
        wanted = {name: large.orders[number].placed_at + later}
        listed = newest_first([order for order in large.orders if is_within(order, wanted)])
        asked = {name: at.isoformat() for name, at in wanted.items()}
        first = await page(client, first=100, filter=asked)
        assert (numbers(first), first["totalCount"]) == (listed[:100], len(listed))
        second = await page(client, first=100, after=first["pageInfo"]["endCursor"], filter=asked)
        assert numbers(second) == (listed[100:200] if listed else [])
        assert numbers(await page(client, last=100, filter=asked)) == listed[-100:]


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
          specification { name archived pricePerImage { amount currency } turnaround secondsPerImage
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
            "turnaround": "Next morning by 09:00 for all images uploaded by midnight, Monday to Friday",
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
