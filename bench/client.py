"""A client of the API in the same process: requests cross the whole application, but no network."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from starlette.types import ASGIApp, Message, Scope

from app.clock import ClockReading
from app.settings import Settings
from app.web.asgi import create_app

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class FixedClock:
    """A clock that stays at one instant (UTC)."""

    at: datetime

    def now(self) -> datetime:
        """Return that instant."""
        return self.at

    @property
    def reading(self) -> ClockReading:
        """The parameters with which statements read it for PostgreSQL's clock."""
        return ClockReading(self.at, timedelta())


@dataclass(frozen=True, slots=True)
class Client:
    """A client with a token that calls the application itself: the network is not measured."""

    app: ASGIApp
    token: str

    async def ask(self, document: str, **variables: object) -> Data:
        """Send an operation and return its data; any error ends the run."""
        return await self.send(self.written(document, **variables))

    def written(self, document: str, **variables: object) -> bytes:
        """Write the body of a request, once for many."""
        return orjson.dumps({"query": document, "variables": variables})

    async def send(self, body: bytes) -> Data:
        """Send a body and return the data; any error ends the run."""
        parts: list[bytes] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body}

        async def take(message: Message) -> None:
            parts.append(message.get("body", b""))

        await self.app(self._scope(), receive, take)
        answer: Data = orjson.loads(b"".join(parts))
        assert "errors" not in answer, answer["errors"]
        data: Data = answer["data"]
        return data

    def _scope(self) -> Scope:
        headers = [(b"authorization", f"Bearer {self.token}".encode()), (b"content-type", b"application/json")]
        scope = {"type": "http", "http_version": "1.1", "method": "POST", "scheme": "http", "path": "/graphql"}
        return {**scope, "root_path": "", "query_string": b"", "headers": headers, "server": ("bench", 80)}


@asynccontextmanager
async def serving(database_url: str, now: datetime) -> AsyncGenerator[ASGIApp]:
    """Run the application on a database at a fixed instant (UTC)."""
    app = create_app(database_url=database_url, settings=Settings(), clock=FixedClock(now))
    async with app.router.lifespan_context(app):
        yield app
