"""Headers of every response: none is kept, or taken for another type, and pages run no scripts of others."""

from collections.abc import AsyncGenerator

import pytest
from httpx import ASGITransport, AsyncClient
from starlette.responses import HTMLResponse

from app.settings import Access
from app.web.headers import with_headers
from app.web.media_types import GRAPHQL_RESPONSE
from tests.support.clock import FrozenClock
from tests.support.serving import SETTINGS, Client, serving

PRIVATE = "private, no-store"
NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
ORIGIN = "https://dashboard.example"
PREFLIGHT = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}


@pytest.fixture
async def public(database: str, clock: FrozenClock) -> AsyncGenerator[AsyncClient]:
    """A client of an API that shows strangers all that it may, and allows pages of one origin."""
    settings = SETTINGS.model_copy(update={"schema_sdl": Access.PUBLIC, "cors_origins": frozenset({ORIGIN})})
    async with serving(database, clock, settings) as (_, http):
        yield http


@pytest.mark.parametrize("accept", ["application/json", GRAPHQL_RESPONSE])
async def test_answers_of_operations_are_not_kept(staff: Client, accept: str) -> None:
    headers = {"Authorization": f"Bearer {staff.token}", "Accept": accept}
    for query in ("{ viewer { kind } }", "{", "{ nothing }"):
        response = await staff.http.post("/graphql", json={"query": query}, headers=headers)
        assert response.headers.get_list("cache-control") == [PRIVATE]
        assert response.headers.get_list("x-content-type-options") == ["nosniff"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/graphql", 401),
        ("PUT", "/graphql", 405),
        ("OPTIONS", "/graphql", 204),
        ("GET", "/graphql?query={viewer{kind}}", 401),
        ("GET", "/nowhere", 404),
        ("POST", "/healthz", 405),
        ("GET", "/healthz", 200),
        ("GET", "/readyz", 200),
        ("GET", "/graphiql/none.js", 404),
    ],
)
async def test_refusals_and_health_are_not_kept(public: AsyncClient, method: str, path: str, status: int) -> None:
    response = await public.request(method, path)
    assert response.status_code == status
    assert response.headers.get_list("cache-control") == [PRIVATE]
    assert response.headers.get_list("x-content-type-options") == ["nosniff"]


async def test_preflights_have_the_headers(public: AsyncClient) -> None:
    response = await public.options("/graphql", headers=PREFLIGHT)
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_a_response_keeps_the_headers_it_has(public: AsyncClient) -> None:
    text = await public.get("/schema.graphql")
    assert text.headers.get_list("cache-control") == ["no-cache"]
    assert text.headers.get_list("x-content-type-options") == ["nosniff"]
    page = await public.get("/graphql", headers={"Accept": "text/html"})
    assert page.headers.get_list("content-security-policy")[0].startswith("default-src 'self'; ")
    assert page.headers.get_list("cache-control") == ["no-cache"]


async def test_a_page_without_a_policy_of_its_own_loads_nothing() -> None:
    page = with_headers(HTMLResponse("<p>"))
    async with AsyncClient(transport=ASGITransport(page), base_url="http://loupe") as http:
        assert (await http.get("/")).headers.get_list("content-security-policy") == [NOTHING]
