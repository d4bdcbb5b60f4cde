"""Permissions: every field and mutation by every kind of caller, and nothing of another account for a client."""

from collections.abc import Iterator
from typing import Any, Final, cast
from uuid import UUID

import pytest
from graphql import GraphQLInputField, GraphQLInputObjectType, GraphQLObjectType, OperationType, get_named_type
from httpx import AsyncClient
from strawberry.schema.schema_converter import GraphQLCoreConverter

from api.ids import NodeType, account_global_id
from api.schema import schema
from app.domain.orders.enums import ServiceLevel
from db.connections import Pool
from engine.ids import GlobalId, numbered
from engine.staff import Staff
from tests.support.catalogue import write_catalogue
from tests.support.clock import FrozenClock
from tests.support.mutations import contents, document, valid_inputs
from tests.support.serving import Client, CountingReader, NewClient
from tests.support.studio import DAY, HOUR, Photo, Studio, open_account, write

SECRET = "Dior"
"""The mark in every name and filename of the other studio."""

ALLOWED = {
    "node": {"client", "staff"},
    "nodes": {"client", "staff"},
    "viewer": {"client", "staff"},
    "account": {"client", "staff"},
    "accounts": {"staff"},
    "retouchingSteps": {"client", "staff"},
    "productionQueue": {"staff"},
    "atRisk": {"staff"},
    "orders": {"staff"},
    "ordersAwaitingDeadline": {"staff"},
    "events": {"staff"},
    "jobRuns": {"staff"},
}
FIELDS = {
    "node": "node(id: $id) { id }",
    "nodes": "nodes(ids: [$id]) { id }",
    "viewer": "viewer { kind account { id } }",
    "account": "account { id }",
    "accounts": "accounts { nodes { id } totalCount }",
    "retouchingSteps": "retouchingSteps { nodes { id } totalCount }",
    "productionQueue": "productionQueue { nodes { id } totalCount }",
    "atRisk": "atRisk { nodes { id } totalCount }",
    "orders": "orders { nodes { id } totalCount }",
    "ordersAwaitingDeadline": "ordersAwaitingDeadline { nodes { id } totalCount }",
    "events": "events { nodes { id } totalCount }",
    "jobRuns": "jobRuns(accountId: $id) { nodes { id } totalCount }",
}
MAY_CHANGE = {
    "placeOrder": {"client", "staff"},
    "expediteOrder": {"client", "staff"},
    "completeOrder": {"client", "staff"},
    "cancelOrder": {"client", "staff"},
    "confirmDeadline": {"staff"},
    "reviseDeadline": {"staff"},
    "rejectImages": {"client", "staff"},
    "claimImages": {"staff"},
    "deliverImages": {"staff"},
    "createSpecification": {"client", "staff"},
    "updateSpecification": {"client", "staff"},
    "archiveSpecification": {"client", "staff"},
    "setRetouchingStep": {"staff"},
    "changeTimeZone": {"client", "staff"},
    "negotiateSla": {"staff"},
    "withdrawSla": {"staff"},
    "changePlan": {"staff"},
    "renameAccount": {"staff"},
    "setSuccessManager": {"staff"},
    "closeAccount": {"staff"},
    "reopenAccount": {"staff"},
}

OF_OWN_ACCOUNT = {"createSpecification"}
"""Mutations in which only staff name an account."""
STAFFS: dict[tuple[str, str], list[object]] = {
    ("createSpecification", "accountId"): [account_global_id(UUID(int=1)), None],
    ("createSpecification", "pricePerImage"): [{"amount": "0", "currency": "USD"}, None],
    ("createSpecification", "stepSeconds"): [[{"step": "CLIPPING", "seconds": 999_999}], [], None],
    ("updateSpecification", "pricePerImage"): [{"amount": "0", "currency": "USD"}, None],
    ("updateSpecification", "stepSeconds"): [[{"step": "CLIPPING", "seconds": 999_999}], [], None],
}
"""Values of the fields for staff in mutations that are open to clients."""
AMOUNTS = {"Decimal", "Float", "MoneyInput", "Currency", "Duration", "SpecificationStepInput"}
"""Types of inputs that can state a price or a time."""
CORE = schema._schema  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


def root_fields(operation: OperationType) -> list[str]:
    return list(cast("GraphQLObjectType", CORE.get_root_type(operation)).fields)


def test_the_permission_tables_list_every_root_field() -> None:
    assert root_fields(OperationType.QUERY) == list(ALLOWED) == list(FIELDS)
    assert root_fields(OperationType.MUTATION) == list(MAY_CHANGE)


async def studio_named(pool: Pool, clock: FrozenClock, name: str) -> Studio:
    studio = await open_account(pool, Studio(name=name))
    at = clock.now() - 2 * DAY
    studio.specification(f"{name} ghost")
    rejected = Photo(f"{name}.jpg", at + HOUR, ((at + 2 * HOUR, None),))
    studio.order(at, [rejected, Photo(f"{name}2.jpg")], name=f"{name} shoes")
    studio.order(at, [Photo(f"{name}3.jpg")], name=f"{name} hats", level=ServiceLevel.ADDITIONAL)
    await write(pool, studio)
    return studio


@pytest.fixture
async def own(pool: Pool, clock: FrozenClock) -> Studio:
    return await studio_named(pool, clock, "ACME")


