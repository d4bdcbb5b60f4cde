"""Changes of the plan: periods by ledger day, decided by interval."""

import asyncio
from functools import partial
from typing import Any

import pytest

from api.ids import NodeType
from app.domain.sla.enums import Plan
from app.domain.sla.negotiation import Negotiation
from app.domain.sla.plans import NewPlan
from app.domain.sla.terms import PLAN_TERMS, NegotiableTerms
from app.services.accounts.plans import change_plan
from app.services.accounts.terms import negotiate_sla
from db.connections import Pool
from db.queries.accounts import named_accounts
from db.readers import PoolReader
from engine.ids import numbered
from tests.support.clock import FrozenClock
from tests.support.import_files import change, run_import
from tests.support.mutations import Shop, contents, done, event_types, open_shop, refused
from tests.support.serving import Client, NewClient
from tests.support.studio import DAY, HOUR, Studio
from tests.support.transactions import in_transaction

NOBODY = "AQAAAAAAAAAAAAAAAAAAAAA"
TERMS = """version guarantee { imagesPerDay custom planDefault } expedite { imagesPerDay custom planDefault }"""
PLAN = f"""query ($id: ID!, $asOf: DateTime) {{ account(id: $id) {{
  plan dashboardAvailable comingPlan {{ plan from }} sla(asOf: $asOf) {{ {TERMS} }}
  dailyGuarantee {{ capacity }} }} }}"""
TOMORROW, MIDNIGHT = "2026-03-11", "2026-03-10T23:00:00Z"


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient) -> Shop:
    return await open_shop(pool, client_of)


async def change_to(staff: Client, shop: Shop, plan: str, effective_date: str = TOMORROW) -> dict[str, Any]:
    values = {"accountId": shop.account, "plan": plan, "effectiveDate": effective_date}
    account: dict[str, Any] = (await done(staff, "changePlan", **values))["account"]
    return account


async def shown(client: Client, shop: Shop, as_of: str | None = None) -> dict[str, Any]:
    account: dict[str, Any] = (await client.data(PLAN, {"id": shop.account, "asOf": as_of}))["account"]
    return account


def terms(version: int, images: tuple[int, bool, int], expedites: tuple[int, bool, int]) -> dict[str, Any]:
    names = ("imagesPerDay", "custom", "planDefault")
    return {
        "version": version,
        "guarantee": dict(zip(names, images, strict=True)),
        "expedite": dict(zip(names, expedites, strict=True)),
    }


async def test_a_plan_begins_with_its_ledger_day_and_its_terms_as_configured(
    shop: Shop, pool: Pool, staff: Client, clock: FrozenClock
) -> None:
    account = await change_to(staff, shop, "SOLO")
    assert account == {"id": shop.account, "plan": "PROFESSIONAL", "comingPlan": {"plan": "SOLO", "from": MIDNIGHT}}
    clock.advance(11 * HOUR - clock.now().resolution)
    before = await shown(staff, shop)
    assert (before["plan"], before["comingPlan"]) == ("PROFESSIONAL", {"plan": "SOLO", "from": MIDNIGHT})
    assert before["sla"] == terms(1, (200, False, 200), (20, False, 20))
    clock.advance(clock.now().resolution)
    after = await shown(staff, shop)
    assert (after["plan"], after["comingPlan"], after["dashboardAvailable"]) == ("SOLO", None, False)
    assert after["sla"] == terms(2, (50, False, 50), (5, False, 5))
    assert after["dailyGuarantee"] == {"capacity": 50}
    assert (await shown(staff, shop, "2026-03-10T22:59:59.999999Z"))["sla"] == before["sla"]
    assert await event_types(pool, shop.studio) == ["ACCOUNT_CREATED", "PLAN_CHANGED"]


async def test_the_dashboard_follows_the_plan_of_the_answers_instant(
    shop: Shop, staff: Client, clock: FrozenClock
) -> None:
    await change_to(staff, shop, "SOLO")
    ask = "{ account { dashboardAvailable pulse { asOf } pulseHistory { totalCount } orderFeed { number } } }"
    assert (await shop.client.data(ask))["account"]["dashboardAvailable"]
    clock.advance(DAY)
    answer = await shop.client.answer(ask)
    assert answer["data"]["account"] == {
        "dashboardAvailable": False,
        "pulse": None,
        "pulseHistory": None,
        "orderFeed": None,
    }
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"PLAN_NOT_ELIGIBLE"}


