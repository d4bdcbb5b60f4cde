"""The history of the Pulse: its snapshots as of the end of each day, and their permissions."""

from datetime import timedelta
from typing import Any

import pytest

from api.ids import NodeType, account_global_id
from app.domain.instants import rfc3339
from app.domain.sla.enums import Plan
from db.connections import Pool
from engine.ids import GlobalId
from tests.support.clock import FrozenClock
from tests.support.midnight_jobs import take_snapshots
from tests.support.mutations import done
from tests.support.serving import Client, NewClient
from tests.support.studio import DAY, HOUR, Photo, Studio, open_account, write

PULSE = """
fragment pulse on Pulse {
  asOf currentWindow { start end } previousWindow { start end }
  productivity { label summary trend { direction changePercent sentiment }
    imagesUploaded previousImagesUploaded imagesThisMonth allTimeProcessed images { totalCount nodes { id } } }
  quality { summary rate previousRate deliveredCount approvedCount rejectedImages { totalCount nodes { id } } }
  timeSavings { summary hours previousHours bySteps { step hours imageCount } }
  productivityStreak { summary weeks longest since uploadedThisWeek keepBy }
  reliability { summary rate previousRate dueCount onTimeCount lateCount lateImages { totalCount nodes { id } } }
  averageLeadTime { summary seconds previousSeconds deliveredCount }
}
"""
HISTORY = """
query ($first: Int, $after: String, $from: Date, $to: Date) {
  account { pulseHistory(first: $first, after: $after, from: $from, to: $to) { %s } }
}
"""


async def history(client: Client, fields: str, **variables: object) -> dict[str, Any]:
    data = await client.data(HISTORY % fields + (PULSE if "pulse" in fields else ""), variables)
    found: dict[str, Any] = data["account"]["pulseHistory"]
    return found


@pytest.fixture
async def studio(pool: Pool, clock: FrozenClock) -> Studio:
    """A studio with an order every 9 hours for 30 days, now and then delivered late, rejected or cancelled."""
    made = await open_account(pool, Studio())
    for number in range(80):
        placed_at = clock.now() - timedelta(hours=9 * (80 - number))
        delivered_at = placed_at + timedelta(hours=3 + number % 40) if number % 7 else None
        known = delivered_at if delivered_at is not None and delivered_at < clock.now() else None
        rejections = ((known + HOUR, None),) if known is not None and number % 5 == 1 else ()
        cancelled_at = placed_at + HOUR if known is None and number % 14 == 0 else None
        made.order(placed_at, [Photo("a.jpg", known, rejections)], due_at=placed_at + DAY, cancelled_at=cancelled_at)
    await write(pool, made)
    return made


async def test_a_snapshot_is_the_pulse_as_of_the_end_of_its_day(
    pool: Pool, clock: FrozenClock, studio: Studio, client_of: NewClient
) -> None:
    client = await client_of(studio)
    ends = await take_snapshots(pool, clock, studio, clock.now() - 6 * DAY)
    nodes = (await history(client, "nodes { date recordedAt pulse { ...pulse } }"))["nodes"]
    assert [node["date"] for node in nodes] == [f"2026-03-0{day}" for day in (9, 8, 7, 6, 5, 4)]
    assert {node["recordedAt"] for node in nodes} == {rfc3339(clock.now())}
    asked = 'query { account { pulse(asOf: "%s") { ...pulse } } }'
    assert [node["pulse"] for node in nodes] == [
        (await client.data(asked % rfc3339(at) + PULSE))["account"]["pulse"] for at in ends
    ]


