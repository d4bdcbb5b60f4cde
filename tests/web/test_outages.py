"""An unreachable database: clients learn when to retry and whether a mutation was done; the log stays short."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - the package ships no types
import pytest
import structlog
from httpx import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette
from structlog.testing import capture_logs

from api.ids import account_global_id
from app.logging import CountedWarning
from app.services.accounts.counters import advance_quiet
from app.web.asgi import create_app
from app.web.state import running_of
from db.connections import Pool, Record, Statement
from db.readers import Database, Reader
from tests.support.clock import FrozenClock
from tests.support.connection_proxy import Break, Proxy, proxy_to
from tests.support.mutations import Shop, contents, document, open_shop
from tests.support.serving import SETTINGS, Client, NewClient

OUT_OF_REACH = "The database cannot be reached for now; try again."
LOST = (
    "The database's response was lost, so this may or may not have been done. Repeat it with the same idempotencyKey to"
    " have it done once; without a key, check first whether it was done."
)
ACCOUNTS = "{ accounts { nodes { name } } }"
GONE: list[Exception] = [
    ConnectionRefusedError(),
    FileNotFoundError(),
    TimeoutError(),
    asyncpg.InterfaceError("connection is closed"),
    asyncpg.InternalClientError("gone"),
    asyncpg.ConnectionDoesNotExistError("gone"),
    asyncpg.AdminShutdownError("gone"),
    asyncpg.CannotConnectNowError("gone"),
    asyncpg.TooManyConnectionsError("gone"),
    asyncpg.InvalidPasswordError("gone"),
]


class Cut:
    """A reader that loses the database after `good` statements, or at every statement with a name."""

    def __init__(self, database: Database, error: Exception, good: int = 0, name: str | None = None) -> None:
        self._reader: Reader = database
        self._database = database
        self._error = error
        self._good = good
        self._name = name

    @asynccontextmanager
    async def snapshot(self) -> AsyncGenerator[Reader]:
        async with self._database.snapshot() as reader:
            self._reader = reader
            yield self
        self._reader = self._database

    def _next(self, statement: Statement) -> None:
        self._good -= 1
        if statement.name == self._name or (self._name is None and self._good < 0):
            raise self._error

    async def fetch(self, statement: Statement, *args: object) -> list[Record]:
        self._next(statement)
        return await self._reader.fetch(statement, *args)

    async def fetch_row(self, statement: Statement, *args: object) -> Record | None:
        self._next(statement)
        return await self._reader.fetch_row(statement, *args)


@pytest.fixture(autouse=True)
def fresh_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reset the counted warning, so that no test counts the errors of another."""
    monkeypatch.setattr("engine.unavailable._warning", CountedWarning(structlog.get_logger("loupe.api"), "unavailable"))


def assert_nothing_answered(response: Response, message: str, path: list[str] | None) -> None:
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    assert response.headers["content-type"] == "application/json"
    answer = response.json()
    [error] = answer.pop("errors")
    assert answer == ({"data": None} if path else {})
    assert error["extensions"] == {"code": "UNAVAILABLE", "retryAfter": 1}
    assert (error["message"], error.get("path")) == (message, path)


@pytest.mark.parametrize("error", GONE, ids=lambda error: type(error).__name__)
async def test_a_request_whose_caller_cannot_be_looked_up_is_unavailable(
    app: Starlette, staff: Client, error: Exception
) -> None:
    running_of(app).reader = Cut(running_of(app).reader, error)
    for response in (await staff.post(ACCOUNTS), await by_get(staff)):
        assert_nothing_answered(response, OUT_OF_REACH, None)


async def by_get(client: Client) -> Response:
    headers = {"Authorization": f"Bearer {client.token}"}
    return await client.http.get("/graphql", params={"query": ACCOUNTS}, headers=headers)


async def test_a_query_without_any_data_is_unavailable(app: Starlette, staff: Client) -> None:
    running_of(app).reader = Cut(running_of(app).reader, ConnectionResetError(), good=1)
    assert_nothing_answered(await staff.post(ACCOUNTS), OUT_OF_REACH, ["accounts"])


async def test_each_field_that_fails_beside_others_has_its_own_error(
    app: Starlette, pool: Pool, client_of: NewClient
) -> None:
    shop = await open_shop(pool, client_of)
    running_of(app).reader = Cut(running_of(app).reader, ConnectionResetError(), good=2)
    response = await shop.client.post("{ account { name pulse { asOf } dailyGuarantee { used } } }")
    assert (response.status_code, response.headers.get("retry-after")) == (200, None)
    assert response.json()["data"] == {"account": {"name": "ACME", "pulse": None, "dailyGuarantee": None}}
    errors = sorted(response.json()["errors"], key=lambda error: str(error["path"]))
    assert [error["path"] for error in errors] == [["account", "dailyGuarantee"], ["account", "pulse"]]
    assert all(error["message"] == OUT_OF_REACH for error in errors)
    assert all(error["extensions"] == {"code": "UNAVAILABLE", "retryAfter": 1} for error in errors)


@pytest.mark.parametrize(
    ("other", "codes"),
    [('account(id: "!") { id }', ["BAD_USER_INPUT", "UNAVAILABLE"]), ("account { id }", ["UNAVAILABLE"])],
    ids=["a bad argument", "staff without an account"],
)
async def test_a_response_with_nulls_for_other_reasons_is_not_unavailable(
    app: Starlette, staff: Client, other: str, codes: list[str]
) -> None:
    running_of(app).reader = Cut(running_of(app).reader, ConnectionResetError(), good=1)
    response = await staff.post(f'{{ {other} node(id: "{account_global_id(UUID(int=1))}") {{ id }} }}')
    assert (response.status_code, response.json()["data"]) == (200, {"account": None, "node": None})
    assert sorted(error["extensions"]["code"] for error in response.json()["errors"]) == codes


