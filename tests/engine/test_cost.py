"""The cost of an operation, and the refusal of one that costs too much."""

from pathlib import Path
from typing import Any, Final

import pytest
from graphql import GraphQLObjectType, GraphQLSchema

from api.schema import schema
from db.connections import Pool
from engine.cost import OperationCost, measure, require_affordable, weights
from engine.documents import chosen_operation, read_document
from engine.errors import ApiError
from engine.weights import COMMAND, PLAIN, Weight
from tests.support.clock import FrozenClock
from tests.support.serving import SETTINGS, Client, NewClient
from tests.support.studio import DAY, Photo, Studio, open_account, write

BENCH: Final = Path(__file__).parents[2] / "bench"
CORE: Final[GraphQLSchema] = schema._schema  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
PAGE: Final = 150
ITEM: Final = 10
LOOK_UP: Final = 25
TEN_FIELDS: Final = (
    "id filename status uploadedAt firstDeliveredAt deliveredAt onTime lateBySeconds price { amount currency }"
    " deadline { at status }"
)


def measured(query: str, variables: dict[str, Any] | None = None) -> OperationCost:
    document = read_document(query).node
    return measure(CORE, document, chosen_operation(document, None), variables)


def cost(query: str, variables: dict[str, Any] | None = None) -> int:
    """Return the cost of the data of an operation."""
    return measured(query, variables).of_data


ORDERS: Final = 1 + 1 + PAGE  # account, orders and its page