@pytest.fixture
async def other(pool: Pool, clock: FrozenClock) -> Studio:
    return await studio_named(pool, clock, SECRET)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("caller", ["nobody", "client", "staff"])
async def test_every_query_field_is_open_to_its_callers_only(
    own: Studio,
    other: Studio,
    client_of: NewClient,
    http: AsyncClient,
    counting: CountingReader,
    field: str,
    caller: str,
) -> None:
    clients = {"nobody": Client(http, None, counting), "client": await client_of(own), "staff": await client_of(None)}
    definition = "($id: ID!)" if "$id" in FIELDS[field] else ""
    variables = {"id": account_global_id(other.id)} if definition else {}
    response = await clients[caller].post(f"query {definition} {{ {FIELDS[field]} }}", variables)
    if caller == "nobody":
        assert response.status_code == 401
        assert response.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
        assert counting.statements == []
    elif caller in ALLOWED[field]:
        assert "errors" not in response.json()
    else:
        assert response.json() == {
            "data": {field: None},
            "errors": [
                {
                    "message": "This is for staff only.",
                    "locations": [{"line": 1, "column": 10 + len(definition)}],
                    "path": [field],
                    "extensions": {"code": "FORBIDDEN"},
                }
            ],
        }


async def test_every_mutation_is_open_to_its_callers_only(
    own: Studio, other: Studio, pool: Pool, client_of: NewClient, http: AsyncClient, counting: CountingReader
) -> None:
    nobody, client, everyone = Client(http, None, counting), await client_of(own), await client_of(None)
    await write_catalogue(pool)
    before = await contents(pool)
    for name, values in valid_inputs(other).items():
        assert (await nobody.post(document(name), {"input": values})).status_code == 401
        answer = await client.answer(document(name), {"input": values})
        if "client" in MAY_CHANGE[name] and name not in OF_OWN_ACCOUNT:
            errors = answer["data"][name]["userErrors"]
            assert [error["code"] for error in errors] == ["NOT_FOUND"] * len(errors) != []
        else:
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
        assert SECRET not in str(answer)
    assert await contents(pool) == before
    for name, values in valid_inputs(other).items():
        assert "errors" not in await everyone.answer(document(name), {"input": values})
        if "client" in MAY_CHANGE[name]:
            unnamed = {"accountId"} if name in OF_OWN_ACCOUNT else set[str]()
            on_own = {field: value for field, value in valid_inputs(own)[name].items() if field not in unnamed}
            payload = await client.data(document(name), {"input": on_own})
            assert "NOT_FOUND" not in str(payload)


def inputs_of(name: str) -> Iterator[tuple[str, str, bool]]:
    """Yield the path, the type and the restriction to staff of each field in the input of a mutation."""
    mutation = cast("GraphQLObjectType", CORE.mutation_type).fields[name]
    yield from _fields_of(_named(mutation.args["input"].type), "input", for_staff=False)


def _fields_of(type_: object, path: str, *, for_staff: bool) -> Iterator[tuple[str, str, bool]]:
    if isinstance(type_, GraphQLInputObjectType):
        for name, field in type_.fields.items():
            is_for_staff = for_staff or is_staff(field)
            yield f"{path}.{name}", str(_named(field.type)), is_for_staff
            yield from _fields_of(_named(field.type), f"{path}.{name}", for_staff=is_for_staff)


def _named(type_: object) -> object:
    return cast("object", get_named_type(cast("Any", type_)))


def is_staff(field: GraphQLInputField) -> bool:
    definition: Any = field.extensions[GraphQLCoreConverter.DEFINITION_BACKREF]
    return any(isinstance(each, Staff) for each in definition.directives)


def test_no_client_can_state_a_price_or_a_second_in_any_mutation() -> None:
    """Every field of every input is walked; those that could are for staff."""
    stated = {
        (name, path)
        for name, callers in MAY_CHANGE.items()
        if "client" in callers
        for path, type_, for_staff in inputs_of(name)
        if not for_staff and (type_ in AMOUNTS or any(word in path.lower() for word in ("price", "second", "amount")))
    }
    assert stated == set()


@pytest.mark.parametrize(
    ("name", "field", "value"), [(*each, value) for each, values in STAFFS.items() for value in values]
)
async def test_a_client_that_gives_a_field_for_staff_is_forbidden_and_nothing_changes(
    own: Studio, pool: Pool, client_of: NewClient, name: str, field: str, value: object
) -> None:
    await write_catalogue(pool)
    before = await contents(pool)
    values = {key: each for key, each in valid_inputs(own)[name].items() if key != "accountId"} | {field: value}
    [error] = (await (await client_of(own)).answer(document(name), {"input": values}))["errors"]
    assert error["extensions"] == {"code": "FORBIDDEN", "argument": f"input.{field}"}
    assert await contents(pool) == before


def test_the_fields_for_staff_are_listed() -> None:
    given = {
        (name, path.removeprefix("input."))
        for name, callers in MAY_CHANGE.items()
        if "client" in callers
        for path, _, for_staff in inputs_of(name)
        if for_staff and path.count(".") == 1
    }
    assert given == set(STAFFS)


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
    monkeypatch.setattr("engine.cost.MAX_COST", 10**9)
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
