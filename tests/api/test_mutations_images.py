"""Mutations that claim, deliver and reject images, and the production queue."""

from datetime import timedelta
from typing import Any

import pytest

from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.mutations import Shop, contents, deliver, done, event_types, open_shop, refused
from tests.support.serving import Client, NewClient
from tests.support.studio import HOUR, Studio

QUEUE = """query ($first: Int = 50, $after: String) { productionQueue(first: $first, after: $after) {
  nodes { filename status } totalCount pageInfo { hasNextPage hasPreviousPage endCursor } } }"""
STATUSES = """{ account { order(number: 1) {
  images { nodes { status } }
  claimed: images(status: [IN_PRODUCTION]) { nodes { filename } totalCount }
  waiting: images(status: [QUEUED, REJECTED]) { nodes { filename } totalCount }
} } }"""


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient) -> Shop:
    return await open_shop(pool, client_of, Studio(images_per_day=3))


async def queued(staff: Client) -> list[str]:
    """Return the filenames in the queue, having checked their number against the total."""
    queue = (await staff.data(QUEUE))["productionQueue"]
    assert queue["totalCount"] == len(queue["nodes"])
    return [node["filename"] for node in queue["nodes"]]


async def statuses(shop: Shop) -> dict[str, Any]:
    order: dict[str, Any] = (await shop.client.data(STATUSES))["account"]["order"]
    return {
        "images": [node["status"] for node in order["images"]["nodes"]],
        **{name: [node["filename"] for node in order[name]["nodes"]] for name in ("claimed", "waiting")},
        "counts": (order["claimed"]["totalCount"], order["waiting"]["totalCount"]),
    }


async def test_claimed_images_leave_the_queue_until_the_lease_expires(
    shop: Shop, pool: Pool, clock: FrozenClock, staff: Client
) -> None:
    await shop.place("a.jpg", "b.jpg")
    clock.advance()
    payload = await done(staff, "claimImages", worker="Ada", leaseSeconds=60)
    assert payload["images"] == [{"id": payload["images"][0]["id"], "filename": "a.jpg", "status": "IN_PRODUCTION"}]
    assert payload["leaseUntil"] == "2026-03-10T12:01:00.000001Z"
    assert await queued(staff) == ["b.jpg"]
    clock.advance()
    assert await statuses(shop) == {
        "images": ["IN_PRODUCTION", "QUEUED"],
        "claimed": ["a.jpg"],
        "waiting": ["b.jpg"],
        "counts": (1, 1),
    }
    clock.advance(timedelta(seconds=60))
    assert await queued(staff) == ["a.jpg", "b.jpg"]
    assert await statuses(shop) == {
        "images": ["QUEUED", "QUEUED"],
        "claimed": [],
        "waiting": ["a.jpg", "b.jpg"],
        "counts": (0, 2),
    }
    again = await done(staff, "claimImages", worker="Bob", count=500)
    assert [image["filename"] for image in again["images"]] == ["a.jpg", "b.jpg"]
    assert (await event_types(pool, shop.studio))[2:] == ["IMAGES_CLAIMED", "CLAIM_EXPIRED", "IMAGES_CLAIMED"]
    assert await done(staff, "claimImages", worker="Eve") == {
        "images": [],
        "leaseUntil": "2026-03-10T13:01:00.000002Z",
        "userErrors": [],
    }


async def test_the_queue_lists_images_of_all_accounts_by_deadline_in_pages(
    shop: Shop, pool: Pool, client_of: NewClient, clock: FrozenClock, staff: Client
) -> None:
    other = await open_shop(pool, client_of, Studio(name="Bravo", zone="America/New_York"))
    await shop.place("additional1.jpg", "a.jpg", "b.jpg", "additional2.jpg")
    clock.advance()
    await other.place("later.jpg")
    clock.advance()
    await other.place("expedited.jpg", expedite=True)
    await done(staff, "claimImages", worker="Ada", count=2, leaseSeconds=60)
    clock.advance(HOUR)
    expected = ["expedited.jpg", "additional1.jpg", "a.jpg", "b.jpg", "later.jpg", "additional2.jpg"]
    assert await queued(staff) == expected
    found: list[str] = []
    after: str | None = None
    for page in range(6):
        queue = (await staff.data(QUEUE, {"first": 1, "after": after}))["productionQueue"]
        found += [node["filename"] for node in queue["nodes"]]
        assert queue["pageInfo"]["hasNextPage"] == (page < 5)
        assert queue["pageInfo"]["hasPreviousPage"] == (page > 0)
        after = queue["pageInfo"]["endCursor"]
    assert found == expected


