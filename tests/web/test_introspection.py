"""The setting of introspection: everybody reads the schema, callers with a key do, or nobody."""

from collections.abc import AsyncGenerator
from typing import Any, Final

import pytest
from graphql import get_introspection_query
from httpx import AsyncClient, Response

from app.settings import Access
from app.web.identity import CHALLENGE
from app.web.state import running_of
from db.connections import Pool
from tests.api.test_permissions import FIELDS
from tests.support.clock import FrozenClock
from tests.support.committed_schema import SCHEMA
from tests.support.serving import SETTINGS, CountingReader, new_token, serving
from tests.support.studio import Studio, open_account

RESPONSE: Final = {"Accept": "application/graphql-response+json"}  # in which errors have statuses of their own
QUERY_TYPE: Final = "{ __schema { queryType { name } } }"
ANSWER: Final = {"data": {"__schema": {"queryType": {"name": "Query"}}}}
SEND_A_TOKEN: Final = {
    "message": "Send a token in the header Authorization: Bearer TOKEN.",
    "extensions": {"code": "UNAUTHENTICATED"},
}
MORE: Final = {"specified_by_url": True, "directive_is_repeatable": True, "input_value_deprecation": True}
QUERIES: Final = [
    get_introspection_query(),  # of gql
    get_introspection_query(**MORE, schema_description=True),  # of code generators
    get_introspection_query(**MORE, one_of=True),  # of GraphiQL
    f"query Other {{ viewer {{ kind }} }} {get_introspection_query()}",
]
MIXED: Final = [
    "query ($id: ID!) {{ __typename {field} }}",
    "query ($id: ID!) {{ a: {field} __schema {{ queryType {{ name }} }} }}",
    "query ($id: ID!) {{ ... {{ ... on Query {{ {field} }} }} __typename }}",
    "query ($id: ID!) {{ ...A }} fragment A on Query {{ __typename ...B }} fragment B on Query {{ ...A {field} }}",
    "query ($id: ID!) {{ __typename ... @skip(if: true) {{ {field} }} }}",
    "query A {{ __typename }} query IntrospectionQuery ($id: ID!) {{ {field} }}",
]
TYPES: Final = "fragment A on __Schema { types { fields { args { type { name } } } } }"
TWO_HUNDRED: Final = f"{{ {' '.join(f'a{each}: __schema {{ ...A }}' for each in range(200))} }} {TYPES}"


async def post(http: AsyncClient, query: str, token: str | None = None, **parts: Any) -> Response:  # noqa: ANN401
    headers = RESPONSE if token is None else {**RESPONSE, "Authorization": f"Bearer {token}"}
    return await http.post("/graphql", json={"query": query, **parts}, headers=headers)


@pytest.fixture(params=["staff", "client"])
async def token(request: pytest.FixtureRequest, pool: Pool, clock: FrozenClock) -> str:
    """The token of staff and of a client."""
    studio = None if request.param == "staff" else await open_account(pool, Studio())
    return await new_token(pool, clock.now(), None if studio is None else studio.id)


@pytest.fixture
async def public(database: str, clock: FrozenClock) -> AsyncGenerator[tuple[AsyncClient, CountingReader]]:
    """A client of a server where everybody introspects, and the reader of that server."""
    settings = SETTINGS.model_copy(update={"introspection": Access.PUBLIC})
    async with serving(database, clock, settings) as (app, http):
        running_of(app).reader = reader = CountingReader(running_of(app).reader)
        yield http, reader


@pytest.fixture
async def off(database: str, clock: FrozenClock) -> AsyncGenerator[AsyncClient]:
    async with serving(database, clock, SETTINGS.model_copy(update={"introspection": Access.OFF})) as (_, http):
        yield http


def names_in(response: Response) -> list[str]:
    """Return the names of the types in an answer to an introspection query."""
    assert response.status_code == 200
    return [each["name"] for each in response.json()["data"]["__schema"]["types"]]


@pytest.mark.parametrize("query", QUERIES)
async def test_everybody_reads_the_schema_where_it_is_public_and_no_row_is_read(
    public: tuple[AsyncClient, CountingReader], query: str
) -> None:
    http, reader = public
    response = await post(http, query, operationName="IntrospectionQuery")
    assert names_in(response) == sorted(SCHEMA.type_map)
    assert reader.statements == []


