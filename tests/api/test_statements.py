"""The SQL statements of an operation, which do not grow with the number of parents."""

from collections import Counter
from pathlib import Path

import pytest

from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.serving import Client, NewClient
from tests.support.studio import DAY, HOUR, Photo, Studio, open_account, write

BENCH = Path(__file__).parents[2] / "bench"


async def filled(pool: Pool, clock: FrozenClock, name: str = "ACME", orders: int = 12) -> Studio:
    studio = await open_account(pool, Studio(name=name))
    at = clock.now() - 20 * DAY
    for number in range(orders):
        placed_at = at + number * 9 * HOUR
        delivered_at = placed_at + 20 * HOUR if number % 3 else None
        rejections = ((placed_at + 21 * HOUR, None),) if number % 4 == 1 else ()
        photos = [Photo(f"{each}.jpg", delivered_at, rejections) for each in range(3)]
        studio.order(placed_at, photos, split_from=studio.orders[0].id if number == 5 else None)
    await write(pool, studio)
    return studio


@pytest.mark.parametrize("orders", [0, 1, 40])
async def test_the_dashboard_costs_six_statements_whatever_the_data(
    pool: Pool, clock: FrozenClock, client_of: NewClient, orders: int
) -> None:
    client = await client_of(await filled(pool, clock, orders=orders))
    data = await client.data((BENCH / "dashboard.graphql").read_text())
    assert len(data["account"]["orderFeed"]) == min(orders, 10)
    assert sorted(client.reader.statements) == [
        "account_histories",
        "client_by_key",
        "ledger_days_by_date",
        "orders_page",
        "pulse_figures",
        "upload_runs",
    ]


@pytest.mark.parametrize("orders", [0, 1, 40])
async def test_a_page_of_orders_with_images_costs_four_statements_whatever_the_data(
    pool: Pool, clock: FrozenClock, client_of: NewClient, orders: int
) -> None:
    client = await client_of(await filled(pool, clock, orders=orders))
    data = await client.data((BENCH / "orders.graphql").read_text())
    nodes = data["account"]["orders"]["nodes"]
    assert [len(node["images"]["nodes"]) for node in nodes] == [3] * orders
    expected = ["client_by_key", "account_histories", "orders_page", "images_of_order"]
    assert client.reader.statements == (expected if orders else expected[:-1])


EVERYTHING = """
{ accounts(first: 20, orderBy: NAME) { nodes {
  id name
  pulse { productivity { imagesUploaded images(first: 2) { nodes { id order { number } rejections { id } } } }
    quality { deliveredImages { nodes { deadline { explanation { text } } } } rejectedImages { nodes { id } } }
    reliability { onTimeImages { nodes { id } } lateImages { nodes { id } } } }
  sla { version compliance { standard { missedImages { nodes { id } } openImages { nodes { id } } }
    rejection { missedImages { nodes { id } } openImages { nodes { id } } } } }
  slaVersions { nodes { id } totalCount }
  dailyGuarantee { used }
  orderFeed { number account { name } }
  specifications { nodes { id } totalCount }
  order(number: 1) { id splitInto { number splitFrom { number } } }
  orders(first: 5) {
    nodes {
      images(first: 2) { nodes { filename order { number } } totalCount }
      events(first: 5) { nodes { order { number } ... on OrderPlaced { images(first: 1) { nodes { id } } } }
        totalCount }
      account { name }
    }
    pageInfo { hasNextPage hasPreviousPage }
    totalCount
  }
} } }
"""


async def test_an_operation_costs_no_more_statements_for_more_accounts(
    pool: Pool, clock: FrozenClock, staff: Client
) -> None:
    await filled(pool, clock, "Studio 0")
    await staff.data(EVERYTHING)
    of_one = {*staff.reader.statements, "settle_page"} - {"settle_account"}
    for number in range(1, 6):
        await filled(pool, clock, f"Studio {number}")
    data = await staff.data(EVERYTHING)
    assert [node["name"] for node in data["accounts"]["nodes"]] == [f"Studio {number}" for number in range(6)]
    assert set(staff.reader.statements) == of_one
    # Four fields of the operation read orders by id, in one to four statements; never in one per account.
    assert max(Counter(staff.reader.statements).values()) <= 4
    assert [len(node["orders"]["nodes"]) for node in data["accounts"]["nodes"]] == [5] * 6


async def test_orders_of_accounts_are_counted_by_one_statement(pool: Pool, clock: FrozenClock, staff: Client) -> None:
    for number in range(3):
        await filled(pool, clock, f"Studio {number}", orders=number + 1)
    data = await staff.data(
        '{ accounts(orderBy: NAME) { nodes { orders(filter: { search: "shoes" }) { totalCount } } } }'
    )
    assert [node["orders"]["totalCount"] for node in data["accounts"]["nodes"]] == [1, 2, 3]
    assert staff.reader.statements == [
        *("holder_by_token", "settle_page", "accounts_by_name", "settle_page", "account_histories"),
        *("accounts_by_name", "orders_count"),
    ]


async def test_the_page_info_of_a_first_page_costs_no_statement(
    pool: Pool, clock: FrozenClock, client_of: NewClient
) -> None:
    client = await client_of(await filled(pool, clock))
    await client.data("{ account { orders(first: 3) { pageInfo { hasPreviousPage hasNextPage endCursor } } } }")
    assert client.reader.statements == ["client_by_key", "account_histories", "orders_page"]


async def test_the_images_behind_a_zero_cost_no_statement(pool: Pool, clock: FrozenClock, client_of: NewClient) -> None:
    client = await client_of(await filled(pool, clock, orders=0))
    await client.data("{ account { pulse { quality { deliveredImages { nodes { id } totalCount } } } } }")
    assert sorted(client.reader.statements) == ["account_histories", "client_by_key", "pulse_figures", "upload_runs"]


async def test_the_total_of_a_drill_down_costs_no_statement(
    pool: Pool, clock: FrozenClock, client_of: NewClient
) -> None:
    client = await client_of(await filled(pool, clock))
    await client.data("{ account { pulse { productivity { images { totalCount } } } } }")
    assert "uploaded_images" not in client.reader.statements
