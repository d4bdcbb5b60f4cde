"""`python -m tests.release`: the files of this release for the tests of the next one, in `tests/released`.

`schema.graphql` is the schema of clients, `statements.jsonl` has the SQL statements of servers, each with the types of
its arguments and with arguments, `dump.sql` is a database with every kind of row, and `version` is that of the release.
All of it is a function of the code: made again, it is the same.
"""

import asyncio
import base64
import os
import secrets
import subprocess
import sys
import tomllib
from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, Final
from unittest.mock import patch

import orjson

from api.printing import printed
from app.domain.events.enums import EventType
from db.connections import Statement, connect
from db.embedded.binaries import User, find_binaries
from db.migrate import migrate
from db.readers import PoolReader, SnapshotReader
from db.tables.base import Table
from db.writer import Writer
from tests.support.database import running_server, temporary_database
from tests.support.folders import run_folder
from tests.support.one_of_each import live
from tests.support.statements import every_statement

RELEASED: Final = Path(__file__).parent / "released"
_PYPROJECT: Final = Path(__file__).parents[1] / "pyproject.toml"
_OLDEST_MAJOR: Final = 16  # all newer releases can read its dumps
_DUMPED: Final = ("--inserts", "--no-owner", "--no-privileges", "--no-comments")
_OF_PSQL: Final = ("--", "\\", "SET ", "SELECT pg_catalog.set_config")
_MADE_UP: Final[Mapping[str, Any]] = {
    "timestamptz": datetime(2026, 3, 10, 12, tzinfo=UTC),
    "date": date(2026, 3, 10),
    "numeric": Decimal(1),
    "float8": 1.0,
    "bytea": b"a",
    "bool": True,
    **dict.fromkeys(("int2", "int4", "int8"), 1),
    **dict.fromkeys(("text", "varchar"), "a"),
    "jsonb": {"a": 1},
}
"""Arguments for statements that were not run, by type; ids are an account's."""

Arguments = dict[Statement, tuple[object, ...]]


class Incomplete(Exception):  # noqa: N818 - it names the case
    """A release without some statements, events or rows; the text names them."""


async def make_release(url: str, pg_dump: Path) -> dict[str, bytes]:
    """Run every command and job in an empty database; return the files to keep, by name."""
    await migrate(url)
    with _recorded() as asked, _predictable():
        await live(url)
    await _require_everything(url)
    statements = await _statements(url, asked)
    return {
        "version": f"{version()}\n".encode(),
        "schema.graphql": printed().encode(),
        "statements.jsonl": b"".join(orjson.dumps(each, default=_text) + b"\n" for each in statements),
        "dump.sql": _dump(url, pg_dump),
    }


def version() -> str:
    """Read the version that this code has."""
    return str(tomllib.loads(_PYPROJECT.read_text())["project"]["version"])


