"""Mutations of SLAs and time zones, and their permissions."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from app.domain.sla.enums import Plan, SlaTerm
from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.mutations import Shop, contents, done, event_types, mutate, open_shop, refused
from tests.support.serving import Client, NewClient
from tests.support.studio import Studio

ERRORS: Final = "userErrors { code path ... on InvalidInput { least most } }"
DURATIONS: Final = (
    *("expediteTurnaround", "expediteAdditionalTurnaround", "rejectionTurnaround"),
    *("reviewTurnaround", "supportResponse"),
)


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient) -> Shop:
    return await open_shop(pool, client_of)


async def test_a_new_time_zone_applies_at_once(shop: Shop, pool: Pool, staff: Client) -> None:
    answer = await shop.client.data(
        """mutation ($move: ChangeTimeZoneInput!, $place: PlaceOrderInput!) {
          changeTimeZone(input: $move) { account { timeZone } dailyGuarantee { resetsAt } userErrors { code } }
          placeOrder(input: $place) { orders { account { timeZone } deadline { at } } }
        }""",
        {
            "move": {"timeZone": "America/New_York"},
            "place": {"name": "Shoes", "specificationId": shop.specification, "images": [{"filename": "a.jpg"}]},
        },
    )
    assert answer["changeTimeZone"] == {
        "account": {"timeZone": "America/New_York"},
        "dailyGuarantee": {"resetsAt": "2026-03-11T04:00:00Z"},
        "userErrors": [],
    }
    assert answer["placeOrder"]["orders"] == [
        {"account": {"timeZone": "America/New_York"}, "deadline": {"at": "2026-03-11T13:00:00Z"}}
    ]
    assert await event_types(pool, shop.studio) == ["ACCOUNT_CREATED", "TIME_ZONE_CHANGED", "ORDER_PLACED"]
    payload = await done(staff, "changeTimeZone", accountId=shop.account, timeZone="Asia/Tokyo")
    assert payload["account"] == {"id": shop.account, "timeZone": "Asia/Tokyo"}


async def test_unknown_time_zones_and_foreign_accounts_are_refused(
    shop: Shop, pool: Pool, client_of: NewClient, staff: Client
) -> None:
    other = await open_shop(pool, client_of)
    before = await contents(pool)
    for zone in ("Mars/Olympus", "Factory", "", "Z" * 1_000_000):
        assert await refused(shop.client, "changeTimeZone", timeZone=zone, idempotencyKey=zone[:9] or None) == [
            ("INVALID", ["timeZone"])
        ]
    values = {"accountId": other.account, "timeZone": "Asia/Tokyo"}
    assert await refused(shop.client, "changeTimeZone", **values) == [("NOT_FOUND", ["accountId"])]
    assert await refused(staff, "changeTimeZone", timeZone="Asia/Tokyo") == [("INVALID", ["accountId"])]
    nobody = "AQAAAAAAAAAAAAAAAAAAAAA"
    assert await refused(staff, "changeTimeZone", **{**values, "accountId": nobody}) == [("NOT_FOUND", ["accountId"])]
    assert await contents(pool) == before


async def test_new_terms_apply_to_future_days_only(shop: Shop, pool: Pool, staff: Client, clock: FrozenClock) -> None:
    values = {"accountId": shop.account, "effectiveDate": "2026-03-11"}
    payload = await done(staff, "negotiateSla", **values, imagesPerDay=500, note="By phone.")
    assert payload["sla"] == {"version": 2, "guarantee": {"imagesPerDay": 500}}
    assert await event_types(pool, shop.studio) == ["ACCOUNT_CREATED", "SLA_NEGOTIATED"]
    clock.advance()
    before = await contents(pool)
    assert await refused(staff, "negotiateSla", **{**values, "effectiveDate": "2026-03-10"}) == [
        ("INVALID", []),
        ("INVALID", ["effectiveDate"]),
    ]
    late = {**values, "effectiveDate": "2201-01-01", "imagesPerDay": 1}
    assert await refused(staff, "negotiateSla", **late) == [("INVALID", ["effectiveDate"])]
    bad = {"accountId": "x", "effectiveDate": "2026-03-11", "imagesPerDay": -1, "expeditesPerDay": 1_000_001}
    assert await refused(staff, "negotiateSla", **bad, note="", message="\u200b") == [
        ("NOT_FOUND", ["accountId"]),
        ("INVALID", ["imagesPerDay"]),
        ("INVALID", ["expeditesPerDay"]),
        ("INVALID", ["note"]),
        ("INVALID", ["message"]),
    ]
    assert await contents(pool) == before


OTHERS: Final = {
    "deliverBy": "07:30",
    "expediteTurnaround": "PT2H",
    "expediteAdditionalTurnaround": "PT4H",
    "expediteMultiplier": "1.50",
    "rejectionTurnaround": "PT1H",
    "reviewTurnaround": "PT30M",
    "flowAvailable": True,
    "supportResponse": "PT3H",
    "supportPhone": True,
}
TERMS: Final = """version customTerms standard { deliverBy custom planDefault summary }
  expedite { turnaround additionalTurnaround priceMultiplier } rejection { turnaround } review { turnaround }
  flow { available } support { responseTime phone }"""


async def test_every_term_can_be_negotiated(shop: Shop, staff: Client) -> None:
    values = {"accountId": shop.account, "effectiveDate": "2026-03-11"}
    payload = await done(staff, "negotiateSla", f"sla {{ {TERMS} }}", **values, **OTHERS)
    custom = [term for term in SlaTerm if term not in (SlaTerm.IMAGES_PER_DAY, SlaTerm.EXPEDITES_PER_DAY)]
    agreed = {
        "version": 2,
        "customTerms": custom,
        "standard": {
            "deliverBy": "07:30",
            "custom": True,
            "planDefault": "09:00",
            "summary": "Next morning by 07:30 for all images uploaded by midnight, Monday to Friday",
        },
        "expedite": {"turnaround": "PT2H", "additionalTurnaround": "PT4H", "priceMultiplier": "1.5"},
        "rejection": {"turnaround": "PT1H"},
        "review": {"turnaround": "PT30M"},
        "flow": {"available": True},
        "support": {"responseTime": "PT3H", "phone": True},
    }
    assert payload["sla"] == agreed
    first = (await shop.client.data(f"{{ account {{ sla {{ {TERMS} }} }} }}"))["account"]["sla"]
    assert (first["customTerms"], first["standard"]["deliverBy"]) == ([], "09:00")
    back = {"deliverBy": "09:00:00", "expediteMultiplier": "2.00", "effectiveDate": "2026-03-12"}
    later = (await done(staff, "negotiateSla", f"sla {{ {TERMS} }}", **values | back))["sla"]
    assert later["customTerms"] == [
        term for term in custom if term not in (SlaTerm.DELIVER_BY, SlaTerm.EXPEDITE_MULTIPLIER)
    ]
    precise = {"deliverBy": "23:59:59", "effectiveDate": "2026-03-13"}
    sla = (await done(staff, "negotiateSla", "sla { standard { deliverBy } }", **values | precise))["sla"]
    assert sla == {"standard": {"deliverBy": "23:59:59"}}


@pytest.mark.parametrize(
    ("field", "value", "least", "most"),
    [
        ("deliverBy", "24:00", None, None),
        ("deliverBy", "07:60", None, None),
        *((name, value, "60", "2592000") for name in DURATIONS for value in ("PT59S", "P30DT1S", "PT0S")),
        *(("expediteMultiplier", value, "1", "100") for value in ("0.99", "100.01", "1.005", "-2")),
        ("imagesPerDay", -1, "0", "1000000"),
    ],
)
async def test_terms_outside_their_bounds_are_refused_with_the_bounds(
    shop: Shop, pool: Pool, staff: Client, field: str, value: object, least: str | None, most: str | None
) -> None:
    before = await contents(pool)
    values = {"accountId": shop.account, "effectiveDate": "2026-03-11", field: value}
    (error,) = (await mutate(staff, "negotiateSla", ERRORS, **values))["userErrors"]
    assert (error["code"], error["path"], error["least"], error["most"]) == ("INVALID", [field], least, most)
    assert await contents(pool) == before


async def test_a_client_reads_the_message_about_new_terms_and_staff_the_note_too(
    shop: Shop, staff: Client, clock: FrozenClock
) -> None:
    values = {"accountId": shop.account, "effectiveDate": "2026-03-11", "imagesPerDay": 500}
    await done(staff, "negotiateSla", **values, note="By phone.", message="As agreed:\n500 A\u030a day.")
    clock.advance()
    ask = """query ($id: ID!) { node(id: $id) { ... on Account {
      slaVersions { nodes { version agreedAt note message } }
      events(first: 1) { nodes { ... on SlaNegotiated { version note message } } } } } }"""
    first = {"version": 1, "agreedAt": "2026-01-05T08:00:00Z", "note": None, "message": None}
    said = {"version": 2, "message": "As agreed:\n500 \u00c5 day."}
    for client, note in ((shop.client, None), (staff, "By phone.")):
        second = {**said, "note": note}
        assert (await client.data(ask, {"id": shop.account}))["node"] == {
            "slaVersions": {"nodes": [{**second, "agreedAt": "2026-03-10T12:00:00Z"}, first]},
            "events": {"nodes": [second]},
        }


async def test_a_plan_without_a_dashboard_can_use_mutations(pool: Pool, client_of: NewClient) -> None:
    solo = await open_shop(pool, client_of, Studio(plan=Plan.SOLO))
    [order] = await solo.place()
    assert (await done(solo.client, "cancelOrder", orderId=order["id"]))["order"]["status"] == "CANCELLED"


async def test_a_client_changes_its_zone_once_in_thirty_days_and_staff_at_any_time(
    shop: Shop, pool: Pool, clock: FrozenClock, staff: Client
) -> None:
    await done(shop.client, "changeTimeZone", timeZone="America/New_York")
    clock.advance(timedelta(days=30) - timedelta(microseconds=1))
    before = await contents(pool)
    message = "The time zone can be changed once in 30 days: again from 2026-04-09T12:00:00Z on."
    payload = await mutate(shop.client, "changeTimeZone", "account { id }", timeZone="Asia/Tokyo")
    assert payload["account"] is None
    [error] = payload["userErrors"]
    assert (error["code"], error["path"], error["message"]) == ("INVALID", ["timeZone"], message)
    assert await contents(pool) == before
    await done(staff, "changeTimeZone", accountId=shop.account, timeZone="Asia/Tokyo")
    await done(shop.client, "changeTimeZone", timeZone="Asia/Tokyo")  # as it is: no change
    clock.advance(timedelta(microseconds=1))
    await done(shop.client, "changeTimeZone", timeZone="Europe/Copenhagen")
    changes = await pool.fetch("SELECT changed_by FROM time_zone_periods ORDER BY starts_at")
    assert [row["changed_by"] for row in changes] == [None, "CLIENT", "STAFF", "CLIENT"]


async def test_uploads_of_the_day_of_a_zone_change_are_due_by_the_later_zone_and_explain_it(
    shop: Shop, clock: FrozenClock
) -> None:
    clock.advance_to(datetime(2026, 3, 11, 12, 15, tzinfo=UTC))
    await done(shop.client, "changeTimeZone", timeZone="Asia/Magadan")  # where it is 23:15
    clock.advance(timedelta(minutes=15))
    await shop.place("a.jpg")
    ask = """{ account { orders(first: 1) { nodes { deadline { at explanation { code
      ... on ZoneChangedStep { at from to dayClosesAt } ... on BaseDeadlineStep { timeZone } } } } } } }"""
    [order] = (await shop.client.data(ask))["account"]["orders"]["nodes"]
    deadline = order["deadline"]
    assert deadline["at"] == "2026-03-12T08:00:00Z"
    steps = {step["code"]: step for step in deadline["explanation"]}
    assert steps["ZONE_CHANGED"] == {
        "code": "ZONE_CHANGED",
        "at": "2026-03-11T12:15:00Z",
        "from": "Europe/Copenhagen",
        "to": "Asia/Magadan",
        "dayClosesAt": "2026-03-12T13:00:00Z",
    }
    assert steps["BASE_DEADLINE"]["timeZone"] == "Europe/Copenhagen"
