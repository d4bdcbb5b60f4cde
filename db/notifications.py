"""The one LISTEN connection of a process, shared by all who wait for notifications of PostgreSQL."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final, TypeAlias, cast

import structlog

from app.logging import CountedWarning
from db.connections import Connection, connect, hang_up

Listener: TypeAlias = Callable[[str | None], object]
"""Called with the payload of a notification; with None after a reconnection, since some may have been missed."""

_FIRST_PAUSE: Final = 1.0  # seconds until a failed connection is tried again, doubled each time
_LONGEST_PAUSE: Final = 60.0
_LIMIT: Final = timedelta(seconds=10)  # of a LISTEN
_not_listening: Final = CountedWarning(structlog.get_logger("loupe.db"), "not_listening")


class Notifications:
    """Listeners by channel, and the connection that serves them: reconnected at once when it is lost."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._listeners: dict[str, list[Listener]] = {}
        self._connection: Connection | None = None
        self._stale = asyncio.Event()

    def subscribe(self, channel: str, listener: Listener) -> None:
        """Call a listener at each notification of a channel, and once without payload as listening begins."""
        self._listeners.setdefault(channel, []).append(listener)
        self._stale.set()

    async def run(self) -> None:
        """Keep the connection until cancelled; no error ends it."""
        pause = _FIRST_PAUSE
        try:
            while True:
                await self._stale.wait()
                self._stale.clear()
                try:
                    await self._connect()
                except Exception as error:  # noqa: BLE001 - listeners must be served again
                    _not_listening.count(error)
                    self._stale.set()
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, _LONGEST_PAUSE)
                else:
                    pause = _FIRST_PAUSE
        finally:
            if self._connection is not None:
                await hang_up(self._connection)

    async def _connect(self) -> None:
        """Listen to all channels, on a new connection if the last one was lost, and call all listeners."""
        if self._connection is None or self._connection.is_closed():
            self._connection = await connect(self._url, use="listener", limit=_LIMIT)
            cast("Any", self._connection).add_termination_listener(self._lose)
        for channel in self._listeners:
            await cast("Any", self._connection).add_listener(channel, self._dispatch)  # once, however often it is asked
        for listeners in self._listeners.values():
            for listener in listeners:
                listener(None)

    def _lose(self, _connection: object) -> None:
        self._stale.set()

    def _dispatch(self, _connection: object, _pid: int, channel: str, payload: str) -> None:
        for listener in self._listeners[channel]:
            listener(payload)


@asynccontextmanager
async def open_notifications(url: str) -> AsyncGenerator[Notifications]:
    """Keep the connection for as long as the block runs; it is opened with the first subscription."""
    notifications = Notifications(url)
    running = asyncio.create_task(notifications.run())
    try:
        yield notifications
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
