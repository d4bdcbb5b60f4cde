"""GraphQL over HTTP: bad requests are refused with a GraphQL error, and internal errors are masked."""

import logging
from contextlib import AbstractAsyncContextManager
from typing import Any

import orjson
import pytest
from httpx import AsyncClient, Response
from starlette.applications import Starlette
from starlette.types import Message
from structlog.testing import capture_logs

from app.web.state import running_of
from db.connections import Record, Statement
from db.readers import Database, Reader
from tests.support.serving import Client

VIEWER = "{ viewer { kind } }"
STAFF = {"data": {"viewer": {"kind": "STAFF"}}}
SECRET = "password=hunter2 at /srv/secret.py"


class Broken:
    """A reader that fails after `good` statements."""

    def __init__(self, database: Database, good: int) -> None:
        self._reader = database
        self._good = good

    def snapshot(self) -> AbstractAsyncContextManager[Reader]:
        return self._reader.snapshot()

    def _next(self) -> None:
        if self._good == 0:
            raise RuntimeError(SECRET)
        self._good -= 1

    async def fetch(self, statement: Statement, *args: object) -> list[Record]:
        self._next()
        return await self._reader.fetch(statement, *args)

    async def fetch_row(self, statement: Statement, *args: object) -> Record | None:
        self._next()
        return await self._reader.fetch_row(statement, *args)


async def send(client: Client, content: bytes) -> Response:
    headers = {"Authorization": f"Bearer {client.token}", "Content-Type": "application/json"}
    return await client.http.post("/graphql", content=content, headers=headers)


def error_of(response: Response) -> dict[str, Any]:
    """Return the one error of a response, which has the shape of GraphQL's."""
    assert response.headers["content-type"] == "application/json"
    [error] = response.json()["errors"]
    found: dict[str, Any] = error
    return found


def code_of(response: Response) -> tuple[int, str]:
    return response.status_code, error_of(response)["extensions"]["code"]


@pytest.mark.parametrize("content", [b"", b"{", b"query", b'{"query": }', b"\xff\xfe", b"{'query': ''}", b"NaN"])
async def test_a_body_that_is_not_json_is_refused(staff: Client, content: bytes) -> None:
    response = await send(staff, content)
    assert code_of(response) == (400, "BAD_USER_INPUT")
    assert error_of(response)["message"] == "The body has to be JSON."


@pytest.mark.parametrize("half", ["\\ud800", "\\udc00", "a\\ud800\\u0041"])
async def test_a_half_of_a_surrogate_pair_is_refused_as_such(staff: Client, half: str) -> None:
    response = await send(staff, f'{{"query": "{VIEWER}",\n"variables": {{"a": "{half}"}}}}'.encode())
    assert code_of(response) == (400, "BAD_USER_INPUT")
    problem = "has half of a surrogate pair, which is no character."
    assert error_of(response)["message"] == f"Line 2 of the JSON in the body {problem}"
    parameters = {"query": VIEWER, "variables": f'{{"a": "{half}"}}'}
    response = await staff.http.get("/graphql", params=parameters, headers={"Authorization": f"Bearer {staff.token}"})
    assert code_of(response) == (400, "BAD_USER_INPUT")
    assert error_of(response)["message"] == f"Line 1 of the JSON in the URL {problem}"


@pytest.mark.parametrize(
    "content", [b"[]", b"null", b"1", b'"{ viewer { kind } }"', b'[{"query": "{ viewer { kind } }"}]']
)
async def test_json_that_is_not_an_object_is_refused(staff: Client, content: bytes) -> None:
    response = await send(staff, content)
    assert code_of(response) == (400, "BAD_USER_INPUT")
    assert error_of(response)["message"] == 'The JSON of a request is an object: {"query": ...}'


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "The request has no query."),
        ({"query": None}, "The request has no query."),
        ({"query": 1}, "`query` has to be a string or null."),
        ({"query": [VIEWER]}, "`query` has to be a string or null."),
        ({"query": VIEWER, "variables": [1]}, "`variables` has to be an object or null."),
        ({"query": VIEWER, "variables": "{}"}, "`variables` has to be an object or null."),
        ({"query": VIEWER, "operationName": 1}, "`operationName` has to be a string or null."),
        ({"query": VIEWER, "extensions": 1}, "`extensions` has to be an object or null."),
    ],
)
async def test_an_object_that_is_not_a_request_is_refused(staff: Client, body: dict[str, Any], message: str) -> None:
    response = await send(staff, orjson.dumps(body))
    assert (code_of(response), error_of(response)["message"]) == ((400, "BAD_USER_INPUT"), message)


