"""Databases for tests: one embedded server for all workers of a run, and a database without rows for each test.

`LOUPE_TEST_POSTGRES=16` runs on the wheel's PostgreSQL 16 instead of 18.
"""

import asyncio
import fcntl
import os
import shutil
from collections import defaultdict
from collections.abc import AsyncGenerator, Generator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from alembic import command
from sqlalchemy.schema import CreateIndex, CreateTable

from db.connections import Pool, Record, connect
from db.embedded.server import embedded_server
from db.migrate import migrate
from db.revisions import MIGRATIONS, known_revisions
from db.tables.base import Table
from db.upgrade import run_alembic

TEMPLATE = "loupe_template"
NOT_DURABLE: Mapping[str, str] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_END_OTHERS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""
_TOMORROW = """
from alembic import op

revision = "of_tomorrow"
down_revision = {newest!r}


def upgrade():
    with op.get_context().autocommit_block():
        for step in {steps!r}:
            op.execute(step)
"""
_IDLE: defaultdict[str, list[str]] = defaultdict(list)  # by server, the databases that no test has borrowed


@contextmanager
def running_server(folder: Path, major: int | None = None) -> Generator[str]:
    """Run a server for tests, without durability; yields its URL."""
    with embedded_server(folder, major=major or chosen_major(), settings=NOT_DURABLE) as url:
        yield url


def chosen_major() -> int:
    """Return the major version of PostgreSQL of this run."""
    return int(os.environ.get("LOUPE_TEST_POSTGRES", "18"))


def make_template(server: str, folder: Path) -> None:
    """Make the template database once per run; the other workers wait for it."""
    with (folder / "template.lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.seek(0)
        if not lock.read():
            asyncio.run(_make_template(server))
            lock.write("made")


@asynccontextmanager
async def temporary_database(server: str, template: str = "template0") -> AsyncGenerator[str]:
    """Create a copy of the template and drop it after the test; yields its URL."""
    name = f"test_{uuid4().hex}"
    await execute(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    try:
        yield url_of(server, name)
    finally:
        await execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@asynccontextmanager
async def empty_database(server: str) -> AsyncGenerator[str]:
    """Lend a migrated database without rows to a test; yields its URL.

    It is emptied for the next test, which takes a third of the time of another copy of the template.
    """
    idle = _IDLE[server]
    url = idle.pop() if idle else await _copy_of_template(server)
    yield url
    await execute(url, _END_OTHERS, f"TRUNCATE {', '.join(Table.metadata.tables)}")
    idle.append(url)


async def create_all(url: str, cut: Mapping[str, int] | None = None) -> None:
    """Create the tables from their classes, not by migrations; `cut` has numbers of partitions by account."""
    await execute(url, *_definitions(cut or {}))


def _definitions(cut: Mapping[str, int]) -> Iterator[str]:
    for table in Table.metadata.sorted_tables:
        definition = str(CreateTable(table).compile(dialect=Table.dialect))
        parts = cut.get(table.name, 0)
        yield f"{definition} PARTITION BY HASH (account_id)" if parts else definition
        for part in range(parts):
            values = f"WITH (MODULUS {parts}, REMAINDER {part})"
            yield f"CREATE TABLE {table.name}_{part} PARTITION OF {table.name} FOR VALUES {values}"
        yield from (str(CreateIndex(index).compile(dialect=Table.dialect)) for index in table.indexes)


async def execute(url: str, *statements: str) -> None:
    """Run statements one after the other on a new connection."""
    connection = await connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def all_rows(pool: Pool) -> dict[str, list[Record]]:
    """Read all rows of all tables, by table."""
    names = await pool.fetch(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    return {name: await pool.fetch(f"SELECT * FROM {name} AS t ORDER BY t") for (name,) in names}  # noqa: S608


async def until(pool: Pool, sql: str) -> None:
    """Wait until a statement returns rows."""
    while not await pool.fetch(sql):  # noqa: ASYNC110 - another connection sets no event
        await asyncio.sleep(0.01)


async def migrate_as_tomorrow(url: str, folder: Path, *steps: str) -> None:
    """Migrate a database as a future release will, to a revision unknown to this one."""
    migrations = folder / "migrations"
    if not migrations.exists():
        shutil.copytree(MIGRATIONS, migrations)
        newest = known_revisions()[0]
        (migrations / "versions" / "tomorrow.py").write_text(_TOMORROW.format(newest=newest, steps=steps))
    await run_alembic(url, partial(command.upgrade, revision="head"), migrations)


def url_of(server: str, database: str) -> str:
    """Return the URL of another database of the same server."""
    return urlsplit(server)._replace(path=f"/{database}").geturl()


async def _copy_of_template(server: str) -> str:
    name = f"empty_{uuid4().hex}"
    await execute(server, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
    return url_of(server, name)


async def _make_template(server: str) -> None:
    await execute(server, f"CREATE DATABASE {TEMPLATE}")
    await migrate(url_of(server, TEMPLATE))
