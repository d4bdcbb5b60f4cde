"""Introspection: what it costs, that the texts of all tools are answered, and the answers that are kept."""

import tracemalloc
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any, Final, cast

import orjson
import pytest
from gql.utilities import get_introspection_query_ast
from graphql import (
    ExecutionResult,
    GraphQLSchema,
    execute_sync,  # pyright: ignore[reportUnknownVariableType] - in part
    get_introspection_query,
    parse,
    print_ast,
)
from httpx import AsyncClient

from api.schema import schema
from app.settings import Access
from db.connections import Pool
from engine.cost import measure
from engine.documents import chosen_operation, read_document
from engine.schema_answers import Question, SchemaAnswers
from engine.schema_cost import MAX_SCHEMA_COST
from engine.validation import errors_in
from tests.support.clock import FrozenClock
from tests.support.javascript import printed_by
from tests.support.serving import SETTINGS, Client, NewClient, serving
from tests.support.studio import Studio, open_account

HERE: Final = Path(__file__).parent
CORE: Final[GraphQLSchema] = schema._schema  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
WHOLE: Final = get_introspection_query(
    specified_by_url=True, directive_is_repeatable=True, schema_description=True, input_value_deprecation=True
)
TYPE: Final = "query ($name: String!) { __type(name: $name) { name fields { name } } }"


def cost(query: str, variables: dict[str, Any] | None = None) -> int:
    document = read_document(query).node
    assert errors_in(CORE, document) == []
    return measure(CORE, document, chosen_operation(document, None), variables).of_schema


def fields(answer: Any) -> int:  # noqa: ANN401 - a JSON value
    """Count the fields of an answer."""
    if isinstance(answer, list):
        return sum(fields(each) for each in cast("list[object]", answer))
    if isinstance(answer, dict):
        return sum(1 + fields(each) for each in cast("dict[str, object]", answer).values())
    return 0


