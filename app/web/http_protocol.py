"""HTTP as uvicorn speaks it by httptools, within limits of what is received and of how long that takes.

A request beyond a limit is answered by the application as a refusal, and its connection is closed. Requests that came
before it on the same connection are answered instead: a refusal would be taken for the answer of one of them.
"""

import asyncio
from math import inf
from typing import Any, Final, NoReturn, cast

import httptools
from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app.departures import Departure
from app.web.connections import FREE_BYTES, Connections, Place
from app.web.refusals import (
    LARGE_HEAD,
    LATE,
    MANY_BODIES,
    MANY_CONNECTIONS,
    MAX_HEAD,
    MAX_HEADERS,
    NO_HTTP,
    UPGRADED_BODY,
    Refusal,
    large_body,
    refusing,
)

DEPARTURE: Final = "departure"
"""The key in the scope of a request's `Departure`; a request without one runs to its end."""

_PIPELINED: Final = 16  # requests that wait for the answer of an earlier one, at most
_PIECE: Final = 8 * 1024  # bytes that are parsed until the size of a head is looked at again
_LINGERING: Final = 2.0  # seconds in which a refused caller may read why
_OF_BODY: Final = frozenset({b"content-length", b"transfer-encoding"})
_HEALTH: Final = frozenset({b"/healthz", b"/readyz"})


class _Ended(Exception):  # noqa: N818 - named by its case, like all errors here
    """Nothing more is parsed."""


