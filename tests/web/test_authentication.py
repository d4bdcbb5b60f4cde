"""Who calls: a token in the Authorization header, or an answer that says how to send one."""

import pytest
from httpx import AsyncClient

from db.connections import Pool
from tests.building import Studio, begin
from tests.serving import Client, NewClient

VIEWER = "{ viewer { kind account { name } } }"
SEND_A_TOKEN = "Send a token in the header Authorization: Bearer TOKEN."
NO_SUCH_TOKEN = "There is no such token."


async def refusal(http: AsyncClient, headers: list[tuple[str, str]]) -> str:
    """Ask, and be refused: the message, which is all that is said."""
    response = await http.post("/graphql", json={"query": VIEWER}, headers=headers)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == 'Bearer realm="loupe"'
    assert response.headers["content-type"] == "application/json"
    [error] = response.json()["errors"]
    assert response.json().keys() == {"errors"}
    assert error["extensions"] == {"code": "UNAUTHENTICATED"}
    message: str = error["message"]
    return message


async def test_a_caller_without_a_token_is_told_how_to_send_one(http: AsyncClient) -> None:
    assert await refusal(http, []) == SEND_A_TOKEN


@pytest.mark.parametrize("header", ["", " ", "Bearer", "Bearer ", "Bearer   ", "Basic bG91cGU6cw==", "BearerToken abc"])
async def test_a_header_without_a_bearer_token_is_refused(http: AsyncClient, header: str) -> None:
    assert await refusal(http, [("Authorization", header)]) == SEND_A_TOKEN


@pytest.mark.parametrize("scheme", ["Basic", "Digest", "Token"])
async def test_a_good_token_in_another_scheme_is_refused(http: AsyncClient, staff: Client, scheme: str) -> None:
    assert await refusal(http, [("Authorization", f"{scheme} {staff.token}")]) == SEND_A_TOKEN


async def test_a_good_token_without_a_scheme_is_refused(http: AsyncClient, staff: Client) -> None:
    assert await refusal(http, [("Authorization", f"{staff.token}")]) == SEND_A_TOKEN


@pytest.mark.parametrize("token", ["loupe_unknown", "\x00", "x" * 5000, "' OR true --", "a b c"])
async def test_an_unknown_token_is_refused(http: AsyncClient, staff: Client, token: str) -> None:
    assert staff.token != token
    assert await refusal(http, [("Authorization", f"Bearer {token}")]) == NO_SUCH_TOKEN


async def test_a_token_that_is_not_ascii_is_refused(http: AsyncClient) -> None:
    response = await http.post("/graphql", json={"query": VIEWER}, headers=[(b"Authorization", "Bearer ключ".encode())])
    assert (response.status_code, response.json()["errors"][0]["message"]) == (401, NO_SUCH_TOKEN)


async def test_a_token_with_a_letter_more_less_or_in_another_case_is_refused(http: AsyncClient, staff: Client) -> None:
    token = staff.token or ""
    for wrong in (token[:-1], token + "a", token.swapcase()):
        assert await refusal(http, [("Authorization", f"Bearer {wrong}")]) == NO_SUCH_TOKEN


async def test_a_token_in_the_address_is_none(http: AsyncClient, staff: Client) -> None:
    response = await http.get("/graphql", params={"query": VIEWER, "token": f"{staff.token}"})
    assert response.status_code == 401


async def test_a_clients_token_names_its_account(client_of: NewClient, pool: Pool) -> None:
    client = await client_of(await begin(pool, Studio(name="Aurora")))
    response = await client.post(VIEWER)
    assert response.status_code == 200
    assert response.json() == {"data": {"viewer": {"kind": "CLIENT", "account": {"name": "Aurora"}}}}


async def test_a_token_of_staff_names_no_account(staff: Client) -> None:
    assert await staff.data(VIEWER) == {"viewer": {"kind": "STAFF", "account": None}}


async def test_an_account_may_have_several_tokens(client_of: NewClient, pool: Pool) -> None:
    studio = await begin(pool, Studio(name="Aurora"))
    clients = [await client_of(studio), await client_of(studio)]
    assert clients[0].token != clients[1].token
    assert [(await each.data(VIEWER))["viewer"]["account"]["name"] for each in clients] == ["Aurora", "Aurora"]


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_the_scheme_is_read_in_any_case(http: AsyncClient, staff: Client, scheme: str) -> None:
    headers = {"Authorization": f"{scheme} {staff.token}"}
    assert (await http.post("/graphql", json={"query": VIEWER}, headers=headers)).status_code == 200