COSTS: Final[list[tuple[str, dict[str, Any], int]]] = [
    ("{ viewer { kind } }", {}, 2),
    ("{ viewer { kind } again: viewer { kind kind } }", {}, 5),
    ("{ account { orders { nodes { id } } } }", {}, LOOK_UP + ORDERS + 20 * (ITEM + 1) + 1),
    ("{ account { orders { edges { node { id } cursor } } } }", {}, LOOK_UP + ORDERS + 20 * (ITEM + 3) + 1),
    ("{ account { orders(first: 3) { nodes { id } } } }", {}, LOOK_UP + ORDERS + 3 * (ITEM + 1) + 1),
    ("{ account { orders(last: 3) { nodes { id } } } }", {}, LOOK_UP + ORDERS + 3 * (ITEM + 1) + 1),
    ("{ account { orders(first: null, last: 3) { nodes { id } } } }", {}, LOOK_UP + ORDERS + 3 * (ITEM + 1) + 1),
    (
        "{ account { orders(first: 2) { nodes { images(first: 3) { nodes { id } } } pageInfo { hasNextPage } } } }",
        {},
        LOOK_UP + ORDERS + 2 * (ITEM + 1 + PAGE + 3 * (ITEM + 1) + 1) + 1 + 2,
    ),
    ("{ nodes(ids: []) { id } }", {}, 1),
    ('{ nodes(ids: ["a", "b"]) { id } }', {}, 1 + 2 * (LOOK_UP + 1)),
    ('{ nodes(ids: "a") { id } }', {}, 1 + LOOK_UP + 1),
    ("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ["a"] * 3}, 1 + 3 * (LOOK_UP + 1)),
    ("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ["a"] * 300}, 1 + 300 * (LOOK_UP + 1)),
    ("{ account { orderFeed { specification { steps { step } } } } }", {}, LOOK_UP + 2 + PAGE + 10 * (ITEM + 2 + 8)),
]


@pytest.mark.parametrize(("query", "variables", "expected"), COSTS)
def test_a_cost_is_the_number_of_fields_and_the_weight_of_their_reads(
    query: str, variables: dict[str, Any], expected: int
) -> None:
    assert cost(query, variables) == expected


PAGED: Final = "query ($n: Int) { account { orders(first: $n) { nodes { id } } } }"


@pytest.mark.parametrize(
    ("variables", "size"),
    [
        ({"n": 7}, 7),
        ({"n": None}, 20),
        ({}, 20),
        ({"n": 101}, 100),
        ({"n": -1}, 0),
        ({"n": 7.0}, 100),
        ({"n": "7"}, 100),
    ],
)
def test_the_size_of_a_page_may_be_a_variable(variables: dict[str, Any], size: int) -> None:
    assert cost(PAGED, variables) == cost(f"{{ account {{ orders(first: {size}) {{ nodes {{ id }} }} }} }}")


def test_an_omitted_variable_has_its_default() -> None:
    assert cost(PAGED.replace("Int", "Int = 7")) == cost(PAGED, {"n": 7})
    assert cost(PAGED.replace("Int", "Int = 7"), {"n": None}) == cost(PAGED)


@pytest.mark.parametrize(
    ("directive", "variables", "counted"),
    [
        ("@skip(if: true)", {}, False),
        ("@skip(if: false)", {}, True),
        ("@include(if: false)", {}, False),
        ("@include(if: true)", {}, True),
        ("@skip(if: $is)", {"is": True}, False),
        ("@include(if: $is)", {"is": False}, False),
        ("@skip(if: $is)", {}, True),
        ("@skip(if: false) @include(if: false)", {}, False),
    ],
)
@pytest.mark.parametrize("selection", ["viewer {} {{ kind }}", "... {} {{ viewer {{ kind }} }}", "...part {}"])
def test_skipped_selections_cost_nothing(
    selection: str, directive: str, variables: dict[str, Any], *, counted: bool
) -> None:
    query = f"query ($is: Boolean = false) {{ account {{ id }} {selection.format(directive)} }}"
    fragment = "fragment part on Query { viewer { kind } }" if "part" in selection else ""
    without = cost("{ account { id } }")
    assert cost(query + fragment, variables) - without == (2 if counted else 0)


def test_fragments_cost_as_much_as_their_fields() -> None:
    inline = "{ account { orders(first: 50) { nodes { id name } edges { node { id name } } totalCount } } }"
    spread = """{ account { ...a } } fragment a on Account { ... { orders(first: 50) { ...page } } }
      fragment page on OrderConnection { nodes { ...o } edges { ... { node { ...o } } } totalCount }
      fragment o on Order { id ... on Node { name: id } }"""
    assert cost(spread) == cost(inline)


def test_the_cost_of_fragments_that_double_each_other_is_reported_as_a_number_of_json() -> None:
    parts = "".join(f"fragment f{level} on Query {{ ...f{level + 1} ...f{level + 1} }} " for level in range(150))
    found = measured(f"{{ ...f0 }} {parts} fragment f150 on Query {{ viewer {{ kind }} }}")
    assert found.of_data == 2**151
    with pytest.raises(ApiError) as refused:
        require_affordable(found, 500_000)
    assert refused.value.extensions == {"code": "QUERY_TOO_COMPLEX", "cost": 10**15, "limit": 500_000}


def test_thirty_dashboards_cost_as_much_as_a_client_may_ask_for() -> None:
    assert SETTINGS.client_cost // cost((BENCH / "dashboard.graphql").read_text()) in range(25, 35)


def test_a_page_of_orders_with_pages_of_images_passes_as_a_client() -> None:
    require_affordable(measured((BENCH / "orders.graphql").read_text()), SETTINGS.client_cost)


def test_a_hundred_orders_with_a_hundred_images_of_ten_fields_pass_as_staff() -> None:
    query = (
        f"{{ account {{ orders(first: 100) {{ nodes {{ images(first: 100) {{ nodes {{ {TEN_FIELDS} }} }} }} }} }} }}"
    )
    require_affordable(measured(query), SETTINGS.staff_cost)


NESTED: Final = (
    "{ account { orders(first: 100) { nodes { images(first: 100) { nodes { order { images(first: 100) { nodes"
    " { order { id } } } } } } } } } }"
)


async def test_a_refusal_has_the_cost_and_precedes_all_reads(pool: Pool, client_of: NewClient) -> None:
    client = await client_of(await open_account(pool, Studio()))
    answer = await client.answer(NESTED)
    [error] = answer["errors"]
    assert "data" not in answer
    assert error["extensions"] == {"code": "QUERY_TOO_COMPLEX", "cost": 38_896_378, "limit": 110_000}
    assert error["message"] == (
        "The operation costs 38,896,378; 110,000 are allowed. Ask for smaller pages or fewer fields."
    )
    assert client.reader.statements == ["client_by_key"]


async def test_staff_are_told_their_own_limit(staff: Client) -> None:
    assert await staff.error(NESTED) == {
        "code": "QUERY_TOO_COMPLEX",
        "cost": 38_896_378,
        "limit": 500_000,
        "message": "The operation costs 38,896,378; 500,000 are allowed. Ask for smaller pages or fewer fields.",
    }


async def test_an_allowed_operation_is_answered_completely(
    pool: Pool, clock: FrozenClock, client_of: NewClient
) -> None:
    studio = await open_account(pool, Studio())
    for number in range(3):
        studio.order(clock.now() - DAY, [Photo(f"{number}-{each}.jpg") for each in range(4)])
    await write(pool, studio)
    client = await client_of(studio)
    inner = "images(first: 30) { nodes { order { images(first: 10) { nodes { id } } } } }"
    data = await client.data(f"{{ account {{ orders(first: 10) {{ nodes {{ {inner} }} }} }} }}")
    nodes = [image["order"] for order in data["account"]["orders"]["nodes"] for image in order["images"]["nodes"]]
    assert [len(order["images"]["nodes"]) for order in nodes] == [4] * 12


async def test_only_the_chosen_operation_is_measured(staff: Client) -> None:
    query = f"query cheap {{ viewer {{ kind }} }} query dear {NESTED}"
    headers = {"Authorization": f"Bearer {staff.token}"}
    answers = [
        (await staff.http.post("/graphql", json={"query": query, "operationName": name}, headers=headers)).json()
        for name in ("cheap", "dear")
    ]
    assert answers[0] == {"data": {"viewer": {"kind": "STAFF"}}}
    assert answers[1]["errors"][0]["extensions"]["code"] == "QUERY_TOO_COMPLEX"


def fields() -> dict[str, Any]:
    """Return all fields of the schema's own objects, by Type.field."""
    types = [each for each in CORE.type_map.values() if isinstance(each, GraphQLObjectType)]
    own = [each for each in types if not each.name.startswith("__")]
    return {f"{each.name}.{name}": field for each in own for name, field in each.fields.items()}


def weight(name: str) -> Weight:
    type_, field = name.split(".")
    return weights(CORE)[type_, field]


def test_every_list_that_is_no_page_declares_its_length() -> None:
    pages = ("Connection.nodes", "Connection.edges")
    lists = {name for name, field in fields().items() if str(field.type).startswith("[") and not name.endswith(pages)}
    assert {name for name in lists if weight(name).length == 1} == {
        name for name in lists if name.endswith(".userErrors")
    }


def test_every_command_has_a_weight() -> None:
    mutation = CORE.mutation_type
    assert mutation is not None
    assert {weight(f"Mutation.{name}") for name in mutation.fields} == {Weight(COMMAND)}


def test_every_field_that_counts_a_filtered_list_has_a_weight() -> None:
    counted = {name for name in fields() if name.endswith("Connection.totalCount")}
    # Versions are few, and read whole; an event names its images.
    free = {"SLAConnection.totalCount", "RejectedImageConnection.totalCount"}
    assert {name for name in counted if weight(name) == PLAIN} == free
