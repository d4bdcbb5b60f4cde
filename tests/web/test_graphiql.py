"""GraphiQL: the page for people, served entirely by this service."""

import fcntl
import gzip
import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import pytest
from httpx import AsyncClient, Response

from tests.support.serving import Client

HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PROGRAM = "application/json, text/html;q=0.9, */*;q=0.1"
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".ttf": "font/ttf",
    ".woff2": "font/woff2",
}
POLICY = {
    "default-src": "'self'",
    "worker-src": "'self'",
    "font-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
# Where a browser would ask another host: a link is no request.
CALL = r"\b(?:fetch|import|importScripts|Worker|WebSocket|EventSource|url)\s*\("
REQUEST = rf"""(?:{CALL}|@import|\bfrom|\bsrc=)\s*["'`]?(?:https?:|wss?:)?//"""
OUTSIDE_FILES = r"""(?:\bnew Worker|\bsrc:\s*url)\s*\(\s*["'`]?(?:data|blob):"""


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
async def page(graphiql: Path, http: AsyncClient) -> Response:
    assert (graphiql / "index.html").is_file()
    return await http.get("/graphql", headers=HTML)


def policy_of(response: Response) -> dict[str, str]:
    return dict(each.strip().split(" ", 1) for each in response.headers["content-security-policy"].split(";"))


def texts_of(graphiql: Path) -> dict[str, str]:
    """Return the scripts and styles of the page."""
    files = [path for path in (graphiql / "graphiql").iterdir() if path.name.endswith((".js.gz", ".css.gz"))]
    return {path.name: gzip.decompress(path.read_bytes()).decode() for path in files}


def test_a_browser_gets_the_page_without_a_token(page: Response) -> None:
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-cache"
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


async def test_every_file_of_the_page_is_served_compressed_for_ever_under_the_policy_of_the_page(
    graphiql: Path, http: AsyncClient, page: Response
) -> None:
    files = [path.name.removesuffix(".gz") for path in (graphiql / "graphiql").iterdir()]
    assert {address for _, address in Page(page.text).parts} < {f"./graphiql/{name}" for name in files}
    for name in files:
        response = await http.get(urljoin("/graphql", f"graphiql/{name}"))
        assert (name, response.status_code) == (name, 200)
        assert (name, response.headers["content-type"]) == (name, MEDIA_TYPES[Path(name).suffix])
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert policy_of(response) == POLICY


async def test_files_are_sent_compressed_as_they_are_stored(graphiql: Path, http: AsyncClient, page: Response) -> None:
    [script] = [address for tag, address in Page(page.text).parts if tag == "script"]
    async with http.stream("GET", urljoin("/graphql", script)) as response:
        sent = b"".join([each async for each in response.aiter_raw()])
    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["content-length"] == str(len(sent))
    assert sent == (graphiql / f"{script}.gz").read_bytes()


def test_the_page_and_its_files_ask_no_other_host(graphiql: Path, page: Response) -> None:
    assert re.findall(r"https?:|//[\w.-]+\.\w+", page.text) == []
    texts = texts_of(graphiql)
    assert len(texts) > 10
    assert {name: found for name, text in texts.items() if (found := re.findall(REQUEST, text))} == {}


def test_fonts_and_workers_are_files_as_the_policy_wants(graphiql: Path) -> None:
    assert {
        name: found for name, text in texts_of(graphiql).items() if (found := re.findall(OUTSIDE_FILES, text))
    } == {}
    suffixes = [path.suffixes[-2] for path in (graphiql / "graphiql").iterdir()]
    assert Counter(each for each in suffixes if each not in {".js", ".css"}) == {".ttf": 1, ".woff2": 3}
    assert len([*(graphiql / "graphiql").glob("*.worker-*.js.gz")]) == 3


def test_the_licences_of_all_packages_are_with_the_page(graphiql: Path) -> None:
    packages = json.loads((graphiql.parent / "package.json").read_text())["dependencies"]
    listed = set(re.findall(r"^## (\S+) - ", (graphiql / "licenses.md").read_text(), re.MULTILINE))
    assert packages.keys() - listed == set()


def test_headers_forbid_other_hosts_and_framing(page: Response) -> None:
    assert policy_of(page) == POLICY
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cross-origin-opener-policy"] == "same-origin"


def test_the_page_has_no_inline_script_that_its_policy_would_block(page: Response) -> None:
    assert [text for text in re.findall(r"<script[^>]*>(.*?)</script>", page.text, re.DOTALL) if text.strip()] == []
    assert re.findall(r"\son\w+=", page.text) == []


@pytest.mark.usefixtures("graphiql")
@pytest.mark.parametrize(
    "name",
    [
        "nothing.js",
        "nothing.css",
        "index.html",
        "licenses.md",
        "sources.sha256",
        "..%2Findex.html",
        "..%2F..%2Fsrc%2Fmain.js",
        "%2e%2e",
        "",
        "%00.js",
        "a" * 300 + ".js",
    ],
)
async def test_a_file_that_the_page_does_not_load_is_not_served(http: AsyncClient, name: str) -> None:
    assert (await http.get(f"/graphiql/{name}")).status_code == 404


async def test_a_page_that_is_not_built_says_by_which_command(unbuilt: Path, http: AsyncClient) -> None:
    for missing in (False, True):  # as installed there is no list of packages either
        if missing:
            (unbuilt / "package.json").unlink()
        response = await http.get("/graphql", headers=HTML)
        assert (response.status_code, response.headers["content-type"]) == (503, "text/html; charset=utf-8")
        assert "GraphiQL is not built: <code>make ui</code> builds it." in response.text
        assert "refresh" not in response.text


async def test_a_page_that_is_being_built_says_so_and_reloads_itself_without_a_script(
    unbuilt: Path, http: AsyncClient
) -> None:
    with (unbuilt / "package.json").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        response = await http.get("/graphql", headers=HTML)
    assert (response.status_code, policy_of(response)) == (503, POLICY)
    assert "GraphiQL is being built." in response.text
    assert '<meta http-equiv="refresh" content="2">' in response.text
    assert "script" not in response.text
    assert "is not built" in (await http.get("/graphql", headers=HTML)).text


async def test_a_page_is_served_as_soon_as_it_is_built(unbuilt: Path, http: AsyncClient) -> None:
    assert (await http.get("/graphql", headers=HTML)).status_code == 503
    (unbuilt / "dist").mkdir()
    (unbuilt / "dist" / "index.html").write_text("<!doctype html><title>Loupe</title>")
    assert (await http.get("/graphql", headers=HTML)).status_code == 200
