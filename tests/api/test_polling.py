"""Polling for the orders updated since the last answer, amid concurrent writers."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pytest

from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.import_files import SPECIFICATION, order, run_import
from tests.support.mutations import Shop, done, mutate, open_shop
from tests.support.serving import Client, NewClient
from tests.support.studio import HOUR, Studio

POLL: Final = """
query ($since: DateTime, $first: Int!, $after: String) {
  account {
    now
    orders(first: $first, after: $after, filter: {updatedFrom: $since}) {
      nodes { number updatedAt status imageCount deliveredCount rejectedCount deadline { at } splitFrom { number } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""

EVENTS: Final = """query ($before: String) { account { events(last: 100, before: $before) {
  nodes { type at } pageInfo { startCursor }
} } }"""


@dataclass
class Poller:
    """A partner that keeps its own copy of the orders, by number; `first` is the size of its pages."""

    client: Client
    first: int = 100
    since: str | None = None
    copy: dict[int, dict[str, Any]] = field(default_factory=dict[int, dict[str, Any]])
    shown: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])

    async def poll(self) -> None:
        """Read the orders updated since the first page of the last poll, page by page."""
        now, more, after = None, True, None
        while more:
            variables = {"since": self.since, "first": self.first, "after": after}
            account = (await self.client.data(POLL, variables))["account"]
            now = now or account["now"]
            self._take(account["orders"]["nodes"])
            more, after = (account["orders"]["pageInfo"][name] for name in ("hasNextPage", "endCursor"))
        self.since = now

    def _take(self, nodes: Sequence[dict[str, Any]]) -> None:
        for node in nodes:
            self.copy[node["number"]] = node
            self.shown.append((node["number"], node["updatedAt"]))


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient) -> Shop:
    return await open_shop(pool, client_of, Studio(images_per_day=12, expedites_per_day=4))


@pytest.mark.races
async def test_a_poller_misses_no_update_and_sees_none_twice_while_four_write(
    shop: Shop, staff: Client, client_of: NewClient, clock: FrozenClock
) -> None:
    whole, paged = Poller(await client_of(shop.studio)), Poller(await client_of(shop.studio), first=2)
    await asyncio.gather(whole.poll(), paged.poll())
    writers = [
        asyncio.create_task(writes)
        for writes in (place(shop, clock), place_and_cancel(shop), expedite(shop), produce(shop, staff))
    ]
    while not all(writer.done() for writer in writers):
        await asyncio.gather(whole.poll(), paged.poll())
    await asyncio.gather(*writers)
    await asyncio.gather(whole.poll(), paged.poll())
    fresh = Poller(await client_of(shop.studio))
    await fresh.poll()
    assert whole.copy == paged.copy == fresh.copy
    assert len(set(whole.shown)) == len(whole.shown)
    assert {node["status"] for node in fresh.copy.values()} >= {"IN_PRODUCTION", "CANCELLED"}


async def place(shop: Shop, clock: FrozenClock) -> None:
    for turn in range(8):
        await shop.place(*(f"{turn}-{number}.jpg" for number in range(4)))
        clock.advance()


async def place_and_cancel(shop: Shop) -> None:
    for turn in range(6):
        [order, *_] = await shop.place(f"regretted-{turn}.jpg")
        await mutate(shop.client, "cancelOrder", orderId=order["id"])  # refused if an image is claimed already


async def expedite(shop: Shop) -> None:
    for turn in range(5):
        [order, *_] = await shop.place(f"urgent-{turn}.jpg", f"other-{turn}.jpg")
        await mutate(shop.client, "expediteOrder", orderId=order["id"], imageIds=order["imageIds"][:1])


async def produce(shop: Shop, staff: Client) -> None:
    for turn in range(12):
        claimed = (await done(staff, "claimImages", worker="Ada", count=2))["images"]
        if not claimed:
            continue
        ids = [image["id"] for image in claimed]
        await done(staff, "deliverImages", worker="Ada", imageIds=ids)
        if turn % 2:
            await done(shop.client, "rejectImages", imageIds=ids[:1], reason="halo")


async def test_now_is_the_instant_of_the_answer_for_every_plan(shop: Shop, clock: FrozenClock) -> None:
    clock.advance()
    answer = await shop.client.data("{ account { now pulse { asOf } } }")
    assert answer["account"]["now"] == answer["account"]["pulse"]["asOf"]
    assert answer["account"]["now"] == clock.now().isoformat().replace("+00:00", "Z")


async def test_an_update_at_the_instant_of_the_last_answer_is_found(shop: Shop, clock: FrozenClock) -> None:
    await shop.place("a.jpg")
    poller = Poller(shop.client)
    await poller.poll()  # the clock stands still, so the next order is placed at the answer's instant
    await shop.place("b.jpg")
    poller.shown.clear()
    await poller.poll()
    assert [number for number, _ in poller.shown] == [2]
    clock.advance()
    await poller.poll()
    assert len(poller.shown) == 1


async def test_an_update_by_an_import_is_found_by_its_events(
    pool: Pool, client_of: NewClient, clock: FrozenClock
) -> None:
    shop = await open_shop(pool, client_of, Studio(ref="acme"))
    await shop.place("a.jpg")
    clock.advance(3 * HOUR)
    poller = Poller(shop.client)
    await poller.poll()
    newest = (await shop.client.data(EVENTS))["account"]["events"]["pageInfo"]["startCursor"]
    images = [{"filename": "b.jpg", "deliveredAt": "2026-03-10T14:00:00Z"}]
    outcome = await run_import(pool, [SPECIFICATION, order("o-2", images, "2026-03-10T13:00:00Z")], now=clock.now())
    assert outcome.problems == []
    clock.advance(HOUR)
    poller.shown.clear()
    await poller.poll()
    assert poller.shown == []
    found = (await shop.client.data(EVENTS, {"before": newest}))["account"]["events"]["nodes"]
    assert [(event["type"], event["at"]) for event in reversed(found)] == [
        ("SPECIFICATION_CHANGED", "2026-03-10T12:00:00Z"),
        ("ORDER_PLACED", "2026-03-10T13:00:00Z"),
        ("IMAGES_DELIVERED", "2026-03-10T14:00:00Z"),
        ("DEADLINE_MET", "2026-03-10T14:00:00Z"),
    ]
    poller.since = None
    await poller.poll()
    assert poller.shown == [(2, "2026-03-10T14:00:00Z"), (1, "2026-03-10T12:00:00Z")]
