"""The server of `loupe serve` and `loupe demo`."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import nullcontext, suppress
from functools import partial
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp

from app.cli.handover import received
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
    connections: socket.socket,
    url: str,
    settings: Settings,
    clock: SystemClock,
    when_ready: Callable[[], None],
    *,
    with_jobs: bool,
    from_parent: bool = False,
    any_localhost: bool = False,
    with_demo_pictures: bool = False,
) -> None:
    """Serve until Ctrl-C or SIGTERM; requests under way, and then batches of jobs, get a few seconds to end.

    Connections are those of a listening socket, or with `from_parent` of a channel by which a parent hands them over.
    """
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
        config = config_for(app, Connections(limits_of(settings)))
        (_WorkerServer if from_parent else _Server)(config, when_ready).run(sockets=[connections])


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


class _WorkerServer(_Server):
    """The server of a worker process, which serves the connections that its parent hands over by a channel."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        [self._channel] = sockets or []
        self._accepting: set[asyncio.Task[None]] = set()
        await super().startup([])
        asyncio.get_running_loop().add_reader(self._channel, self._receive)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().remove_reader(self._channel)
        await super().shutdown(sockets)

    def _receive(self) -> None:
        try:
            connection = received(self._channel)
        except EOFError:
            asyncio.get_running_loop().remove_reader(self._channel)
            return
        if connection is not None:
            accepting = asyncio.create_task(self._accept(connection))
            self._accepting.add(accepting)
            accepting.add_done_callback(self._accepting.discard)

    async def _accept(self, connection: socket.socket) -> None:
        with suppress(OSError):  # the client has gone
            await asyncio.get_running_loop().connect_accepted_socket(self._new_protocol, connection)

    def _new_protocol(self) -> asyncio.Protocol:
        """Return the protocol of a connection, as `uvicorn.Server.startup` makes those of its own."""
        new = cast("Callable[..., asyncio.Protocol]", self.config.http_protocol_class)
        return new(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)
