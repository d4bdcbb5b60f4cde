"""A client of the API in the same process: requests cross the whole application, but no network."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
import orjson

from app.settings import Settings
from app.web.asgi import create_app

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock at which it is always the same instant (UTC)."""

    at: datetime

    def now(self) -> datetime:
        """Tell that instant."""
        return self.at


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody with a token."""

    http: httpx.AsyncClient
    token: str

    async def ask(self, document: str, **variables: object) -> Data:
        """Send an operation and return its data; any error ends the run."""
        return await self.send(self.written(document, **variables))

    def written(self, document: str, **variables: object) -> bytes:
        """Write the body of a request, once for many: that is a client's work, not the application's."""
        return orjson.dumps({"query": document, "variables": variables})

    async def send(self, body: bytes) -> Data:
        """Send what was written and return the data; any error ends the run."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        response = await self.http.post("/graphql", content=body, headers=headers)
        answer: Data = orjson.loads(response.content)
        assert "errors" not in answer, answer["errors"]
        data: Data = answer["data"]
        return data


@asynccontextmanager
async def serving(database_url: str, now: datetime) -> AsyncGenerator[httpx.AsyncClient]:
    """Run the application on a database at a fixed instant (UTC)."""
    app = create_app(database_url=database_url, settings=Settings(), clock=FixedClock(now))
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://bench") as http,
    ):
        yield http