async def test_the_history_is_paged_and_limited_by_dates(
    pool: Pool, clock: FrozenClock, studio: Studio, client_of: NewClient
) -> None:
    client = await client_of(studio)
    await take_snapshots(pool, clock, studio, clock.now() - 5 * DAY)
    fields = "totalCount nodes { date } pageInfo { hasNextPage hasPreviousPage endCursor }"
    page = await history(client, fields, first=2)
    assert (page["totalCount"], page["nodes"]) == (5, [{"date": "2026-03-09"}, {"date": "2026-03-08"}])
    assert (page["pageInfo"]["hasNextPage"], page["pageInfo"]["hasPreviousPage"]) == (True, False)
    page = await history(client, fields, first=3, after=page["pageInfo"]["endCursor"])
    assert page["nodes"] == [{"date": "2026-03-07"}, {"date": "2026-03-06"}, {"date": "2026-03-05"}]
    assert (page["pageInfo"]["hasNextPage"], page["pageInfo"]["hasPreviousPage"]) == (False, True)
    for bounds, dates in (
        ({"from": "2026-03-08"}, ["2026-03-09", "2026-03-08"]),
        ({"to": "2026-03-06"}, ["2026-03-06", "2026-03-05"]),
        ({"from": "2026-03-06", "to": "2026-03-07"}, ["2026-03-07", "2026-03-06"]),
        ({"from": "2026-03-07", "to": "2026-03-06"}, []),
    ):
        found = await history(client, "totalCount nodes { date }", **bounds)
        assert found == {"totalCount": len(dates), "nodes": [{"date": date} for date in dates]}


async def test_days_without_a_snapshot_are_missing_from_the_history(client_of: NewClient, studio: Studio) -> None:
    assert await history(await client_of(studio), "totalCount nodes { date }") == {"totalCount": 0, "nodes": []}


async def test_a_snapshot_is_found_by_its_id(
    pool: Pool, clock: FrozenClock, studio: Studio, client_of: NewClient
) -> None:
    other = await open_account(pool, Studio())
    client = await client_of(studio)
    await take_snapshots(pool, clock, studio, clock.now() - 2 * DAY)
    [first, _] = (await history(client, "nodes { id date pulse { ...pulse } }"))["nodes"]
    asked = "query ($id: ID!) { node(id: $id) { id ... on PulseSnapshot { date pulse { ...pulse } } } }" + PULSE
    assert (await client.data(asked, {"id": first["id"]}))["node"] == first
    missing = str(GlobalId(NodeType.PULSE_SNAPSHOT, studio.id, studio.specification()))
    assert (await client.data(asked, {"id": missing}))["node"] is None
    assert (await (await client_of(other)).data(asked, {"id": first["id"]}))["node"] is None


async def test_a_plan_without_a_dashboard_has_no_history_but_staff_see_it(
    pool: Pool, clock: FrozenClock, client_of: NewClient, staff: Client
) -> None:
    solo = await open_account(pool, Studio(plan=Plan.SOLO))
    await take_snapshots(pool, clock, solo, clock.now() - DAY)
    asked = "query ($id: ID!) { account(id: $id) { pulseHistory { nodes { id } } } }"
    variables = {"id": account_global_id(solo.id)}
    seen = (await staff.data(asked, variables))["account"]["pulseHistory"]["nodes"]
    client = await client_of(solo)
    answer = await client.answer(asked, variables)
    assert answer["data"] == {"account": {"pulseHistory": None}}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["PLAN_NOT_ELIGIBLE"]
    answer = await client.answer("query ($id: ID!) { node(id: $id) { id } }", seen[0])
    assert (answer["data"], answer["errors"][0]["extensions"]["code"]) == ({"node": None}, "PLAN_NOT_ELIGIBLE")


async def test_a_snapshot_without_a_dashboard_is_null_and_all_other_nodes_are_answered(
    pool: Pool, clock: FrozenClock, studio: Studio, client_of: NewClient, staff: Client
) -> None:
    client, account = await client_of(studio), account_global_id(studio.id)
    await take_snapshots(pool, clock, studio, clock.now() - DAY)
    [snapshot] = (await history(client, "nodes { id }"))["nodes"]
    asked = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } viewer { kind } }"
    ids = {"ids": [snapshot["id"], account, snapshot["id"]]}
    nodes = [snapshot, {"id": account}, snapshot]
    assert await client.data(asked, ids) == {"nodes": nodes, "viewer": {"kind": "CLIENT"}}
    await done(staff, "setDashboardAccess", accountId=account, enabled=False)
    answer = await client.answer(asked, ids)
    assert answer["data"] == {"nodes": [None, {"id": account}, None], "viewer": {"kind": "CLIENT"}}
    assert [(error["path"], error["extensions"]["code"]) for error in answer["errors"]] == [
        (["nodes", 0], "PLAN_NOT_ELIGIBLE"),
        (["nodes", 2], "PLAN_NOT_ELIGIBLE"),
    ]
