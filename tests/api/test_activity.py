"""Activity for charts: figures by ledger day, week and month."""

from datetime import UTC, datetime
from typing import Any

import pytest

from api.ids import account_global_id
from app.domain.sla.enums import Plan
from db.connections import Pool
from tests.support.clock import MICROSECOND, FrozenClock
from tests.support.midnight_jobs import run_jobs
from tests.support.mutations import Shop, deliver, done, open_shop
from tests.support.serving import Client, NewClient
from tests.support.studio import CREATED_AT, DAY, HOUR, Photo, Studio, open_account, write

ALL = """
  date start end complete uploadedCount cancelledCount deliveredCount onTimeCount lateCount rejectedCount hoursSaved
  averageLeadSeconds spend { amount currency }
"""
QUERY = """
query ($from: Date!, $to: Date!, $grain: Grain) { account { activity(from: $from, to: $to, grain: $grain) { %s } } }
"""


async def activity(client: Client, fields: str, since: str, to: str, **more: object) -> list[dict[str, Any]]:
    data = await client.data(QUERY % fields, {"from": since, "to": to, **more})
    found: list[dict[str, Any]] = data["account"]["activity"]
    return found


@pytest.fixture
async def shop(pool: Pool, clock: FrozenClock, client_of: NewClient) -> Shop:
    """A shop that opened on Tuesday 10 March in Copenhagen."""
    return await open_shop(pool, client_of, Studio(created_at=clock.now()))


async def test_each_day_has_all_figures(pool: Pool, clock: FrozenClock, shop: Shop, staff: Client) -> None:
    clock.advance()
    await shop.place("a.jpg", "b.jpg")
    [gone] = await shop.place("c.jpg")
    clock.advance_to(datetime(2026, 3, 10, 14, tzinfo=UTC) - MICROSECOND)
    [image] = await deliver(staff, clock)
    clock.advance_to(datetime(2026, 3, 11, 12, tzinfo=UTC))  # the other image was due at 8:00 UTC
    await run_jobs(pool, clock)
    await done(shop.client, "cancelOrder", orderId=gone["id"])
    await done(shop.client, "rejectImages", imageIds=[image], reason="halo")
    assert await activity(shop.client, ALL, "2026-03-01", "2026-03-31") == [
        {
            "date": "2026-03-10",
            "start": "2026-03-09T23:00:00Z",
            "end": "2026-03-10T23:00:00Z",
            "complete": True,
            "uploadedCount": 2,
            "cancelledCount": 1,
            "deliveredCount": 1,
            "onTimeCount": 1,
            "lateCount": 0,
            "rejectedCount": 0,
            "hoursSaved": 275.5 / 3600,
            "averageLeadSeconds": 7200.0,
            "spend": [{"amount": "2.90", "currency": "USD"}],
        },
        {
            "date": "2026-03-11",
            "start": "2026-03-10T23:00:00Z",
            "end": "2026-03-11T23:00:00Z",
            "complete": False,
            "uploadedCount": 0,
            "cancelledCount": 0,
            "deliveredCount": 0,
            "onTimeCount": 0,
            "lateCount": 2,
            "rejectedCount": 1,
            "hoursSaved": 0.0,
            "averageLeadSeconds": None,
            "spend": [],
        },
    ]


@pytest.fixture
async def studio(pool: Pool, clock: FrozenClock) -> Studio:
    """A studio with an order at noon of every day from its opening in January until now."""
    made = await open_account(pool, Studio())
    at = CREATED_AT + 4 * HOUR
    while at <= clock.now():
        made.order(at, [Photo("a.jpg", at + HOUR)], due_at=at + DAY)
        at += DAY
    await write(pool, made)
    return made


