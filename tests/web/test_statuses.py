"""Statuses and media types of responses: in application/json errors of an operation are 200, as its clients expect."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import pytest
from httpx import Response
from starlette.applications import Starlette

from api.ids import account_global_id
from app.web.media_types import GRAPHQL_RESPONSE, JSON
from app.web.state import running_of
from tests.support.serving import Client
from tests.web.test_graphql import Broken
from tests.web.test_outages import Cut

VIEWER = "{ viewer { kind } }"
TWO = "query a { viewer { kind } } query b { viewer { kind } }"
NAMED = "query a($first: Int!) { accounts(first: $first) { nodes { name } } }"
ACCOUNTS = "{ accounts { nodes { name } } }"
NODES = f'{{ nodes(ids: ["{account_global_id(UUID(int=1))}"]) {{ id }} }}'
MUTATION = 'mutation { setContact(input: {name: "A"}) { userErrors { code } } }'


@dataclass(frozen=True)
class Case:
    """The statuses of a request in application/json and application/graphql-response+json, and the code of its error.

    `request` has the arguments of httpx.
    """

    json: int
    graphql_response: int
    code: str
    request: Mapping[str, Any]
    has_data: bool = False


def posted(json: int, graphql_response: int, code: str, **body: object) -> Case:
    return Case(json, graphql_response, code, {"json": body})


INPUT: Final = "BAD_USER_INPUT"
OF_OPERATIONS: Final = {
    "syntax": posted(200, 400, "GRAPHQL_PARSE_FAILED", query="{"),
    "validation": posted(200, 400, "GRAPHQL_VALIDATION_FAILED", query="{ shoe }"),
    "literal": posted(200, 400, INPUT, query='{ orders(filter: {placedFrom: "x"}) { totalCount } }'),
    "too many tokens": posted(200, 400, "QUERY_TOO_COMPLEX", query="{" + "viewer { kind } " * 6_000 + "}"),
    "too expensive": posted(
        200,
        400,
        "QUERY_TOO_COMPLEX",
        query="{ accounts(first: 100) { nodes { orders(first: 100) { nodes { images { totalCount } } } } } }",
    ),
    "too many values": posted(200, 400, "QUERY_TOO_COMPLEX", query=VIEWER, variables={"a": [1] * 20_001}),
    "no operation": posted(200, 400, INPUT, query="fragment f on Viewer { kind }"),
    "ambiguous": posted(200, 400, INPUT, query=TWO),
    "unknown name": posted(200, 400, INPUT, query=TWO, operationName="c"),
    "no variable": posted(200, 400, INPUT, query=NAMED),
    "wrong variable": posted(200, 400, INPUT, query=NAMED, variables={"first": "x"}),
    "subscription": posted(200, 400, "GRAPHQL_VALIDATION_FAILED", query="subscription { viewer { kind } }"),
    "persisted": posted(200, 400, "PERSISTED_QUERY_NOT_SUPPORTED", extensions={"persistedQuery": {"version": 1}}),
}
REFUSED: Final = {
    "no json": Case(400, 400, INPUT, {"content": b"{"}),
    "no object": Case(400, 400, INPUT, {"content": b"[]"}),
    "no query": posted(400, 400, INPUT),
    "empty query": posted(400, 400, INPUT, query=""),
    "wrong query": posted(400, 400, INPUT, query=1),
    "wrong variables": posted(400, 400, INPUT, query=VIEWER, variables=[]),
    "no query by GET": Case(400, 400, INPUT, {"method": "GET"}),
    "no token": Case(401, 401, "UNAUTHENTICATED", {"headers": {"Authorization": ""}}),
    "mutation by GET": Case(405, 405, INPUT, {"params": {"query": MUTATION}, "method": "GET"}),
    "method": Case(405, 405, INPUT, {"json": {"query": VIEWER}, "method": "PUT"}),
    "type": Case(415, 415, INPUT, {"headers": {"Content-Type": "text/plain"}}),
    "charset": Case(415, 415, INPUT, {"headers": {"Content-Type": "application/json; charset=latin-1"}}),
    "coding": Case(415, 415, INPUT, {"headers": {"Content-Encoding": "gzip"}}),
}
EXECUTED: Final = {
    "argument": Case(
        200, 200, INPUT, {"json": {"query": '{ viewer { kind } account(id: "!") { id } }'}}, has_data=True
    ),
    "all null": Case(200, 200, INPUT, {"json": {"query": '{ account(id: "!") { id } }'}}, has_data=True),
}

CASES: Final = {**OF_OPERATIONS, **REFUSED, **EXECUTED}


async def sent(client: Client, accept: str, request: Mapping[str, Any]) -> Response:
    usual = {"Authorization": f"Bearer {client.token}", "Content-Type": JSON, "Accept": accept}
    given: dict[str, Any] = {"method": "POST", **request, "headers": {**usual, **request.get("headers", {})}}
    return await client.http.request(url="/graphql", **given)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_each_error_has_its_status_in_both_media_types(staff: Client, case: Case) -> None:
    for accept, status in ((JSON, case.json), (GRAPHQL_RESPONSE, case.graphql_response)):
        response = await sent(staff, accept, case.request)
        assert (response.status_code, response.headers["content-type"]) == (status, accept)
        assert [each["extensions"]["code"] for each in response.json()["errors"]] == [case.code]
        assert ("data" in response.json()) is case.has_data
        assert response.headers["vary"] == "Accept, Origin"


@pytest.mark.parametrize("media_type", [JSON, GRAPHQL_RESPONSE])
@pytest.mark.parametrize("query", [ACCOUNTS, NODES], ids=["nullable", "non-null"])
async def test_faults_of_ours_are_500_before_the_execution_and_200_in_it(
    app: Starlette, staff: Client, media_type: str, query: str
) -> None:
    reader = running_of(app).reader
    answers = list[tuple[int, str, bool]]()
    for good in (0, 1):
        running_of(app).reader = Broken(reader, good)
        response = await sent(staff, media_type, {"json": {"query": query}})
        assert response.headers["content-type"] == media_type
        [error] = response.json()["errors"]
        answers.append((response.status_code, error["extensions"]["code"], "data" in response.json()))
    assert answers == [(500, "INTERNAL", False), (200, "INTERNAL", True)]


@pytest.mark.parametrize("media_type", [JSON, GRAPHQL_RESPONSE])
@pytest.mark.parametrize("good", [0, 1], ids=["before execution", "in a field"])
async def test_an_outage_is_503_in_both_media_types(app: Starlette, staff: Client, media_type: str, good: int) -> None:
    running_of(app).reader = Cut(running_of(app).reader, ConnectionResetError(), good=good)
    response = await sent(staff, media_type, {"json": {"query": ACCOUNTS}})
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    assert response.headers["content-type"] == media_type
    assert ("data" in response.json()) is bool(good)


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "application/json;q=0"])
async def test_a_caller_that_accepts_no_json_is_refused_in_json(staff: Client, accept: str) -> None:
    response = await sent(staff, accept, {"json": {"query": VIEWER}})
    assert (response.status_code, response.headers["content-type"]) == (406, JSON)
    [error] = response.json()["errors"]
    assert error["message"] == "Accept application/graphql-response+json or application/json."
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}


async def test_an_operation_without_errors_is_200_in_the_media_type_that_is_preferred(staff: Client) -> None:
    for accept, media_type in (
        ("*/*", JSON),
        (JSON, JSON),
        (f"{GRAPHQL_RESPONSE}, {JSON};q=0.9", GRAPHQL_RESPONSE),
    ):
        response = await sent(staff, accept, {"json": {"query": VIEWER}})
        assert (response.status_code, response.headers["content-type"]) == (200, media_type)
        assert response.json() == {"data": {"viewer": {"kind": "STAFF"}}}
