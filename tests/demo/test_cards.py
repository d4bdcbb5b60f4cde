"""No card of the demo is empty, whenever it is started."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from httpx import AsyncClient

from app.domain.deadlines.rules import expedite_window
from app.domain.local_time import time_zone, wall_clock
from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.demo_cards import DASHBOARD, GUARANTEE_AT, ON_A_WEEKEND, STAFF, TERMS, TRENDS, empty_fields
from tests.support.serving import Client, CountingReader
from tests.support.started_demo import start

MONDAY, WEDNESDAY, FRIDAY, SATURDAY, SUNDAY = (date(2026, 3, day) for day in (9, 11, 13, 14, 15))
STARTS = [
    ("Europe/Copenhagen", MONDAY, time(0, 5)),
    ("Pacific/Auckland", MONDAY, time(0, 5)),
    ("America/New_York", FRIDAY, time(23, 30)),
    ("Asia/Tokyo", SATURDAY, time(12)),
    ("America/Los_Angeles", SUNDAY, time(23)),
    ("Africa/Cairo", WEDNESDAY, time(14)),
]
"""The zones, days and times of starts."""
TERMS_OF = {
    "Fifth & Mercer": ["DELIVER_BY", "IMAGES_PER_DAY", "EXPEDITES_PER_DAY", "EXPEDITE_TURNAROUND", "SUPPORT_PHONE"],
    "Harbour Outdoor": ["IMAGES_PER_DAY", "EXPEDITE_MULTIPLIER", "FLOW"],
    "Wander Goods": ["IMAGES_PER_DAY", "EXPEDITES_PER_DAY", "REJECTION_TURNAROUND"],
}
"""The terms in force that were negotiated."""
FULL, WITHOUT_DASHBOARD = "Wander Goods", "Hanabi Ceramics"
DASHBOARD_FIELDS = {"account.pulse", "account.sla.compliance"} | {
    f"account.{feed}" for feed in ("orderFeed", "inProduction", "ready")
}


def open_fields(row: str) -> set[str]:
    return {f"account.sla.compliance.{row}.{field}" for field in ("openCount", "openImages.totalCount")}


def empty_at(name: str, at: datetime) -> set[str]:
    """Return the fields of a client that are empty by the rules: no expedite is open on a weekend, UTC."""
    if name == WITHOUT_DASHBOARD:
        return DASHBOARD_FIELDS
    expedites = expedite_window(at - timedelta(minutes=30)).available
    rows = [] if expedites else ["expedited"]
    rows += [] if expedites and name == FULL else ["expeditedAdditional"]
    return {field for row in rows for field in open_fields(row)}


def may_be_empty(name: str) -> set[str]:
    """Return fields that are empty at some starts: a review is open for hours after the guarantee is used up."""
    return set() if name == FULL else open_fields("review")


@pytest.mark.parametrize(("zone", "day", "wall"), STARTS)
async def test_no_card_is_empty_whenever_the_demo_is_started(
    pool: Pool,
    clock: FrozenClock,
    http: AsyncClient,
    counting: CountingReader,
    tmp_path: Path,
    *,
    zone: str,
    day: date,
    wall: time,
) -> None:
    at = clock.advance_to(wall_clock(day, wall, time_zone(zone)))
    access = await start(pool, clock, tmp_path)
    clients = {each.name: Client(http, each.token, counting) for each in access.clients}
    answers = {name: await client.answer(DASHBOARD) for name, client in clients.items()}
    assert [name for name, answer in answers.items() if "errors" in answer] == [WITHOUT_DASHBOARD]
    empty = {name: empty_fields(answer["data"]) - may_be_empty(name) for name, answer in answers.items()}
    assert empty == {name: empty_at(name, at) for name in clients}
    terms = {name: (await client.data(TERMS))["account"] for name, client in clients.items()}
    assert {name: each["sla"]["customTerms"] for name, each in terms.items() if each["sla"]["customTerms"]} == TERMS_OF
    assert all(terms[name]["sla"]["message"] for name in TERMS_OF)
    steps = [step for order in terms["Fifth & Mercer"]["orders"]["nodes"] for step in order["deadline"]["explanation"]]
    assert {step["deliverBy"] for step in steps if step.get("deliverBy")} == {"07:30"}
    assert {step["turnaround"] for step in steps if step.get("turnaround")} <= {"PT2H", "PT6H"}
    staff = Client(http, access.staff_token, counting)
    asked = await staff.data(STAFF)
    assert empty_fields(asked) == set()
    assert len(await pool.fetch("SELECT id FROM images WHERE claimed_until > $1", clock.now())) == 12
    undated = {"order": asked["ordersAwaitingDeadline"]["nodes"][0]["id"]}
    confirmed = (await staff.data(ON_A_WEEKEND, undated))["confirmDeadline"]
    assert confirmed == {"warnings": [{"code": "WEEKEND_DEADLINE"}], "userErrors": []}


async def test_the_first_studio_has_trends_and_a_quote_shows_its_coming_terms(
    pool: Pool, clock: FrozenClock, http: AsyncClient, counting: CountingReader, tmp_path: Path
) -> None:
    access = await start(pool, clock, tmp_path, days=50, accounts=1)
    client = Client(http, access.clients[0].token, counting)
    assert empty_fields(await client.data(TRENDS)) == set()
    [coming] = (await client.data(TERMS))["account"]["coming"]["nodes"]
    assert (coming["customTerms"], coming["message"][:13]) == (["IMAGES_PER_DAY", "REVIEW_TURNAROUND"], "As you asked:")
    instants = (None, coming["effectiveFrom"])
    quotes = [(await client.data(GUARANTEE_AT, {"at": at}))["account"]["quote"]["quote"] for at in instants]
    assert [quote["dailyGuarantee"]["capacity"] for quote in quotes] == [200, 240]
