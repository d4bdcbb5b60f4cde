"""The events of an account: their list, its filters, and following it while others write."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

import pytest

from api.ids import NodeType, account_global_id
from app.services.imports import destination
from app.services.imports.runs import ImportRun
from app.services.imports.writing import PreparedBatch, write
from db.connections import Pool, connect
from db.writer import Writer
from engine.ids import GlobalId, numbered
from tests.support.clock import FrozenClock
from tests.support.import_files import ACCOUNT, SPECIFICATION, START, change, order, run_import
from tests.support.mutations import Shop, deliver, done, open_shop
from tests.support.serving import Client, NewClient
from tests.support.studio import Studio

LIST: Final = """
query ($first: Int, $after: String, $last: Int, $before: String, $types: [EventType!], $withdrawn: Boolean = false) {
  account {
    events(first: $first, after: $after, last: $last, before: $before, types: $types, withdrawn: $withdrawn) {
      edges { cursor node { id type } }
      pageInfo { hasPreviousPage hasNextPage startCursor endCursor }
      totalCount
    }
  }
}"""
DELIVERED: Final = "2026-03-04T07:00:00Z"
BETA: Final = (ACCOUNT | {"ref": "beta", "name": "Beta"}, SPECIFICATION | {"account": "beta"})
DONE: Final = order("b-1", [{"filename": "b", "deliveredAt": DELIVERED}]) | {"account": "beta"}
SEQUENCES: Final = "SELECT sequence FROM events WHERE account_id = $1 ORDER BY sequence"

Page = dict[str, Any]


async def page(client: Client, **variables: object) -> Page:
    found: Page = (await client.data(LIST, variables))["account"]["events"]
    return found


async def types_listed(client: Client, **variables: object) -> list[str]:
    return [edge["node"]["type"] for edge in (await page(client, **variables))["edges"]]


@dataclass(slots=True)
class Follower:
    """A partner's program that reads the events of its account from the first one on, oldest first."""

    client: Client
    newest: str | None = None
    ids: list[str] = field(default_factory=list[str])

    async def poll(self) -> None:
        """Read all events that were added since the last poll."""
        more = True
        while more:
            found = await page(self.client, last=3, before=self.newest, withdrawn=True)
            self.ids += [edge["node"]["id"] for edge in reversed(found["edges"])]
            self.newest = found["pageInfo"]["startCursor"] or self.newest
            more = found["pageInfo"]["hasPreviousPage"]


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient) -> Shop:
    return await open_shop(pool, client_of)


async def imported_client(pool: Pool, client_of: NewClient) -> tuple[Studio, Client]:
    """Return the account of an import, and a client of it."""
    [row] = await pool.fetch("SELECT id FROM accounts WHERE ref = 'acme'")
    studio = Studio(id=row["id"])
    return studio, await client_of(studio)


async def ids_of(pool: Pool, studio: Studio) -> list[str]:
    """Return the ids of all events of an account, in the order of its sequence."""
    rows = await pool.fetch(SEQUENCES, studio.id)
    return [str(numbered(NodeType.EVENT, studio.id, row["sequence"])) for row in rows]


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


@dataclass(slots=True)
class HeldImport:
    """An import of two accounts that waits before its second batch, which is of the other one."""

    began: asyncio.Event = field(default_factory=asyncio.Event)
    goes_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def write(self, writer: Writer, prepared: PreparedBatch, run: ImportRun) -> None:
        if run.accounts:
            self.began.set()
            await self.goes_on.wait()
        await write(writer, prepared, run)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> HeldImport:
    made = HeldImport()
    monkeypatch.setattr(destination, "write", made.write)
    return made


async def test_events_of_a_running_import_and_all_after_them_are_listed_once_it_has_ended(
    pool: Pool, client_of: NewClient, clock: FrozenClock, held: HeldImport
) -> None:
    image = {"filename": "b", "deliveredAt": DELIVERED}
    await run_import(pool, [*START, order("o-1", [{"filename": "a", "deliveredAt": DELIVERED}, image])])
    studio, client = await imported_client(pool, client_of)
    follower = Follower(client)
    await follower.poll()
    before = await page(client)
    assert follower.ids == await ids_of(pool, studio)
    lines = [change("expedite", "2026-03-03T11:00:00Z", order="o-1", filenames=["b"]), *BETA]
    running = asyncio.create_task(run_import(pool, lines, now=clock.now(), chunk_lines=1))
    await held.began.wait()
    await done(client, "changeTimeZone", timeZone="Asia/Tokyo")
    assert (await page(client), await page(client, withdrawn=True)) == (before, before)
    assert await types_listed(client, types=["TIME_ZONE_CHANGED", "ORDER_SPLIT"]) == []
    await pool.fetch(
        "UPDATE account_heads SET import_from = NULL RETURNING 1"
    )  # as by a release that did not record it
    assert await page(client, withdrawn=True) == before
    await follower.poll()
    held.goes_on.set()
    await running
    await follower.poll()
    assert follower.ids == await ids_of(pool, studio)
    assert await types_listed(client, first=1) == ["TIME_ZONE_CHANGED"]


