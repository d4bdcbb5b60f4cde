"""The events of all accounts, which staff see in the order of their recording."""

import asyncio
from datetime import timedelta
from typing import Any, Final

import pytest

from api.ids import NodeType
from app.services.imports import destination
from db.connections import Pool, connect
from engine.ids import numbered
from tests.support.clock import FrozenClock
from tests.support.held_import import BETA, DONE, HeldImport
from tests.support.import_files import START, change, order, run_import
from tests.support.mutations import done, open_shop
from tests.support.serving import Client, NewClient
from tests.support.studio import Studio

LIST: Final = """
query ($first: Int = 20, $after: String, $types: [EventType!], $withdrawn: Boolean = false) {
  events(first: $first, after: $after, types: $types, withdrawn: $withdrawn) {
    nodes { id type recordedAt account { name } }
    pageInfo { hasNextPage hasPreviousPage endCursor }
    totalCount
  }
}"""
MINUTE: Final = timedelta(minutes=1)
DELIVERED: Final = "2026-03-04T07:00:00Z"

Page = dict[str, Any]


async def page(staff: Client, **variables: object) -> Page:
    found: Page = (await staff.data(LIST, variables))["events"]
    return found


async def listed(staff: Client, **variables: object) -> list[tuple[str, str]]:
    """Return the names of accounts and the types of their events, having checked that their number is the total."""
    found = await page(staff, **variables)
    assert found["totalCount"] == len(found["nodes"])
    return [(node["account"]["name"], node["type"]) for node in found["nodes"]]


async def test_events_of_all_accounts_are_listed_newest_recorded_first(
    pool: Pool, client_of: NewClient, staff: Client, clock: FrozenClock
) -> None:
    shops = [await open_shop(pool, client_of, Studio(name=name)) for name in ("Alpha", "Bravo")]
    for shop in (*shops, shops[0]):
        clock.advance(MINUTE)
        await shop.place()
    await run_import(pool, [*START, order("o-1")], now=clock.advance(MINUTE))
    clock.advance(MINUTE)
    await done(shops[1].client, "changeTimeZone", timeZone="Asia/Tokyo")
    clock.advance(MINUTE)
    every = [
        ("Bravo", "TIME_ZONE_CHANGED"),
        *(("ACME", type_) for type_ in ("ORDER_PLACED", "SPECIFICATION_CHANGED", "ACCOUNT_CREATED")),
        *((name, "ORDER_PLACED") for name in ("Alpha", "Bravo", "Alpha")),
    ]
    found = await listed(staff)
    assert found[:-2] == every
    assert sorted(found[-2:]) == [("Alpha", "ACCOUNT_CREATED"), ("Bravo", "ACCOUNT_CREATED")]
    placed = [each for each in every if each[1] == "ORDER_PLACED"]
    assert await listed(staff, types=["ORDER_PLACED"]) == placed
    assert await listed(staff, types=["ORDER_PLACED", "TIME_ZONE_CHANGED", "ORDER_PLACED"]) == [every[0], *placed]
    assert await listed(staff, types=[]) == []
    nodes, after, more = list[Any](), None, True
    while more:
        part = await page(staff, first=2, after=after)
        assert part["pageInfo"]["hasPreviousPage"] == (after is not None)
        nodes += part["nodes"]
        after, more = part["pageInfo"]["endCursor"], part["pageInfo"]["hasNextPage"]
    assert nodes == (await page(staff))["nodes"]
    assert [node["recordedAt"] for node in nodes] == sorted((node["recordedAt"] for node in nodes), reverse=True)


async def test_events_of_a_running_import_are_left_out_and_those_of_a_dead_one_are_not(
    database: str, pool: Pool, staff: Client, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = HeldImport()
    monkeypatch.setattr(destination, "write", held.write)
    running = asyncio.create_task(run_import(pool, [*START, order("o-1"), *BETA, DONE], now=clock.now(), chunk_lines=3))
    await held.began.wait()
    assert await listed(staff) == []
    held.goes_on.set()
    await running
    types = ["ORDER_PLACED", "SPECIFICATION_CHANGED", "ACCOUNT_CREATED"]
    all_types = ["DEADLINE_MET", "IMAGES_DELIVERED", *types]
    assert sorted(await listed(staff)) == sorted(
        [*(("ACME", each) for each in types), *(("Beta", each) for each in all_types)]
    )
    await pool.fetch("UPDATE events SET import_run = 7 RETURNING 1")
    await pool.fetch("UPDATE account_heads SET import_run = 7 RETURNING 1")
    session = await connect(database)
    await session.execute("SELECT pg_advisory_lock(7)")
    assert await listed(staff) == []
    await session.close()
    assert len(await listed(staff)) == len(types) + len(all_types)


async def test_events_that_a_running_import_withdraws_are_listed_until_it_has_ended(
    pool: Pool, staff: Client, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await run_import(pool, [*START, order("o-1", [{"filename": name, "deliveredAt": DELIVERED} for name in "ab"])])
    before = await listed(staff)
    held = HeldImport()
    monkeypatch.setattr(destination, "write", held.write)
    lines = [change("expedite", "2026-03-03T11:00:00Z", order="o-1", filenames=["b"]), *BETA]
    running = asyncio.create_task(run_import(pool, lines, now=clock.now(), chunk_lines=1))
    await held.began.wait()
    assert await listed(staff) == before == await listed(staff, withdrawn=True)
    held.goes_on.set()
    await running
    withdrawn = await listed(staff, withdrawn=True)
    assert withdrawn.count(("ACME", "EVENT_WITHDRAWN")) == 2
    assert len(await listed(staff)) == len(withdrawn) - 4


async def test_withdrawn_events_of_all_accounts_are_listed_only_on_request(pool: Pool, staff: Client) -> None:
    await run_import(pool, [*START, order("o-1", [{"filename": name, "deliveredAt": DELIVERED} for name in "ab"])])
    before = [(node["id"], node["type"]) for node in (await page(staff))["nodes"]]
    [row] = await pool.fetch(
        "UPDATE events SET withdrawn_by = 9 WHERE type = 'DEADLINE_MET' RETURNING account_id, sequence"
    )
    await pool.fetch(
        """INSERT INTO events (account_id, sequence, at, type, data)
        VALUES ($1, 9, '2026-06-01', 'EVENT_WITHDRAWN', jsonb_build_object('event', $2::int)) RETURNING 1""",
        *(row["account_id"], row["sequence"]),
    )
    met, withdrawal = [str(numbered(NodeType.EVENT, row["account_id"], each)) for each in (row["sequence"], 9)]
    kept = [each for each in before if each[0] != met]
    assert [(node["id"], node["type"]) for node in (await page(staff))["nodes"]] == kept
    every = (await page(staff, withdrawn=True))["nodes"]
    assert [(node["id"], node["type"]) for node in every] == [(withdrawal, "EVENT_WITHDRAWN"), *before]


async def test_a_page_of_events_of_all_accounts_is_read_twice_by_one_statement(
    pool: Pool, client_of: NewClient, staff: Client
) -> None:
    for name in ("Alpha", "Bravo"):
        await open_shop(pool, client_of, Studio(name=name))
    await staff.data("{ events { nodes { type } } }")
    assert staff.reader.statements == [
        *("holder_by_token", "settle_page", "all_import_runs", "all_events", "settle_page"),
        *("account_histories", "all_events"),
    ]
