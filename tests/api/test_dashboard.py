"""The dashboard: the plans that have it, its fields without it, and staff, who see it on every plan."""

import pytest

from api.ids import NodeType, named_account
from app.domain.sla.enums import Plan
from db.connections import Pool
from engine.ids import numbered
from tests.support.mutations import done, event_types
from tests.support.serving import Client, NewClient
from tests.support.studio import Studio, open_account


@pytest.mark.parametrize("field", ["pulse { asOf }", "orderFeed { number }"])
@pytest.mark.parametrize("plan", [Plan.SOLO, Plan.PROFESSIONAL_TRIAL])
async def test_a_plan_without_a_dashboard_has_all_fields_but_those_of_the_dashboard(
    pool: Pool, client_of: NewClient, field: str, plan: Plan
) -> None:
    client = await client_of(await open_account(pool, Studio(plan=plan)))
    answer = await client.answer(f"{{ account {{ name dailyGuarantee {{ used }} {field} }} }}")
    name = field.partition(" ")[0]
    assert answer["data"] == {"account": {"name": "ACME", "dailyGuarantee": {"used": 0}, name: None}}
    [error] = answer["errors"]
    assert error["path"] == ["account", name]
    assert error["message"] == f"The plan {plan} has no dashboard."
    assert error["extensions"] == {"code": "PLAN_NOT_ELIGIBLE"}


@pytest.mark.parametrize("plan", [Plan.SOLO, Plan.PROFESSIONAL])
async def test_whether_an_account_has_a_dashboard_depends_on_its_plan_whoever_asks(
    pool: Pool, client_of: NewClient, staff: Client, plan: Plan
) -> None:
    studio = await open_account(pool, Studio(plan=plan))
    client = await client_of(studio)
    ask = "query ($id: ID) { account(id: $id) { dashboardAvailable } }"
    expected = {"account": {"dashboardAvailable": plan is Plan.PROFESSIONAL}}
    assert await client.data(ask) == expected
    assert await staff.data(ask, {"id": str(named_account(studio.id))}) == expected


@pytest.mark.parametrize("plan", Plan)
async def test_every_plan_sees_its_own_terms(pool: Pool, client_of: NewClient, plan: Plan) -> None:
    client = await client_of(await open_account(pool, Studio(plan=plan)))
    asked = "standard { deliverBy } support { responseTime } review { turnaround }"
    found = await client.data(f"{{ account {{ sla {{ {asked} }} slaVersions {{ nodes {{ {asked} }} }} }} }}")
    terms = {
        "standard": {"deliverBy": "09:00"},
        "support": {"responseTime": "PT5H"},
        "review": {"turnaround": "PT5H"},
    }
    assert found == {"account": {"sla": terms, "slaVersions": {"nodes": [terms]}}}


COMPLIANCE = "compliance { standard { metCount } }"


async def test_compliance_without_a_dashboard_is_null_and_all_else_is_answered(
    pool: Pool, client_of: NewClient
) -> None:
    studio = await open_account(pool, Studio(plan=Plan.SOLO))
    client = await client_of(studio)
    sla_id = str(numbered(NodeType.SLA, studio.id, 1))
    versions = await client.answer(f"{{ account {{ name slaVersions {{ nodes {{ version {COMPLIANCE} }} }} }} }}")
    nodes = [{"version": 1, "compliance": None}]
    assert versions["data"] == {"account": {"name": "ACME", "slaVersions": {"nodes": nodes}}}
    node = await client.answer(
        f"query ($id: ID!) {{ node(id: $id) {{ ... on SLA {{ version {COMPLIANCE} }} }} viewer {{ kind }} }}",
        {"id": sla_id},
    )
    assert node["data"] == {"node": nodes[0], "viewer": {"kind": "CLIENT"}}
    for [error], path in (
        (versions["errors"], ["account", "slaVersions", "nodes", 0, "compliance"]),
        (node["errors"], ["node", "compliance"]),
    ):
        assert error["path"] == path
        assert error["message"] == "The plan SOLO has no dashboard."
        assert error["extensions"] == {"code": "PLAN_NOT_ELIGIBLE"}


