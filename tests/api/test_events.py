"""Events: their lists and fields."""

from typing import Any, Final

import pytest

from api.ids import NodeType, account_global_id
from app.domain.events.enums import EventType
from app.services.imports import destination
from app.services.imports.runs import ImportRun
from app.services.imports.writing import PreparedBatch, write
from db.connections import Pool, connect
from db.writer import Writer
from engine.ids import GlobalId, numbered
from tests.support.clock import FrozenClock
from tests.support.events.api_fields import EVERY_EVENT
from tests.support.import_files import NOW, START, change, order, run_import
from tests.support.mutations import Shop, done, open_shop
from tests.support.serving import Client, NewClient

DELIVERED: Final = "2026-03-04T07:00:00.000250Z"
RETURNED: Final = {"deliveredAt": DELIVERED, "rejections": [{"at": "2026-03-04T08:00:00Z", "reason": "halo at 10:30"}]}
PLAN: Final = {"deadline": {"at": "2026-03-04T06:00:00Z", "confirmedAt": "2026-03-03T12:00:00Z"}}
EXPEDITED: Final = [{"filename": f"{number}.jpg", **(PLAN if number >= 20 else {})} for number in range(60)]
HISTORY: Final = (
    *START,
    order("o-1", [{"filename": "a.jpg", **RETURNED}, {"filename": "b.jpg", "deliveredAt": DELIVERED}]),
    order("o-2", 2),
    order("o-3", EXPEDITED, expedite=True),
    change("expedite", "2026-03-03T11:00:00Z", order="o-2", filenames=["o-2-2.jpg"]),
    order("o-4", at="2026-03-04T10:00:00Z"),
    change("cancellation", "2026-03-04T10:30:00Z", order="o-4"),
    change("terms", "2026-03-04T11:00:00Z", imagesPerDay=300, effectiveDate="2026-04-01"),
    change("timeZone", "2026-03-04T12:00:00Z", timeZone="America/New_York"),
)
WRITTEN: Final = {
    EventType.ACCOUNT_CREATED,
    EventType.SPECIFICATION_CHANGED,
    EventType.ORDER_PLACED,
    EventType.ORDER_SPLIT,
    EventType.ORDER_EXPEDITED,
    EventType.ORDER_CANCELLED,
    EventType.IMAGES_DELIVERED,
    EventType.IMAGES_REJECTED,
    EventType.DEADLINE_CONFIRMED,
    EventType.DEADLINE_MET,
    EventType.SLA_NEGOTIATED,
    EventType.TIME_ZONE_CHANGED,
}
EVENTS: Final = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Event { type } } }"


@pytest.fixture
async def events(pool: Pool, clock: FrozenClock, staff: Client) -> list[dict[str, Any]]:
    """All events of an account with one of each type that imports write."""
    clock.advance(NOW - clock.now())
    outcome = await run_import(pool, HISTORY)
    assert outcome.problems == []
    found = await pool.fetch("SELECT account_id, sequence FROM events ORDER BY sequence")
    ids = [str(numbered(NodeType.EVENT, row["account_id"], row["sequence"])) for row in found]
    nodes: list[dict[str, Any]] = []
    for start in range(0, len(ids), 10):
        nodes += (await staff.data(EVERY_EVENT, {"ids": ids[start : start + 10]}))["nodes"]
    return nodes


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient) -> Shop:
    return await open_shop(pool, client_of)


def first(events: list[dict[str, Any]], type_: EventType) -> dict[str, Any]:
    return next(event for event in events if event["type"] == type_)


async def test_a_rejection_event_has_its_image_reason_and_deadline(events: list[dict[str, Any]], pool: Pool) -> None:
    assert {event["type"] for event in events} == WRITTEN
    [row] = await pool.fetch("SELECT account_id, id, image_id FROM rejections")
    image = {"id": str(GlobalId(NodeType.IMAGE, row["account_id"], row["image_id"]))}
    rejected = first(events, EventType.IMAGES_REJECTED)
    assert rejected["before"] == {
        "status": "READY_FOR_DOWNLOAD",
        "deliveredCount": 2,
        "rejectedCount": 0,
        "completedAt": None,
    }
    assert (rejected["after"]["status"], rejected["after"]["rejectedCount"]) == ("IN_PRODUCTION", 1)
    texts = {"filename": "a.jpg", "externalReference": None, "instructions": None}
    assert (rejected["imageCount"], rejected["images"]["nodes"]) == (1, [image | texts])
    assert rejected["rejectedImages"]["nodes"] == [
        {
            "reason": "halo at 10:30",
            "category": None,
            "dueAt": "2026-03-04T13:00:00Z",
            "slaVersion": 1,
            "image": image,
            "rejection": {"id": str(GlobalId(NodeType.REJECTION, row["account_id"], row["id"]))},
        }
    ]


