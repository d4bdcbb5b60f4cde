"""The setting of GraphiQL: everybody opens it, callers with a key do, or nobody."""

import gzip
from base64 import b64encode
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Final

import pytest
from httpx import AsyncClient, Response

from app.settings import Access
from app.web import graphiql
from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.serving import SETTINGS, new_token, serving
from tests.web.test_graphiql import HTML

VIEWER = "{ viewer { kind } }"
PARAMETERS: Final[list[dict[str, str]]] = [{}, {"query": VIEWER}]
CHALLENGE = 'Basic realm="loupe", charset="UTF-8"'
SEND_A_TOKEN = "Send a token in the header Authorization: Bearer TOKEN."


def basic(credentials: str, encoding: str = "utf-8") -> str:
    return f"Basic {b64encode(credentials.encode(encoding)).decode()}"


def is_page(response: Response) -> bool:
    """Return whether a response is the page, or the one that says that it is not built."""
    return "<title>Loupe</title>" in response.text


@pytest.fixture
async def token(pool: Pool, clock: FrozenClock) -> str:
    return await new_token(pool, clock.now(), None)


@pytest.fixture
async def guarded(database: str, clock: FrozenClock) -> AsyncGenerator[AsyncClient]:
    async with serving(database, clock, SETTINGS.model_copy(update={"graphiql": Access.KEY})) as (_, http):
        yield http


@pytest.fixture
async def without(database: str, clock: FrozenClock) -> AsyncGenerator[AsyncClient]:
    async with serving(database, clock, SETTINGS.model_copy(update={"graphiql": Access.OFF})) as (_, http):
        yield http


async def test_everybody_opens_the_page_by_default(http: AsyncClient) -> None:
    for authorization in ("", "Bearer x", "Basic x", basic("loupe:x")):
        assert is_page(await http.get("/graphql", headers={**HTML, "Authorization": authorization}))


@pytest.mark.parametrize("parameters", PARAMETERS)
async def test_a_browser_is_asked_for_the_key_that_the_page_needs(
    guarded: AsyncClient, parameters: dict[str, str]
) -> None:
    response = await guarded.get("/graphql", params=parameters, headers=HTML)
    assert (response.status_code, response.headers["www-authenticate"]) == (401, CHALLENGE)
    assert response.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}


@pytest.mark.parametrize("parameters", PARAMETERS)
async def test_the_page_is_opened_with_a_key_as_a_token_or_as_the_password_of_any_user(
    guarded: AsyncClient, token: str, parameters: dict[str, str]
) -> None:
    for authorization in (f"Bearer {token}", basic(f":{token}"), basic(f"Ada:{token}"), basic(f"a b:{token} ")):
        headers = {**HTML, "Authorization": authorization}
        assert is_page(await guarded.get("/graphql", params=parameters, headers=headers))


async def test_the_page_is_not_opened_with_another_password(guarded: AsyncClient, token: str) -> None:
    wrong = [basic(each) for each in ("", ":", "Ada", "Ada:", "Ada:loupe_x", f"{token}:", token)]
    malformed = [basic("Zoë:é", "latin-1"), "Basic", "Basic :", f"Basic Ada:{token}", f"Digest {token}"]
    for authorization in wrong + malformed:
        response = await guarded.get("/graphql", headers={**HTML, "Authorization": authorization})
        assert (response.status_code, response.headers["www-authenticate"]) == (401, CHALLENGE)


async def test_a_password_that_opens_the_page_executes_nothing(guarded: AsyncClient, token: str) -> None:
    headers = {"Authorization": basic(f"Ada:{token}")}
    for response in (
        await guarded.post("/graphql", json={"query": VIEWER}, headers=headers),
        await guarded.get("/graphql", params={"query": VIEWER}, headers=headers),
    ):
        assert (response.status_code, response.headers["www-authenticate"]) == (401, 'Bearer realm="loupe"')
        assert response.json()["errors"][0]["message"] == SEND_A_TOKEN


@pytest.mark.parametrize("parameters", PARAMETERS)
async def test_a_server_that_has_it_off_has_no_page(
    without: AsyncClient, token: str, parameters: dict[str, str]
) -> None:
    for headers in (HTML, {**HTML, "Authorization": f"Bearer {token}"}):
        response = await without.get("/graphql", params=parameters, headers=headers)
        assert (response.status_code, response.headers["content-type"]) == (404, "application/json")
        [error] = response.json()["errors"]
        assert error["message"] == "There is no GraphiQL here. Programs accept application/json."


@pytest.mark.parametrize("address", ["/graphiql/a.js", "/graphql/graphiql/a.js"])
async def test_a_server_that_has_it_off_has_no_files_of_the_page(
    http: AsyncClient, without: AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(graphiql, "_SOURCES", tmp_path)
    (tmp_path / "dist" / "graphiql").mkdir(parents=True)
    (tmp_path / "dist" / "graphiql" / "a.js.gz").write_bytes(gzip.compress(b"0"))
    assert [(await each.get(address)).status_code for each in (http, without)] == [200, 404]


async def test_a_server_that_has_it_off_executes_operations(without: AsyncClient, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    for response in (
        await without.post("/graphql", json={"query": VIEWER}, headers={**HTML, **headers}),
        await without.get("/graphql", params={"query": VIEWER}, headers=headers),
    ):
        assert response.json() == {"data": {"viewer": {"kind": "STAFF"}}}
