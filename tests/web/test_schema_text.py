"""The schema as text, at an address of its own."""

from collections.abc import AsyncGenerator
from hashlib import sha256

import pytest
from httpx import ASGITransport, AsyncClient

from app.settings import Access
from app.web.identity import CHALLENGE
from db.address import with_parameter
from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.committed_schema import TEXT
from tests.support.serving import SETTINGS, Client, new_token, serving

ADDRESS = "/schema.graphql"
PUBLIC = SETTINGS.model_copy(update={"schema_sdl": Access.PUBLIC})
OFF = SETTINGS.model_copy(update={"schema_sdl": Access.OFF})


@pytest.fixture
async def public(database: str, clock: FrozenClock) -> AsyncGenerator[AsyncClient]:
    async with serving(database, clock, PUBLIC) as (_, http):
        yield http


@pytest.mark.parametrize("address", [ADDRESS, f"{ADDRESS}/"])
async def test_the_text_is_the_committed_schema_as_plain_text(public: AsyncClient, address: str) -> None:
    response = await public.get(address)
    assert (response.status_code, response.text) == (200, TEXT)
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("accept", ["", "*/*", "text/html", "application/json", "application/graphql"])
async def test_the_text_is_answered_whatever_a_program_accepts(public: AsyncClient, accept: str) -> None:
    assert (await public.get(ADDRESS, headers={"Accept": accept})).text == TEXT


async def test_parts_for_staff_are_marked_in_the_text_as_they_are_for_everybody(public: AsyncClient) -> None:
    assert "ref: String @staff" in (await public.get(ADDRESS)).text


async def test_the_text_is_found_below_a_proxys_path(database: str, clock: FrozenClock) -> None:
    async with serving(database, clock, PUBLIC) as (app, _):
        transport = ASGITransport(app, root_path="/studio")
        async with AsyncClient(transport=transport, base_url="http://studio.example/studio") as http:
            assert (await http.get("schema.graphql")).text == TEXT


@pytest.mark.parametrize("known", ["{tag}", "W/{tag}", '"a", {tag}', "*"])
async def test_a_caller_that_has_the_text_gets_304(public: AsyncClient, known: str) -> None:
    tag = f'"{sha256(TEXT.encode()).hexdigest()[:32]}"'
    response = await public.get(ADDRESS, headers={"If-None-Match": known.format(tag=tag)})
    assert (response.status_code, response.content) == (304, b"")
    assert (response.headers["etag"], response.headers["cache-control"]) == (tag, "no-cache")


@pytest.mark.parametrize("known", ["", '"a"', "a", ","])
async def test_a_caller_that_has_another_text_gets_this_one(public: AsyncClient, known: str) -> None:
    assert (await public.get(ADDRESS, headers={"If-None-Match": known})).text == TEXT


async def test_head_is_answered_as_get_is(public: AsyncClient) -> None:
    head, get = await public.head(ADDRESS), await public.get(ADDRESS)
    assert (head.status_code, dict(head.headers)) == (200, dict(get.headers))


async def test_other_methods_are_refused(public: AsyncClient) -> None:
    response = await public.post(ADDRESS)
    assert (response.status_code, {*response.headers["allow"].split(", ")}) == (405, {"GET", "HEAD"})


async def test_any_key_in_force_is_needed_by_default(http: AsyncClient, staff: Client) -> None:
    for headers in ({}, {"Authorization": f"Bearer {staff.token}x"}, {"Authorization": "Basic bG91cGU6cw=="}):
        response = await http.get(ADDRESS, headers=headers)
        assert (response.status_code, response.headers["www-authenticate"]) == (401, CHALLENGE)
        assert response.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
    response = await http.get(ADDRESS, headers={"Authorization": f"Bearer {staff.token}"})
    assert (response.status_code, response.text) == (200, TEXT)


async def test_a_token_that_is_sent_has_to_be_in_force_where_none_is_needed(
    database: str, clock: FrozenClock, pool: Pool
) -> None:
    token = await new_token(pool, clock.now(), None)
    async with serving(database, clock, SETTINGS.model_copy(update={"schema_sdl": Access.PUBLIC})) as (_, http):
        found = [
            (await http.get(ADDRESS, headers={"Authorization": f"Bearer {each}"})).status_code for each in (token, "x")
        ]
    assert found == [200, 401]


async def test_a_server_that_has_it_off_has_no_such_address(database: str, clock: FrozenClock, pool: Pool) -> None:
    token = await new_token(pool, clock.now(), None)
    async with serving(database, clock, OFF) as (_, http):
        response = await http.get(ADDRESS, headers={"Authorization": f"Bearer {token}"})
        assert response.status_code == 404


@pytest.mark.parametrize("access", [Access.PUBLIC, Access.KEY])
async def test_a_server_that_only_reads_has_the_text(
    database: str, clock: FrozenClock, pool: Pool, access: Access
) -> None:
    headers = {"Authorization": f"Bearer {await new_token(pool, clock.now(), None)}"}
    settings = SETTINGS.model_copy(update={"schema_sdl": access, "read_only": True})
    async with serving(with_parameter(database, "default_transaction_read_only", "on"), clock, settings) as (_, http):
        assert (await http.get(ADDRESS, headers=headers)).text == TEXT