async def test_a_client_that_disconnects_during_its_request_logs_no_error(app: Starlette, staff: Client) -> None:
    received: list[Message] = [
        {"type": "http.request", "body": b'{"query"', "more_body": True},
        {"type": "http.disconnect"},
    ]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {staff.token}".encode()), (b"content-type", b"application/json")],
    }

    async def receive() -> Message:
        return received.pop(0)

    async def send_nowhere(_message: Message) -> None:
        return

    with capture_logs() as logs:
        await app(scope, receive, send_nowhere)
    assert logs == []


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
async def test_another_method_is_refused(staff: Client, method: str) -> None:
    headers = {"Authorization": f"Bearer {staff.token}"}
    response = await staff.http.request(method, "/graphql", json={"query": VIEWER}, headers=headers)
    assert code_of(response) == (405, "BAD_USER_INPUT")
    assert response.headers["allow"] == "GET, HEAD, OPTIONS, POST"


async def by_get(client: Client, **parameters: str) -> Response:
    headers = {"Authorization": f"Bearer {client.token}"}
    return await client.http.get("/graphql", params=parameters, headers=headers)


async def test_a_query_may_come_by_get_with_variables_and_a_name(staff: Client) -> None:
    query = "query a { viewer { kind } } query b($id: ID!) { node(id: $id) { id } }"
    assert (await by_get(staff, query=VIEWER)).json() == STAFF
    assert (await by_get(staff, query=query, operationName="a")).json() == STAFF
    response = await by_get(staff, query=query, operationName="b", variables='{"id": "!"}')
    assert code_of(response) == (200, "BAD_USER_INPUT")


@pytest.mark.parametrize("variables", ["[]", "1"])
async def test_url_variables_that_are_not_an_object_are_refused(staff: Client, variables: str) -> None:
    assert code_of(await by_get(staff, query=VIEWER, variables=variables)) == (400, "BAD_USER_INPUT")


async def test_a_mutation_by_get_is_refused(staff: Client) -> None:
    response = await by_get(staff, query="mutation { placeOrder { __typename } }")
    assert error_of(response)["message"] == "Send a mutation by POST."
    assert (code_of(response), response.headers["allow"]) == ((405, "BAD_USER_INPUT"), "POST")


async def test_syntax_errors_and_validation_errors_have_different_codes(staff: Client) -> None:
    assert (await staff.error("{ viewer"))["code"] == "GRAPHQL_PARSE_FAILED"
    assert (await staff.error("{ viewer { shoe } }"))["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_the_caller_is_identified_before_the_body_is_read(http: AsyncClient) -> None:
    assert code_of(await http.post("/graphql", content=b"{")) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize(("good", "status_code"), [(0, 500), (1, 200)], ids=["before execution", "in a field"])
async def test_an_internal_error_is_masked_with_an_id_that_the_log_has(
    app: Starlette, staff: Client, good: int, status_code: int
) -> None:
    running_of(app).reader = Broken(running_of(app).reader, good)
    with capture_logs() as logs:
        response = await staff.post("{ accounts(orderBy: NAME) { nodes { name } } }")
    reference = error_of(response)["extensions"]["id"]
    assert response.status_code == status_code
    assert error_of(response)["extensions"] == {"code": "INTERNAL", "id": reference}
    assert error_of(response)["message"] == (
        f"Something went wrong on our side. Support can find it by the id {reference}."
    )
    assert "hunter2" not in response.text
    assert "Traceback" not in response.text
    [entry] = [each for each in logs if each["event"] == "internal_error"]
    assert (entry["id"], str(entry["exc_info"])) == (reference, SECRET)


async def test_an_internal_error_is_logged_exactly_once(
    app: Starlette, staff: Client, caplog: pytest.LogCaptureFixture
) -> None:
    running_of(app).reader = Broken(running_of(app).reader, 1)
    with caplog.at_level(logging.DEBUG), capture_logs() as logs:
        await staff.post("{ accounts(orderBy: NAME) { nodes { name } } }")
    assert [each["log_level"] for each in logs] == ["error"]
    assert "hunter2" not in caplog.text
