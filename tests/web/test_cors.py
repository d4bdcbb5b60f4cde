"""CORS: preflights need no token, and allowed origins can read every response."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import NoReturn

import pytest
from httpx import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette

from app.services.api_keys.keys import create_key
from app.web.asgi import create_app
from app.web.state import running_of
from db.connections import Pool, Record, Statement
from db.readers import Reader
from db.writer import unit_of_work
from tests.support.clock import FrozenClock
from tests.support.serving import SETTINGS

ALLOWED = "https://dashboard.example"
OTHER = "https://elsewhere.example"
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}


@asynccontextmanager
async def serving(
    database: str, clock: FrozenClock, *origins: str, any_localhost: bool = False
) -> AsyncGenerator[tuple[Starlette, AsyncClient]]:
    """Serve an application with these origins allowed."""
    settings = SETTINGS.model_copy(update={"cors_origins": frozenset(origins)})
    app = create_app(database_url=database, settings=settings, clock=clock, any_localhost=any_localhost)
    transport = ASGITransport(app, raise_app_exceptions=False)
    async with app.router.lifespan_context(app), AsyncClient(transport=transport, base_url="http://loupe") as http:
        yield app, http


@pytest.fixture
async def served(database: str, clock: FrozenClock) -> AsyncGenerator[tuple[Starlette, AsyncClient]]:
    async with serving(database, clock, ALLOWED) as served:
        yield served


async def preflight(http: AsyncClient, origin: str, **headers: str) -> Response:
    return await http.options("/graphql", headers={"Origin": origin, **PREFLIGHT, **headers})


def readable_by(response: Response) -> str | None:
    """Return the origin whose pages can read a response; None for none."""
    allowed: str | None = response.headers.get("access-control-allow-origin")
    return allowed


async def test_a_preflight_of_an_allowed_origin_is_answered_without_a_token(
    served: tuple[Starlette, AsyncClient],
) -> None:
    response = await preflight(served[1], ALLOWED)
    assert response.status_code == 200
    assert readable_by(response) == ALLOWED
    assert response.headers["access-control-allow-methods"] == "GET, HEAD, POST"
    assert response.headers["access-control-allow-headers"] == "authorization,content-type"
    assert "access-control-allow-credentials" not in response.headers


async def test_a_preflight_of_another_origin_or_method_is_refused(served: tuple[Starlette, AsyncClient]) -> None:
    assert readable_by(await preflight(served[1], OTHER)) is None
    response = await preflight(served[1], ALLOWED, **{"Access-Control-Request-Method": "DELETE"})
    assert (response.status_code, response.text) == (400, "Disallowed CORS method")


@pytest.mark.parametrize("origin", ["null", f"{ALLOWED}.evil.example", f"{ALLOWED}:8443", "http://dashboard.example"])
async def test_an_origin_similar_to_an_allowed_one_is_refused(
    served: tuple[Starlette, AsyncClient], origin: str
) -> None:
    response = await preflight(served[1], origin)
    assert (response.status_code, response.text, readable_by(response)) == (400, "Disallowed CORS origin", None)


async def test_every_origin_is_refused_without_the_setting(database: str, clock: FrozenClock) -> None:
    async with serving(database, clock) as (_, http):
        for origin in (ALLOWED, "http://localhost:5173"):
            assert (await preflight(http, origin)).status_code == 400
            assert readable_by(await http.get("/healthz", headers={"Origin": origin})) is None


async def test_an_asterisk_allows_every_origin(database: str, clock: FrozenClock) -> None:
    async with serving(database, clock, "*") as (_, http):
        response = await preflight(http, OTHER)
        assert (response.status_code, readable_by(response)) == (200, "*")
        response = await http.get("/healthz", headers={"Origin": OTHER})
        assert readable_by(response) == "*"
        assert "access-control-allow-credentials" not in response.headers


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://localhost:5173", True),
        ("http://localhost", True),
        ("https://localhost:1", True),
        ("http://127.0.0.1:3000", True),
        ("http://[::1]:3000", True),
        (ALLOWED, True),
        ("http://localhost.evil.example:5173", False),
        ("http://localhost:5173.evil.example", False),
        ("http://evil-localhost:5173", False),
        ("http://127x0.0.1:3000", False),
        (OTHER, False),
    ],
)
async def test_the_demo_also_allows_any_port_of_localhost(
    database: str, clock: FrozenClock, origin: str, *, allowed: bool
) -> None:
    async with serving(database, clock, ALLOWED, any_localhost=True) as (_, http):
        assert readable_by(await preflight(http, origin)) == (origin if allowed else None)


class Failing:
    """A reader and a circuit that fail."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def fetch(self, statement: Statement, *args: object) -> list[Record]:  # noqa: ARG002
        raise self._error

    async def fetch_row(self, statement: Statement, *args: object) -> Record | None:  # noqa: ARG002
        raise self._error

    def snapshot(self) -> AbstractAsyncContextManager[Reader]:
        raise self._error

    async def ask(self, read: object) -> NoReturn:  # noqa: ARG002
        raise self._error


async def test_an_allowed_origin_can_read_refusals_and_errors(
    served: tuple[Starlette, AsyncClient], pool: Pool, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, http = served
    http.headers["Origin"] = ALLOWED
    async with unit_of_work(pool) as writer:
        key = await create_key(writer, clock.now(), None)
        await writer.commit()
    headers = {"Authorization": f"Bearer {key.secret}", "Content-Type": "application/json"}
    responses = [
        await http.post("/graphql", content=b"{", headers=headers),
        await http.post("/graphql", content=b"{}"),
        await http.get("/nowhere"),
        await http.post("/healthz"),
    ]
    monkeypatch.setattr(running_of(app).circuit, "ask", Failing(ConnectionRefusedError()).ask)
    responses.append(await http.get("/readyz"))
    running_of(app).reader = Failing(RuntimeError())
    monkeypatch.setattr(running_of(app).circuit, "ask", Failing(RuntimeError()).ask)
    responses.append(await http.post("/graphql", content=b"{}", headers=headers))
    responses.append(await http.get("/readyz"))  # the response of Starlette's outermost middleware
    assert [response.status_code for response in responses] == [400, 401, 404, 405, 503, 500, 500]
    assert [readable_by(response) for response in responses] == [ALLOWED] * 7
    exposed = {response.headers["access-control-expose-headers"] for response in responses}
    assert exposed == {"Retry-After, WWW-Authenticate"}


async def test_responses_vary_by_origin_for_caches(served: tuple[Starlette, AsyncClient]) -> None:
    for origin in (ALLOWED, OTHER):
        assert (await served[1].get("/healthz", headers={"Origin": origin})).headers["vary"] == "Origin"
