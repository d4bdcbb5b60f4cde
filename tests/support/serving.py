"""The API in this process: its application, clients, counters of statements, and the fixtures that make them."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette

from app.services.api_keys.keys import create_key
from app.settings import Settings
from app.web.asgi import create_app
from app.web.state import running_of
from db.connections import Pool, Record, Statement
from db.readers import Database, Reader
from db.writer import unit_of_work
from tests.support.clock import FrozenClock
from tests.support.pools import CountingPool
from tests.support.studio import Studio

SETTINGS = Settings(
    order_url="https://studio.example/{account}/orders/{number}",
    help_center_url="https://help.example",
    flow_url="https://studio.example/flow",
    support_email="support@studio.example",
    waiting=1_000,  # these two for tests about something else, however much they ask, and slow the machine is
    patience=timedelta(minutes=1),
)


class CountingReader:
    """A reader that records the names of its statements."""

    def __init__(self, database: Database) -> None:
        self._reader = database
        self.statements: list[str] = []

    @asynccontextmanager
    async def snapshot(self) -> AsyncGenerator[Reader]:
        async with self._reader.snapshot() as reader:
            yield CountingSnapshot(reader, self.statements)

    async def fetch(self, statement: Statement, *args: object) -> list[Record]:
        self.statements.append(statement.name)
        return await self._reader.fetch(statement, *args)

    async def fetch_row(self, statement: Statement, *args: object) -> Record | None:
        self.statements.append(statement.name)
        return await self._reader.fetch_row(statement, *args)


class CountingSnapshot:
    """A reader of a snapshot that records the names of its statements."""

    def __init__(self, reader: Reader, statements: list[str]) -> None:
        self._reader = reader
        self._statements = statements

    async def fetch(self, statement: Statement, *args: object) -> list[Record]:
        self._statements.append(statement.name)
        return await self._reader.fetch(statement, *args)

    async def fetch_row(self, statement: Statement, *args: object) -> Record | None:
        self._statements.append(statement.name)
        return await self._reader.fetch_row(statement, *args)


@dataclass(frozen=True, slots=True)
class Client:
    """A caller with a token, or without."""

    http: AsyncClient
    token: str | None
    reader: CountingReader

    async def post(self, query: str, variables: dict[str, Any] | None = None) -> Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return await self.http.post("/graphql", json={"query": query, "variables": variables or {}}, headers=headers)

    async def answer(self, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the data and errors of a request."""
        self.reader.statements.clear()
        answer: dict[str, Any] = (await self.post(query, variables)).json()
        return answer

    async def data(self, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the data of a request that has no errors."""
        answer = await self.answer(query, variables)
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    async def error(self, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the only error of a request: its message and extensions."""
        answer = await self.answer(query, variables)
        [error] = answer["errors"]
        return {"message": error["message"], **error["extensions"]}


NewClient = Callable[[Studio | None], Awaitable[Client]]


async def new_token(pool: Pool, at: datetime, account_id: UUID | None) -> str:
    """Create an API key of an account, or of staff if None; return its secret."""
    async with unit_of_work(pool) as writer:
        token = (await create_key(writer, at, account_id)).secret
        await writer.commit()
    return token


@asynccontextmanager
async def serving(
    database: str, clock: FrozenClock, settings: Settings = SETTINGS, *, begin_full: bool = False
) -> AsyncGenerator[tuple[Starlette, AsyncClient]]:
    """Serve an application of its own with these settings, whose pools may begin with one connection each."""
    app = create_app(database_url=database, settings=settings, clock=clock, begin_full=begin_full)
    transport = ASGITransport(app)
    async with app.router.lifespan_context(app), AsyncClient(transport=transport, base_url="http://loupe") as http:
        yield app, http


@pytest.fixture
async def app(database: str, clock: FrozenClock) -> AsyncGenerator[Starlette]:
    made = create_app(database_url=database, settings=SETTINGS, clock=clock, begin_full=False)
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture
async def http(app: Starlette) -> AsyncGenerator[AsyncClient]:
    async with AsyncClient(transport=ASGITransport(app), base_url="http://loupe") as client:
        yield client


@pytest.fixture
def counting(app: Starlette) -> CountingReader:
    """The reader of the application, which records its statements from then on."""
    reader = CountingReader(running_of(app).reader)
    running_of(app).reader = reader
    return reader


@pytest.fixture
def writing(app: Starlette) -> CountingPool:
    """The writing pool of the application, which records its statements from then on."""
    pool = CountingPool(running_of(app).writing_pool)
    running_of(app).writing_pool = pool
    return pool


@pytest.fixture
def client_of(http: AsyncClient, counting: CountingReader, pool: Pool, clock: FrozenClock) -> NewClient:
    """Make a client of an account, or of staff if None."""

    async def make(studio: Studio | None) -> Client:
        return Client(http, await new_token(pool, clock.now(), None if studio is None else studio.id), counting)

    return make


@pytest.fixture
async def staff(client_of: NewClient) -> Client:
    return await client_of(None)
