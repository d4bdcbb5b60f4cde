"""Requests that RFC 9110 and GraphQL over HTTP call equal, and those that only look alike."""

from typing import Any
from urllib.parse import quote

import orjson
import pytest
from httpx import AsyncClient, Response

from tests.support.serving import Client

VIEWER = "{ viewer { kind } }"
TWO = "query a { viewer { kind } } query b { viewer { account { name } } }"
STAFF = {"data": {"viewer": {"kind": "STAFF"}}}
PERSISTED = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}


async def posted(client: Client, body: object, *headers: tuple[str, str]) -> Response:
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    names = {name.lower() for name, _ in headers}
    usual = [("Authorization", f"Bearer {client.token}"), ("Content-Type", "application/json")]
    given = [*headers, *((name, value) for name, value in usual if name.lower() not in names)]
    return await client.http.post("/graphql", content=content, headers=given)


async def got(client: Client, parameters: str, method: str = "GET") -> Response:
    headers = {"Authorization": f"Bearer {client.token}"}
    return await client.http.request(method, f"/graphql?{parameters}", headers=headers)


def message_of(response: Response) -> str:
    [error] = response.json()["errors"]
    message: str = error["message"]
    return message


@pytest.mark.parametrize(
    "content_type", ["Application/JSON", "APPLICATION/JSON ; CHARSET=UTF-8", 'application/json;charset="utf-8"']
)
async def test_the_case_and_the_quotes_of_a_content_type_make_no_difference(staff: Client, content_type: str) -> None:
    response = await posted(staff, {"query": VIEWER}, ("CONTENT-TYPE", content_type))
    assert (response.status_code, response.json()) == (200, STAFF)


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json; charset=iso-8859-1",
        "application/jsonp",
        "application/graphql",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "text/plain",
        "",
    ],
)
async def test_another_charset_or_type_is_unsupported(staff: Client, content_type: str) -> None:
    response = await posted(staff, {"query": VIEWER}, ("Content-Type", content_type))
    expected = "Send the body as JSON in UTF-8, with the header Content-Type: application/json."
    assert (response.status_code, message_of(response)) == (415, expected)


async def test_a_body_of_two_types_is_unsupported(staff: Client) -> None:
    types = [("Content-Type", "application/json"), ("Content-Type", "text/plain")]
    for given in (types, types[::-1]):
        assert (await posted(staff, {"query": VIEWER}, *given)).status_code == 415


async def test_a_body_with_a_content_coding_is_unsupported(staff: Client) -> None:
    response = await posted(staff, b"\x1f\x8b", ("Content-Encoding", "gzip"))
    assert (response.status_code, message_of(response)) == (415, "Send the body without a Content-Encoding.")
    assert response.headers["accept-encoding"] == "identity"
    assert (await posted(staff, {"query": VIEWER}, ("Content-Encoding", "Identity"))).json() == STAFF
    lines = [("Content-Encoding", "identity"), ("Content-Encoding", "gzip")]
    assert (await posted(staff, {"query": VIEWER}, *lines)).status_code == 415


async def test_an_accept_header_may_have_several_lines(staff: Client) -> None:
    lines = [("Accept", "text/html"), ("accept", "application/graphql-response+json;q=0.9"), ("Accept", "*/*;q=0.1")]
    response = await posted(staff, {"query": VIEWER}, *lines)
    assert response.headers["content-type"] == "application/graphql-response+json"


@pytest.mark.parametrize("name", ["Accept", "Content-Type"])
async def test_a_header_that_names_media_types_without_end_is_refused(staff: Client, name: str) -> None:
    usual = "application/json;"
    for length, status in ((1_000, 200), (1_001, 431)):
        response = await posted(staff, {"query": VIEWER}, (name, usual + " " * (length - len(usual) - 1) + ";"))
        assert (response.status_code, response.headers["content-type"]) == (status, "application/json")
    assert message_of(response) == "The headers Accept and Content-Type have at most 1,000 characters each."


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b" \r\n\t", b"\xef\xbb\xbf \n"])
async def test_a_byte_order_mark_and_blanks_around_json_make_no_difference(staff: Client, before: bytes) -> None:
    assert (await posted(staff, before + orjson.dumps({"query": VIEWER}) + b"\n ")).json() == STAFF


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32-be", "latin-1"])
async def test_json_of_another_encoding_is_refused(staff: Client, encoding: str) -> None:
    response = await posted(staff, f'{{"query": "{VIEWER}", "é": ""}}'.encode(encoding))
    assert (response.status_code, message_of(response)) == (400, "The body has to be JSON.")


@pytest.mark.parametrize("blanks", [" ", "   "])
@pytest.mark.parametrize("scheme", ["Bearer", "BEARER"])
async def test_a_token_may_follow_several_blanks(staff: Client, scheme: str, blanks: str) -> None:
    response = await posted(staff, {"query": VIEWER}, ("authorization", f"{scheme}{blanks}{staff.token}  "))
    assert response.json() == STAFF


@pytest.mark.parametrize("name", ["", None])
async def test_an_empty_name_of_an_operation_is_no_name(staff: Client, name: str | None) -> None:
    assert (await posted(staff, {"query": VIEWER, "operationName": name})).json() == STAFF
    response = await posted(staff, {"query": TWO, "operationName": name})
    assert message_of(response) == "operationName: The document has 2 operations: name the one to execute."


