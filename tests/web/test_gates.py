"""The gates of a server: how much of a caller is at work at once, what waits meanwhile, and what is refused."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette

from app.settings import Access, Settings
from app.web.asgi import create_app
from app.web.state import running_of
from db.connections import Pool
from tests.support.clock import FrozenClock
from tests.support.held_reads import SNAPSHOT, HeldReader
from tests.support.mutations import Shop, contents, document, open_shop
from tests.support.serving import SETTINGS, Client, CountingReader, new_token
from tests.support.studio import Studio

READ = "{ account { name } }"
LONG = timedelta(minutes=1)
ORIGIN = "https://dashboard.example"
OWN = "Too many of your requests are under way, so this one was not begun; try again."
PATIENCE = 30.0


class Served:
    """An application whose reads are held."""

    def __init__(self, app: Starlette, http: AsyncClient, pool: Pool, clock: FrozenClock) -> None:
        self.app = app
        self.http = http
        self._pool = pool
        self._clock = clock
        self.reader = running_of(app).reader

    def hold(self, *names: str) -> HeldReader:
        held = HeldReader(self.reader, *names)
        running_of(self.app).reader = held
        return held

    async def shop(self) -> Shop:
        return await open_shop(self._pool, self.client)

    async def client(self, studio: Studio | None) -> Client:
        token = await new_token(self._pool, self._clock.now(), None if studio is None else studio.id)
        return Client(self.http, token, CountingReader(self.reader))


NewServed = Callable[..., Awaitable[Served]]


@pytest.fixture
async def serve(database: str, pool: Pool, clock: FrozenClock) -> AsyncGenerator[NewServed]:
    """Serve with these bounds, and a patience that no test outlasts."""
    served: list[Any] = []

    async def begin(**bounds: object) -> Served:
        given: dict[str, object] = {"patience": LONG, "cors_origins": frozenset([ORIGIN]), **bounds}
        settings = SETTINGS.model_copy(update=given)
        served.append(serving(database, settings, clock))
        app, http = await served[-1].__aenter__()
        return Served(app, http, pool, clock)

    yield begin
    for each in served:
        await each.__aexit__(None, None, None)


@asynccontextmanager
async def serving(
    database: str, settings: Settings, clock: FrozenClock
) -> AsyncGenerator[tuple[Starlette, AsyncClient]]:
    app = create_app(database_url=database, settings=settings, clock=clock)
    headers = {"Origin": ORIGIN}
    async with (
        asyncio.timeout(PATIENCE),
        app.router.lifespan_context(app),
        AsyncClient(transport=ASGITransport(app), base_url="http://loupe", headers=headers) as http,
    ):
        yield app, http


def sending(client: Client, times: int, query: str = READ, **input_: object) -> list[asyncio.Task[Response]]:
    variables = {"input": input_} if input_ else None
    return [asyncio.create_task(client.post(query, variables)) for _ in range(times)]


async def statuses(*sent: asyncio.Task[Response]) -> list[int]:
    return [response.status_code for response in await asyncio.gather(*sent)]


def assert_refused(response: Response, message: str = OWN) -> None:
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert response.headers["access-control-expose-headers"] == "Retry-After, WWW-Authenticate"
    [error] = response.json()["errors"]
    assert response.json().keys() == {"errors"}
    assert error == {"message": message, "extensions": {"code": "UNAVAILABLE", "retryAfter": 1}}


async def test_eight_reads_of_an_account_are_at_work_at_once_whatever_their_keys(serve: NewServed) -> None:
    served = await serve()
    shop, other = await served.shop(), await served.shop()
    keys = [await served.client(shop.studio) for _ in range(12)]
    held = served.hold(SNAPSHOT)
    sent = [each for key in keys for each in sending(key, 1)]
    await held.until(SNAPSHOT, 8)
    assert held.held[SNAPSHOT] == 8
    sent += sending(other.client, 1)
    await held.until(SNAPSHOT, 9)
    held.release()
    assert await statuses(*sent) == [200] * 13
    assert held.most[SNAPSHOT] == 9


async def test_the_first_six_calls_of_a_page_are_at_work_at_once(serve: NewServed) -> None:
    served = await serve()
    shop = await served.shop()
    held = served.hold(SNAPSHOT)
    sent = sending(shop.client, 6)
    await held.until(SNAPSHOT, 6)
    held.release()
    assert await statuses(*sent) == [200] * 6


async def test_each_key_of_staff_is_a_caller(serve: NewServed) -> None:
    served = await serve(reads_at_once=1)
    await served.shop()
    staff = [await served.client(None) for _ in range(3)]
    held = served.hold(SNAPSHOT)
    sent = [each for key in staff for each in sending(key, 2, "{ accounts { nodes { name } } }")]
    await held.until(SNAPSHOT, 3)
    assert held.held[SNAPSHOT] == 3
    held.release()
    assert await statuses(*sent) == [200] * 6


async def test_at_most_nine_reads_of_all_callers_are_at_work_at_once(serve: NewServed) -> None:
    served = await serve()
    clients = [(await served.shop()).client for _ in range(12)]
    held = served.hold(SNAPSHOT)
    sent = [each for client in clients for each in sending(client, 1)]
    await held.until(SNAPSHOT, 9)
    assert held.held[SNAPSHOT] == 9
    held.release()
    assert await statuses(*sent) == [200] * 12


async def test_costly_reads_of_a_caller_are_at_work_one_after_the_other(serve: NewServed) -> None:
    served = await serve(cost_at_once=1)
    shop, other = await served.shop(), await served.shop()
    held = served.hold(SNAPSHOT)
    sent = sending(shop.client, 4) + sending(other.client, 1)
    await held.until(SNAPSHOT, 2)
    assert held.held[SNAPSHOT] == 2
    held.release()
    assert await statuses(*sent) == [200] * 5


async def test_reads_beyond_the_room_to_wait_are_refused_at_once(serve: NewServed) -> None:
    served = await serve(reads_at_once=1, waiting=4)
    shop, other = await served.shop(), await served.shop()
    held = served.hold(SNAPSHOT)
    sent = sending(shop.client, 3)
    await held.until(SNAPSHOT, 1)
    assert_refused(await shop.client.post(READ))
    sent += sending(other.client, 1)
    await held.until(SNAPSHOT, 2)
    held.release()
    assert await statuses(*sent) == [200] * 4


async def test_reads_that_wait_too_long_are_refused(serve: NewServed) -> None:
    served = await serve(reads_at_once=1, patience=timedelta(milliseconds=20))
    shop = await served.shop()
    held = served.hold(SNAPSHOT)
    sent = sending(shop.client, 1)
    await held.until(SNAPSHOT, 1)
    assert_refused(await shop.client.post(READ))
    held.release()
    assert await statuses(*sent) == [200]


async def test_health_is_answered_while_all_places_are_taken(serve: NewServed) -> None:
    served = await serve(waiting=2)
    clients = [(await served.shop()).client for _ in range(11)]
    held = served.hold(SNAPSHOT, "client_by_key")
    sent = [each for client in clients for each in sending(client, 12)]
    await held.until("client_by_key", 10)
    assert [(await served.http.get(path)).status_code for path in ("/healthz", "/readyz")] == [200, 200]
    held.release()
    assert {*await statuses(*sent)} <= {200, 503}


async def test_what_waits_holds_no_document(serve: NewServed) -> None:
    served = await serve(reads_at_once=1)
    shop = await served.shop()
    held = served.hold(SNAPSHOT)
    sent = sending(shop.client, 3)
    await held.until(SNAPSHOT, 1)
    gates = running_of(served.app).gates
    assert (gates.documents.is_idle, gates.operations.is_idle) == (True, False)
    assert await statuses(*sending(shop.client, 1, "{ nothing }")) == [200]  # it is refused, after its turn
    held.release()
    assert await statuses(*sent) == [200] * 3
    assert gates.operations.is_idle


async def test_keys_are_looked_up_for_each_caller_by_turns(serve: NewServed) -> None:
    served = await serve(waiting=4)
    shop, other = await served.shop(), await served.shop()
    held = served.hold("client_by_key")
    sent = sending(shop.client, 10)
    await held.until("client_by_key", 8)
    assert held.held["client_by_key"] == 8
    headers = {"Authorization": f"Bearer {shop.client.token}"}
    assert_refused(await shop.client.post(READ))
    assert_refused(await served.http.get("/schema.graphql", headers=headers))
    [others] = sending(other.client, 1)
    await held.until("client_by_key", 9)
    others.cancel()
    held.release()
    assert await statuses(*sent) == [200] * 10


async def test_strangers_of_an_address_are_one_caller(serve: NewServed) -> None:
    served = await serve(reads_at_once=1, waiting=4, introspection=Access.PUBLIC)
    gates = running_of(served.app).gates
    async with gates.operations.enter("127.0.0.1"):
        sent = [asyncio.create_task(served.http.post("/graphql", json={"query": "{ __typename }"})) for _ in range(3)]
        [refused] = (await asyncio.wait(sent, return_when=asyncio.FIRST_COMPLETED))[0]
        assert_refused(refused.result())
    assert sorted(await statuses(*sent)) == [200, 200, 503]


async def test_commands_beyond_the_room_to_wait_are_refused_and_not_begun(serve: NewServed, pool: Pool) -> None:
    served = await serve(waiting=2)
    shop, other, staff = await served.shop(), await served.shop(), await served.client(None)
    place = document("placeOrder", "orders { number }")
    order = {"name": "S", "specificationId": shop.specification, "images": [{"filename": "a.jpg"}]}
    async with running_of(served.app).gates.writes.enter(str(shop.studio.id)):
        sent = sending(shop.client, 2, place, **order)
        [refused] = (await asyncio.wait(sent, return_when=asyncio.FIRST_COMPLETED))[0]
        assert_refused(refused.result())
        by_staff = await staff.post(place, {"input": {**order, "accountId": shop.account}})
        assert (by_staff.status_code, by_staff.headers["retry-after"]) == (503, "1")
        assert by_staff.json()["errors"][0]["path"] == ["placeOrder"]
        assert [each["number"] for each in await other.place()] == [1]
        assert (await shop.client.data(READ))["account"] == {"name": "ACME"}
    assert sorted(await statuses(*sent)) == [200, 503]
    assert len((await contents(pool))["orders"]) == 2


async def test_claims_beyond_the_room_to_wait_are_refused_to_their_key_alone(serve: NewServed) -> None:
    served = await serve(waiting=4)
    staff, others = await served.client(None), await served.client(None)
    claim, worker = document("claimImages", "leaseUntil"), {"worker": "Ada"}
    async with running_of(served.app).gates.claims.enter("one"), running_of(served.app).gates.claims.enter("two"):
        sent = sending(staff, 3, claim, **worker)
        [refused] = (await asyncio.wait(sent, return_when=asyncio.FIRST_COMPLETED))[0]
        assert refused.result().status_code == 503
        sent += sending(others, 1, claim, **worker)
    assert sorted(await statuses(*sent)) == [200, 200, 200, 503]
