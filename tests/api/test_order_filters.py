"""Filters of an account's orders: by status, level and deadline, by text, by instants and by number."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest

from app.domain.deadlines.enums import DeadlineStatus
from app.domain.orders.enums import OrderStatus, ServiceLevel
from db.connections import Pool
from db.tables.images import Image
from db.tables.orders import Order
from tests.support.clock import FrozenClock
from tests.support.order_lists import (
    assert_filters,
    every_page_forwards,
    expected,
    is_late,
    newest_first,
    numbers,
    page,
    status_of_deadline,
    varied,
)
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
