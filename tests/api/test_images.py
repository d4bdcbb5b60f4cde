"""Images of an order, in pages and by status, and the events of the order."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.events.facts import Change, OrderChanges, Progress
from app.domain.events.kinds import ImagesDelivered, OrderCompleted
from app.domain.orders.enums import OrderStatus
from db.connections import Pool
from tests.support.serving import Client, NewClient
from tests.support.studio import DAY, HOUR, Photo, Studio, open_account, write

MONDAY = datetime(2026, 3, 9, 13, tzinfo=UTC)

IMAGES = """
query ($first: Int, $after: String, $status: [ImageStatus!]) { account { order(number: 1) {
  images(first: $first, after: $after, status: $status) {
    nodes { filename } pageInfo { hasNextPage hasPreviousPage endCursor } totalCount
  }
} } }
"""


async def images(client: Client, **variables: Any) -> dict[str, Any]:  # noqa: ANN401 - any variables
    found: dict[str, Any] = (await client.data(IMAGES, variables))["account"]["order"]["images"]
    return found


def names(found: dict[str, Any]) -> list[str]:
    return [node["filename"] for node in found["nodes"]]


@pytest.fixture
async def client(pool: Pool, client_of: NewClient) -> Client:
    """A client with an order of 25 images, of which every third is delivered and the first of these rejected."""
    studio = await open_account(pool, Studio())
    delivered_at = MONDAY + HOUR
    photos = [Photo(f"{number:02}.jpg", delivered_at if number % 3 == 0 else None) for number in range(25)]
    photos[0] = Photo("00.jpg", delivered_at, ((delivered_at + HOUR, None),))
    studio.order(MONDAY, photos)
    await write(pool, studio)
    return await client_of(studio)


async def test_images_are_listed_in_upload_order(client: Client) -> None:
    first = await images(client)
    assert names(first) == [f"{number:02}.jpg" for number in range(20)]
    assert (first["pageInfo"]["hasNextPage"], first["pageInfo"]["hasPreviousPage"]) == (True, False)
    second = await images(client, after=first["pageInfo"]["endCursor"])
    assert names(second) == [f"{number:02}.jpg" for number in range(20, 25)]
    assert (second["pageInfo"]["hasNextPage"], second["pageInfo"]["hasPreviousPage"]) == (False, True)
    assert first["totalCount"] == second["totalCount"] == 25


@pytest.mark.parametrize(
    ("statuses", "numbers"),
    [
        (["REJECTED"], [0]),
        (["DELIVERED"], list(range(3, 25, 3))),
        (["DELIVERED", "REJECTED", "DELIVERED"], list(range(0, 25, 3))),
        (["CANCELLED"], []),
        ([], []),
        (None, list(range(25))),
    ],
)
async def test_images_are_filtered_by_status(client: Client, statuses: list[str] | None, numbers: list[int]) -> None:
    found = await images(client, first=100, status=statuses)
    assert names(found) == [f"{number:02}.jpg" for number in numbers]
    assert found["totalCount"] == len(numbers)


EVENTS = """
query ($first: Int, $after: String) { account { order(number: 2) { events(first: $first, after: $after) {
  nodes { type at order { number } ... on ImagesDelivered { images { nodes { filename } } imageCount } }
  pageInfo { hasNextPage hasPreviousPage endCursor } totalCount
} } } }
"""


async def test_events_of_an_order_are_listed_oldest_first(pool: Pool, client_of: NewClient) -> None:
    studio = await open_account(pool, Studio())
    studio.order(MONDAY - DAY)
    order = studio.order(MONDAY, [Photo("x.jpg")])
    ready, completed = OrderStatus.READY_FOR_DOWNLOAD, OrderStatus.COMPLETED
    counts = Progress(OrderStatus.IN_PRODUCTION, 0, 0, None), Progress(ready, 1, 0, None)
    studio.event(MONDAY + HOUR, order, ImagesDelivered(*counts, (studio.images[-1].id,)))
    studio.event(MONDAY + HOUR, order, OrderCompleted(OrderChanges(status=Change(ready, completed))))
    await write(pool, studio)
    client = await client_of(studio)
    events = (await client.data(EVENTS))["account"]["order"]["events"]
    assert events["nodes"] == [
        {"type": "ORDER_PLACED", "at": "2026-03-09T13:00:00Z", "order": {"number": 2}},
        {
            "type": "IMAGES_DELIVERED",
            "at": "2026-03-09T14:00:00Z",
            "order": {"number": 2},
            "images": {"nodes": [{"filename": "x.jpg"}]},
            "imageCount": 1,
        },
        {"type": "ORDER_COMPLETED", "at": "2026-03-09T14:00:00Z", "order": {"number": 2}},
    ]
    assert events["totalCount"] == 3
    first = (await client.data(EVENTS, {"first": 2}))["account"]["order"]["events"]
    after = first["pageInfo"]["endCursor"]
    rest = (await client.data(EVENTS, {"first": 2, "after": after}))["account"]["order"]["events"]
    assert [node["type"] for node in rest["nodes"]] == ["ORDER_COMPLETED"]
    assert (rest["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasPreviousPage"]) == (False, True)
