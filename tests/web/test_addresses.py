"""Addresses with a slash at their end, behind a proxy's path, and of nothing; none redirects to the caller's Host."""

from collections.abc import AsyncGenerator
from urllib.parse import urljoin

import pytest
from httpx import ASGITransport, AsyncClient
from starlette.applications import Starlette

from tests.support.serving import Client
from tests.web.test_graphiql import HTML, Page

VIEWER = "{ viewer { kind } }"
STAFF = {"data": {"viewer": {"kind": "STAFF"}}}


@pytest.fixture(params=["", "/studio", "/a/b%20c"], ids=["at the root", "below a path", "below a path with a blank"])
async def proxied(request: pytest.FixtureRequest, app: Starlette) -> AsyncGenerator[AsyncClient]:
    """A client of the application as a proxy serves it below a path."""
    path: str = request.param
    transport = ASGITransport(app, root_path=path.replace("%20", " "))
    async with AsyncClient(transport=transport, base_url=f"http://studio.example{path}") as client:
        yield client


@pytest.mark.parametrize("address", ["graphql", "graphql/"])
async def test_operations_are_answered_with_and_without_a_slash(
    proxied: AsyncClient, staff: Client, address: str
) -> None:
    headers = {"Authorization": f"Bearer {staff.token}"}
    assert (await proxied.post(address, json={"query": VIEWER}, headers=headers)).json() == STAFF
    assert (await proxied.get(address, params={"query": VIEWER}, headers=headers)).json() == STAFF


@pytest.mark.parametrize("address", ["graphql", "graphql/"])
@pytest.mark.usefixtures("graphiql")
async def test_every_file_of_the_page_is_found_from_its_address(proxied: AsyncClient, address: str) -> None:
    page = await proxied.get(address, headers=HTML)
    parts = Page(page.text).parts
    assert sorted({tag for tag, _ in parts}) == ["link", "script"]
    for _, link in parts:
        assert (await proxied.get(urljoin(str(page.url), link))).status_code == 200


@pytest.mark.parametrize("address", ["healthz", "readyz"])
async def test_health_is_answered_with_and_without_a_slash(proxied: AsyncClient, address: str) -> None:
    responses = [await proxied.get(each) for each in (address, f"{address}/")]
    assert [response.status_code for response in responses] == [200, 200]
    assert responses[0].content == responses[1].content


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/graphiql",
        "/graphiql/",
        "/graphql//",
        "//graphql",
        "/graphiql/index.js/",
        "/GraphQL",
        "/healthz//",
        "/a",
        "/a/",
    ],
)
async def test_an_address_of_nothing_is_not_found_and_not_redirected(http: AsyncClient, path: str) -> None:
    for method in ("GET", "POST"):
        response = await http.request(method, f"http://loupe{path}", headers={"Host": "evil.example"})
        assert response.status_code == 404
        assert "location" not in response.headers
        assert "evil.example" not in response.text


@pytest.mark.parametrize("path", ["/healthz", "/readyz/", "/graphiql/index.js", "/graphql/graphiql/index.js"])
async def test_another_method_of_an_address_names_the_methods_that_it_has(http: AsyncClient, path: str) -> None:
    response = await http.post(path)
    assert (response.status_code, {*response.headers["allow"].split(", ")}) == (405, {"GET", "HEAD"})