async def test_weeks_and_months_are_sums_of_their_days(
    pool: Pool, clock: FrozenClock, studio: Studio, client_of: NewClient
) -> None:
    clock.advance()
    client, fields = await client_of(studio), "date complete uploadedCount deliveredCount spend { amount }"
    for _ in range(2):  # before the days were rolled up, and then
        months = await activity(client, fields, "2026-01-31", "2026-03-01", grain="MONTH")
        assert [(each["date"], each["complete"], each["uploadedCount"], each["spend"]) for each in months] == [
            ("2026-01-01", True, 27, [{"amount": "39.15"}]),
            ("2026-02-01", True, 28, [{"amount": "40.60"}]),
            ("2026-03-01", False, 10, [{"amount": "14.50"}]),
        ]
        weeks = await activity(client, fields, "2026-01-01", "2026-03-10", grain="WEEK")
        assert [each["uploadedCount"] for each in weeks] == [7] * 9 + [2]
        assert (weeks[0]["date"], weeks[-1]["date"], weeks[-1]["complete"]) == ("2026-01-05", "2026-03-09", False)
        await run_jobs(pool, clock)


async def test_activity_costs_three_statements_once_days_are_rolled_up(
    pool: Pool, clock: FrozenClock, studio: Studio, client_of: NewClient
) -> None:
    clock.advance()
    client = await client_of(studio)
    await run_jobs(pool, clock)
    client.reader.statements.clear()
    assert len(await activity(client, "date uploadedCount", "2025-04-01", "2026-03-10")) == 65
    assert sorted(client.reader.statements) == [
        "account_histories",
        "activity_of_closed_days",
        "activity_of_running_day",
        "client_by_key",
    ]


async def test_a_plan_without_a_dashboard_has_no_activity_but_all_other_fields(
    pool: Pool, clock: FrozenClock, client_of: NewClient, staff: Client
) -> None:
    solo = await open_account(pool, Studio(plan=Plan.SOLO, created_at=clock.now()))
    client = await client_of(solo)
    query = 'account(id: "%s") { name activity(from: "2026-03-10", to: "2026-03-10") { date } }'
    query = query % account_global_id(solo.id)
    answer = await client.answer(f"{{ {query} }}")
    assert answer["data"]["account"] == {"name": "ACME", "activity": None}
    assert [(error["path"], error["extensions"]) for error in answer["errors"]] == [
        (["account", "activity"], {"code": "PLAN_NOT_ELIGIBLE"})
    ]
    data = await staff.data(f"{{ {query} }}")
    assert data["account"]["activity"] == [{"date": "2026-03-10"}]


@pytest.mark.parametrize(
    ("since", "grain", "message"),
    [
        ("2026-03-11", "DAY", "to: 2026-03-10 is before 2026-03-11."),
        ("2025-02-03", "DAY", "to: From 2025-02-03 to 2026-03-10 there are 401 days; 400 are allowed at once."),
        ("2018-07-15", "WEEK", "to: From 2018-07-15 to 2026-03-10 there are 401 weeks; 400 are allowed at once."),
        ("1992-11-30", "MONTH", "to: From 1992-11-30 to 2026-03-10 there are 401 months; 400 are allowed at once."),
    ],
)
async def test_a_range_without_dates_or_with_too_many_is_refused(
    shop: Shop, since: str, grain: str, message: str
) -> None:
    answer = await shop.client.answer(QUERY % "date", {"from": since, "to": "2026-03-10", "grain": grain})
    [error] = answer["errors"]
    assert (error["message"], error["path"]) == (message, ["account", "activity"])
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": "to"}


async def test_four_hundred_of_each_grain_are_answered(shop: Shop) -> None:
    for since, grain in (("2025-02-04", "DAY"), ("2018-07-16", "WEEK"), ("1992-12-01", "MONTH")):
        assert len(await activity(shop.client, "date", since, "2026-03-10", grain=grain)) == 1


async def test_a_null_grain_is_a_day(shop: Shop) -> None:
    assert await activity(shop.client, "date", "2026-03-09", "2026-03-10", grain=None) == [{"date": "2026-03-10"}]
