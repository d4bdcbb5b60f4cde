"""Withdrawing coming versions of an SLA."""

import asyncio
from functools import partial
from typing import Any

import pytest

from api.ids import NodeType
from app.domain.sla.negotiation import SlaNotComing
from app.services.accounts.terms import withdraw_sla
from db.connections import Pool
from engine.ids import numbered
from tests.support.clock import FrozenClock
from tests.support.mutations import Shop, contents, done, event_types, mutate, open_shop, refused
from tests.support.serving import Client, NewClient
from tests.support.studio import DAY
from tests.support.transactions import in_transaction

VERSIONS = """query ($id: ID!) { account(id: $id) { slaVersions { nodes {
  version withdrawnAt supersededBy effectiveFrom guarantee { imagesPerDay } } totalCount } } }"""
APRIL = "2026-04-01"


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient) -> Shop:
    return await open_shop(pool, client_of)


def sla_id(shop: Shop, version: int) -> str:
    return str(numbered(NodeType.SLA, shop.studio.id, version))


async def agree(staff: Client, shop: Shop, images: int, effective_date: str = APRIL) -> int:
    terms = {"imagesPerDay": images, "effectiveDate": effective_date}
    version: int = (await done(staff, "negotiateSla", accountId=shop.account, **terms))["sla"]["version"]
    return version


async def listed(client: Client, shop: Shop) -> list[dict[str, Any]]:
    versions = (await client.data(VERSIONS, {"id": shop.account}))["account"]["slaVersions"]
    assert versions["totalCount"] == len(versions["nodes"])
    nodes: list[dict[str, Any]] = versions["nodes"]
    return nodes


async def test_a_withdrawn_version_stays_listed_and_the_superseded_terms_apply_again(
    shop: Shop, pool: Pool, staff: Client, clock: FrozenClock
) -> None:
    for images in (500, 300):
        await agree(staff, shop, images)
    clock.advance()
    assert [each["supersededBy"] for each in await listed(shop.client, shop)] == [None, 3, None]
    said = {"note": "Ada asked for it", "message": "As you wished."}
    payload = await done(staff, "withdrawSla", slaId=sla_id(shop, 3), **said)
    withdrawn_at = "2026-03-10T12:00:00.000002Z"
    assert payload["sla"] == {"version": 3, "withdrawnAt": withdrawn_at}
    assert [
        (each["version"], each["withdrawnAt"], each["supersededBy"], each["guarantee"]["imagesPerDay"])
        for each in await listed(shop.client, shop)
    ] == [
        (3, withdrawn_at, None, 300),
        (2, None, None, 500),
        (1, None, None, 200),
    ]
    assert await agree(staff, shop, 400, "2026-05-01") == 4
    clock.advance(30 * DAY)
    seen = await shop.client.data(
        "{ account { sla { version guarantee { imagesPerDay } } dailyGuarantee { capacity } } }"
    )
    assert seen["account"]["sla"] == {"version": 2, "guarantee": {"imagesPerDay": 500}}
    assert seen["account"]["dailyGuarantee"] == {"capacity": 500}
    types = await event_types(pool, shop.studio)
    assert types == ["ACCOUNT_CREATED", "SLA_NEGOTIATED", "SLA_NEGOTIATED", "SLA_WITHDRAWN", "SLA_NEGOTIATED"]


async def test_the_event_has_the_terms_of_the_first_day_before_and_after(shop: Shop, staff: Client) -> None:
    await agree(staff, shop, 500)
    await done(staff, "withdrawSla", slaId=sla_id(shop, 2), note="Ada", message="Sorry.")
    event = str(numbered(NodeType.EVENT, shop.studio.id, 3))
    ask = """query ($id: ID!) { node(id: $id) { ... on SlaWithdrawn { version effectiveDate replacementVersion
      terms { imagesPerDay expeditesPerDay deliverBy } previousTerms { imagesPerDay expeditesPerDay deliverBy }
      note message } } }"""
    expected = {
        "version": 2,
        "effectiveDate": APRIL,
        "replacementVersion": 1,
        "terms": {"imagesPerDay": 200, "expeditesPerDay": 20, "deliverBy": "09:00"},
        "previousTerms": {"imagesPerDay": 500, "expeditesPerDay": 20, "deliverBy": "09:00"},
        "note": "Ada",
        "message": "Sorry.",
    }
    assert (await staff.data(ask, {"id": event}))["node"] == expected
    assert (await shop.client.data(ask, {"id": event}))["node"] == {**expected, "note": None}


async def test_a_version_whose_day_has_opened_is_not_withdrawn(
    shop: Shop, pool: Pool, staff: Client, clock: FrozenClock
) -> None:
    await agree(staff, shop, 500, "2026-03-11")
    clock.advance(DAY)
    before = await contents(pool)
    for version in (1, 2):
        assert await refused(staff, "withdrawSla", slaId=sla_id(shop, version)) == [("INVALID", ["slaId"])]
    assert await contents(pool) == before


async def test_a_withdrawn_version_is_not_withdrawn_again(shop: Shop, pool: Pool, staff: Client) -> None:
    await agree(staff, shop, 500)
    first = await done(staff, "withdrawSla", slaId=sla_id(shop, 2), idempotencyKey="a withdrawal")
    before = await contents(pool)
    for key in ("a withdrawal", None):
        assert await done(staff, "withdrawSla", slaId=sla_id(shop, 2), idempotencyKey=key) == first
    assert await contents(pool) == before


async def test_an_unknown_version_is_named_a_version(shop: Shop, staff: Client) -> None:
    for unknown in (sla_id(shop, 2), shop.account):
        payload = await mutate(staff, "withdrawSla", slaId=unknown)
        assert [error["message"] for error in payload["userErrors"]] == ["There is no such SLA version."]


async def test_unknown_versions_and_bad_texts_are_refused(shop: Shop, pool: Pool, staff: Client) -> None:
    before = await contents(pool)
    for unknown in (sla_id(shop, 2), sla_id(shop, 2**31), shop.account, "x"):
        assert await refused(staff, "withdrawSla", slaId=unknown) == [("NOT_FOUND", ["slaId"])]
    wrong = await refused(staff, "withdrawSla", slaId=sla_id(shop, 1), note="", message=2_001 * "a")
    assert wrong == [("INVALID", ["note"]), ("INVALID", ["message"])]
    assert await contents(pool) == before


@pytest.mark.parametrize("run", range(3))
@pytest.mark.races
async def test_of_withdrawals_at_once_one_is_a_change(
    shop: Shop, pool: Pool, staff: Client, clock: FrozenClock, run: int
) -> None:
    await agree(staff, shop, 500 + run)
    withdraw = partial(withdraw_sla, clock=clock, account_id=shop.studio.id, version=2)
    outcomes = await asyncio.gather(*(in_transaction(pool, withdraw) for _ in range(5)))
    assert sorted(each.changed for each in outcomes) == [False] * 4 + [True]
    with pytest.raises(SlaNotComing):
        await in_transaction(pool, partial(withdraw_sla, clock=clock, account_id=shop.studio.id, version=1))
    assert (await event_types(pool, shop.studio)).count("SLA_WITHDRAWN") == 1