async def test_a_claim_with_a_bad_worker_count_or_lease_is_refused(shop: Shop, pool: Pool, staff: Client) -> None:
    await shop.place()
    before = await contents(pool)
    assert await refused(staff, "claimImages", worker="", count=0, leaseSeconds=59) == [
        ("INVALID", ["worker"]),
        ("INVALID", ["count"]),
        ("INVALID", ["leaseSeconds"]),
    ]
    assert await refused(staff, "claimImages", worker="A" * 256, count=501, leaseSeconds=86_401) == [
        ("INVALID", ["worker"]),
        ("LIMIT_EXCEEDED", ["count"]),
        ("INVALID", ["leaseSeconds"]),
    ]
    assert await contents(pool) == before


async def test_only_the_worker_holding_images_can_deliver_them(
    shop: Shop, pool: Pool, clock: FrozenClock, staff: Client
) -> None:
    [order] = await shop.place("a.jpg", "b.jpg")
    a, b = order["imageIds"]
    await done(staff, "claimImages", worker="Ada", leaseSeconds=60)
    before = await contents(pool)
    for worker, ids, errors in (
        ("Bob", [a, b], [("NOT_CLAIMED", ["imageIds", "0"]), ("NOT_CLAIMED", ["imageIds", "1"])]),
        ("Ada", [b, a], [("NOT_CLAIMED", ["imageIds", "0"])]),
        ("Ada", [a, a], [("INVALID", ["imageIds", "1"])]),
        ("Ada", [], [("INVALID", ["imageIds"])]),
        ("", [order["id"]], [("INVALID", ["worker"]), ("NOT_FOUND", ["imageIds", "0"])]),
        ("Ada", ["AwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"], [("NOT_FOUND", ["imageIds", "0"])]),
        ("Ada", [a] * 501, [("LIMIT_EXCEEDED", ["imageIds"])]),
    ):
        assert await refused(staff, "deliverImages", worker=worker, imageIds=ids) == errors
    assert await contents(pool) == before
    clock.advance(timedelta(seconds=1))
    payload = await done(staff, "deliverImages", worker="Ada", imageIds=[a])
    assert payload["images"] == [{"id": a, "status": "DELIVERED", "deliveredAt": "2026-03-10T12:00:01Z"}]
    assert payload["orders"] == [{"id": order["id"], "status": "IN_PRODUCTION", "deliveredCount": 1}]
    await done(staff, "claimImages", worker="Ada", leaseSeconds=60)
    clock.advance(timedelta(seconds=61))
    assert await refused(staff, "deliverImages", worker="Ada", imageIds=[b]) == [("NOT_CLAIMED", ["imageIds", "0"])]


async def test_only_delivered_images_can_be_rejected(
    shop: Shop, pool: Pool, clock: FrozenClock, staff: Client, client_of: NewClient
) -> None:
    other = await open_shop(pool, client_of)
    [order] = await shop.place("a.jpg", "b.jpg")
    [a] = await deliver(staff, clock)
    b = order["imageIds"][1]
    [theirs] = await other.place()
    before = await contents(pool)
    for ids, reason, errors in (
        ([b, a], "Halo", [("NOT_DELIVERED", ["imageIds", "0"])]),
        ([a], "", [("INVALID", ["reason"])]),
        ([a], "H" * 2001, [("INVALID", ["reason"])]),
        ([*theirs["imageIds"], "x"], "Halo", [("NOT_FOUND", ["imageIds", "0"]), ("NOT_FOUND", ["imageIds", "1"])]),
    ):
        assert await refused(shop.client, "rejectImages", imageIds=ids, reason=reason) == errors
    assert await contents(pool) == before
    payload = await done(shop.client, "rejectImages", imageIds=[a], reason="Halo,\nleft" + "." * 1990)
    assert payload["images"] == [{"id": a, "status": "REJECTED"}]
    assert payload["orders"] == [{"id": order["id"], "status": "IN_PRODUCTION", "rejectedCount": 1}]
    assert (await event_types(pool, shop.studio))[-1] == "IMAGES_REJECTED"
    assert await refused(shop.client, "rejectImages", imageIds=[a], reason="Halo") == [
        ("NOT_DELIVERED", ["imageIds", "0"])
    ]
    clock.advance()
    assert "a.jpg" in await queued(staff)


async def test_staff_deliver_images_of_several_accounts_at_once(
    shop: Shop, pool: Pool, client_of: NewClient, clock: FrozenClock, staff: Client
) -> None:
    other = await open_shop(pool, client_of)
    await shop.place()
    await other.place()
    assert len(await deliver(staff, clock, 2)) == 2
    for each in (shop, other):
        assert (await each.client.data("{ account { order(number: 1) { status } } }"))["account"] == {
            "order": {"status": "READY_FOR_DOWNLOAD"}
        }
