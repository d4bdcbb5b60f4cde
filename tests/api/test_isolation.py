"""Another account does not exist: whatever a client requests, and however, nothing of it is returned."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, cast
from uuid import uuid4

import pytest
from graphql import ObjectTypeDefinitionNode, parse, print_ast

from api.ids import NodeType, account_global_id, read_global_id
from api.schema import schema
from app.domain.orders.enums import ServiceLevel
from db.connections import Pool
from engine.ids import GlobalId
from tests.support.clock import FrozenClock
from tests.support.events.samples import events_of_images
from tests.support.midnight_jobs import take_snapshots
from tests.support.serving import Client, NewClient
from tests.support.studio import DAY, HOUR, Photo, Studio, open_account, write

NOON: Final = datetime(2026, 3, 10, 12, tzinfo=UTC)
MINUTE: Final = timedelta(minutes=1)

ORDER: Final = """
fragment order on Order {
  id number name url
  specification { id name }
  images(first: 5) { nodes { id filename rejections { id reason } } }
  events(first: 9) { nodes { id ...event } }
}
"""

EVENT: Final = """
fragment event on Event {
  __typename
  ... on OrderPlaced { name specification { id name } images(first: 2) { nodes { id filename } } }
  ... on ImagesRejected { rejectedImages(first: 2) { nodes { reason image { id filename } rejection { id reason } } } }
}
"""

# Every field that leads from a node to others, and every text written by people.
EVERYTHING: Final = (
    """
fragment everything on Node {
  __typename
  id
  ... on Account { name orders(first: 5) { nodes { ...order } } specifications { nodes { id name } }
    slaVersions { nodes { id } } orderFeed { id }
    pulse { productivity { allTimeProcessed images { nodes { id } } } } dailyGuarantee { used }
    pulseHistory { nodes { id } } everything: events(first: 9) { nodes { id ...event } } }
  ... on Order { ...order account { id name } splitFrom { id } splitInto { id } }
  ... on Image { filename order { id name } rejections { id reason } }
  ... on Rejection { reason }
  ... on Specification { name pricePerImage { amount } steps { step } }
  ... on Event { ...event happenedTo: order { id name } of: account { id name } }
  ... on PulseSnapshot { kept: pulse { productivity { images { nodes { id filename } } } } }
  ... on SLA { version compliance { standard { metCount missedCount openImages { nodes { id filename } } } } }
}
"""
    + ORDER
    + EVENT
)

# Every root field that takes an id, with the variable's type.
ROOTS: Final = {
    "account": "query ($id: ID!) { found: account(id: $id) { ...everything } }",
    "node": "query ($id: ID!) { found: node(id: $id) { ...everything } }",
    "nodes": "query ($id: ID!) { found: nodes(ids: [$id]) { ...everything } }",
}

OF_IMAGES: Final = (
    *("OrderPlaced", "OrderExpedited", "ImagesClaimed", "ClaimExpired", "ImagesDelivered", "ImagesRejected"),
    *("ImagesCancelled", "DeadlineConfirmed", "DeadlineRevised", "DeadlineAtRisk", "DeadlineMissed"),
)

# Every list of an account.
LISTS: Final = {
    "Account.orders": "orders(after: $after) { edges { cursor node { id name } } }",
    "Account.events": "events(after: $after) { edges { cursor node { id account { id } } } }",
    "Account.slaVersions": "slaVersions(after: $after) { edges { cursor node { id } } }",
    "Account.specifications": "specifications(after: $after) { edges { cursor node { id name } } }",
    "Order.images": "order(number: 1) { images(after: $after) { edges { cursor node { id filename } } } }",
    "Order.events": "order(number: 1) { events(after: $after) { edges { cursor node { id account { id } } } } }",
    **{
        f"{name}.images": f"order(number: 1) {{ events {{ nodes {{ ... on {name} {{ images(after: $after) {{"
        " edges { cursor node { id filename } } } } } } }"
        for name in OF_IMAGES
    },
    "ImagesRejected.rejectedImages": "order(number: 1) { events { nodes { ... on ImagesRejected {"
    " rejectedImages(after: $after) { edges { cursor node { reason image { id } rejection { id } } } } } } } }",
    "Account.pulseHistory": "pulseHistory(after: $after) { edges { cursor node { id date } } }",
    "Productivity.images": "pulse { productivity { images(after: $after) { edges { cursor node { id filename } } } } }",
    "Quality.deliveredImages": "pulse { quality { deliveredImages(after: $after) { edges { cursor node { id } } } } }",
    "Quality.rejectedImages": "pulse { quality { rejectedImages(after: $after) { edges { cursor node { id } } } } }",
    "Reliability.onTimeImages": "pulse { reliability { onTimeImages(after: $after) { edges { cursor node { id }}}}}",
    "Reliability.lateImages": "pulse { reliability { lateImages(after: $after) { edges { cursor node { id } } } } }",
    "TermCompliance.missedImages": (
        "sla { compliance { standard { missedImages(after: $after) { edges { cursor node { id } } } } } }"
    ),
    "TermCompliance.openImages": (
        "sla { compliance { standard { openImages(after: $after) { edges { cursor node { id } } } } } }"
    ),
}


@dataclass(frozen=True, slots=True)
class Neighbours:
    """A client who sends requests, and the ids of another account, from that account's own responses."""

    ours: Studio
    theirs: Studio
    client: Client
    neighbour: Client
    their_ids: list[str]

    def assert_nothing_of_theirs(self, text: str) -> None:
        rows = (self.theirs.orders, self.theirs.images, self.theirs.rejections, self.theirs.specifications)
        keys = [str(self.theirs.id), *(str(row.id) for each in rows for row in each)]
        assert [trace for trace in ("bravo", *self.their_ids, *keys) if trace in text.lower() or trace in text] == []

    def assert_all_ours(self, answer: object) -> None:
        assert {read_global_id(id_).account_id for id_ in values_of(answer, "id")} <= {self.ours.id}


