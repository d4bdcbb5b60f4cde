"""The circuit between a process and its database: open while the database does not answer.

A database that is stopped, or cut off from the network, closes no connection: statements would wait for their time
limits, and callers behind them. So pools whose connections have been in use for a moment have the circuit send a
statement on a connection of its own. If that is not answered, the circuit opens: pools close their connections and
refuse callers at once, until the database answers again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context
from typing import Final, Protocol, TypeVar

import structlog

from db.connections import OpenConnection
from db.failures import DatabaseUnreachable, is_full, is_outage

_STEPS: Final = 5
_STEP: Final = 0.2  # seconds
_PAUSE: Final = 0.1  # seconds between two attempts while it is open
_GRACE: Final = 0.5  # seconds in which it may close for a reader
_ONCE: Final = 1.0  # seconds in which all connections are replaced once at most

_log: Final[structlog.stdlib.BoundLogger] = structlog.get_logger("loupe.db")
_Result = TypeVar("_Result")


class Breakable(Protocol):
    """The part of a pool that a circuit uses."""

    def cut_off(self, *, silent: bool) -> None:
        """Refuse callers, as the circuit has opened; `silent`: connections that exist are not answered either."""
        ...

    def resume(self) -> None:
        """Open the connections that are missing, as the circuit has closed."""
        ...

    def renew(self) -> None:
        """Replace all connections."""
        ...


class Circuit:
    """A circuit of pools of one process. Its own connection is opened when it is first needed, and kept."""

    def __init__(self, opening: Callable[[], Awaitable[OpenConnection]]) -> None:
        self._opening = opening
        self._connection: OpenConnection | None = None
        self._in_use = asyncio.Lock()
        self._probing: asyncio.Task[None] | None = None
        self._pools: list[Breakable] = []
        self._failure: Exception | None = None
        self._renewed = -_ONCE

    @property
    def is_open(self) -> bool:
        """True while the database does not answer."""
        return self._failure is not None

    def refusal(self) -> DatabaseUnreachable:
        """Return the error for a caller while it is open."""
        return DatabaseUnreachable(f"The database does not answer: {self._failure}")

    def join(self, pool: Breakable) -> None:
        """Have a pool follow this circuit."""
        self._pools.append(pool)

    async def ask(self, read: Callable[[OpenConnection], Awaitable[_Result]]) -> _Result:
        """Return what is read on the circuit's own connection, which has a second for it once it is free.

        Raises DatabaseUnreachable while it is open, and errors of the read, after an outage to open perhaps.
        """
        if self._probing is not None and self.is_open:
            await asyncio.wait({self._probing}, timeout=_GRACE)
        if self.is_open:
            raise self.refusal()
        try:
            return await self._ask(read)
        except Exception as error:
            if is_outage(error):
                self.suspect()
            raise

    def suspect(self) -> None:
        """Find out whether the database answers, unless that is under way; return at once."""
        if self._probing is None:
            self._probing = asyncio.create_task(self._probe(), context=Context())  # no caller's

    def renew(self) -> None:
        """Have all connections replaced: their server only reads now, and another may have its address."""
        now = asyncio.get_running_loop().time()
        if now - self._renewed >= _ONCE:
            self._renewed = now
            self._hang_up()
            for pool in self._pools:
                pool.renew()

    async def leave(self, pool: Breakable) -> None:
        """Have a pool follow it no more; with the last one its own connection is closed."""
        self._pools.remove(pool)
        if self._pools:
            return
        if self._probing is not None:
            self._probing.cancel()
            await asyncio.wait({self._probing})
        self._hang_up()

    async def _probe(self) -> None:
        """Open the circuit if the database does not answer, and close it once it does."""
        while (failure := await self._attempt()) is not None:
            if not self.is_open:
                _log.warning("database_away", reason=f"{type(failure).__name__}: {failure}")
            self._failure = failure
            for pool in self._pools:
                pool.cut_off(silent=isinstance(failure, TimeoutError))
            await asyncio.sleep(_PAUSE)
        if self.is_open:
            _log.info("database_back")
        self._failure = self._probing = None
        for pool in self._pools:
            pool.resume()

    async def _attempt(self) -> Exception | None:
        """Send a statement; return the error if the database does not answer. To have no room is an answer."""
        try:
            await self._ask(_nothing)
        except Exception as error:  # noqa: BLE001 - whatever keeps it from answering
            return None if is_full(error) else error
        return None

    async def _ask(self, read: Callable[[OpenConnection], Awaitable[_Result]]) -> _Result:
        """Read on the circuit's own connection, which is closed after an error.

        The second is counted in steps: a process that got no turn for a second has not waited for the database.
        """
        async with self._in_use:
            reading = asyncio.ensure_future(self._read(read))
            try:
                for _ in range(_STEPS):
                    if (await asyncio.wait({reading}, timeout=_STEP))[0]:
                        break
            finally:
                is_silent = reading.cancel()
                if is_silent or reading.exception() is not None:
                    self._hang_up()
        if is_silent:
            raise TimeoutError(f"no answer within {_STEPS * _STEP:.0f} s")
        return reading.result()

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.terminate()

    async def _read(self, read: Callable[[OpenConnection], Awaitable[_Result]]) -> _Result:
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._opening()
        return await read(self._connection)


async def _nothing(connection: OpenConnection) -> None:
    await connection.execute("SELECT")
