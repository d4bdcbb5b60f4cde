"""Connections to PostgreSQL: named statements, readers, and the writer of one transaction.

Reads and writes have different types, so that handing a reader to what writes fails type checking. This is the one
module that touches asyncpg's own, untyped interface; others use the protocols below. The pool does not reset a
connection between uses, which would cost more than most reads: so nothing here may leave session state behind (no SET,
no LISTEN, no session-wide lock but that of an import, which lets go of it, no temporary table).
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from functools import cache
from typing import Any, Final, NamedTuple, Protocol, TypeAlias, cast
from uuid import UUID

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - the package ships no types
import orjson
from sqlalchemy import make_url

from db.address import is_well_formed, shown
from db.tables import Table

Record: TypeAlias = asyncpg.Record
ServerError: TypeAlias = asyncpg.PostgresError

_JSONB_VERSION = b"\x01"
_TRY_AGAIN = frozenset({"40001", "40P01"})  # serialization_failure, deadlock_detected
_LOCKED = "55P03"  # lock_not_available, after the setting lock_timeout
_CANCELLED = "57014"  # query_canceled
# connection_exception, operator_intervention by a shutdown, too_many_connections; and what only connecting fails with:
# invalid_authorization_specification, invalid_catalog_name
_GONE = ("08", "57P", "53300", "28", "3D000")
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
_SNAPSHOT: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_GOODBYE: Final = 1.0  # seconds
_OLDEST: Final = 16  # the major release of PostgreSQL for which statements and migrations are written


class Statement(NamedTuple):
    """An SQL text with the name it has in logs and tests."""

    name: str
    sql: str


class DatabaseUnreachable(Exception):  # noqa: N818 - it names what is the case, as all errors here do
    """No connection could be had; the text is one sentence for people and holds no password."""


class OutcomeUnknown(Exception):  # noqa: N818 - it names what is the case, as all errors here do
    """The server's answer to a COMMIT was lost: the transaction is committed, or it is not."""

    def __init__(self) -> None:
        super().__init__("The database's answer was lost as the last change was committed: it may be done or not.")


class Connection(Protocol):
    """What is used of an asyncpg connection."""

    async def fetch(self, query: str, *args: object) -> list[Record]:
        """Run one statement: all rows."""
        ...

    async def fetchrow(self, query: str, *args: object) -> Record | None:
        """Run one statement: the first row, if there is one."""
        ...

    async def execute(self, query: str, *args: object) -> str:
        """Run one statement: its command tag."""
        ...

    async def copy_records_to_table(
        self, table_name: str, *, records: Iterable[tuple[object, ...]], columns: Sequence[str]
    ) -> str:
        """Stream records into a table by COPY."""
        ...

    def is_closed(self) -> bool:
        """Tell whether the connection is gone."""
        ...

    def is_in_transaction(self) -> bool:
        """Tell whether a transaction is open."""
        ...

    async def close(self) -> None:
        """Close the connection."""
        ...


class Pool(Protocol):
    """What is used of an asyncpg pool."""

    async def fetch(self, query: str, *args: object) -> list[Record]:
        """Run one statement on any connection: all rows."""
        ...

    async def fetchrow(self, query: str, *args: object) -> Record | None:
        """Run one statement on any connection: the first row, if there is one."""
        ...

    def acquire(self) -> AbstractAsyncContextManager[Connection]:
        """Borrow a connection for several statements."""
        ...

    async def close(self) -> None:
        """Close all connections once none is in use."""
        ...


class Reader(Protocol):
    """Reads with one statement at a time; statements may run at the same time on different connections."""

    async def fetch(self, statement: Statement, *args: object) -> list[Record]:
        """Fetch all rows."""
        ...

    async def fetch_row(self, statement: Statement, *args: object) -> Record | None:
        """Fetch the first row, if there is one."""
        ...


class Database(Reader, Protocol):
    """Reads the database as it is, each statement by itself, or as a snapshot that many statements share."""

    def snapshot(self) -> AbstractAsyncContextManager[Reader]:
        """Open a snapshot, which its first statement takes; read-only."""
        ...


