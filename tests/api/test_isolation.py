"""Another account does not exist: whatever id a client requests, and however, nothing of it is returned."""

from typing import Final
from uuid import uuid4

import pytest

from api.ids import NodeType, read_global_id
from engine.ids import GlobalId
from tests.support.neighbours import EVERYTHING, Neighbours, all_ids, fields_of_the_schema, values_of
from tests.support.serving import Client

# Every root field that takes an id, with the variable's type.
ROOTS: Final = {
    "account": "query ($id: ID!) { found: account(id: $id) { ...everything } }",
    "node": "query ($id: ID!) { found: node(id: $id) { ...everything } }",
    "nodes": "query ($id: ID!) { found: nodes(ids: [$id]) { ...everything } }",
}


def takes_an_id(arguments: dict[str, str]) -> bool:
    return any(type_.strip("[]!") == "ID" for type_ in arguments.values())


def test_every_field_with_an_id_argument_is_covered_here() -> None:
    taking = {name for name, arguments in fields_of_the_schema() if takes_an_id(arguments)}
    of_staff = {"Query.jobRuns"}
    assert taking - of_staff == {f"Query.{name}" for name in ROOTS}


def test_ids_of_every_node_type_are_covered_here(neighbours: Neighbours) -> None:
    of_no_account = {NodeType.JOB_RUN, NodeType.RETOUCHING_STEP}
    assert {read_global_id(id_).type for id_ in neighbours.their_ids} == set(NodeType) - of_no_account
    assert {read_global_id(id_).account_id for id_ in neighbours.their_ids} == {neighbours.theirs.id}


@pytest.mark.parametrize("root", ["node", "nodes"])
async def test_ids_of_the_other_account_work_for_its_own_client_and_for_staff(
    neighbours: Neighbours, staff: Client, root: str
) -> None:
    for id_ in neighbours.their_ids:
        for client in (neighbours.neighbour, staff):
            data = await client.data(ROOTS[root] + EVERYTHING, {"id": id_})
            assert id_ in values_of(data, "id")


@pytest.mark.parametrize("root", ROOTS)
async def test_an_id_of_another_account_is_null_without_a_lookup(neighbours: Neighbours, root: str) -> None:
    for id_ in neighbours.their_ids:
        response = await neighbours.client.answer(ROOTS[root] + EVERYTHING, {"id": id_})
        assert (id_, response) == (id_, {"data": {"found": [None] if root == "nodes" else None}})
        assert len(neighbours.client.reader.statements) == 1


@pytest.mark.parametrize("root", ROOTS)
async def test_responses_do_not_reveal_whether_an_id_of_another_account_exists(
    neighbours: Neighbours, root: str
) -> None:
    for id_ in neighbours.their_ids:
        named = read_global_id(id_)
        account = uuid4()
        missing = GlobalId(named.type, account, account if named.type == NodeType.ACCOUNT else uuid4())
        there, not_there = [
            await neighbours.client.post(ROOTS[root] + EVERYTHING, {"id": each}) for each in (id_, str(missing))
        ]
        assert (there.status_code, there.content) == (not_there.status_code, not_there.content)


@pytest.mark.parametrize("root", ["node", "nodes"])
async def test_a_forged_id_with_a_key_of_another_account_reveals_nothing(neighbours: Neighbours, root: str) -> None:
    for id_ in neighbours.their_ids:
        named, ours = read_global_id(id_), neighbours.ours.id
        forged = str(GlobalId(named.type, ours, ours if named.type == NodeType.ACCOUNT else named.key))
        response = await neighbours.client.post(ROOTS[root] + EVERYTHING, {"id": forged})
        assert "errors" not in response.json()
        neighbours.assert_nothing_of_theirs(response.text)
        neighbours.assert_all_ours(response.json())
        if named.type in {NodeType.ORDER, NodeType.IMAGE, NodeType.REJECTION, NodeType.SPECIFICATION, NodeType.INQUIRY}:
            assert response.json()["data"]["found"] in (None, [None])


async def test_of_the_ids_of_two_accounts_only_the_callers_are_found(
    neighbours: Neighbours, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.context.Context.max_cost", 10**9)
    ours = await all_ids(neighbours.client, neighbours.ours)
    mixed = [id_ for pair in zip(ours, neighbours.their_ids, strict=False) for id_ in pair]
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { ...everything } }" + EVERYTHING
    response = await neighbours.client.post(query, {"ids": mixed})
    assert "errors" not in response.json()
    nodes = response.json()["data"]["nodes"]
    assert [node and node["id"] for node in nodes] == [id_ if id_ in ours else None for id_ in mixed]
    neighbours.assert_nothing_of_theirs(response.text)


async def test_no_node_of_an_account_leads_to_another_account(neighbours: Neighbours) -> None:
    for id_ in await all_ids(neighbours.client, neighbours.ours):
        response = await neighbours.client.post(ROOTS["node"] + EVERYTHING, {"id": id_})
        neighbours.assert_nothing_of_theirs(response.text)
        neighbours.assert_all_ours(response.json())
