"""The server of `loupe serve` and `loupe demo`."""

import socket
from collections.abc import Callable
from contextlib import nullcontext, suppress
from functools import partial
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp

from app.clock import SystemClock
from app.demo.routes import PICTURES
from app.settings import Settings
from app.web.asgi import create_app
from app.web.connections import Connections, limits_of
from app.web.http_protocol import LimitedProtocol
from jobs.catalogue import JOBS
from jobs.scheduler import jobs_alongside

_GRACE = 3  # seconds for requests under way as the process ends
_BACKLOG = 128  # connections that are accepted at once, at most: they need descriptors before they are counted


def serve(
    listener: socket.socket,
    url: str,
    settings: Settings,
    clock: SystemClock,
    when_ready: Callable[[], None],
    *,
    with_jobs: bool,
    any_localhost: bool = False,
    with_demo_pictures: bool = False,
) -> None:
    """Serve until Ctrl-C or SIGTERM; requests under way, and then batches of jobs, get a few seconds to end."""
    alongside = partial(jobs_alongside, url, settings, clock, JOBS) if with_jobs else nullcontext
    app = create_app(
        database_url=url,
        settings=settings,
        clock=clock,
        alongside=alongside,
        any_localhost=any_localhost,
        routes=[PICTURES] if with_demo_pictures else [],
    )
    with suppress(KeyboardInterrupt):  # uvicorn passes the signal on once it has shut down
        _Server(config_for(app, Connections(limits_of(settings))), when_ready).run(sockets=[listener])


def config_for(app: ASGIApp, connections: Connections) -> uvicorn.Config:
    """Return uvicorn's configuration for an application whose connections are these."""
    return uvicorn.Config(
        app,
        loop="app.web.event_loop:FairLoop",
        http=cast("Any", partial(LimitedProtocol, connections)),  # which uvicorn calls as it would a type
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=_BACKLOG,
        timeout_graceful_shutdown=_GRACE,
    )


class _Server(uvicorn.Server):
    """A server that prints a line once it is ready."""

    def __init__(self, config: uvicorn.Config, when_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._when_ready = when_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._when_ready()