class PoolReader:
    """A reader that borrows a connection of the pool for each statement, or for a snapshot."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @asynccontextmanager
    async def snapshot(self) -> AsyncGenerator[Reader]:
        """Open a snapshot, which its first statement takes; read-only."""
        async with self._pool.acquire() as connection, _transaction(connection, _SNAPSHOT):
            reader = SnapshotReader(connection)
            try:
                yield reader
            finally:
                await reader.end()

    async def fetch(self, statement: Statement, *args: object) -> list[Record]:
        """Fetch all rows."""
        return await self._pool.fetch(statement.sql, *args)

    async def fetch_row(self, statement: Statement, *args: object) -> Record | None:
        """Fetch the first row, if there is one."""
        return await self._pool.fetchrow(statement.sql, *args)


class _Turns:
    """A queue for one connection: whoever asked last is served first.

    What is asked for at once comes in the order of an operation's fields, figures first as a rule and lists last. Lists
    take longest to be shown: their rows are at hand while PostgreSQL reads the rest.
    """

    def __init__(self) -> None:
        self._is_taken = False
        self._is_over = False
        self._waiting: list[asyncio.Future[None]] = []

    async def end(self) -> None:
        """Wait for the turn under way, which is the last one: those who wait, and who come, get SnapshotEnded."""
        await self.__aenter__()
        self._is_over = True
        for turn in self._waiting:
            if not turn.done():
                turn.set_exception(SnapshotEnded())

    async def __aenter__(self) -> None:
        if self._is_over:
            raise SnapshotEnded
        if not self._is_taken:
            self._is_taken = True
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._pass_on()
            raise

    async def __aexit__(self, *_error: object) -> None:
        self._pass_on()

    def _pass_on(self) -> None:
        while self._waiting:
            turn = self._waiting.pop()
            if not turn.done():
                turn.set_result(None)
                return
        self._is_taken = False


class SnapshotEnded(Exception):  # noqa: N818 - it names what is the case, as all errors here do
    """A snapshot was read that has ended, for an answer that is not to come any more."""


class SnapshotReader:
    """A reader of one connection, which runs one statement after the other, whoever asks at the same time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._turn = _Turns()

    async def end(self) -> None:
        """Give the connection up, once the statement under way has ended; what else is asked for raises SnapshotEnded.

        What was begun for a part of an answer that failed may still be at it.
        """
        await self._turn.end()

    async def fetch(self, statement: Statement, *args: object) -> list[Record]:
        """Fetch all rows."""
        async with self._turn:
            return await self._connection.fetch(statement.sql, *args)

    async def fetch_row(self, statement: Statement, *args: object) -> Record | None:
        """Fetch the first row, if there is one."""
        async with self._turn:
            return await self._connection.fetchrow(statement.sql, *args)


class Writer:
    """One connection in one transaction. It reads, too, so it can be passed where a reader is wanted."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def fetch(self, statement: Statement, *args: object) -> list[Record]:
        """Fetch all rows, of a read or of what a change returns."""
        return await self._connection.fetch(statement.sql, *args)

    async def fetch_row(self, statement: Statement, *args: object) -> Record | None:
        """Fetch the first row, if there is one."""
        return await self._connection.fetchrow(statement.sql, *args)

    async def execute(self, statement: Statement, *args: object) -> None:
        """Change rows and return nothing."""
        await self._connection.execute(statement.sql, *args)

    async def insert(self, rows: Sequence[Table]) -> None:
        """Insert rows of one table by a single statement; none is fine."""
        if not rows:
            return
        shape = _shape(rows[0].__tablename__)
        columns = [[getattr(row, column) for row in rows] for column in shape.columns]
        for place in shape.json:
            columns[place] = [None if value is None else _encode_json(value).decode() for value in columns[place]]
        await self._connection.execute(shape.insert, *columns)

    async def copy(self, table: type[Table], records: Iterable[tuple[object, ...]]) -> None:
        """Stream records, each a tuple in the order of the table's columns, by one COPY."""
        shape = _shape(table.__tablename__)
        await self._connection.copy_records_to_table(shape.name, records=records, columns=shape.columns)

    async def commit(self) -> None:
        """Make the transaction's changes durable; nothing may follow in this unit of work. Raises OutcomeUnknown."""
        try:
            status = await self._connection.execute("COMMIT")
        except Exception as error:
            if is_outage(error):
                raise OutcomeUnknown from error
            raise
        if status != "COMMIT":  # PostgreSQL answers ROLLBACK, and no error, when a statement before had failed
            raise RuntimeError("The transaction had failed before it was to be committed.")


def asks_to_try_again(error: BaseException) -> bool:
    """Say whether a transaction failed because of concurrent transactions, so that it can be tried again.

    A migration may be one of these: the plans that a connection keeps may be of tables before it.
    """
    changed = (asyncpg.InvalidCachedStatementError, asyncpg.OutdatedSchemaCacheError)
    return getattr(error, "sqlstate", None) in _TRY_AGAIN or isinstance(error, changed)


def is_locked(error: BaseException) -> bool:
    """Say whether a transaction failed since others held what it needed for longer than it was to wait."""
    return getattr(error, "sqlstate", None) == _LOCKED


def is_timeout(error: BaseException) -> bool:
    """Say whether a statement was ended, as after the setting statement_timeout."""
    return getattr(error, "sqlstate", None) == _CANCELLED


def is_outage(error: BaseException) -> bool:
    """Say whether the server could not be asked, so that the error tells nothing of what it was asked for."""
    state: str = getattr(error, "sqlstate", None) or ""
    if isinstance(error, ValueError):  # the driver's own of an argument that cannot be sent
        return False
    return state.startswith(_GONE) or isinstance(
        error,
        (
            OSError,
            DatabaseUnreachable,
            OutcomeUnknown,
            asyncpg.InterfaceError,
            asyncpg.InternalClientError,  # of a connection that is found broken only as a statement is sent
        ),
    )


