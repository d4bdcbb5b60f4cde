"""Identification of the caller by the key in the Authorization header, and the refusal without one."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from httpx import ASGITransport, AsyncClient
from starlette.applications import Starlette

from app.services.api_keys.keys import create_key, find_key, revoke_key
from app.services.api_keys.uses import KeyUses
from app.web.asgi import create_app
from app.web.state import running_of
from db.connections import Pool, Statement
from db.readers import PoolReader
from db.writer import unit_of_work
from tests.support.clock import FrozenClock
from tests.support.serving import SETTINGS, Client, NewClient
from tests.support.studio import Studio, open_account

VIEWER = "{ viewer { kind account { name } } }"
SEND_A_TOKEN = "Send a token in the header Authorization: Bearer TOKEN."
NO_SUCH_TOKEN = "There is no such token, or it has expired or was revoked."


async def refusal(http: AsyncClient, headers: list[tuple[str, str]]) -> str:
    """Return the message of a refused request, which is all that the response says."""
    response = await http.post("/graphql", json={"query": VIEWER}, headers=headers)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == 'Bearer realm="loupe"'
    assert response.headers["content-type"] == "application/json"
    [error] = response.json()["errors"]
    assert response.json().keys() == {"errors"}
    assert error["extensions"] == {"code": "UNAUTHENTICATED"}
    message: str = error["message"]
    return message


async def test_the_refusal_without_a_token_says_how_to_send_one(http: AsyncClient) -> None:
    assert await refusal(http, []) == SEND_A_TOKEN


@pytest.mark.parametrize("header", ["", " ", "Bearer", "Bearer ", "Bearer   ", "Basic bG91cGU6cw==", "BearerToken abc"])
async def test_a_header_without_a_bearer_token_is_refused(http: AsyncClient, header: str) -> None:
    assert await refusal(http, [("Authorization", header)]) == SEND_A_TOKEN


@pytest.mark.parametrize("scheme", ["Basic", "Digest", "Token"])
async def test_a_valid_token_in_another_scheme_is_refused(http: AsyncClient, staff: Client, scheme: str) -> None:
    assert await refusal(http, [("Authorization", f"{scheme} {staff.token}")]) == SEND_A_TOKEN


async def test_a_valid_token_without_a_scheme_is_refused(http: AsyncClient, staff: Client) -> None:
    assert await refusal(http, [("Authorization", f"{staff.token}")]) == SEND_A_TOKEN


@pytest.mark.parametrize("token", ["loupe_unknown", "\x00", "x" * 5000, "' OR true --", "a b c"])
async def test_an_unknown_token_is_refused(http: AsyncClient, staff: Client, token: str) -> None:
    assert staff.token != token
    assert await refusal(http, [("Authorization", f"Bearer {token}")]) == NO_SUCH_TOKEN


async def test_a_token_that_is_not_ascii_is_refused(http: AsyncClient) -> None:
    response = await http.post("/graphql", json={"query": VIEWER}, headers=[(b"Authorization", "Bearer ключ".encode())])
    assert (response.status_code, response.json()["errors"][0]["message"]) == (401, NO_SUCH_TOKEN)


async def test_a_token_of_another_length_or_case_is_refused(http: AsyncClient, staff: Client) -> None:
    token = staff.token or ""
    for wrong in (token[:-1], token + "a", token.swapcase()):
        assert await refusal(http, [("Authorization", f"Bearer {wrong}")]) == NO_SUCH_TOKEN


async def test_a_token_in_the_url_is_ignored(http: AsyncClient, staff: Client) -> None:
    response = await http.get("/graphql", params={"query": VIEWER, "token": f"{staff.token}"})
    assert response.status_code == 401


async def test_a_clients_token_identifies_its_account(client_of: NewClient, pool: Pool) -> None:
    client = await client_of(await open_account(pool, Studio(name="Aurora")))
    response = await client.post(VIEWER)
    assert response.status_code == 200
    assert response.json() == {"data": {"viewer": {"kind": "CLIENT", "account": {"name": "Aurora"}}}}


async def test_a_staff_token_has_no_account(staff: Client) -> None:
    assert await staff.data(VIEWER) == {"viewer": {"kind": "STAFF", "account": None}}


async def test_an_account_may_have_several_tokens(client_of: NewClient, pool: Pool) -> None:
    studio = await open_account(pool, Studio(name="Aurora"))
    clients = [await client_of(studio), await client_of(studio)]
    assert clients[0].token != clients[1].token
    assert [(await each.data(VIEWER))["viewer"]["account"]["name"] for each in clients] == ["Aurora", "Aurora"]


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_the_scheme_is_case_insensitive(http: AsyncClient, staff: Client, scheme: str) -> None:
    headers = {"Authorization": f"{scheme} {staff.token}"}
    assert (await http.post("/graphql", json={"query": VIEWER}, headers=headers)).status_code == 200


@asynccontextmanager
async def another_server(database: str, clock: FrozenClock) -> AsyncGenerator[AsyncClient]:
    """A client of one more server on the same database."""
    app = create_app(database_url=database, settings=SETTINGS, clock=clock)
    async with (
        app.router.lifespan_context(app),
        AsyncClient(transport=ASGITransport(app), base_url="http://loupe") as http,
    ):
        yield http


@pytest.mark.parametrize("is_staff", [False, True])
async def test_a_revoked_key_is_refused_at_once_by_every_server(
    http: AsyncClient,
    client_of: NewClient,
    pool: Pool,
    database: str,
    clock: FrozenClock,
    is_staff: bool,  # noqa: FBT001
) -> None:
    client = await client_of(None if is_staff else await open_account(pool, Studio()))
    headers = [("Authorization", f"Bearer {client.token}")]
    async with another_server(database, clock) as other:
        for server in (http, other):
            assert (await server.post("/graphql", json={"query": VIEWER}, headers=headers)).status_code == 200
        async with unit_of_work(pool) as writer:
            await revoke_key(writer, await find_key(writer, client.token or ""), clock.now())
            await writer.commit()
        for server in (http, other):
            assert await refusal(server, headers) == NO_SUCH_TOKEN


async def test_a_key_is_accepted_until_it_expires(http: AsyncClient, pool: Pool, clock: FrozenClock) -> None:
    studio = await open_account(pool, Studio())
    async with unit_of_work(pool) as writer:
        key = await create_key(writer, clock.now(), studio.id, expires_at=clock.now() + timedelta(seconds=1))
        await writer.commit()
    headers = [("Authorization", f"Bearer {key.secret}")]
    clock.advance(timedelta(microseconds=999_999))
    assert (await http.post("/graphql", json={"query": VIEWER}, headers=headers)).status_code == 200
    clock.advance(timedelta(microseconds=1))
    assert await refusal(http, headers) == NO_SUCH_TOKEN


def key_uses(app: Starlette) -> KeyUses:
    uses = running_of(app).key_uses
    assert uses is not None
    return uses


async def test_only_accepted_requests_count_as_uses_of_a_key(
    app: Starlette, client_of: NewClient, pool: Pool, reader: PoolReader, clock: FrozenClock
) -> None:
    client = await client_of(await open_account(pool, Studio()))
    await client.post(VIEWER)
    clock.advance(timedelta(minutes=2))
    await Client(client.http, f"{client.token}x", client.reader).post(VIEWER)
    await key_uses(app).write()
    assert (await find_key(reader, client.token or "")).used_at == clock.now() - timedelta(minutes=2)


async def test_requests_are_answered_while_uses_wait_to_be_written(
    app: Starlette, client_of: NewClient, pool: Pool
) -> None:
    client = await client_of(await open_account(pool, Studio()))
    await client.post(VIEWER)
    async with unit_of_work(pool) as others, asyncio.timeout(30):
        await others.execute(Statement("lock", "LOCK TABLE api_key_uses"))
        writing = asyncio.create_task(key_uses(app).write())
        await asyncio.sleep(0.01)
        assert [(await client.post(VIEWER)).status_code for _ in range(3)] == [200] * 3
        assert not writing.done()
    await writing
