"""Applications that listen on a port of this machine, for browsers and other programs."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.types import ASGIApp

from app.cli.server import config_for
from app.web.asgi import create_app
from app.web.connections import Connections, Limits
from tests.support.clock import FrozenClock
from tests.support.serving import SETTINGS


@asynccontextmanager
async def served(app: ASGIApp, listener: socket.socket, connections: Connections | None = None) -> AsyncGenerator[None]:
    """Serve an application on a port of this machine, as `loupe serve` does; its connections may be counted."""
    config = config_for(app, Connections(Limits()) if connections is None else connections)
    config.lifespan, config.timeout_graceful_shutdown = "off", 1
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving


def listen() -> tuple[socket.socket, str]:
    """Listen on a free port of this machine, and return its origin, too."""
    listener = socket.create_server(("127.0.0.1", 0))
    return listener, f"http://127.0.0.1:{listener.getsockname()[1]}"


@asynccontextmanager
async def api_for(database: str, clock: FrozenClock, *origins: str) -> AsyncGenerator[str]:
    """Serve the API with these origins allowed; yields its URL."""
    settings = SETTINGS.model_copy(update={"cors_origins": frozenset(origins)})
    app = create_app(database_url=database, settings=settings, clock=clock)
    listener, origin = listen()
    async with app.router.lifespan_context(app), served(app, listener):
        yield f"{origin}/graphql"


@pytest.fixture
async def api(database: str, clock: FrozenClock) -> AsyncGenerator[str]:
    """URL of the API, served at a port."""
    async with api_for(database, clock) as url:
        yield url