@asynccontextmanager
async def unit_of_work(pool: Pool) -> AsyncGenerator[Writer]:
    """Open a transaction (read committed) that is rolled back unless its writer commits."""
    async with pool.acquire() as connection, transaction(connection) as writer:
        yield writer


@asynccontextmanager
async def transaction(connection: Connection) -> AsyncGenerator[Writer]:
    """Open a transaction on a connection that is borrowed for several, as `unit_of_work` does."""
    async with _transaction(connection, "BEGIN"):
        yield Writer(connection)


@asynccontextmanager
async def _transaction(connection: Connection, begin: str) -> AsyncGenerator[None]:
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
    """End what is left of a transaction; where the connection is gone, the server has done so."""
    try:
        if not connection.is_closed() and connection.is_in_transaction():
            await connection.execute("ROLLBACK")
    except Exception as error:
        if not is_outage(error):
            raise


async def open_pool(
    url: str, *, min_size: int = 1, max_size: int = 10, settings: Mapping[str, str] = _NO_SETTINGS
) -> Pool:
    """Open a pool whose jsonb values are Python objects both ways; raises DatabaseUnreachable.

    `settings` are PostgreSQL's own, for all connections of the pool, from their start on.
    """
    create_pool = cast("Callable[..., Awaitable[Pool]]", asyncpg.create_pool)
    sizes = {"min_size": min_size, "max_size": max_size}
    with _reaching(url):
        return await create_pool(url, **sizes, init=_init, reset=_keep, server_settings=dict(settings))


async def hang_up(line: Pool | Connection) -> None:
    """Close a pool, once none of it is in use, or a connection; cut it off where the server does not answer."""
    with suppress(TimeoutError):
        await asyncio.wait_for(line.close(), _GOODBYE)


async def connect(url: str) -> Connection:
    """Open a connection outside any pool, for what must not share one; raises DatabaseUnreachable."""
    open_connection = cast("Callable[[str], Awaitable[Connection]]", asyncpg.connect)
    with _reaching(url):
        connection = await open_connection(url)
        _require_release(connection)
        return connection


async def listen(url: str, channel: str, told: Callable[[], object]) -> Connection:
    """Open a connection on which `told` is called at each notification of a channel, and when it is lost.

    Raises DatabaseUnreachable.
    """
    connection = await connect(url)

    def notified(*_notification: object) -> None:
        told()

    listening = cast("Any", connection)
    listening.add_termination_listener(notified)
    await listening.add_listener(channel, notified)
    return connection


@contextmanager
def _reaching(url: str) -> Generator[None]:
    try:
        yield
    except _TooOldError as error:
        raise DatabaseUnreachable(f"The database at {shown(url)} cannot be used: {error}") from None
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        reason = error if is_well_formed(url) else "the URL is malformed"  # of which the error may show a password
        raise DatabaseUnreachable(f"The database at {shown(url)} cannot be reached: {reason}") from error


class _TooOldError(Exception):
    """The server is older than what statements and migrations are written for."""


def _require_release(connection: Any) -> None:  # noqa: ANN401 - asyncpg's connection is untyped
    major = connection.get_server_version().major
    if major < _OLDEST:
        connection.terminate()
        raise _TooOldError(f"it is PostgreSQL {major}, and Loupe needs {_OLDEST} or newer.")


class _Shape(NamedTuple):
    """What a table's typed rows are written by. `json` has the places of jsonb columns.

    Those go as texts, for asyncpg would take a list in an array of jsonb for one more dimension of the array.
    """

    name: str
    columns: tuple[str, ...]
    json: tuple[int, ...]
    insert: str


@cache
def _shape(table: str) -> _Shape:
    dialect = make_url("postgresql+asyncpg://").get_dialect()()
    types = {column.name: column.type.compile(dialect) for column in Table.metadata.tables[table].columns}
    json = tuple(place for place, type_ in enumerate(types.values()) if type_ == "JSONB")
    columns = ", ".join(types)
    values = ", ".join(f"{column}::{type_}" for column, type_ in types.items())
    arrays = ", ".join(
        f"${place + 1}::{'text' if place in json else type_}[]" for place, type_ in enumerate(types.values())
    )
    insert = f"INSERT INTO {table} ({columns}) SELECT {values} FROM unnest({arrays}) AS rows ({columns})"  # noqa: S608
    return _Shape(table, tuple(types), json, insert)


async def _init(connection: Any) -> None:  # noqa: ANN401 - asyncpg's connection is untyped
    _require_release(connection)
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", format="binary", encoder=_encode_jsonb, decoder=_decode_jsonb
    )


async def _keep(_connection: object) -> None:
    """Leave the connection as it is between uses."""


def _encode_jsonb(value: object) -> bytes:
    return _JSONB_VERSION + _encode_json(value)


def _encode_json(value: object) -> bytes:
    return orjson.dumps(value, default=_text_of_id)


def _text_of_id(value: object) -> str:
    """Write the driver's own kind of UUID, which orjson does not know; all else it does not know is a mistake."""
    if not isinstance(value, UUID):
        raise TypeError
    return str(value)


def _decode_jsonb(data: bytes) -> object:
    return orjson.loads(data[1:])