def values_of(answer: object, name: str) -> Iterator[str]:
    """Yield the values of all fields with a name, at any depth."""
    if isinstance(answer, list):
        for each in cast("list[object]", answer):
            yield from values_of(each, name)
    elif isinstance(answer, dict):
        for key, value in cast("dict[str, object]", answer).items():
            if key == name:
                yield str(value)
            else:
                yield from values_of(value, name)


def add_history(studio: Studio, mark: str) -> None:
    """Add the history that both studios have, minute by minute, with a mark on everything people write."""
    studio.specification(f"{mark}-specification")
    friday = NOON - 4 * DAY
    kept = Photo(f"{mark}-kept.jpg", friday + HOUR)
    back = Photo(f"{mark}-back.jpg", friday + HOUR, ((NOON - DAY, None),))
    first = studio.order(friday, [kept, back], name=f"{mark}-first")
    studio.order(
        friday, [Photo(f"{mark}-late.jpg", NOON - HOUR)], name=f"{mark}-first", split_from=first.id, position=3
    )
    studio.order(NOON - HOUR, [Photo(f"{mark}-open.jpg")], name=f"{mark}-open", position=1)
    studio.order(NOON - HOUR, name=f"{mark}-additional", level=ServiceLevel.ADDITIONAL, position=201)
    for rejection in studio.rejections:
        rejection.reason = f"{mark}-reason"
    for event in events_of_images(first, studio.rejections, NOON - DAY):
        studio.event(NOON - DAY, first, event)


async def all_ids(client: Client, studio: Studio) -> list[str]:
    """Return the ids that a client sees of its own account."""
    query = "query ($id: ID!) { node(id: $id) { ...everything } }" + EVERYTHING
    data = await client.data(query, {"id": account_global_id(studio.id)})
    return sorted(set(values_of(data, "id")))


@pytest.fixture
async def neighbours(client_of: NewClient, pool: Pool, clock: FrozenClock) -> Neighbours:
    ours, theirs = await open_account(pool, Studio(name="Alpha")), await open_account(pool, Studio(name="Bravo"))
    add_history(ours, "alpha")
    add_history(theirs, "bravo")
    theirs.order(NOON - HOUR + MINUTE, [Photo("bravo-more.jpg")], name="bravo-more", position=2)
    await write(pool, ours)
    await write(pool, theirs)
    for studio in (ours, theirs):
        await take_snapshots(pool, clock, studio, NOON - 2 * DAY)
    client, neighbour = await client_of(ours), await client_of(theirs)
    return Neighbours(ours, theirs, client, neighbour, await all_ids(neighbour, theirs))