async def test_a_token_makes_no_difference_to_the_schema(
    public: tuple[AsyncClient, CountingReader], http: AsyncClient, token: str
) -> None:
    query = "{ __schema { types { name fields { name } inputFields { name } enumValues { name } } } __typename }"
    without = await post(public[0], query)
    assert without.status_code == 200
    assert (await post(public[0], query, token)).json() == (await post(http, query, token)).json() == without.json()


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", "Basic QWRhOng="])
async def test_a_header_without_a_bearer_token_is_none(
    public: tuple[AsyncClient, CountingReader], authorization: str
) -> None:
    response = await public[0].get("/graphql", params={"query": QUERY_TYPE}, headers={"Authorization": authorization})
    assert response.json() == ANSWER


async def test_a_token_that_is_not_in_force_is_refused_all_the_same(
    public: tuple[AsyncClient, CountingReader],
) -> None:
    response = await post(public[0], QUERY_TYPE, "loupe_unknown")
    assert response.status_code == 401
    assert response.json()["errors"][0]["message"] == "There is no such token, or it has expired or was revoked."


@pytest.mark.parametrize("mixed", MIXED)
async def test_no_field_of_a_query_is_answered_without_a_token(
    public: tuple[AsyncClient, CountingReader], mixed: str
) -> None:
    http, reader = public
    chosen = {"operationName": "IntrospectionQuery"} if "IntrospectionQuery" in mixed else {}
    assert FIELDS.keys() == SCHEMA.type_map["Query"].fields.keys()  # type: ignore[attr-defined]
    for field in FIELDS.values():
        response = await post(http, mixed.format(field=field), variables={"id": "x"}, **chosen)
        assert (response.status_code, response.json()) == (401, {"errors": [SEND_A_TOKEN]})
        assert response.headers["www-authenticate"] == CHALLENGE
    assert reader.statements == []


@pytest.mark.parametrize("query", ["mutation { __typename }", "mutation { nothing }", "subscription { __typename }"])
async def test_only_queries_are_answered_without_a_token(
    public: tuple[AsyncClient, CountingReader], query: str
) -> None:
    for response in (await post(public[0], query), await public[0].get("/graphql", params={"query": query})):
        assert (response.status_code, response.json()) == (401, {"errors": [SEND_A_TOKEN]})


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ __schema { nothing } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ ...A } fragment A on Query { ...A }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ ...A }", "GRAPHQL_VALIDATION_FAILED"),
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("query A { __typename } query B { __typename }", "BAD_USER_INPUT"),
        (TWO_HUNDRED, "QUERY_TOO_COMPLEX"),
    ],
)
async def test_without_a_token_the_schema_is_read_within_all_limits(
    public: tuple[AsyncClient, CountingReader], query: str, code: str
) -> None:
    response = await post(public[0], query)
    assert (response.status_code, {each["extensions"]["code"] for each in response.json()["errors"]}) == (400, {code})


async def test_by_default_the_schema_needs_a_key(http: AsyncClient, token: str) -> None:
    for query in (*QUERIES, QUERY_TYPE, "{ __typename }"):
        response = await post(http, query, operationName="IntrospectionQuery" if "Introspection" in query else None)
        assert (response.status_code, response.json()) == (401, {"errors": [SEND_A_TOKEN]})
    response = await post(http, QUERIES[1], token)
    assert names_in(response) == sorted(SCHEMA.type_map)


@pytest.mark.parametrize(
    ("query", "name", "column"),
    [
        (QUERY_TYPE, "__schema", 3),
        ('{ viewer { kind } __type(name: "Order") { name } __schema { description } }', "__type", 19),
        ("{ ...A } fragment A on Query { a: __schema { description } }", "__schema", 32),
    ],
)
async def test_nobody_reads_the_schema_where_introspection_is_off(
    off: AsyncClient, token: str, query: str, name: str, column: int
) -> None:
    for _ in range(2):  # a document that is kept is refused like a new one
        response = await post(off, query, token)
        assert (response.status_code, response.json()) == (
            400,
            {
                "errors": [
                    {
                        "message": f"Introspection is disabled: {name} is not answered.",
                        "locations": [{"line": 1, "column": column}],
                        "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"},
                    }
                ]
            },
        )


async def test_where_introspection_is_off_a_token_is_asked_for_first(off: AsyncClient) -> None:
    assert (await post(off, QUERY_TYPE)).json() == {"errors": [SEND_A_TOKEN]}


async def test_clients_learn_the_types_of_answers_where_introspection_is_off(off: AsyncClient, token: str) -> None:
    response = await post(off, "{ __typename viewer { __typename } }", token)
    assert response.json() == {"data": {"__typename": "Query", "viewer": {"__typename": "Viewer"}}}
