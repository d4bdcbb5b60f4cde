"""A pool of connections that are kept open.

asyncpg's own pool has a caller open the connection that is missing, and fails it if that fails, as when others have
taken all of max_connections. Here connections are opened in the background, so callers wait for whichever is free
first, and are refused only while the database does not answer.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from contextvars import Context
from datetime import timedelta
from typing import Any, Final

import structlog

from app.logging import CountedWarning
from db.circuit import Circuit
from db.connections import OpenConnection, Record
from db.failures import DatabaseUnreachable, is_full, is_read_only

_PAUSE: Final = 0.2  # seconds until the next attempt to open a connection
_LONG: Final = 0.3  # seconds from which on the circuit is asked about a connection in use
_LAST_WORD: Final = 1.0  # seconds for the server to answer after a statement was cancelled
_LIFETIME: Final = 3600.0  # seconds: the server's memory for a connection grows

_reconnecting: Final = CountedWarning(structlog.get_logger("loupe.db"), "reconnecting")


class ConnectionPool:
    """Connections that are lent to one user at a time, last in, first out.

    `kept` are open from the start, and up to `most` once so many are wanted at the same time. Users wait for one for
    `patience` at most, in order. With `is_watched` the circuit is asked while one is in use for long.
    """

    def __init__(
        self,
        opening: Callable[[], Awaitable[OpenConnection]],
        circuit: Circuit,
        *,
        kept: int,
        most: int,
        patience: timedelta,
        is_watched: bool,
    ) -> None:
        self._opening = opening
        self._circuit = circuit
        self._kept = kept
        self._most = most
        self._patience = patience.total_seconds()
        self._is_watched = is_watched
        self._loop = asyncio.get_running_loop()
        self._ends: dict[OpenConnection, float] = {}  # of all, by the loop's clock
        self._idle: list[OpenConnection] = []
        self._lent: dict[OpenConnection, float] = {}  # since when, the oldest first
        self._waiting: deque[asyncio.Future[OpenConnection]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._filling: asyncio.Task[None] | None = None
        self._watching: asyncio.TimerHandle | None = None
        self._returned: asyncio.Event | None = None  # once it is closing
        circuit.join(self)

    async def fill(self) -> None:
        """Open the connections to keep; raises the error of the first one, others are tried again."""
        if self._kept:
            self._add(await self._opening())
            for opened in await asyncio.gather(
                *(self._opening() for _ in range(1, self._kept)), return_exceptions=True
            ):
                if not isinstance(opened, BaseException):
                    self._add(opened)
            self.resume()

    async def fetch(self, query: str, *args: object) -> list[Record]:
        """Run one statement on any connection: all rows."""
        async with self.acquire() as connection:
            return await connection.fetch(query, *args)

    async def fetchrow(self, query: str, *args: object) -> Record | None:
        """Run one statement on any connection: the first row, or None."""
        async with self.acquire() as connection:
            return await connection.fetchrow(query, *args)

    def acquire(self) -> "Loan":
        """Borrow a connection for several statements; raises DatabaseUnreachable."""
        return Loan(self)

    async def take(self) -> OpenConnection:
        """Take a connection, which `give_back` is to be called with."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():  # of which `_lost` will learn
                self._lend(connection)
                return connection
        return await self._wait()

    def give_back(self, connection: OpenConnection, error: BaseException | None) -> None:
        """Take a connection back, after an error of its user perhaps; one in doubt is checked or closed."""
        del self._lent[connection]
        if error is not None and is_read_only(error):
            self._circuit.renew()
        is_over = self._loop.time() >= self._ends.get(connection, 0.0)
        if is_over or connection.is_closed() or connection.is_in_transaction() or isinstance(error, TimeoutError):
            self._discard(connection)
        elif isinstance(error, asyncio.CancelledError):
            self._begin(self._check(connection))
        else:
            self._hand_on(connection)
        if self._returned is not None:
            self._returned.set()

    def cut_off(self, *, silent: bool) -> None:
        """Refuse users if there is no connection; close all if the server is `silent` on them."""
        if silent:
            if self._filling is not None:
                self._filling.cancel()
            for connection in [*self._ends]:
                connection.terminate()
        self._refuse_waiting()

    def resume(self) -> None:
        """Open the connections that are missing, in the background."""
        may_fill = self._filling is None and self._returned is None and not self._circuit.is_open
        if may_fill and len(self._ends) < self._kept:
            self._filling = self._begin(self._fill())

    def renew(self) -> None:
        """Replace all connections, those in use once they are given back."""
        self._ends = dict.fromkeys(self._ends, self._loop.time())
        for connection in [*self._idle]:
            self._discard(connection)

    async def close(self) -> None:
        """Close all connections once none is in use."""
        self._returned = asyncio.Event()
        self._refuse_waiting()
        try:
            while self._lent:
                self._returned.clear()
                await self._returned.wait()
            await asyncio.gather(*(connection.close() for connection in self._ends))
        finally:
            for task in self._tasks:
                task.cancel()
            for connection in [*self._ends]:
                connection.terminate()
            await self._circuit.leave(self)

    def _lend(self, connection: OpenConnection) -> None:
        self._lent[connection] = self._loop.time()
        self._watch()

    async def _wait(self) -> OpenConnection:
        """Wait for a connection that is given back or opened, in order."""
        if (refusal := self._refusal()) is not None:
            raise refusal
        waiting: asyncio.Future[OpenConnection] = self._loop.create_future()
        self._waiting.append(waiting)
        self._kept = min(self._most, max(self._kept, len(self._lent) + len(self._waiting)))
        self.resume()
        self._watch()
        try:
            async with asyncio.timeout(self._patience):
                return await waiting
        except BaseException as error:
            with suppress(ValueError):
                self._waiting.remove(waiting)
            if waiting.done() and not waiting.cancelled() and waiting.exception() is None:
                self.give_back(waiting.result(), None)
            if isinstance(error, TimeoutError):
                raise DatabaseUnreachable("All connections to the database were in use for too long.") from None
            raise

    def _hand_on(self, connection: OpenConnection) -> None:
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                self._lend(connection)
                waiting.set_result(connection)
                return
        self._idle.append(connection)

    def _refusal(self) -> DatabaseUnreachable | None:
        """Return the error for users who would wait in vain."""
        if self._returned is not None:
            return DatabaseUnreachable("The connections to the database are being closed.")
        if self._circuit.is_open and all(connection.is_closed() for connection in self._ends):
            return self._circuit.refusal()
        return None

    def _refuse_waiting(self) -> None:
        while self._waiting and (refusal := self._refusal()) is not None:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_exception(refusal)

    async def _fill(self) -> None:
        """Open the connections that are missing, one after the other, unless the circuit opens."""
        try:
            while len(self._ends) < self._kept and not self._circuit.is_open:
                try:
                    self._add(await self._opening())
                except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again
                    _reconnecting.count(error)
                    if not is_full(error):
                        self._circuit.suspect()
                    await asyncio.sleep(_PAUSE)
        finally:
            self._filling = None

    def _add(self, connection: OpenConnection) -> None:
        self._ends[connection] = self._loop.time() + _LIFETIME
        connection.add_termination_listener(self._lost)
        self._hand_on(connection)

    def _lost(self, connection: OpenConnection) -> None:
        """Replace a closed connection that is not in use; of others `give_back` learns."""
        if connection not in self._lent:
            self._discard(connection)

    def _discard(self, connection: OpenConnection) -> None:
        """Close a connection, and open another in its place."""
        self._ends.pop(connection, None)
        if connection in self._idle:
            self._idle.remove(connection)
        connection.terminate()
        self._refuse_waiting()
        self.resume()

    async def _check(self, connection: OpenConnection) -> None:
        """Keep a connection whose statement was cancelled if the server answers on it soon."""
        try:
            async with asyncio.timeout(_LAST_WORD):
                await connection.execute("SELECT")
        except Exception:  # noqa: BLE001 - it is not used again
            self._discard(connection)
        else:
            self._hand_on(connection)

    def _watch(self) -> None:
        """Have the circuit asked if a connection stays in use for long, or a user waiting."""
        if self._is_watched and self._watching is None:
            self._watching = self._loop.call_later(_LONG, self._look, context=Context())

    def _look(self) -> None:
        self._watching = None
        if self._lent or self._waiting:
            oldest = next(iter(self._lent.values()), 0.0)
            if self._waiting or self._loop.time() - oldest >= _LONG:
                self._circuit.suspect()
            self._watch()

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Begin work in the background, in the context of no caller."""
        task = self._loop.create_task(work, context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


class Loan:
    """A connection in use, from its entry to its exit."""

    __slots__ = ("_connection", "_pool")

    def __init__(self, pool: ConnectionPool) -> None:
        self._pool = pool

    async def __aenter__(self) -> OpenConnection:
        self._connection = await self._pool.take()
        return self._connection

    async def __aexit__(self, _type: object, error: BaseException | None, _traceback: object) -> None:
        self._pool.give_back(self._connection, error)
