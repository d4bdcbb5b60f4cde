"""A server that answers queries only: mutations are refused, and nothing at all is written."""

from contextlib import AbstractAsyncContextManager
from typing import Any, Final

import pytest
from httpx import AsyncClient
from starlette.applications import Starlette

from api.ids import account_global_id
from app.web.state import running_of
from db.address import with_parameter
from db.connections import Pool
from tests.api.test_quotes import QUOTE
from tests.support.clock import FrozenClock
from tests.support.database import all_rows
from tests.support.every_request import send_every_request
from tests.support.mutations import Shop, open_shop
from tests.support.one_of_each import START, live
from tests.support.pools import CountingPool
from tests.support.serving import SETTINGS, Client, CountingReader, NewClient, new_token, serving
from tests.support.studio import HOUR, Studio

READ_ONLY: Final = SETTINGS.model_copy(update={"read_only": True})
REFUSED: Final = {
    "message": "This needs a change of the database, and this server makes none.",
    "extensions": {"code": "READ_ONLY"},
}
SET_CONTACT: Final = 'mutation { setContact(input: {name: "Grace", idempotencyKey: "k"}) { userErrors { code } } }'
ACTIONS: Final = "{ account { orderFeed { actions { kind allowed } } } }"
ACCEPTED: Final = {"application/json": 200, "application/graphql-response+json": 400}


def reading(database: str, clock: FrozenClock) -> AbstractAsyncContextManager[tuple[Starlette, AsyncClient]]:
    """Serve a database as `loupe serve` does with LOUPE_READ_ONLY."""
    return serving(only_read(database), clock, READ_ONLY)


def only_read(database: str) -> str:
    return with_parameter(database, "default_transaction_read_only", "on")


def client(app: Starlette, http: AsyncClient, token: str | None) -> Client:
    return Client(http, token, CountingReader(running_of(app).reader))


async def test_every_query_is_answered_and_no_row_changes(database: str, pool: Pool) -> None:
    await live(database)
    clock = FrozenClock(START + 72 * HOUR)
    [account] = await pool.fetch("SELECT id FROM accounts WHERE name = 'Live'")
    tokens = [await new_token(pool, clock.now(), account_id) for account_id in (account["id"], None)]
    before = await all_rows(pool)
    async with reading(with_parameter(database, "role", "pg_read_all_data"), clock) as (app, http):
        shop, staff = (client(app, http, token) for token in tokens)
        await send_every_request(shop, staff, pool, account_global_id(account["id"]))
        for used in (running_of(app).writing_pool, running_of(app).claiming_pool):
            [shown] = await used.fetch("SELECT current_setting('transaction_read_only'), current_user")
            assert tuple(shown) == ("on", "pg_read_all_data")
        assert (await http.get("/readyz")).status_code == 200
    assert await all_rows(pool) == before


@pytest.fixture
async def shop(pool: Pool, client_of: NewClient) -> Shop:
    return await open_shop(pool, client_of, Studio(images_per_day=4))


@pytest.mark.parametrize("accepted", [*ACCEPTED])
async def test_a_mutation_is_refused_before_anything_is_done(
    database: str, pool: Pool, clock: FrozenClock, shop: Shop, accepted: str
) -> None:
    before = await all_rows(pool)
    async with reading(database, clock) as (app, http):
        writing = CountingPool(running_of(app).writing_pool)
        running_of(app).writing_pool = writing
        headers = {"Authorization": f"Bearer {shop.client.token}", "Accept": accepted}
        response = await http.post("/graphql", json={"query": SET_CONTACT}, headers=headers)
        assert (response.status_code, response.json()) == (ACCEPTED[accepted], {"errors": [REFUSED]})
        by_get = await http.get("/graphql", params={"query": SET_CONTACT}, headers=headers)
        assert (by_get.status_code, by_get.headers["allow"]) == (405, "POST")
        assert by_get.json()["errors"][0]["message"] == "Send a mutation by POST."
        unknown = await client(app, http, "loupe_unknown").error(SET_CONTACT)
        assert (unknown["code"], writing.statements) == ("UNAUTHENTICATED", [])
        both = f"{SET_CONTACT.replace('mutation', 'mutation write')} query read {{ account {{ name }} }}"
        read = await http.post("/graphql", json={"query": both, "operationName": "read"}, headers=headers)
        assert read.json() == {"data": {"account": {"name": shop.studio.name}}}
    assert await all_rows(pool) == before


async def test_quotes_and_actions_are_those_of_any_server(database: str, clock: FrozenClock, shop: Shop) -> None:
    await shop.place("a.jpg")
    asked: dict[str, Any] = {"id": shop.account, "input": {"newOrder": {"imageCount": 1}}}
    asked["input"]["newOrder"]["specificationId"] = shop.specification
    async with reading(database, clock) as (app, http):
        reader = client(app, http, shop.client.token)
        assert await reader.data(ACTIONS) == await shop.client.data(ACTIONS)
        answer = await reader.answer(QUOTE, asked)  # the key that signs quotes is made by the first server to need it
        refused = [{"message": error["message"], "extensions": error["extensions"]} for error in answer["errors"]]
        assert refused == [REFUSED]
        await shop.client.data(QUOTE, asked)
        token = (await reader.data(QUOTE, asked))["account"]["quote"]["quote"]["token"]
    placed = await shop.place("b.jpg", quoteToken=token)
    assert len(placed) == 1


async def test_a_server_whose_database_takes_no_changes_refuses_mutations_too(
    database: str, clock: FrozenClock, shop: Shop
) -> None:
    async with serving(only_read(database), clock) as (app, http):
        error = await client(app, http, shop.client.token).error(SET_CONTACT)
    assert error == {"message": REFUSED["message"], "code": "READ_ONLY"}
