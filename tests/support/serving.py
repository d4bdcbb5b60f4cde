"""The API in the same process: its application, clients of it, and the fixtures that make them."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette

from app.services.api_keys.keys import create_key
from app.settings import Settings
from app.web.asgi import create_app
from app.web.state import keep_reader, keep_writing_pool
from db.connections import Connection, Pool, Record, Statement
from db.readers import Database, Reader
from db.writer import unit_of_work
from tests.support.building import Studio
from tests.support.clock import FrozenClock

SETTINGS = Settings(
    order_url="https://studio.example/{account}/orders/{number}",
    help_center_url="https://help.example",
    support_email="support@studio.example",
)


class CountingReader:
    """A reader that notes the statements it was asked for."""

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
    """A reader of a snapshot that notes the statements it was asked for."""

    def __init__(self, reader: Reader, statements: list[str]) -> None:
        self._reader = reader
        self._statements = statements

    async def fetch(self, statement: Statement, *args: object) -> list[Record]:
        self._statements.append(statement.name)
        return await self._reader.fetch(statement, *args)

    async def fetch_row(self, statement: Statement, *args: object) -> Record | None:
        self._statements.append(statement.name)
        return await self._reader.fetch_row(statement, *args)


class CountingConnection:
    """A connection that notes what it is asked, the frame of the transaction left aside."""

    def __init__(self, connection: Connection, statements: list[str]) -> None:
        self._connection = connection
        self._statements = statements

    async def fetch(self, query: str, *args: object) -> list[Record]:
        self._statements.append(query)
        return await self._connection.fetch(query, *args)

    async def fetchrow(self, query: str, *args: object) -> Record | None:
        self._statements.append(query)
        return await self._connection.fetchrow(query, *args)

    async def execute(self, query: str, *args: object) -> str:
        if query not in {"BEGIN", "COMMIT", "ROLLBACK"}:
            self._statements.append(query)
        return await self._connection.execute(query, *args)

    async def executemany(self, command: str, args: Iterable[Sequence[object]]) -> None:
        self._statements.append(command)
        await self._connection.executemany(command, args)

    async def copy_records_to_table(
        self, table_name: str, *, records: Iterable[tuple[object, ...]], columns: Sequence[str]
    ) -> str:
        self._statements.append(f"COPY {table_name}")
        return await self._connection.copy_records_to_table(table_name, records=records, columns=columns)

    def is_closed(self) -> bool:
        return self._connection.is_closed()

    def is_in_transaction(self) -> bool:
        return self._connection.is_in_transaction()

    async def close(self) -> None:
        await self._connection.close()


class CountingPool:
    """A pool whose connections note what they are asked."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.statements: list[str] = []

    async def fetch(self, query: str, *args: object) -> list[Record]:
        self.statements.append(query)
        return await self._pool.fetch(query, *args)

    async def fetchrow(self, query: str, *args: object) -> Record | None:
        self.statements.append(query)
        return await self._pool.fetchrow(query, *args)

    @asynccontextmanager
    async def acquire(self) -> AsyncGenerator[Connection]:
        async with self._pool.acquire() as connection:
            yield CountingConnection(connection, self.statements)

    async def close(self) -> None:
        await self._pool.close()


@dataclass(frozen=True, slots=True)
class Client:
    """Someone with a token, or without."""

    http: AsyncClient
    token: str | None
    reader: CountingReader

    async def post(self, query: str, variables: dict[str, Any] | None = None) -> Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return await self.http.post("/graphql", json={"query": query, "variables": variables or {}}, headers=headers)

    async def answer(self, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ask, and get data and errors."""
        self.reader.statements.clear()
        answer: dict[str, Any] = (await self.post(query, variables)).json()
        return answer

    async def data(self, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ask what is answered without an error."""
        answer = await self.answer(query, variables)
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    async def error(self, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ask what is answered with one error: the error."""
        answer = await self.answer(query, variables)
        [error] = answer["errors"]
        return {"message": error["message"], **error["extensions"]}


NewClient = Callable[[Studio | None], Awaitable[Client]]


@pytest.fixture
async def app(database: str, clock: FrozenClock) -> AsyncGenerator[Starlette]:
    made = create_app(database_url=database, settings=SETTINGS, clock=clock)
    async with made.router.lifespan_context(made):
        yield made


@pytest.fixture
async def http(app: Starlette) -> AsyncGenerator[AsyncClient]:
    async with AsyncClient(transport=ASGITransport(app), base_url="http://loupe") as client:
        yield client


@pytest.fixture
def counting(app: Starlette) -> CountingReader:
    """The reader of the application, which from then on notes what it is asked."""
    reader = CountingReader(app.state.reader)
    keep_reader(app, reader)
    return reader


@pytest.fixture
def writing(app: Starlette) -> CountingPool:
    """The pool that the application writes by, which from then on notes what it is asked."""
    pool = CountingPool(app.state.writing_pool)
    keep_writing_pool(app, pool)
    return pool


@pytest.fixture
def client_of(http: AsyncClient, counting: CountingReader, pool: Pool, clock: FrozenClock) -> NewClient:
    """Make a client of an account, or of staff without one."""

    async def make(studio: Studio | None) -> Client:
        async with unit_of_work(pool) as writer:
            token = (await create_key(writer, clock.now(), None if studio is None else studio.id)).secret
            await writer.commit()
        return Client(http, token, counting)

    return make


@pytest.fixture
async def staff(client_of: NewClient) -> Client:
    return await client_of(None)