async def test_negotiated_terms_continue_and_all_others_are_the_new_plans(
    pool: Pool, client_of: NewClient, staff: Client, clock: FrozenClock
) -> None:
    shop = await open_shop(pool, client_of, Studio(images_per_day=500))
    await change_to(staff, shop, "SOLO")
    clock.advance(DAY)
    assert (await shown(staff, shop))["sla"] == terms(2, (500, True, 50), (5, False, 5))


async def test_terms_agreed_for_a_later_day_take_the_others_from_the_plan_of_that_day(
    shop: Shop, staff: Client, clock: FrozenClock
) -> None:
    agreed = {"accountId": shop.account, "expeditesPerDay": 20, "effectiveDate": "2026-03-13"}
    payload = await done(staff, "negotiateSla", f"sla {{ {TERMS} }}", **agreed)
    assert payload["sla"] == terms(2, (200, False, 200), (20, False, 20))
    await change_to(staff, shop, "SOLO")
    clock.advance(DAY)
    assert (await shown(staff, shop))["sla"] == terms(3, (50, False, 50), (5, False, 5))
    clock.advance(2 * DAY)
    assert (await shown(staff, shop))["sla"] == terms(2, (50, False, 50), (20, True, 5))


async def test_a_later_negotiation_of_the_day_supersedes_the_version_and_not_the_plan(
    shop: Shop, pool: Pool, staff: Client, clock: FrozenClock
) -> None:
    await change_to(staff, shop, "SOLO")
    await done(staff, "negotiateSla", accountId=shop.account, imagesPerDay=70, effectiveDate=TOMORROW)
    before = await contents(pool)
    plan, negotiation = (str(numbered(NodeType.SLA, shop.studio.id, version)) for version in (2, 3))
    assert await refused(staff, "withdrawSla", slaId=plan) == [("INVALID", ["slaId"])]
    assert await contents(pool) == before
    clock.advance(clock.now().resolution)
    await done(staff, "withdrawSla", slaId=negotiation)
    await done(staff, "negotiateSla", accountId=shop.account, imagesPerDay=80, effectiveDate=TOMORROW)
    clock.advance(DAY)
    now = await shown(staff, shop)
    assert (now["plan"], now["sla"]) == ("SOLO", terms(4, (80, True, 50), (5, False, 5)))


async def test_a_change_of_the_plan_keeps_what_was_negotiated_for_its_day(
    shop: Shop, staff: Client, clock: FrozenClock
) -> None:
    await done(staff, "negotiateSla", accountId=shop.account, imagesPerDay=70, effectiveDate=TOMORROW)
    await change_to(staff, shop, "SOLO")
    clock.advance(DAY)
    assert (await shown(staff, shop))["sla"] == terms(3, (70, True, 50), (5, False, 5))


async def test_the_last_of_several_changes_for_a_day_counts(shop: Shop, staff: Client, clock: FrozenClock) -> None:
    await change_to(staff, shop, "SOLO", "2026-03-12")
    await change_to(staff, shop, "ENTERPRISE", "2026-03-12")
    account = await change_to(staff, shop, "SOLO", "2026-03-20")
    assert account["comingPlan"] == {"plan": "ENTERPRISE", "from": "2026-03-11T23:00:00Z"}
    clock.advance(2 * DAY)
    now = await shown(staff, shop)
    assert (now["plan"], now["comingPlan"]) == ("ENTERPRISE", {"plan": "SOLO", "from": "2026-03-19T23:00:00Z"})


async def test_a_change_that_a_later_one_for_its_day_undid_is_no_coming_plan(shop: Shop, staff: Client) -> None:
    await change_to(staff, shop, "SOLO", "2026-03-12")
    assert (await change_to(staff, shop, "PROFESSIONAL", "2026-03-12"))["comingPlan"] is None
    account = await change_to(staff, shop, "ENTERPRISE", "2026-03-20")
    assert account["comingPlan"] == {"plan": "ENTERPRISE", "from": "2026-03-19T23:00:00Z"}
    versions = f"query ($id: ID!) {{ account(id: $id) {{ slaVersions {{ nodes {{ {TERMS} }} }} }} }}"
    found = (await staff.data(versions, {"id": shop.account}))["account"]["slaVersions"]["nodes"]
    professional = (200, False, 200), (20, False, 20)
    assert found[2] == terms(2, (50, False, 50), (5, False, 5))
    assert [found[place] for place in (0, 1, 3)] == [terms(version, *professional) for version in (4, 3, 1)]


async def test_a_plan_that_the_day_has_is_no_change(shop: Shop, pool: Pool, staff: Client) -> None:
    before = await contents(pool)
    assert (await change_to(staff, shop, "PROFESSIONAL"))["comingPlan"] is None
    assert await contents(pool) == before
    await change_to(staff, shop, "SOLO")
    before = await contents(pool)
    await change_to(staff, shop, "SOLO", "2026-03-15")
    assert await contents(pool) == before