def fields_of_the_schema() -> Iterator[tuple[str, dict[str, str]]]:
    """Yield all fields with their type's name, and the arguments of each with their types."""
    for definition in parse(schema.as_str()).definitions:
        if isinstance(definition, ObjectTypeDefinitionNode):
            for each in definition.fields or ():
                arguments = {argument.name.value: print_ast(argument.type) for argument in each.arguments or ()}
                yield f"{definition.name.value}.{each.name.value}", arguments


def takes_an_id(arguments: dict[str, str]) -> bool:
    return any(type_.strip("[]!") == "ID" for type_ in arguments.values())


def test_every_field_with_an_id_argument_is_covered_here() -> None:
    taking = {name for name, arguments in fields_of_the_schema() if takes_an_id(arguments)}
    of_staff = {"Query.jobRuns"}
    assert taking - of_staff == {f"Query.{name}" for name in ROOTS}


def test_every_list_of_an_account_is_covered_here() -> None:
    lists = {name for name, arguments in fields_of_the_schema() if "after" in arguments}
    assert {name for name in lists if not name.startswith("Query.")} == set(LISTS)


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
        if named.type in {NodeType.ORDER, NodeType.IMAGE, NodeType.REJECTION, NodeType.SPECIFICATION}:
            assert response.json()["data"]["found"] in (None, [None])


async def test_of_the_ids_of_two_accounts_only_the_callers_are_found(
    neighbours: Neighbours, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.cost.MAX_COST", 10**9)
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


async def cursors_of(client: Client, name: str) -> list[str]:
    return list(values_of(await client.data(asked(name), {"after": None}), "cursor"))


def asked(name: str) -> str:
    return f"query ($after: String) {{ account {{ {LISTS[name]} }} }}"


@pytest.mark.parametrize("name", LISTS)
async def test_a_cursor_of_another_account_pages_only_the_callers_own_list(neighbours: Neighbours, name: str) -> None:
    cursors = await cursors_of(neighbours.neighbour, name)
    assert cursors
    for cursor in cursors:
        response = await neighbours.client.post(asked(name), {"after": cursor})
        assert "errors" not in response.json()
        neighbours.assert_nothing_of_theirs(response.text)
        neighbours.assert_all_ours(response.json())


async def test_a_cursor_is_refused_by_lists_of_other_kinds(neighbours: Neighbours) -> None:
    [cursor, *_] = await cursors_of(neighbours.neighbour, "Account.orders")
    for name in LISTS.keys() - {"Account.orders"}:
        error = await neighbours.client.error(asked(name), {"after": cursor})
        assert (name, error["code"], error["argument"]) == (name, "BAD_USER_INPUT", "after")


async def test_order_numbers_of_another_account_find_only_the_callers_orders(neighbours: Neighbours) -> None:
    query = "query ($number: Int!) { account { order(number: $number) { ...order } } }" + ORDER + EVENT
    found: list[str | None] = []
    for order in neighbours.theirs.orders:
        response = await neighbours.client.post(query, {"number": order.number})
        neighbours.assert_nothing_of_theirs(response.text)
        shown = response.json()["data"]["account"]["order"]
        found.append(shown and shown["name"])
    assert found == ["alpha-first", "alpha-first", "alpha-open", "alpha-additional", None]


@pytest.mark.parametrize("text", ["bravo", "bravo-first", "bravo-kept.jpg", "5"])
async def test_a_search_finds_nothing_of_another_account(neighbours: Neighbours, text: str) -> None:
    query = "query ($text: String) { account { orders(filter: {search: $text}) { totalCount nodes { id } } } }"
    ours = await neighbours.client.data(query, {"text": text})
    assert ours == {"account": {"orders": {"totalCount": 0, "nodes": []}}}
    theirs = await neighbours.neighbour.data(query, {"text": text})
    assert theirs["account"]["orders"]["totalCount"] >= 1
