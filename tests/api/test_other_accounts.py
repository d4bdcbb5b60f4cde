"""Nodes, fields and cursors of another account: nothing for a client, all for staff."""

from collections.abc import Iterator
from typing import Any, Final, cast

import pytest
from graphql import GraphQLObjectType

from api.ids import NodeType, account_global_id
from api.schema import schema
from engine.ids import GlobalId, numbered
from tests.support.serving import Client, NewClient
from tests.support.studio import Studio
from tests.support.two_studios import SECRET

CORE = schema._schema  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


def ids_of(studio: Studio) -> Iterator[str]:
    """Yield one id of each node type."""
    yield account_global_id(studio.id)
    for node_type, rows in (
        (NodeType.ORDER, studio.orders),
        (NodeType.IMAGE, studio.images),
        (NodeType.REJECTION, studio.rejections),
        (NodeType.SPECIFICATION, studio.specifications),
    ):
        yield str(GlobalId(node_type, studio.id, rows[0].id))
    yield str(numbered(NodeType.EVENT, studio.id, 2))
    yield str(numbered(NodeType.SLA, studio.id, 1))


NODES = """
query ($ids: [ID!]!) { nodes(ids: $ids) {
  __typename id
  ... on Account { name orders { nodes { name } } } ... on Order { name images { nodes { filename } } }
  ... on Image { filename } ... on Rejection { reason } ... on Specification { name } ... on Event { type }
  ... on OrderPlaced { orderName: name images { nodes { filename } } }
  ... on SLA { version }
} }
"""


async def test_nodes_of_ones_own_account_are_found_by_their_ids(own: Studio, client_of: NewClient) -> None:
    client = await client_of(own)
    ids = list(ids_of(own))
    nodes = (await client.data(NODES, {"ids": ids}))["nodes"]
    assert [node["id"] for node in nodes] == ids
    assert [node["__typename"] for node in nodes] == [
        "Account",
        "Order",
        "Image",
        "Rejection",
        "Specification",
        "OrderPlaced",
        "SLA",
    ]
    for id_, node in zip(ids, nodes, strict=True):
        found = await client.data("query ($id: ID!) { node(id: $id) { id __typename } }", {"id": id_})
        assert found["node"] == {"id": id_, "__typename": node["__typename"]}


async def test_nodes_of_another_account_are_null_without_being_read(
    own: Studio, other: Studio, client_of: NewClient
) -> None:
    client = await client_of(own)
    ids = list(ids_of(other))
    assert await client.answer(NODES, {"ids": ids}) == {"data": {"nodes": [None] * len(ids)}}
    assert client.reader.statements == ["client_by_key"]


async def test_staff_find_nodes_of_every_account(own: Studio, other: Studio, staff: Client) -> None:
    ids = [*ids_of(own), *ids_of(other)]
    assert [node["id"] for node in (await staff.data(NODES, {"ids": ids}))["nodes"]] == ids


async def test_an_account_is_null_to_clients_of_another_one(
    own: Studio, other: Studio, client_of: NewClient, staff: Client
) -> None:
    ask, variables = "query ($id: ID) { account(id: $id) { name } }", {"id": account_global_id(other.id)}
    assert await (await client_of(own)).answer(ask, variables) == {"data": {"account": None}}
    assert await staff.data(ask, variables) == {"account": {"name": SECRET}}


NEED_AN_ARGUMENT: Final = {("Account", "order")}
"""Fields that need one of several nullable arguments."""


def selections(type_name: str, depth: int) -> str:
    """Return a selection of every field of a type that needs no arguments, nested down to a depth."""
    found = cast("GraphQLObjectType", CORE.type_map[type_name])
    parts: list[str] = []
    for name, field in found.fields.items():
        required = any(each.type.__class__.__name__ == "GraphQLNonNull" for each in field.args.values())
        if required or (type_name, name) in NEED_AN_ARGUMENT:
            continue
        inner: Any = field.type
        while hasattr(inner, "of_type"):
            inner = inner.of_type
        if not hasattr(inner, "fields"):
            parts.append(name)
        elif depth and (nested := selections(inner.name, depth - 1)):
            parts.append(f"{name} {{ {nested} }}")
    return " ".join(parts)


async def test_nothing_of_another_account_can_be_reached(
    own: Studio, other: Studio, client_of: NewClient, staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit in ("api.context.Context.max_cost", "engine.documents.MAX_LENGTH", "engine.documents.MAX_TOKENS"):
        monkeypatch.setattr(limit, 10**9)
    monkeypatch.setattr("engine.counts.MAX_FIELDS", 10**9)
    everything = f"{{ viewer {{ {selections('Viewer', 6)} }} account {{ {selections('Account', 5)} }} }}"
    client = await client_of(own)
    text = (await client.post(everything)).text
    assert "errors" not in text[:20]
    assert "ACME2.jpg" in text
    assert SECRET not in text
    assert account_global_id(other.id)[2:] not in text
    assert SECRET in (await staff.post("{ accounts { nodes { orders { nodes { name } } } } }")).text


async def test_cursors_of_another_account_reveal_nothing_of_it(
    own: Studio, other: Studio, client_of: NewClient
) -> None:
    page = """query ($after: String) { account { orders(first: 1, after: $after) {
      nodes { name } pageInfo { endCursor hasPreviousPage } totalCount } } }"""
    cursor = (await (await client_of(other)).data(page))["account"]["orders"]["pageInfo"]["endCursor"]
    text = (await (await client_of(own)).post(page, {"after": cursor})).text
    assert SECRET not in text