async def test_a_change_with_a_key_is_done_once_and_bad_ones_are_refused(
    shop: Shop, pool: Pool, staff: Client, clock: FrozenClock
) -> None:
    values = {"accountId": shop.account, "plan": "SOLO", "effectiveDate": TOMORROW, "idempotencyKey": "a plan"}
    first = await done(staff, "changePlan", **values)
    before = await contents(pool)
    assert await done(staff, "changePlan", **values) == first
    for date, account, path in (
        ("2026-03-10", shop.account, "effectiveDate"),
        ("2201-01-01", shop.account, "effectiveDate"),
    ):
        wrong = await refused(staff, "changePlan", accountId=account, plan="SOLO", effectiveDate=date)
        assert wrong == [("INVALID", [path])]
    wrong = await refused(staff, "changePlan", accountId=NOBODY, plan="SOLO", effectiveDate=TOMORROW)
    assert wrong == [("NOT_FOUND", ["accountId"])]
    assert await contents(pool) == before
    clock.advance(DAY)
    assert (await shown(staff, shop))["plan"] == "SOLO"


async def test_staff_and_operators_find_accounts_by_the_plan_they_have_now(
    shop: Shop, reader: PoolReader, staff: Client, clock: FrozenClock
) -> None:
    async def found(plan: str) -> tuple[int, int]:
        answer = await staff.data(f"{{ accounts(plan: {plan}) {{ totalCount nodes {{ plan }} }} }}")
        return answer["accounts"]["totalCount"], len(answer["accounts"]["nodes"])

    await change_to(staff, shop, "SOLO")
    assert (await found("PROFESSIONAL"), await found("SOLO")) == ((1, 1), (0, 0))
    assert [row.plan for row in await named_accounts(reader, clock.now())] == ["PROFESSIONAL"]
    clock.advance(11 * HOUR)
    assert (await found("PROFESSIONAL"), await found("SOLO")) == ((0, 0), (1, 1))
    assert [row.plan for row in await named_accounts(reader, clock.now())] == ["SOLO"]


@pytest.mark.parametrize("move", ["live", "imported"])
async def test_a_plan_begins_with_its_ledger_day_in_the_zone_that_the_account_moves_to(
    pool: Pool, client_of: NewClient, staff: Client, clock: FrozenClock, move: str
) -> None:
    shop = await open_shop(pool, client_of, Studio(ref="acme"))
    await change_to(staff, shop, "SOLO", "2026-03-12")
    clock.advance()
    if move == "imported":
        line = change("timeZone", "2026-03-10T12:00:00.000001Z", timeZone="America/New_York")
        assert (await run_import(pool, [line], now=clock.now())).problems == []
    else:
        await done(staff, "changeTimeZone", accountId=shop.account, timeZone="America/New_York")
    clock.advance(HOUR)
    coming = {"plan": "SOLO", "from": "2026-03-12T04:00:00Z"}
    assert (await shown(staff, shop))["comingPlan"] == coming
    [row] = await pool.fetch("SELECT plan_starts_at FROM sla_versions WHERE version = 2")
    assert row["plan_starts_at"].isoformat() == "2026-03-12T04:00:00+00:00"


@pytest.mark.parametrize("run", range(3))
@pytest.mark.races
async def test_a_change_and_negotiations_at_once_are_one_after_the_other(
    shop: Shop, pool: Pool, staff: Client, clock: FrozenClock, run: int
) -> None:
    day = clock.now().date() + DAY
    new = NewPlan(Plan.SOLO, PLAN_TERMS[Plan.SOLO], day)
    negotiate = partial(negotiate_sla, clock=clock, account_id=shop.studio.id)
    await asyncio.gather(
        *(
            in_transaction(pool, partial(negotiate, agreed=Negotiation(NegotiableTerms(60 + each), day)))
            for each in range(4)
        ),
        *(
            in_transaction(pool, partial(change_plan, clock=clock, account_id=shop.studio.id, new=new))
            for _ in range(2 + run)
        ),
    )
    rows = await pool.fetch("SELECT version, images_per_day, plan FROM sla_versions ORDER BY version")
    assert [row["version"] for row in rows] == list(range(1, 7))
    assert [row["plan"] for row in rows].count("SOLO") == 1
    last = [row["images_per_day"] for row in rows if row["plan"] is None][-1]
    clock.advance(DAY)
    assert (await shown(staff, shop))["sla"] == terms(6, (last, True, 50), (5, False, 5))