async def test_sla_versions_without_compliance_are_open_to_every_plan(pool: Pool, client_of: NewClient) -> None:
    studio = await open_account(pool, Studio(plan=Plan.SOLO))
    client = await client_of(studio)
    assert await client.data("{ account { slaVersions { nodes { version } totalCount } } }") == {
        "account": {"slaVersions": {"nodes": [{"version": 1}], "totalCount": 1}}
    }
    found = await client.data(
        "query ($id: ID!) { node(id: $id) { ... on SLA { version guarantee { imagesPerDay } } } }",
        {"id": str(numbered(NodeType.SLA, studio.id, 1))},
    )
    assert found == {"node": {"version": 1, "guarantee": {"imagesPerDay": 200}}}


async def test_staff_see_compliance_on_every_plan(pool: Pool, staff: Client) -> None:
    await open_account(pool, Studio(plan=Plan.SOLO))
    data = await staff.data(f"{{ accounts {{ nodes {{ slaVersions {{ nodes {{ {COMPLIANCE} }} }} }} }} }}")
    assert data["accounts"]["nodes"] == [{"slaVersions": {"nodes": [{"compliance": {"standard": {"metCount": 0}}}]}}]


async def test_staff_see_the_dashboard_of_every_plan(pool: Pool, staff: Client) -> None:
    await open_account(pool, Studio(plan=Plan.SOLO))
    data = await staff.data("{ accounts { nodes { pulse { asOf } sla { version } orderFeed { number } } } }")
    assert data["accounts"]["nodes"] == [
        {"pulse": {"asOf": "2026-03-10T12:00:00Z"}, "sla": {"version": 1}, "orderFeed": []}
    ]


@pytest.mark.parametrize("plan", [Plan.SOLO, Plan.PROFESSIONAL])
async def test_staff_let_accounts_in_and_shut_them_out(
    pool: Pool, client_of: NewClient, staff: Client, plan: Plan
) -> None:
    studio = await open_account(pool, Studio(plan=plan))
    client, account = await client_of(studio), str(named_account(studio.id))
    ask = f"{{ account {{ dashboardAvailable pulse {{ asOf }} sla {{ version {COMPLIANCE} }} }} }}"
    for enabled, available in ((True, True), (False, False), (None, plan is Plan.PROFESSIONAL)):
        payload = await done(staff, "setDashboardAccess", accountId=account, enabled=enabled)
        assert payload["account"]["dashboardAvailable"] is available
        seen = (await client.answer(ask))["data"]["account"]
        assert seen["dashboardAvailable"] is available
        assert (seen["pulse"] is not None, seen["sla"]["compliance"] is not None) == (available, available)
        assert seen["sla"]["version"] == 1


async def test_an_account_that_is_shut_out_is_told_so(pool: Pool, client_of: NewClient, staff: Client) -> None:
    studio = await open_account(pool, Studio(plan=Plan.PROFESSIONAL))
    await done(staff, "setDashboardAccess", accountId=str(named_account(studio.id)), enabled=False)
    answer = await (await client_of(studio)).answer("{ account { orderFeed { number } } }")
    [error] = answer["errors"]
    assert (error["message"], error["extensions"]) == ("The account has no dashboard.", {"code": "PLAN_NOT_ELIGIBLE"})


async def test_the_same_access_again_changes_nothing(pool: Pool, staff: Client) -> None:
    studio = await open_account(pool, Studio(plan=Plan.SOLO))
    for enabled in (None, True, True, None):
        await done(staff, "setDashboardAccess", accountId=str(named_account(studio.id)), enabled=enabled)
    assert await event_types(pool, studio) == ["ACCOUNT_CREATED", *2 * ["DASHBOARD_ACCESS_CHANGED"]]
    ask = """query ($id: ID!) { account(id: $id) { events(types: [DASHBOARD_ACCESS_CHANGED]) { nodes {
      ... on DashboardAccessChanged { enabled previouslyEnabled } } } } }"""
    events = (await staff.data(ask, {"id": str(named_account(studio.id))}))["account"]["events"]["nodes"]
    assert events == [{"enabled": None, "previouslyEnabled": True}, {"enabled": True, "previouslyEnabled": None}]
