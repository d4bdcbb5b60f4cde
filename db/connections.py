"""Connections to PostgreSQL, and named statements.

This is the one module that touches asyncpg's own, untyped interface; others use the protocols below. The pool does not
reset a connection between uses, which would cost more than most reads: so nothing may leave session state behind (no
SET, no LISTEN, no session-wide lock but that of an import, which is released, no temporary table).
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Generator, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol, TypeAlias, cast
from uuid import UUID

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - the package ships no types
import orjson

from app.domain.wording import isolated
from db.address import files, is_well_formed, shown
from db.application_name import PARAMETER, name_for
from db.failures import DatabaseUnreachable, is_outage

Record: TypeAlias = asyncpg.Record

_JSONB_VERSION = b"\x01"
# Reads walk an index from a bound and stop. The planner knows neither the bound nor how large the account is.
PLANNED_ONCE: Final[Mapping[str, str]] = {
    "plan_cache_mode": "force_generic_plan",  # a statement is planned once: that takes longer than most reads do
    "enable_bitmapscan": "off",  # a bitmap is made of the whole range, of a large account all in vain
    "jit": "off",  # compiling takes longer than any read does
}
COMMANDS: Final[Mapping[str, str]] = {
    **PLANNED_ONCE,
    "lock_timeout": "2s",  # longer than deadlock_timeout, so that a deadlock is found as such
}
"""The settings of connections by which commands write: none waits longer for others than this."""

_NO_SETTINGS: Mapping[str, str] = {}
_GOODBYE: Final = 1.0  # seconds
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


async def open_pool(
    url: str,
    *,
    use: str | None = None,
    min_size: int = 1,
    max_size: int = 10,
    settings: Mapping[str, str] = _NO_SETTINGS,
) -> Pool:
    """Open a pool whose jsonb values are Python objects both ways; raises DatabaseUnreachable.

    `use` is added to the name of its connections, if the process has several uses. `settings` are PostgreSQL's own, for
    all connections of the pool, from their start on.
    """
    create_pool = cast("Callable[..., Awaitable[Pool]]", asyncpg.create_pool)
    sizes = {"min_size": min_size, "max_size": max_size}
    with _reaching(url):
        return await create_pool(
            url, **sizes, init=_init, reset=_keep, server_settings={**settings, **_named_for(url, use)}
        )


def _named_for(url: str, use: str | None) -> dict[str, str]:
    return {} if use is None else {PARAMETER: name_for(url, use)}


async def hang_up(line: Pool | Connection) -> None:
    """Close a connection, or a pool once none of it is in use; abandon it if the server does not answer."""
    with suppress(TimeoutError):
        await asyncio.wait_for(line.close(), _GOODBYE)


async def connect(url: str, *, use: str | None = None) -> Connection:
    """Open a connection outside any pool, for exclusive use, which is added to its name; raises DatabaseUnreachable."""
    open_connection = cast("Callable[..., Awaitable[Connection]]", asyncpg.connect)
    with _reaching(url):
        connection = await open_connection(url, server_settings=_named_for(url, use))
        _require_usable(connection)
        return connection


@asynccontextmanager
async def open_transaction(connection: Connection, begin: str) -> AsyncGenerator[None]:
    """Open a transaction, which is rolled back unless it was ended."""
    try:
        await connection.execute(begin)
    except asyncio.CancelledError:  # the server may have begun it all the same
        await connection.execute("ROLLBACK")
        raise
    try:
        yield
    finally:
        await _roll_back(connection)


async def _roll_back(connection: Connection) -> None:
    """Roll back a transaction that is still open; if the connection is lost, the server has done so."""
    try:
        if not connection.is_closed() and connection.is_in_transaction():
            await connection.execute("ROLLBACK")
    except Exception as error:
        if not is_outage(error):
            raise


@contextmanager
def _reaching(url: str) -> Generator[None]:
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
    problem = None
    if major < _OLDEST:
        problem = f"it is PostgreSQL {major}, and Loupe needs {_OLDEST} or newer."
    elif encoding != _ENCODING:
        problem = f"its encoding is {encoding}, and Loupe needs one made with ENCODING '{_ENCODING}'."
    if problem is not None:
        connection.terminate()
        raise _UnusableError(problem)


async def _init(connection: Any) -> None:  # noqa: ANN401 - asyncpg's connection is untyped
    _require_usable(connection)
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", format="binary", encoder=_encode_jsonb, decoder=_decode_jsonb
    )


async def _keep(_connection: object) -> None:
    """Do nothing between uses of a connection."""


def _encode_jsonb(value: object) -> bytes:
    return _JSONB_VERSION + encode_json(value)


def encode_json(value: object) -> bytes:
    """Write a jsonb value: ids, dates, instants (ISO 8601) and amounts as strings."""
    return orjson.dumps(value, default=_text_of)


def array_text(values: Sequence[object]) -> str:
    """Write an array of ids, dates, instants or numbers; the driver takes several times as long for a list of them."""
    return f"{{{encode_json(values)[1:-1].decode()}}}"


def _text_of(value: object) -> str:
    """Return amounts and the driver's own UUIDs as text; any other value that orjson does not know is a mistake."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, UUID):
        return str(value)
    raise TypeError


def _decode_jsonb(data: bytes) -> object:
    return orjson.loads(data[1:])
