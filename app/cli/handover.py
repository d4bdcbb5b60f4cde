"""Connections that the parent of `loupe serve --workers` accepts, handed over to the workers in turn.

If the workers accepted from the socket themselves, whichever the system wakes first would take most connections, up to
all of those that a proxy opens at once and keeps.
"""

import asyncio
import socket
from collections import deque
from contextlib import suppress
from typing import Final

import structlog

_BACKLOG: Final = 2048  # connections that wait to be accepted
_PAUSE: Final = 1.0  # seconds, after an error of accepting
_NEXT_TRY: Final = 0.01  # seconds, while all workers are too busy to take a connection
_ANY: Final = b"\0"  # a byte to send a connection with

_log: Final[structlog.stdlib.BoundLogger] = structlog.get_logger("loupe.workers")


class Handover:
    """Accepts connections for workers, each of which has one end of a channel."""

    def __init__(self, listener: socket.socket) -> None:
        listener.setblocking(False)
        listener.listen(_BACKLOG)
        self._listener = listener
        self._channels: deque[socket.socket] = deque()
        self._any = asyncio.Event()

    def add(self, channel: socket.socket) -> None:
        """Begin to hand connections over to a worker."""
        self._channels.append(channel)
        self._any.set()

    def remove(self, channel: socket.socket) -> None:
        """Hand no more connections over to a worker; while there is none, they wait to be accepted."""
        self._channels.remove(channel)
        if not self._channels:
            self._any.clear()

    async def run(self) -> None:
        """Accept until it is cancelled."""
        while True:
            await self._any.wait()
            try:
                connection, _ = await asyncio.get_running_loop().sock_accept(self._listener)
            except OSError as error:
                _log.warning("not_accepted", reason=error.strerror)
                await asyncio.sleep(_PAUSE)
            else:
                with connection:
                    while not self._hand_over(connection):  # noqa: ASYNC110 - several channels have no event
                        await asyncio.sleep(_NEXT_TRY)
            await asyncio.sleep(0)  # accepting may not have waited

    def _hand_over(self, connection: socket.socket) -> bool:
        """Give a connection to the next worker that takes it; return False if none does."""
        for _ in range(len(self._channels)):
            self._channels.rotate(-1)
            with suppress(OSError):  # the worker has just died, or its channel is full
                socket.send_fds(self._channels[-1], [_ANY], [connection.fileno()])
                return True
        return False


def received(channel: socket.socket) -> socket.socket | None:
    """Return the next connection of a channel that has one; None if this process has no descriptor for it.

    Raises EOFError if the parent is gone.
    """
    sent, descriptors, _, _ = socket.recv_fds(channel, len(_ANY), 1)
    if not sent:
        raise EOFError
    return socket.socket(fileno=descriptors[0]) if descriptors else None