class _HalfClosed:
    """The transport of a last answer, after which the protocol waits for the caller to read it."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self.write = transport.write
        self.is_closing = transport.is_closing

    def close(self) -> None:
        """Leave it open: closed with bytes of the caller unread, it would take the answer back."""


class LimitedProtocol(HttpToolsProtocol):
    """A connection within the limits of all. A request for another protocol is answered as any other."""

    parser: httptools.HttpRequestParser
    _place: Place

    def __init__(self, connections: Connections, **parts: Any) -> None:  # noqa: ANN401 - those of uvicorn
        super().__init__(**parts)
        self.deadline = inf
        """The time of the event loop at which what the connection waits for is late."""
        self._connections = connections
        self._limits = connections.limits
        self._at_work: RequestResponseCycle | None = None
        self._is_in_head = False
        self._is_in_body = False
        self._framing = 0  # bytes of the head so far, or of what frames the body: sizes of chunks, trailers
        self._size = 0  # of the body so far
        self._has_ended = False  # nothing more is received

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a place."""
        super().connection_made(transport)
        self._place = self._connections.enter(self, self.client[0] if self.client else "")
        self._expect_within(self._limits.header_time)

    def connection_lost(self, exc: Exception | None) -> None:
        """Free the place, and say so to the request at work."""
        super().connection_lost(exc)
        self._has_ended = True
        self._place.leave()
        if self._at_work is not None:
            _abandon(self._at_work)

    def displace(self) -> None:
        """Close the connection for a new one."""
        self._connections.count(MANY_CONNECTIONS)
        self.transport.abort()

    def expire(self) -> None:
        """Close the connection, since it is late; a request that has begun is refused."""
        self.deadline = inf
        is_receiving = self._is_in_head or self._is_in_body
        if is_receiving and not self._has_ended and not self.transport.is_closing():
            self._refuse(LATE)
        else:
            self.transport.abort()

    def pause_writing(self) -> None:
        """Wait for the caller to read the answer."""
        super().pause_writing()
        self._expect_within(self._limits.body_time)

    def resume_writing(self) -> None:
        """Go on with the answer."""
        super().resume_writing()
        if self._at_work is not None:
            self.deadline = inf

    def data_received(self, data: bytes) -> None:
        """Parse in pieces, so that a head without end is known before much of it is kept."""
        for start in range(0, len(data), _PIECE):
            if not self._has_ended:
                self._parse(data[start : start + _PIECE])

    def _parse(self, piece: bytes) -> None:
        try:
            self.parser.feed_data(piece)
        except httptools.HttpParserUpgrade:  # the parser takes all that follows for another protocol's
            self._has_ended = True
            self.cycle.keep_alive = False
        except httptools.HttpParserError:
            if not self._has_ended:
                self._refuse(NO_HTTP)
            return
        if self._is_in_head or self._is_in_body:
            self._framing += len(piece)
            if self._framing > MAX_HEAD or len(self.headers) > MAX_HEADERS:
                self._refuse(LARGE_HEAD)

    def on_message_begin(self) -> None:
        """Begin a head."""
        super().on_message_begin()
        self._is_in_head = True
        self._framing = 0
        if self.cycle and self._at_work is None:  # the first head is expected since the connection was made
            self._expect_within(self._limits.header_time)

    def on_headers_complete(self) -> None:
        """Begin the request, unless it is known by now to be beyond a limit."""
        if len(self.headers) > MAX_HEADERS:
            self._end(LARGE_HEAD)
        if self._place.is_spare and self.url.partition(b"?")[0].rstrip(b"/") not in _HEALTH:
            self._end(MANY_CONNECTIONS)
        if next((int(value) for name, value in self.headers if name == b"content-length"), 0) > self._limits.body:
            self._end(large_body(self._limits.body))
        if len(self.pipeline) == _PIPELINED:
            self._end(NO_HTTP)
        if self.parser.should_upgrade() and any(name in _OF_BODY for name, _ in self.headers):
            self._end(UPGRADED_BODY)
        super().on_headers_complete()
        self.headers = []  # of those after the body, which come too late
        self._at_work = self._at_work or self.cycle  # behind another at work it is in the pipeline
        self._is_in_head, self._is_in_body = False, True
        self._framing = self._size = 0
        self._expect_within(self._limits.body_time)

    def on_body(self, body: bytes) -> None:
        """Keep a part of the body, as long as there is room; not if the request was answered before it was whole."""
        self._framing = 0
        self._size += len(body)
        if self._size > self._limits.body:
            self._end(large_body(self._limits.body))
        if self._size > FREE_BYTES and not (self.cycle.response_complete or self._place.hold(self._size - FREE_BYTES)):
            self._end(MANY_BODIES)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Keep the place until the request is answered."""
        super().on_message_complete()
        self._is_in_body = False
        if self.cycle.response_complete:
            self._expect_within(self._limits.idle_time)
        else:
            self.deadline = inf
            self._place.work()

    def on_response_complete(self) -> None:
        """Go on with the next request, or wait for one."""
        self.server_state.total_requests += 1
        self._at_work = None
        self._place.release()
        if self.transport.is_closing():
            self._expect_within(self._limits.body_time)  # for the answer to be read
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._at_work, app = self.pipeline.pop()
            self._start_asgi_task(self._at_work, app)
        elif self._has_ended:
            self._linger()
        else:
            self._place.wait()
            if not self._is_in_body:
                self._expect_within(self._limits.header_time if self._is_in_head else self._limits.idle_time)

    def _expect_within(self, seconds: float) -> None:
        self.deadline = self.loop.time() + seconds

    def _end(self, refusal: Refusal) -> NoReturn:
        """Refuse the request whose parts are being parsed."""
        self._refuse(refusal)
        raise _Ended

    def _refuse(self, refusal: Refusal) -> None:
        """Receive nothing more, and answer so, unless another request has to be answered first."""
        self._connections.count(refusal)
        self._has_ended = True
        self.deadline = inf
        self._place.release()
        at_work, is_in_body = self._at_work, self._is_in_body
        if at_work is None and not is_in_body:
            self._answer(refusal)
        elif at_work is None:
            self._linger()  # it was answered before it was whole
        elif is_in_body and at_work is not self.cycle:
            self.pipeline.popleft()
        elif is_in_body and not at_work.response_started:
            _abandon(at_work)
            self._answer(refusal)

    def _answer(self, refusal: Refusal) -> None:
        """Send a refusal, and then close the connection."""
        self._expect_within(self._limits.body_time)
        self._at_work = self.cycle = RequestResponseCycle(
            scope=cast("Any", refusing(cast("Scope", self.scope), refusal)),
            transport=cast("asyncio.Transport", _HalfClosed(self.transport)),
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=False,
            keep_alive=False,
            on_response=self.on_response_complete,
        )
        self._start_asgi_task(self.cycle, cast("Any", self.app))

    def _linger(self) -> None:
        """Close the connection once the caller has done so, or could have."""
        self._expect_within(_LINGERING)
        self.transport.write_eof()


def _abandon(cycle: RequestResponseCycle) -> None:
    """Tell the application that nobody waits for the answer to a request, and drop it."""
    cycle.disconnected = True
    cycle.message_event.set()
    departure = cycle.scope.get(DEPARTURE)
    if isinstance(departure, Departure):
        departure.occur()