def computed(query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
    """Execute an operation by graphql-core alone."""
    data = execute_sync(CORE, parse(query), variable_values=variables).data
    assert data is not None
    return data


ASKED: Final = [
    WHOLE,
    "{ __schema { types { fields(includeDeprecated: true) { type { fields { name } } } } } }",
    "{ __schema { types { interfaces { possibleTypes { name } } } directives { args { name } locations } } }",
    '{ __type(name: "UserError") { possibleTypes { interfaces { name } } } }',
    '{ __type(name: "EventType") { enumValues { name } } none: __type(name: "None") { name } }',
    "{ ...a } fragment a on Query { __schema { mutationType { ...b } } } fragment b on __Type { ... { kind } }",
]


@pytest.mark.parametrize("query", ASKED, ids=lambda query: query[:40])
def test_introspection_costs_the_fields_of_its_answer(query: str) -> None:
    assert cost(query) == fields(computed(query))


def test_the_type_that_is_introspected_may_be_a_variable() -> None:
    assert cost(TYPE, {"name": "Order"}) == fields(computed(TYPE, {"name": "Order"})) > 30
    assert cost(TYPE.replace("String!", 'String! = "Order"')) == cost(TYPE, {"name": "Order"})


def test_a_field_beside_introspection_costs_what_it_costs_alone() -> None:
    document = read_document("{ viewer { kind } __schema { description } }").node
    assert measure(CORE, document, chosen_operation(document, None), None) == (2, 2)


async def test_too_much_introspection_is_refused_to_staff_too(staff: Client) -> None:
    query = "{" + " ".join(f"a{number}: __schema {{ ...a }}" for number in range(20)) + "}"
    part = " fragment a on __Schema { types { fields { args { name type { name } } } } }"
    price = cost(query + part)
    assert await staff.error(query + part) == {
        "code": "QUERY_TOO_COMPLEX",
        "cost": price,
        "limit": 30_000,
        "message": f"The introspection costs {price:,}; 30,000 are allowed. Ask for fewer fields.",
    }


async def test_a_count_of_the_schema_ends_early() -> None:
    chain = "".join(f"fragment f{each} on __Type {{ ...f{each + 1} }}" for each in range(150))
    query = f"{{ __schema {{ types {{ ...f0 }} }} }} {chain} fragment f150 on __Type {{ name }}"
    assert cost(query) > MAX_SCHEMA_COST


async def test_the_introspection_of_every_tool_is_within_all_limits() -> None:
    of_npm: list[str] = await printed_by(HERE / "introspections.mjs")
    of_gql = print_ast(get_introspection_query_ast(type_recursion_level=9))
    assert len(of_npm) == len(set(of_npm)) == 98
    assert max(cost(text) for text in [*of_npm, of_gql]) in range(20_000, MAX_SCHEMA_COST * 9 // 10)


@pytest.fixture
async def stranger(database: str, clock: FrozenClock) -> AsyncGenerator[AsyncClient]:
    """A caller without a key, where everybody introspects."""
    async with serving(database, clock, SETTINGS.model_copy(update={"introspection": Access.PUBLIC})) as (_, http):
        yield http


async def test_a_kept_answer_is_the_one_that_is_computed_for_each_kind_of_caller(
    pool: Pool, staff: Client, client_of: NewClient, stranger: AsyncClient
) -> None:
    client = await client_of(await open_account(pool, Studio()))
    right = {"data": computed(WHOLE)}
    for _ in range(2):
        assert await staff.answer(WHOLE) == right
        assert await client.answer(WHOLE) == right
        assert (await stranger.post("/graphql", json={"query": WHOLE})).json() == right
    for kind in ("STAFF", "CLIENT", "STRANGER"):
        kept = schema.answers.find(Question(WHOLE, "IntrospectionQuery", kind))
        assert kept is not None
        assert orjson.loads(orjson.dumps(kept.data)) == right["data"]


async def test_the_answer_of_one_kind_of_caller_is_not_that_of_another(
    pool: Pool, staff: Client, client_of: NewClient
) -> None:
    query = "{ __schema { description } of: __typename }"
    schema.answers.keep(Question(query, None, "STAFF"), ExecutionResult({"of": "staff"}, None))
    client = await client_of(await open_account(pool, Studio()))
    assert await staff.data(query) == {"of": "staff"}
    assert await client.data(query) == computed(query)


async def test_the_answer_of_an_operation_with_variables_is_that_of_its_variables(staff: Client) -> None:
    for name in ("Order", "Image"):
        assert (await staff.data(TYPE, {"name": name}))["__type"]["name"] == name


async def test_of_one_document_each_operation_has_its_own_answer(staff: Client) -> None:
    query = "query a { a: __typename } query b { b: __typename }"
    headers = {"Authorization": f"Bearer {staff.token}"}
    for name in ("a", "b", "a"):
        response = await staff.http.post("/graphql", json={"query": query, "operationName": name}, headers=headers)
        assert response.json() == {"data": {name: "Query"}}


def test_answers_used_longest_ago_make_room_for_others() -> None:
    one, two, three = (Question(f"{{ a{number}: __typename }}", None, "STAFF") for number in range(3))
    answer = ExecutionResult({"a": "Query"}, None)
    answers = SchemaAnswers()
    answers.keep(one, answer)
    size = answers.size
    answers = SchemaAnswers(max_bytes=2 * size)
    answers.keep(one, answer)
    answers.keep(two, answer)
    assert answers.find(one) is not None
    answers.keep(three, answer)
    answers.keep(three, answer)
    assert [answers.find(each) is None for each in (one, two, three)] == [False, True, False]
    assert answers.size == 2 * size


def test_answers_take_at_most_the_memory_that_they_are_said_to_take() -> None:
    answers = SchemaAnswers()
    tracemalloc.start()
    try:
        for number in range(500):
            answers.keep(Question(f"{{ a{number}: __typename }}", None, "STAFF"), ExecutionResult({"a": "Query"}, None))
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert taken < answers.size


async def test_an_answer_with_an_error_is_not_kept(staff: Client) -> None:
    query = "query ($name: String!) { __type(name: $name) { name } }"
    assert (await staff.error(query, {"name": 1}))["code"] == "BAD_USER_INPUT"
    assert schema.answers.find(Question(query, None, "STAFF")) is None
