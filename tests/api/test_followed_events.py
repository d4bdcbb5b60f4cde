"""Following the events of an account while others write, and while an import runs."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Final

import pytest

from api.ids import NodeType, account_global_id
from db.connections import Pool, connect
from engine.ids import GlobalId
from tests.support.clock import FrozenClock
from tests.support.event_lists import Follower, ids_of, imported_client, page, types_listed
from tests.support.held_import import BETA, DONE, HeldImport
from tests.support.import_files import START, change, order, run_import
from tests.support.mutations import done
from tests.support.serving import Client, NewClient
from tests.support.studio import Studio

DELIVERED: Final = "2026-03-04T07:00:00Z"


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
    for type_ in ("ORDER_PLACED", "IMAGES_CLAIMED", "IMAGES_DELIVERED", "IMAGES_REJECTED", "SLA_NEGOTIATED"):
        assert await types_listed(client, types=[type_]) != []


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