@pytest.mark.parametrize(
    "others",
    [
        "operationName=",
        "variables=",
        "extensions=",
        "operationName=&variables=&extensions=",
        "variables=null",
        "extensions=null",
        "variables=%20%7B%7D%0A",
        "extensions=%7B%22persistedQuery%22:null%7D",
        "unknown=1&unknown=2",
        "QUERY=x",
    ],
)
async def test_empty_and_unknown_parameters_of_a_url_make_no_difference(staff: Client, others: str) -> None:
    for method in ("GET", "HEAD"):
        response = await got(staff, f"query={quote(VIEWER)}&{others}", method)
        assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    assert (await got(staff, f"{others}&query={VIEWER.replace(' ', '+')}")).json() == STAFF


@pytest.mark.parametrize("path", ["/%67raphql", "/graphql%2F"])
async def test_percent_encodings_make_no_difference(staff: Client, path: str) -> None:
    headers = {"Authorization": f"Bearer {staff.token}"}
    response = await staff.http.get(f"{path}?%71uery=%7Bviewer%7B%6bind%7d%7D", headers=headers)
    assert response.json() == STAFF


@pytest.mark.parametrize("query", ["%FF", "%", "%zz", "%00"])
async def test_a_query_that_decodes_to_no_document_is_a_syntax_error(staff: Client, query: str) -> None:
    response = await got(staff, f"query={query}")
    assert (response.status_code, response.json()["errors"][0]["extensions"]) == (200, {"code": "GRAPHQL_PARSE_FAILED"})


async def test_null_in_a_url_is_the_name_of_an_operation(staff: Client) -> None:
    named = quote("query null { viewer { kind } } query b { viewer { account { name } } }")
    assert (await got(staff, f"query={named}&operationName=null")).json() == STAFF


@pytest.mark.parametrize("name", ["query", "operationName", "variables", "extensions"])
async def test_a_parameter_that_is_given_twice_is_refused(staff: Client, name: str) -> None:
    response = await got(staff, f"query={quote(VIEWER)}&{name}=&{name}=")
    assert (response.status_code, message_of(response)) == (400, f"The URL has several parameters {name}.")


@pytest.mark.parametrize("name", ["variables", "extensions"])
async def test_a_parameter_of_a_url_that_is_not_json_is_refused(staff: Client, name: str) -> None:
    response = await got(staff, f"query={quote(VIEWER)}&{name}=%7B")
    expected = "The variables and extensions in a URL have to be JSON."
    assert (response.status_code, message_of(response)) == (400, expected)


@pytest.mark.parametrize("query", ["", "query=", "query=&variables=%7B%7D"])
async def test_an_empty_query_is_no_query(staff: Client, query: str) -> None:
    response = await got(staff, query)
    assert (response.status_code, message_of(response)) == (400, "The request has no query.")


async def test_a_head_is_answered_as_a_get(http: AsyncClient, staff: Client) -> None:
    mutation = quote('mutation { setContact(input: {name: "A"}) { userErrors { code } } }')
    for parameters in (f"query={quote(VIEWER)}", "query=%7B", "", f"query={mutation}"):
        by_get, by_head = [await got(staff, parameters, method) for method in ("GET", "HEAD")]
        assert (by_get.status_code, dict(by_get.headers)) == (by_head.status_code, dict(by_head.headers))
    assert (await http.head("/graphql")).status_code == 401
    page = await http.head("/graphql", headers={"Accept": "text/html"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"


async def test_a_served_head_has_the_headers_of_a_get_and_no_body(api: str, staff: Client) -> None:
    headers = {"Authorization": f"Bearer {staff.token}"}
    async with AsyncClient(headers=headers, params={"query": VIEWER}) as served:
        by_get, by_head = await served.get(api), await served.head(api)
    assert by_get.json() == STAFF
    assert (by_head.status_code, by_head.content) == (200, b"")
    assert by_head.headers["content-length"] == by_get.headers["content-length"]


async def test_options_are_the_methods_and_need_no_token(http: AsyncClient) -> None:
    response = await http.options("/graphql")
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["allow"] == "GET, HEAD, OPTIONS, POST"


@pytest.mark.parametrize(
    ("accept", "status"), [("application/json", 200), ("*/*", 200), ("application/graphql-response+json", 400)]
)
async def test_a_persisted_query_alone_is_answered_so_that_clients_send_the_query(
    staff: Client, accept: str, status: int
) -> None:
    error = {"message": "PersistedQueryNotSupported", "extensions": {"code": "PERSISTED_QUERY_NOT_SUPPORTED"}}
    headers = {"Authorization": f"Bearer {staff.token}", "Accept": accept}
    parameters = {"operationName": "a", "variables": "{}", "extensions": orjson.dumps(PERSISTED).decode()}
    bodies: list[dict[str, Any]] = [{"query": query, "extensions": PERSISTED} for query in ("", None)]
    bodies.append({"extensions": {"persistedQuery": {}}})
    for response in [
        await staff.http.get("/graphql", params=parameters, headers=headers),
        *[await staff.http.post("/graphql", json=body, headers=headers) for body in bodies],
    ]:
        assert (response.status_code, response.json()) == (status, {"errors": [error]})


async def test_a_query_with_its_hash_is_executed(staff: Client) -> None:
    assert (await posted(staff, {"query": VIEWER, "extensions": PERSISTED})).json() == STAFF
    hashed = quote(orjson.dumps(PERSISTED).decode())
    assert (await got(staff, f"query={quote(VIEWER)}&extensions={hashed}")).json() == STAFF


@pytest.mark.parametrize("extensions", [{}, {"persistedQuery": None}, {"other": 1}])
async def test_extensions_without_a_persisted_query_do_not_replace_a_query(
    staff: Client, extensions: dict[str, object]
) -> None:
    assert (await posted(staff, {"extensions": extensions})).status_code == 400


async def test_a_persisted_query_without_a_token_is_refused(http: AsyncClient) -> None:
    response = await http.get("/graphql", params={"extensions": orjson.dumps(PERSISTED).decode()})
    assert response.status_code == 401