async def test_an_order_placed_event_has_all_facts_of_the_order(events: list[dict[str, Any]], pool: Pool) -> None:
    [row] = await pool.fetch("SELECT account_id, id, specification_id FROM orders WHERE number = 1")
    placed = first(events, EventType.ORDER_PLACED)
    assert placed["account"] == {"id": account_global_id(row["account_id"])}
    assert placed["order"]["id"] == str(GlobalId(NodeType.ORDER, row["account_id"], row["id"]))
    specification = {"id": str(GlobalId(NodeType.SPECIFICATION, row["account_id"], row["specification_id"]))}
    expected = {
        "at": "2026-03-03T10:00:00Z",
        "number": 1,
        "name": "Order o-1",
        "status": "IN_PRODUCTION",
        "specification": specification,
        "specificationVersion": 1,
        "serviceLevel": "STANDARD",
        "deadlineStatus": "CONFIRMED",
        "deadline": "2026-03-04T08:00:00Z",
        "slaVersion": 1,
        "imageCount": 2,
        "price": {"amount": "2.90", "currency": "USD"},
        "pricePerImage": {"amount": "1.45", "currency": "USD"},
        "expeditedAt": None,
        "splitFrom": None,
        "firstNumber": 1,
        "firstPosition": 1,
        "firstExpeditePosition": None,
    }
    assert {key: placed[key] for key in expected} == expected
    assert [image["filename"] for image in placed["images"]["nodes"]] == ["a.jpg", "b.jpg"]


async def test_events_of_the_account_have_no_order(events: list[dict[str, Any]]) -> None:
    created = first(events, EventType.ACCOUNT_CREATED)
    assert (created["name"], created["timeZone"], created["plan"]) == ("ACME", "Europe/Copenhagen", "PROFESSIONAL")
    negotiated = first(events, EventType.SLA_NEGOTIATED)
    assert (negotiated["version"], negotiated["effectiveDate"]) == (2, "2026-04-01")
    terms = negotiated["terms"]
    assert (terms["imagesPerDay"], terms["expeditesPerDay"], negotiated["note"]) == (300, None, None)
    moved = first(events, EventType.TIME_ZONE_CHANGED)
    assert (moved["timeZone"], moved["previousTimeZone"]) == ("America/New_York", "Europe/Copenhagen")
    assert [each["order"] for each in (created, negotiated, moved)] == [None] * 3


async def test_a_claim_event_has_the_end_of_its_lease_and_its_worker_for_staff_only(
    shop: Shop, clock: FrozenClock, staff: Client
) -> None:
    await shop.place("a.jpg")
    clock.advance()
    await done(staff, "claimImages", worker="Ada")
    clock.advance()
    ask = "{ node(id: $id) { ... on Order { events { nodes { type ... on ImagesClaimed { leaseUntil worker } } } } } }"
    id_ = (await shop.client.data("{ account { order(number: 1) { id } } }"))["account"]["order"]["id"]
    for client, worker in ((shop.client, None), (staff, "Ada")):
        seen = await client.data(f"query ($id: ID!) {ask}", {"id": id_})
        assert seen["node"]["events"]["nodes"][-1] == {
            "type": "IMAGES_CLAIMED",
            "leaseUntil": "2026-03-10T13:00:00.000001Z",
            "worker": worker,
        }


LISTED: Final = """
query ($id: ID!, $withdrawn: Boolean) {
  node(id: $id) { ... on Order { events(withdrawn: $withdrawn) { totalCount nodes { id type at recordedAt
    ... on EventWithdrawn { event { id type } } } } } }
}"""
IMPORTED: Final = "2026-06-01T00:00:00Z"


async def listed(pool: Pool, staff: Client, number: int = 1, *, withdrawn: bool | None = None) -> list[dict[str, Any]]:
    """Return the listed events of an order, having checked that their number is the total."""
    [row] = await pool.fetch("SELECT account_id, id FROM orders WHERE number = $1", number)
    values = {"id": str(GlobalId(NodeType.ORDER, row["account_id"], row["id"]))}
    found = await staff.data(LISTED, values | ({} if withdrawn is None else {"withdrawn": withdrawn}))
    events: dict[str, Any] = found["node"]["events"]
    nodes: list[dict[str, Any]] = events["nodes"]
    assert events["totalCount"] == len(nodes)
    return nodes


async def types_listed(pool: Pool, staff: Client) -> list[str]:
    return [event["type"] for event in await listed(pool, staff)]


