"""Orders of every kind, and pages of an account's orders compared with its rows."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any
from uuid import UUID

from app.domain.orders.enums import ServiceLevel
from db.tables.images import Image
from db.tables.orders import Order
from tests.support.serving import Client
from tests.support.studio import DAY, HOUR, Photo, Studio

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


def newest_first(orders: Sequence[Order]) -> list[int]:
    return [each.number for each in sorted(orders, key=lambda each: (each.placed_at, each.number), reverse=True)]


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