async def test_an_account_whose_import_is_running_has_an_empty_page_to_start_from(
    pool: Pool, client_of: NewClient, clock: FrozenClock, held: HeldImport
) -> None:
    lines = [*START, order("o-1"), *BETA, DONE]
    running = asyncio.create_task(run_import(pool, lines, now=clock.now(), chunk_lines=3))
    await held.began.wait()
    studio, client = await imported_client(pool, client_of)
    follower = Follower(client)
    await follower.poll()
    assert (follower.ids, follower.newest) == ([], None)
    assert (await page(client))["totalCount"] == 0
    held.goes_on.set()
    await running
    await follower.poll()
    assert follower.ids == await ids_of(pool, studio)


async def test_events_of_an_import_whose_process_died_are_listed(
    database: str, pool: Pool, client_of: NewClient
) -> None:
    await run_import(pool, [*START, order("o-1")])
    studio, client = await imported_client(pool, client_of)
    await pool.fetch("UPDATE events SET import_run = 7 WHERE sequence > 1 RETURNING 1")
    await pool.fetch("UPDATE account_heads SET import_run = 7, import_from = 2 RETURNING 1")
    session = await connect(database)
    await session.execute("SELECT pg_advisory_lock(7)")
    assert await types_listed(client) == ["ACCOUNT_CREATED"]
    await session.close()
    assert await types_listed(client) == ["ORDER_PLACED", "SPECIFICATION_CHANGED", "ACCOUNT_CREATED"]
    assert len(await ids_of(pool, studio)) == 3


@pytest.mark.races
async def test_a_follower_misses_no_event_and_sees_none_twice_while_four_write_and_an_import_ends(
    pool: Pool, client_of: NewClient, staff: Client, clock: FrozenClock, held: HeldImport
) -> None:
    lines = [*START, order("o-1", 3), *BETA, DONE]
    running = asyncio.create_task(run_import(pool, lines, now=clock.now(), chunk_lines=3))
    await held.began.wait()
    studio, client = await imported_client(pool, client_of)
    followers = [Follower(await client_of(studio)) for _ in range(2)]
    writers = [
        asyncio.create_task(writes)
        for writes in (
            place_orders(pool, client, studio, held),
            produce(staff),
            reject(staff, await client_of(studio)),
            negotiate(staff, studio),
        )
    ]
    while not all(writer.done() for writer in writers):
        await asyncio.gather(*(follower.poll() for follower in followers))
    await asyncio.gather(*writers)
    await running
    for follower in followers:
        await follower.poll()
        assert follower.ids == await ids_of(pool, studio)
    counted = await pool.fetch("SELECT count(DISTINCT type) FROM events WHERE account_id = $1", studio.id)
    assert counted[0][0] >= 8


async def repeated(times: int, work: Callable[[int], Awaitable[object]]) -> None:
    for turn in range(times):
        await work(turn)


async def place_orders(pool: Pool, client: Client, studio: Studio, held: HeldImport) -> None:
    """Place orders; halfway the import may go on, and ends."""
    [row] = await pool.fetch("SELECT id FROM specifications WHERE account_id = $1", studio.id)
    specification = str(GlobalId(NodeType.SPECIFICATION, studio.id, row["id"]))
    images = [{"filename": "a.jpg"}, {"filename": "b.jpg"}]

    async def place(turn: int) -> None:
        if turn == 6:
            held.goes_on.set()
        await done(client, "placeOrder", name="Shoes", specificationId=specification, images=images)

    await repeated(12, place)


async def produce(staff: Client) -> None:
    """Claim images and deliver some of them."""

    async def work(turn: int) -> None:
        claimed = (await done(staff, "claimImages", worker="Ada", count=2))["images"]
        if claimed:
            await done(staff, "deliverImages", worker="Ada", imageIds=[claimed[turn % len(claimed)]["id"]])

    await repeated(10, work)


async def reject(staff: Client, client: Client) -> None:
    """Deliver images and reject them."""

    async def work(_: int) -> None:
        claimed = (await done(staff, "claimImages", worker="Bob", count=1))["images"]
        ids = [image["id"] for image in claimed]
        if ids:
            await done(staff, "deliverImages", worker="Bob", imageIds=ids)
            await done(client, "rejectImages", imageIds=ids, reason="halo")

    await repeated(8, work)


async def negotiate(staff: Client, studio: Studio) -> None:
    """Negotiate terms, again and again."""
    account = account_global_id(studio.id)
    effective = date(2027, 1, 1).isoformat()

    async def work(turn: int) -> None:
        await done(staff, "negotiateSla", accountId=account, imagesPerDay=300 + turn, effectiveDate=effective)

    await repeated(10, work)
