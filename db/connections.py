"""Connections to PostgreSQL, and named statements.

This is the one module that touches asyncpg's own, untyped interface; others use the protocols below. A pool does not
reset a connection between uses, which would cost more than most reads: so nothing may leave session state behind (no
SET, no LISTEN, no session-wide lock but that of an import, which is released, no temporary table).

Every statement has a time limit, on the server and, a second longer, on ours: a server that is stopped sets none.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Generator, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol, TypeAlias, cast

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - the package ships no types

from app.domain.wording import isolated
from db.address import files, is_well_formed, shown
from db.application_name import PARAMETER, name_for
from db.failures import DatabaseUnreachable, is_outage
from db.json_values import decode_jsonb, encode_jsonb

Record: TypeAlias = asyncpg.Record

# Reads walk an index from a bound and stop. The planner knows neither the bound nor how large the account is.
PLANNED_ONCE: Final[Mapping[str, str]] = {
    "plan_cache_mode": "force_generic_plan",  # a statement is planned once: that takes longer than most reads do
    "enable_bitmapscan": "off",  # a bitmap is made of the whole range, of a large account all in vain
    "jit": "off",  # compiling takes longer than any read does
}
COMMANDS: Final[Mapping[str, str]] = {
    **PLANNED_ONCE,
    "lock_timeout": "2s",  # longer than deadlock_timeout, so that a deadlock is found as such
    "idle_in_transaction_session_timeout": "1min",  # the network may lose a process that holds an account's lock
}
"""The settings of connections by which commands write: none waits longer for others than this."""

LONGEST: Final = timedelta(minutes=15)
"""The time limit of statements where no other is given, such as those of commands and of migrations."""

NO_SETTINGS: Final[Mapping[str, str]] = {}
_MARGIN: Final = timedelta(seconds=1)  # by which the server's own limit comes first, as it has a reason to show
_CONNECTING: Final = timedelta(seconds=10)  # for one connection
_GOODBYE: Final = 1.0  # seconds
_ROLLBACK: Final = 2.0  # seconds
_ROLE: Final = "target_session_attrs"
_OLDEST: Final = 16  # the major release of PostgreSQL for which statements and migrations are written
_ENCODING: Final = "UTF8"  # in which any name can be stored, and alone is normalized


class Statement(NamedTuple):
    """An SQL text with the name it has in logs and tests.

    It compares each table with one account, `account_id = $n`; else `many` is the reason why it is about many.
    """

    name: str
    sql: str
    many: str | None = None


class Connection(Protocol):
    """The methods of an asyncpg connection that Loupe uses."""

    async def fetch(self, query: str, *args: object) -> list[Record]:
        """Run one statement: all rows."""
        ...

    async def fetchrow(self, query: str, *args: object) -> Record | None:
        """Run one statement: the first row, or None."""
        ...

    async def execute(self, query: str, *args: object) -> str:
        """Run one statement: its command tag."""
        ...

    async def executemany(self, command: str, args: Iterable[Sequence[object]]) -> None:
        """Run one statement for each row of arguments."""
        ...

    async def copy_records_to_table(
        self, table_name: str, *, records: AsyncIterable[tuple[object, ...]], columns: Sequence[str]
    ) -> str:
        """Stream records into a table by COPY."""
        ...

    def is_closed(self) -> bool:
        """Return True if the connection is closed."""
        ...

    def is_in_transaction(self) -> bool:
        """Return True if a transaction is open."""
        ...

    async def close(self) -> None:
        """Close the connection."""
        ...


class OpenConnection(Connection, Protocol):
    """The methods of an asyncpg connection that pools use, too."""

    def terminate(self) -> None:
        """Close the connection without waiting for the server."""
        ...

    def add_termination_listener(self, callback: Callable[["OpenConnection"], None]) -> None:
        """Call a function with the connection once it is closed, whoever closes it."""
        ...


class Pool(Protocol):
    """The methods of an asyncpg pool that Loupe uses."""

    async def fetch(self, query: str, *args: object) -> list[Record]:
        """Run one statement on any connection: all rows."""
        ...

    async def fetchrow(self, query: str, *args: object) -> Record | None:
        """Run one statement on any connection: the first row, or None."""
        ...

    def acquire(self) -> AbstractAsyncContextManager[Connection]:
        """Borrow a connection for several statements."""
        ...

    async def close(self) -> None:
        """Close all connections once none is in use."""
        ...


async def open_connection(
    url: str, use: str | None = None, settings: Mapping[str, str] = NO_SETTINGS, limit: timedelta = LONGEST
) -> OpenConnection:
    """Open a connection whose jsonb values are Python objects both ways; raises the errors of `reaching`."""
    async with _kept(await _connect(url, use, limit)) as connection:
        await _set(connection, settings, limit)
        await connection.set_type_codec(
            "jsonb", schema="pg_catalog", format="binary", encoder=encode_jsonb, decoder=decode_jsonb
        )
    return cast("OpenConnection", connection)


async def _connect(url: str, use: str | None, limit: timedelta) -> Any:  # noqa: ANN401 - asyncpg's connection is untyped
    """Open a connection on whose statements a limit is set here, but not on the server."""
    driver_connect = cast("Callable[..., Awaitable[Any]]", asyncpg.connect)
    return await driver_connect(
        url,
        server_settings=_named_for(url, use),
        timeout=_CONNECTING.total_seconds(),
        command_timeout=(limit + _MARGIN).total_seconds(),
    )


async def _set(connection: Any, settings: Mapping[str, str], limit: timedelta) -> None:  # noqa: ANN401 - as above
    """Set the server's settings and the limit: a pooler would refuse them as parameters of the connection's start."""
    _require_usable(connection)
    given = {**settings, "statement_timeout": f"{limit // timedelta(milliseconds=1)}ms"}
    await connection.execute("; ".join(f"SET {name} = '{value}'" for name, value in given.items()))


@asynccontextmanager
async def _kept(connection: Any) -> AsyncGenerator[Any]:  # noqa: ANN401 - as above
    """Yield a connection, and close it after an error."""
    try:
        yield connection
    except BaseException:
        connection.terminate()
        raise


def _named_for(url: str, use: str | None) -> dict[str, str]:
    return {} if use is None else {PARAMETER: name_for(url, use)}


async def hang_up(line: Pool | Connection) -> None:
    """Close a connection, or a pool once none of it is in use; abandon it if the server does not answer."""
    with suppress(TimeoutError):
        await asyncio.wait_for(line.close(), _GOODBYE)


async def connect(url: str, *, use: str | None = None, limit: timedelta = LONGEST) -> Connection:
    """Open a connection outside any pool, for exclusive use, which is added to its name; raises DatabaseUnreachable.

    A statement takes `limit` at most.
    """
    with reaching(url):
        async with _kept(await _connect(url, use, limit)) as connection:
            await _set(connection, NO_SETTINGS, limit)
        return cast("Connection", connection)


@asynccontextmanager
async def open_transaction(connection: Connection, begin: str) -> AsyncGenerator[None]:
    """Open a transaction, which is rolled back unless it was ended."""
    try:
        await connection.execute(begin)
    except asyncio.CancelledError:  # the server may have begun it all the same
        await _end(connection)
        raise
    try:
        yield
    finally:
        if not connection.is_closed() and connection.is_in_transaction():
            await _end(connection)


async def _end(connection: Connection) -> None:
    """Roll back; if the connection is lost, or the server does not answer, it does so once it learns of that."""
    try:
        async with asyncio.timeout(_ROLLBACK):
            await connection.execute("ROLLBACK")
    except Exception as error:
        if not is_outage(error):
            raise


@contextmanager
def reaching(url: str) -> Generator[None]:
    """Raise DatabaseUnreachable for an error of connecting."""
    try:
        yield
    except _UnusableError as error:
        raise DatabaseUnreachable(f"The database at {isolated(shown(url))} cannot be used: {error}") from None
    except KeyError as error:  # of the system's list of users
        nameless = "the URL names no user, and the system has no name for the one of this process."
        raise DatabaseUnreachable(f"The database at {isolated(shown(url))} cannot be reached: {nameless}") from error
    except (OSError, OverflowError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DatabaseUnreachable(
            f"The database at {isolated(shown(url))} cannot be reached: {_reason(url, error)}"
        ) from error


def _reason(url: str, error: Exception) -> str:
    if not is_well_formed(url):
        return "the URL is malformed"  # of which the error may show a password
    if _ROLE in str(error):  # asyncpg prints an object of Python in place of what it allows
        return f"{_ROLE} should be any, primary, standby, read-write, read-only or prefer-standby"
    if isinstance(error, TimeoutError):
        return f"it does not answer within {_CONNECTING.total_seconds():.0f} s"
    if isinstance(error, FileNotFoundError) and (missing := [each for each in files(url) if not _exists(each)]):
        return f"{', '.join(missing)}: {error.strerror}"
    return str(error)


def _exists(parameter: str) -> bool:
    return Path(parameter.partition("=")[2]).exists()


class _UnusableError(Exception):
    """The server's release, or the database's encoding, is none that Loupe is written for."""


def _require_usable(connection: Any) -> None:  # noqa: ANN401 - asyncpg's connection is untyped
    major = connection.get_server_version().major
    encoding = getattr(connection.get_settings(), "server_encoding", _ENCODING)
    if major < _OLDEST:
        raise _UnusableError(f"it is PostgreSQL {major}, and Loupe needs {_OLDEST} or newer.")
    if encoding != _ENCODING:
        raise _UnusableError(f"its encoding is {encoding}, and Loupe needs one made with ENCODING '{_ENCODING}'.")
