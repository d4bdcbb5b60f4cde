"""The catalogue of retouching steps in the API."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from api.ids import read_global_id
from db.connections import Pool
from tests.support.mutations import Shop, contents, done, open_shop, refused
from tests.support.serving import Client, NewClient

LIST = """query ($first: Int, $after: String, $archived: Boolean) {
  retouchingSteps(first: $first, after: $after, archived: $archived) {
    nodes { step } totalCount pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}"""
COUNTS = "{ retouchingSteps(archived: null) { nodes { step specificationCount } } }"


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


CLIPPING = {"step": "CLIPPING", "seconds": 180, "price": usd("0.95")}
SHADOW = {"step": "SHADOW", "seconds": 95.5, "price": usd("0.50")}
DUST = {"step": "DUST", "seconds": 0.001, "price": usd("0.0001")}


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient, staff: Client) -> Shop:
    for step in (CLIPPING, SHADOW, DUST):
        await done(staff, "setRetouchingStep", **step)
    return await open_shop(pool, client_of)


async def set_step(staff: Client, **values: object) -> dict[str, Any]:
    step: dict[str, Any] = (await done(staff, "setRetouchingStep", **values))["retouchingStep"]
    return step


@pytest.mark.usefixtures("shop")
async def test_staff_add_and_change_steps_and_omitted_values_stay_unchanged(staff: Client) -> None:
    made = await set_step(staff, step="SKIN", seconds=310.25, price=usd("2.10"))
    shown = {"id": made["id"], "step": "SKIN", "seconds": 310.25, "price": usd("2.10"), "archived": False}
    assert made == shown
    assert await set_step(staff, step="SKIN", archived=True) == shown | {"archived": True}
    assert await set_step(staff, step="SKIN", price=usd("2.2")) == shown | {"archived": True, "price": usd("2.2")}
    assert await set_step(staff, step="SKIN", seconds=0, archived=False) == shown | {
        "seconds": 0.0,
        "price": usd("2.2"),
    }


@pytest.mark.usefixtures("shop")
async def test_a_step_set_as_it_is_changes_nothing_and_leaves_its_key_unused(pool: Pool, staff: Client) -> None:
    before = await contents(pool)
    await done(staff, "setRetouchingStep", **SHADOW | {"price": usd("0.5000")}, idempotencyKey="k")
    await done(staff, "setRetouchingStep", step="SHADOW", idempotencyKey="k")
    assert await contents(pool) == before
    keyed = {"step": "SHADOW", "seconds": 90, "idempotencyKey": "k"}
    first = await done(staff, "setRetouchingStep", **keyed)
    assert await done(staff, "setRetouchingStep", **keyed) == first


@pytest.mark.usefixtures("shop")
async def test_names_of_steps_are_kept_in_nfc(staff: Client) -> None:
    made = await set_step(staff, **SHADOW | {"step": "A\u030angstro\u0308m"})
    assert made["step"] == "\u00c5ngstr\u00f6m"
    assert (await set_step(staff, step="\u00c5ngstr\u00f6m", archived=True))["id"] == made["id"]


@pytest.mark.usefixtures("shop")
async def test_a_bad_step_is_refused(pool: Pool, staff: Client) -> None:
    before = await contents(pool)
    bad: list[tuple[dict[str, Any], list[tuple[str, list[str]]]]] = [
        (SHADOW | {"step": " "}, [("INVALID", ["step"])]),
        (SHADOW | {"seconds": 1_000_000.001}, [("INVALID", ["seconds"])]),
        (
            SHADOW | {"seconds": -1, "price": usd("0.00001")},
            [("INVALID", ["seconds"]), ("INVALID", ["price", "amount"])],
        ),
        (SHADOW | {"price": {"amount": "1", "currency": "ZZZ"}}, [("INVALID", ["price", "currency"])]),
        (SHADOW | {"price": {"amount": "1", "currency": "EUR"}}, [("INVALID", ["price"])]),
        ({"step": "SKIN", "seconds": 1}, [("INVALID", [])]),
        ({"step": "SKIN", "price": usd("1")}, [("INVALID", [])]),
    ]
    for values, errors in bad:
        assert await refused(staff, "setRetouchingStep", **values) == errors
    assert await contents(pool) == before


async def test_the_first_price_is_in_the_currency_of_the_settings(staff: Client) -> None:
    values = {"step": "SKIN", "seconds": 1, "price": {"amount": "1", "currency": "EUR"}}
    assert await refused(staff, "setRetouchingStep", **values) == [("INVALID", ["price"])]


async def test_all_callers_list_the_catalogue_by_name_in_pages(shop: Shop, staff: Client) -> None:
    await set_step(staff, step="SHADOW", archived=True)
    for client in (shop.client, staff):
        listed = (await client.data(LIST))["retouchingSteps"]
        assert [step["step"] for step in listed["nodes"]] == ["CLIPPING", "DUST"]
        assert listed["totalCount"] == 2
        for archived, names in ((True, ["SHADOW"]), (None, ["CLIPPING", "DUST", "SHADOW"])):
            listed = (await client.data(LIST, {"archived": archived}))["retouchingSteps"]
            assert [step["step"] for step in listed["nodes"]] == names
    first = (await shop.client.data(LIST, {"first": 1}))["retouchingSteps"]
    cursor = first["pageInfo"].pop("endCursor")
    assert first == {
        "nodes": [{"step": "CLIPPING"}],
        "totalCount": 2,
        "pageInfo": {"hasNextPage": True, "hasPreviousPage": False},
    }
    second = (await shop.client.data(LIST, {"first": 1, "after": cursor}))["retouchingSteps"]
    assert [step["step"] for step in second["nodes"]] == ["DUST"]
    assert (second["pageInfo"]["hasNextPage"], second["pageInfo"]["hasPreviousPage"]) == (False, True)


async def test_a_bad_cursor_makes_only_the_catalogue_null(shop: Shop) -> None:
    answer = await shop.client.answer('{ retouchingSteps(after: "x") { nodes { id } } account { name } }')
    assert answer["data"] == {"retouchingSteps": None, "account": {"name": "ACME"}}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


async def test_all_callers_find_a_step_by_its_id(shop: Shop, staff: Client) -> None:
    ask = "query ($id: ID!) { node(id: $id) { id ... on RetouchingStep { step } } nodes(ids: [$id]) { id } }"
    id_ = (await set_step(staff, step="SHADOW"))["id"]
    unknown = str(replace(read_global_id(id_), key=UUID(int=1)))
    for client in (shop.client, staff):
        found = {"node": {"id": id_, "step": "SHADOW"}, "nodes": [{"id": id_}]}
        assert await client.data(ask, {"id": id_}) == found
        assert await client.data(ask, {"id": unknown}) == {"node": None, "nodes": [None]}


async def test_staff_see_how_many_specifications_a_change_would_change(
    shop: Shop, pool: Pool, client_of: NewClient, staff: Client
) -> None:
    other = await open_shop(pool, client_of)
    both = {"name": "Both", "steps": ["CLIPPING", "SHADOW"]}
    await done(shop.client, "createSpecification", **both)
    await done(other.client, "createSpecification", **both)
    own = {"accountId": shop.account, "pricePerImage": usd("1")}
    await done(staff, "createSpecification", **both, **own, stepSeconds=[{"step": "SHADOW", "seconds": 1}])
    unwanted = (await done(shop.client, "createSpecification", **both))["specification"]["id"]
    await done(shop.client, "archiveSpecification", specificationId=unwanted)
    counted = {
        node["step"]: node["specificationCount"] for node in (await staff.data(COUNTS))["retouchingSteps"]["nodes"]
    }
    assert counted == {"CLIPPING": 3, "DUST": 0, "SHADOW": 2}
    assert staff.reader.statements.count("specifications_of_steps") == 1
    hidden = (await shop.client.data(COUNTS))["retouchingSteps"]["nodes"]
    assert {node["specificationCount"] for node in hidden} == {None}
