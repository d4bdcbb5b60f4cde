"""GraphiQL: the page for people, served entirely by this service."""

import gzip
import re
from html.parser import HTMLParser
from urllib.parse import urljoin

import pytest
from httpx import AsyncClient, Response

from tests.support.serving import Client

HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PROGRAM = "application/json, text/html;q=0.9, */*;q=0.1"
MEDIA_TYPES = {"script": "text/javascript; charset=utf-8", "link": "text/css; charset=utf-8"}


class Page(HTMLParser):
    """The URLs in a page, each with its tag."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [(tag, value or "") for name, value in attrs if name in {"src", "href", "action", "data"}]

    @property
    def parts(self) -> list[tuple[str, str]]:
        """The URLs that the page requests, each with its tag."""
        return [(tag, address) for tag, address in self.addresses if not address.startswith("data:")]


@pytest.fixture
async def page(http: AsyncClient) -> Response:
    return await http.get("/graphql", headers=HTML)


def test_a_browser_gets_the_page_without_a_token(page: Response) -> None:
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<title>Loupe</title>" in page.text


@pytest.mark.parametrize(
    "parameters",
    [
        {"query": "{ viewer { kind } }"},
        {"query": "query A { viewer { kind } }", "variables": '{"a": 1}', "operationName": "A"},
        {"query": "mutation { nothing }"},
        {"query": "{", "variables": "{"},
        {"extensions": '{"persistedQuery": {}}'},
    ],
)
async def test_a_query_in_the_address_that_a_browser_opens_is_left_to_the_page(
    http: AsyncClient, staff: Client, page: Response, parameters: dict[str, str]
) -> None:
    for headers in (HTML, {**HTML, "Authorization": f"Bearer {staff.token}"}):
        staff.reader.statements.clear()
        response = await http.get("/graphql", params=parameters, headers=headers)
        assert (response.status_code, response.text) == (page.status_code, page.text)
        assert response.headers["vary"] == "Accept, Origin"
        assert staff.reader.statements == []


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json", "*/*", "", PROGRAM])
async def test_a_query_in_the_address_that_a_program_asks_is_executed(
    http: AsyncClient, staff: Client, accept: str
) -> None:
    headers = {"Accept": accept, "Authorization": f"Bearer {staff.token}"}
    response = await http.get("/graphql", params={"query": "{ viewer { kind } }"}, headers=headers)
    assert (response.status_code, response.json()) == (200, {"data": {"viewer": {"kind": "STAFF"}}})
    assert response.headers["vary"] == "Accept, Origin"


async def test_a_query_in_the_address_that_a_program_asks_needs_a_token(http: AsyncClient) -> None:
    response = await http.get("/graphql", params={"query": "{ viewer { kind } }"}, headers={"Accept": PROGRAM})
    assert (response.status_code, response.headers["content-type"]) == (401, "application/json")


async def test_a_client_that_does_not_accept_html_gets_json(http: AsyncClient) -> None:
    response = await http.get("/graphql", headers={"Accept": "application/json"})
    assert (response.status_code, response.headers["content-type"]) == (401, "application/json")


async def test_a_posted_query_is_never_answered_with_the_page(http: AsyncClient) -> None:
    response = await http.post("/graphql", json={"query": "{ viewer { kind } }"}, headers=HTML)
    assert (response.status_code, response.headers["content-type"]) == (401, "application/json")


async def test_every_file_the_page_loads_is_served_with_its_media_type(http: AsyncClient, page: Response) -> None:
    parts = Page(page.text).parts
    assert sorted({tag for tag, _ in parts}) == ["link", "script"]
    for tag, address in parts:
        response = await http.get(urljoin("/graphql", address))
        assert (address, response.status_code) == (address, 200)
        assert (address, response.headers["content-type"]) == (address, MEDIA_TYPES[tag])
        assert len(response.content) > 500


def test_the_page_names_no_other_host(page: Response) -> None:
    assert [address for _, address in Page(page.text).addresses if "//" in address] == []
    assert re.findall(r"https?:|//[\w.-]+\.\w+", page.text) == []


async def test_the_pages_own_script_and_the_styles_load_nothing_from_another_host(http: AsyncClient) -> None:
    script = await http.get("/graphiql/page.js")
    assert re.findall(r"https?://", script.text) == []
    styles = await http.get("/graphiql/graphiql.min.css")
    assert re.findall(r"@import|url\((?!data:|['\"]?data:)[^)]*\)", styles.text) == []


def test_headers_forbid_other_hosts_and_framing(page: Response) -> None:
    policy = dict(each.strip().split(" ", 1) for each in page.headers["content-security-policy"].split(";"))
    assert policy == {
        "default-src": "'self'",
        "style-src": "'self' 'unsafe-inline'",
        "font-src": "data:",
        "img-src": "'self' data:",
    }
    assert page.headers["x-frame-options"] == "DENY"


def test_the_page_has_no_inline_script_that_its_policy_would_block(page: Response) -> None:
    assert [text for text in re.findall(r"<script[^>]*>(.*?)</script>", page.text, re.DOTALL) if text.strip()] == []
    assert re.findall(r"\son\w+=", page.text) == []


@pytest.mark.parametrize(
    "name",
    [
        "nothing.js",
        "nothing.css",
        "page.html",
        "LICENSES.txt",
        "graphiql.min.js.gz",
        "..%2Fgraphiql.py",
        "%2e%2e",
        "",
        "a" * 300 + ".js",
    ],
)
async def test_a_file_that_the_page_does_not_load_is_not_served(http: AsyncClient, name: str) -> None:
    assert (await http.get(f"/graphiql/{name}")).status_code == 404


async def test_published_scripts_are_sent_compressed_as_stored(http: AsyncClient) -> None:
    async with http.stream("GET", "/graphiql/react.production.min.js") as response:
        sent = b"".join([each async for each in response.aiter_raw()])
    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["content-length"] == str(len(sent))
    assert b"React" in gzip.decompress(sent)