@pytest.mark.usefixtures("events")
async def test_events_have_the_instant_at_which_they_were_recorded(
    pool: Pool, clock: FrozenClock, staff: Client, shop: Shop
) -> None:
    delivered = first(await listed(pool, staff), EventType.IMAGES_DELIVERED)
    assert (delivered["at"], delivered["recordedAt"]) == (DELIVERED, IMPORTED)
    await pool.fetch("UPDATE events SET recorded_at = NULL RETURNING 1")  # as by a release that did not record it
    delivered = first(await listed(pool, staff), EventType.IMAGES_DELIVERED)
    assert (delivered["at"], delivered["recordedAt"]) == (DELIVERED, DELIVERED)
    await shop.place()
    clock.advance()
    placed = await shop.client.data("{ account { order(number: 1) { events { nodes { at recordedAt } } } } }")
    assert placed["account"]["order"]["events"]["nodes"] == [{"at": IMPORTED, "recordedAt": IMPORTED}]


async def test_withdrawn_events_are_listed_only_on_request(pool: Pool, staff: Client) -> None:
    await run_import(pool, [*START, order("o-1", [{"filename": name, "deliveredAt": DELIVERED} for name in "ab"])])
    before = await listed(pool, staff)
    assert [event["type"] for event in before] == ["ORDER_PLACED", "IMAGES_DELIVERED", "DEADLINE_MET"]
    await run_import(pool, [change("expedite", "2026-03-03T11:00:00Z", order="o-1", filenames=["b"])])
    now = await listed(pool, staff)
    assert [event["type"] for event in now] == ["ORDER_PLACED", "ORDER_SPLIT", "IMAGES_DELIVERED", "DEADLINE_MET"]
    every = await listed(pool, staff, withdrawn=True)
    withdrawals = [event for event in every if event["type"] == "EVENT_WITHDRAWN"]
    gone = [event for event in before if event not in now]
    assert [event["event"] for event in withdrawals] == [{"id": each["id"], "type": each["type"]} for each in gone]
    assert sorted(event["id"] for event in every) == sorted(event["id"] for event in [*now, *withdrawals, *gone])
    found = await staff.data(EVENTS, {"ids": [event["id"] for event in gone]})
    assert [node["type"] for node in found["nodes"]] == ["IMAGES_DELIVERED", "DEADLINE_MET"]


async def test_events_of_an_import_are_listed_once_it_has_ended(
    pool: Pool, staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = {"filename": "b", "deliveredAt": DELIVERED}
    await run_import(pool, [*START, order("o-1", [{"filename": "a", "deliveredAt": DELIVERED}, image])])
    before = await listed(pool, staff)
    seen: list[int] = []

    async def watched(writer: Writer, prepared: PreparedBatch, run: ImportRun) -> None:
        if run.accounts:
            assert await listed(pool, staff) == before
            assert (await listed(pool, staff, 2), await listed(pool, staff, 2, withdrawn=True)) == ([], [])
            seen.append(len(await pool.fetch("SELECT 1 FROM events")))
        await write(writer, prepared, run)

    monkeypatch.setattr(destination, "write", watched)
    lines = [
        change("expedite", "2026-03-03T11:00:00Z", order="o-1", filenames=["b"]),
        order("o-2", at="2026-03-03T12:00:00Z"),
    ]
    await run_import(pool, lines, chunk_lines=1)
    assert seen == [12]
    assert await types_listed(pool, staff) == ["ORDER_PLACED", "ORDER_SPLIT", "IMAGES_DELIVERED", "DEADLINE_MET"]
    assert [event["type"] for event in await listed(pool, staff, 2)] == ["ORDER_EXPEDITED", "IMAGES_DELIVERED"]


async def test_events_of_a_crashed_import_are_listed(database: str, pool: Pool, staff: Client) -> None:
    await run_import(pool, [*START, order("o-1")])
    await pool.fetch("UPDATE events SET import_run = 7 RETURNING 1")
    await pool.fetch("UPDATE account_heads SET import_run = 7 RETURNING 1")
    [row] = await pool.fetch("SELECT account_id, sequence FROM events WHERE type = 'ORDER_PLACED'")
    ids = [str(numbered(NodeType.EVENT, row["account_id"], row["sequence"]))]
    session = await connect(database)
    await session.execute("SELECT pg_advisory_lock(7)")
    assert await types_listed(pool, staff) == []
    assert (await staff.data(EVENTS, {"ids": ids}))["nodes"] == [None]
    await session.close()
    assert await types_listed(pool, staff) == ["ORDER_PLACED"]
    assert [node["type"] for node in (await staff.data(EVENTS, {"ids": ids}))["nodes"]] == ["ORDER_PLACED"]
