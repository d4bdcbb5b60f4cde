"""The orders of all accounts, which staff see newest first."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any, Final

import pytest

from app.domain.orders.enums import OrderStatus, ServiceLevel
from db.connections import Pool
from db.tables.orders import Order
from tests.support.clock import FrozenClock
from tests.support.mutations import open_shop
from tests.support.order_lists import is_late, varied
from tests.support.serving import Client, NewClient
from tests.support.studio import HOUR, Photo, Studio, open_account, write

LIST: Final = """
query ($first: Int, $after: String, $filter: OrderFilter) {
  orders(first: $first, after: $after, filter: $filter) {
    nodes { number account { name } }
    pageInfo { hasNextPage hasPreviousPage endCursor }
    totalCount
  }
}"""
MICROSECOND: Final = timedelta(microseconds=1)

Named = tuple[str, int]


async def page(staff: Client, **variables: object) -> dict[str, Any]:
    found: dict[str, Any] = (await staff.data(LIST, variables))["orders"]
    return found


async def listed(staff: Client, **wanted: object) -> list[Named]:
    """Return the accounts and numbers of the orders of a filter, read in pages, having checked their total."""
    found, after, more = list[Named](), None, True
    while more:
        part = await page(staff, first=23, after=after, filter=wanted)
        assert part["pageInfo"]["hasPreviousPage"] == (after is not None)
        found += [(node["account"]["name"], node["number"]) for node in part["nodes"]]
        after, more = part["pageInfo"]["endCursor"], part["pageInfo"]["hasNextPage"]
    assert (await page(staff, filter=wanted))["totalCount"] == len(found)
    return found


@pytest.fixture
async def studios(pool: Pool, clock: FrozenClock) -> list[Studio]:
    """Two studios with orders at the same instants; every fourth order has a reference, the same in both."""
    made = [varied(await open_account(pool, Studio(name=name)), clock.now()) for name in ("Alpha", "Bravo")]
    for studio in made:
        for each in studio.orders[3::4]:
            each.external_reference = f"PO-{each.number}"
        await write(pool, studio)
    return made


def expected(studios: list[Studio], matches: Callable[[Order], bool] = lambda _: True) -> list[Named]:
    """Return the orders that match, newest first, found by looking at each."""
    orders = [(each.placed_at, each.id, studio.name, each) for studio in studios for each in studio.orders]
    return [
        (name, each.number) for *_, name, each in sorted(orders, key=lambda order: order[:2])[::-1] if matches(each)
    ]


@pytest.mark.parametrize("late", [None, True, False])
@pytest.mark.parametrize("statuses", [None, ["IN_PRODUCTION"], ["COMPLETED", "CANCELLED", "READY_FOR_DOWNLOAD"], []])
@pytest.mark.parametrize("levels", [None, ["ADDITIONAL", "EXPEDITED_PLAN"]])
async def test_filters_by_status_level_and_lateness_combine_over_all_accounts(
    studios: list[Studio],
    staff: Client,
    clock: FrozenClock,
    statuses: list[str] | None,
    levels: list[str] | None,
    late: bool | None,  # noqa: FBT001 - a parameter of the test
) -> None:
    def matches(order: Order) -> bool:
        return (
            order.status in (list(OrderStatus) if statuses is None else statuses)
            and order.service_level in (levels or ServiceLevel)
            and late in (None, is_late(order, clock.now()))
        )

    assert await listed(staff, status=statuses, serviceLevel=levels, late=late) == expected(studios, matches)


@pytest.mark.parametrize("others", [{}, {"status": ["IN_PRODUCTION"], "late": True}])
async def test_a_placement_range_over_all_accounts_includes_its_start_and_excludes_its_end(
    studios: list[Studio], staff: Client, clock: FrozenClock, others: dict[str, Any]
) -> None:
    start, end = clock.now() - 100 * HOUR, clock.now() - 80 * HOUR

    def matches(order: Order) -> bool:
        chosen = not others or (order.status == "IN_PRODUCTION" and is_late(order, clock.now()))
        return start <= order.placed_at < end and chosen

    assert expected(studios, matches)
    wanted = {"placedFrom": start.isoformat(), "placedBefore": end.isoformat()}
    assert await listed(staff, **wanted, **others) == expected(studios, matches)
    assert await listed(staff, placedFrom=end.isoformat(), placedBefore=start.isoformat()) == []


async def test_numbers_and_references_are_found_in_all_accounts(
    studios: list[Studio], staff: Client, clock: FrozenClock
) -> None:
    eight = expected(studios, lambda order: order.number == 8)
    assert len(eight) == 2
    for wanted in ({"number": 8}, {"externalReference": "PO-8"}, {"number": 8, "externalReference": "PO-8"}):
        assert await listed(staff, **wanted) == eight
        assert await listed(staff, **wanted, placedFrom=clock.now().isoformat()) == []
        for late, status in product((True, False), OrderStatus):

            def matches(order: Order, late: bool = late, status: OrderStatus = status) -> bool:  # noqa: FBT001
                return order.number == 8 and order.status == status and is_late(order, clock.now()) == late

            assert await listed(staff, **wanted, late=late, status=[status]) == expected(studios, matches)
    for missing in (
        {"number": 61},
        {"number": -1},
        {"externalReference": "po-8"},
        {"number": 9, "externalReference": "PO-8"},
    ):
        assert await listed(staff, **missing) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("search", "Shoes"),
        ("deadlineStatus", ["CONFIRMED"]),
        ("updatedFrom", "2026-03-01T00:00:00Z"),
        ("deliveredFrom", "2026-03-01T00:00:00Z"),
        ("deliveredBefore", "2026-03-01T00:00:00Z"),
    ],
)
async def test_a_condition_that_needs_an_account_is_refused_over_all_accounts(
    staff: Client, name: str, value: object
) -> None:
    for others in ({}, {"number": 8}):
        error = await staff.error(LIST, {"filter": {name: value} | others})
        assert (error["code"], error["argument"]) == ("BAD_USER_INPUT", f"filter.{name}")


async def test_null_and_an_empty_search_are_no_conditions_over_all_accounts(
    studios: list[Studio], staff: Client
) -> None:
    names = ("status", "deadlineStatus", "updatedFrom", "deliveredFrom", "deliveredBefore", "number")
    assert await listed(staff, search="", **dict.fromkeys(names)) == expected(studios)
    assert (await page(staff))["totalCount"] == 120


async def test_an_order_of_all_accounts_is_late_once_the_clock_is_past_its_deadline(
    pool: Pool, staff: Client, clock: FrozenClock
) -> None:
    studio = await open_account(pool, Studio(name="Alpha"))
    due_at = clock.now() + HOUR
    studio.order(clock.now() - HOUR, [Photo()], level=ServiceLevel.ADDITIONAL, due_at=due_at)
    await write(pool, studio)
    clock.advance(HOUR)
    assert (await listed(staff, late=True), await listed(staff, late=False)) == ([], [("Alpha", 1)])
    clock.advance(MICROSECOND)
    assert (await listed(staff, late=True), await listed(staff, late=False)) == ([("Alpha", 1)], [])


async def test_each_order_of_all_accounts_is_as_of_the_settled_instant_of_its_account(
    pool: Pool, client_of: NewClient, staff: Client, clock: FrozenClock
) -> None:
    quiet, busy = [await open_shop(pool, client_of, Studio(name=name)) for name in ("Alpha", "Bravo")]
    await quiet.place()
    now = clock.advance(HOUR)
    await busy.place()
    staff.reader.statements.clear()
    nodes = (await staff.data("{ orders { nodes { account { name now } } } }"))["orders"]["nodes"]
    shown = [(node["account"]["name"], node["account"]["now"]) for node in nodes]
    settled = (now + MICROSECOND).isoformat().replace("+00:00", "Z")
    assert shown == [("Bravo", settled), ("Alpha", now.isoformat().replace("+00:00", "Z"))]
    assert staff.reader.statements == [
        *("holder_by_token", "settle_page", "all_orders", "settle_page", "account_histories", "all_orders")
    ]