@contextmanager
def _recorded() -> Generator[Arguments]:
    """Record the last arguments of each statement."""
    asked: Arguments = {}

    def noting(method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def noted(self: object, statement: Statement, *args: object) -> Any:  # noqa: ANN401 - what it returns
            asked[statement] = args
            return await method(self, statement, *args)

        return noted

    async def noting_many(writer: Writer, statement: Statement, rows: Iterable[Sequence[object]]) -> None:
        for row in (rows := list(rows)):
            asked[statement] = tuple(row)
        await execute_many(writer, statement, rows)

    async def noting_columns(writer: Writer, statement: Statement, rows: Sequence[Sequence[object]]) -> None:
        if rows:
            asked[statement] = tuple(zip(*rows, strict=True))
        await execute_columns(writer, statement, rows)

    execute_many, execute_columns = Writer.execute_many, Writer.execute_columns

    with (
        patch.multiple(PoolReader, fetch=noting(PoolReader.fetch), fetch_row=noting(PoolReader.fetch_row)),
        patch.multiple(SnapshotReader, fetch=noting(SnapshotReader.fetch), fetch_row=noting(SnapshotReader.fetch_row)),
        patch.multiple(
            Writer, fetch=noting(Writer.fetch), fetch_row=noting(Writer.fetch_row), execute=noting(Writer.execute)
        ),
        patch.multiple(Writer, execute_many=noting_many, execute_columns=noting_columns),
    ):
        yield asked


@contextmanager
def _predictable() -> Generator[None]:
    """Make all results predictable: the same ids and keys, and jobs one after the other."""
    chance = Random(1)  # noqa: S311 - nothing here is a secret

    def text(count: int) -> str:
        return base64.urlsafe_b64encode(chance.randbytes(count)).rstrip(b"=").decode()

    with (
        patch.multiple(secrets, randbits=chance.getrandbits, token_bytes=chance.randbytes, token_urlsafe=text),
        patch("jobs.kinds.midnight.AT_ONCE", 1),
    ):
        yield


async def _require_everything(url: str) -> None:
    connection = await connect(url)
    try:
        types = {row[0] for row in await connection.fetch("SELECT DISTINCT type FROM events")}
        tables = [name for name in Table.metadata.tables if not await connection.fetch(f"SELECT FROM {name} LIMIT 1")]
    finally:
        await connection.close()
    if missing := sorted({*EventType} - types) + tables:
        raise Incomplete(f"tests/support/one_of_each.py leaves out {', '.join(missing)}.")


async def _statements(url: str, asked: Arguments) -> list[dict[str, Any]]:
    """Describe every statement, ordered by name and text."""
    statements = every_statement()
    if unknown := sorted({statement.name for statement in asked.keys() - statements}):
        raise Incomplete(f"tests/support/statements.py leaves out {', '.join(unknown)}.")
    connection: Any = await connect(url)
    try:
        made_up = {**_MADE_UP, "uuid": await connection.fetchval("SELECT min(id::text) FROM accounts")}
        described: list[dict[str, Any]] = []
        for statement in sorted(statements):
            types = [type_.name for type_ in (await connection.prepare(statement.sql)).get_parameters()]
            arguments = asked.get(statement) or [_made_up(type_, made_up) for type_ in types]
            described.append(
                {"name": statement.name, "sql": statement.sql, "types": types, "arguments": arguments},
            )
        return described
    finally:
        await connection.close()


def _made_up(type_: str, values: Mapping[str, Any]) -> object:
    element = type_.removesuffix("[]")
    return [values[element]] if type_ != element else values[element]


def _text(value: object) -> str:
    """Write values that JSON has no type for; the type of the argument defines how to read them."""
    return value.hex() if isinstance(value, bytes) else str(value)


def _dump(url: str, pg_dump: Path) -> bytes:
    """Dump a database as SQL that any connection can run, without commands of psql or settings of a session."""
    dumped = subprocess.run([pg_dump, *_DUMPED, f"--dbname={url}"], capture_output=True, text=True, check=True)  # noqa: S603
    lines = (line for line in dumped.stdout.splitlines() if line and not line.startswith(_OF_PSQL))
    return "".join(f"{line}\n" for line in lines).encode()


def write(files: Mapping[str, bytes], folder: Path) -> None:
    """Replace the files of the release before by those of this one."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


def _require_new(kept: Path) -> None:
    """Refuse to make a stored release again, which would hide later changes from the tests."""
    if kept.exists() and kept.read_text().strip() == version():
        sys.exit(f"tests/released is of {version()} already: set the version of the release in pyproject.toml first.")


async def _make(server: str, pg_dump: Path) -> dict[str, bytes]:
    async with temporary_database(server) as url:
        return await make_release(url, pg_dump)


def main() -> None:
    """Make the release of this code."""
    _require_new(RELEASED / "version")
    with run_folder() as folder, running_server(folder, _OLDEST_MAJOR) as server:
        pg_dump = find_binaries(_OLDEST_MAJOR, User(os.geteuid(), os.getegid()), folder) / "pg_dump"
        write(asyncio.run(_make(server, pg_dump)), RELEASED)
    print(f"tests/released is of {version()} now: commit it.")  # noqa: T201 - the output of a command


if __name__ == "__main__":
    main()