@pytest.mark.parametrize("error", [asyncpg.QueryCanceledError("gone"), asyncpg.DeadlockDetectedError("gone")])
async def test_timeouts_and_deadlocks_are_unavailable(app: Starlette, staff: Client, error: Exception) -> None:
    running_of(app).reader = Cut(running_of(app).reader, error, good=1)
    response = await staff.post(ACCOUNTS)
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (503, "UNAVAILABLE")


@dataclass
class Lined:
    """A shop whose service reaches its database through a proxied connection."""

    line: Proxy
    shop: Shop

    def order(self, key: str | None) -> dict[str, object]:
        images = [{"filename": "a.jpg"}]
        return {
            "name": "Shoes",
            "specificationId": self.shop.specification,
            "images": images,
            "idempotencyKey": key,
        }

    async def place(self, key: str | None) -> Response:
        return await self.shop.client.post(document("placeOrder"), {"input": self.order(key)})


@pytest.fixture
async def lined(
    database: str, pool: Pool, client_of: NewClient, clock: FrozenClock, tmp_path: Path
) -> AsyncGenerator[Lined]:
    shop = await open_shop(pool, client_of)
    await advance_quiet(pool, clock, [shop.studio.id])
    async with proxy_to(database, tmp_path) as (url, line):
        app = create_app(database_url=url, settings=SETTINGS, clock=clock)
        transport = ASGITransport(app)
        async with app.router.lifespan_context(app), AsyncClient(transport=transport, base_url="http://loupe") as http:
            yield Lined(line, replace(shop, client=replace(shop.client, http=http)))


@pytest.mark.parametrize("key", ["k", None])
@pytest.mark.parametrize("at", [Break.BEFORE_COMMIT, Break.BEFORE_ANSWER])
async def test_a_mutation_with_an_unknown_commit_can_be_repeated_by_its_key(
    lined: Lined, pool: Pool, at: Break, key: str | None
) -> None:
    lined.line.break_at(at)
    assert_nothing_answered(await lined.place(key), LOST, ["placeOrder"])
    is_done = len((await contents(pool))["orders"])
    assert is_done == (at is Break.BEFORE_ANSWER)
    [order] = (await lined.place(key)).json()["data"]["placeOrder"]["orders"]
    assert order["number"] == (1 if key else 1 + is_done)
    assert len((await contents(pool))["orders"]) == order["number"]


async def test_a_connection_lost_before_the_mutation_changes_nothing(
    lined: Lined, pool: Pool, clock: FrozenClock
) -> None:
    clock.advance(timedelta(hours=1))  # so that the account is brought forward first
    lined.line.break_at(Break.BEFORE_ANSWER)
    assert_nothing_answered(await lined.place("k"), OUT_OF_REACH, ["placeOrder"])
    assert (await contents(pool))["orders"] == []


async def test_a_mutation_that_never_reaches_the_database_changes_nothing(lined: Lined, pool: Pool) -> None:
    before = await contents(pool)
    lined.line.break_at(Break.BEFORE_BEGIN)
    assert_nothing_answered(await lined.place("k"), OUT_OF_REACH, ["placeOrder"])
    assert await contents(pool) == before
    assert (await lined.place("k")).status_code == 200


async def test_a_committed_mutation_without_a_payload_can_be_repeated_by_its_key(
    app: Starlette, pool: Pool, client_of: NewClient
) -> None:
    shop = await open_shop(pool, client_of)
    reader, asked = running_of(app).reader, {"input": {"timeZone": "UTC", "idempotencyKey": "k"}}
    running_of(app).reader = Cut(reader, ConnectionResetError(), name="last_instants")
    assert_nothing_answered(await shop.client.post(document("changeTimeZone"), asked), LOST, ["changeTimeZone"])
    running_of(app).reader = reader
    done = (await shop.client.data(document("changeTimeZone"), asked))["changeTimeZone"]
    assert (done["account"]["timeZone"], done["userErrors"]) == ("UTC", [])


async def test_an_outage_logs_one_line_a_second_with_its_count(
    app: Starlette, staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr("app.logging.monotonic", lambda: now)
    running_of(app).reader = Cut(running_of(app).reader, ConnectionRefusedError("refused"))
    line = {"event": "unavailable", "log_level": "warning", "reason": "ConnectionRefusedError: refused"}
    with capture_logs() as logs:
        for _ in range(50):
            await staff.post(ACCOUNTS)
        assert logs == [{**line, "errors": 1}]
        now += 1
        await staff.post(ACCOUNTS)
        assert logs == [{**line, "errors": errors} for errors in (1, 50)]


async def test_the_last_count_is_logged_at_the_end_of_its_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.logging._PERIOD", 0.01)
    warning = CountedWarning(structlog.get_logger(), "unavailable")
    with capture_logs() as logs:
        for _ in range(3):
            warning.count(ConnectionResetError())
        while len(logs) < 2:  # noqa: ASYNC110 - of a line of log there is no event
            await asyncio.sleep(0.01)  # until its timer
    assert [entry["errors"] for entry in logs] == [1, 2]
