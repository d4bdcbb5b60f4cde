"""Fixtures for all tests: a database of one's own on a real PostgreSQL, and a clock that stands still."""

import os
import shutil
import tempfile
from collections.abc import AsyncGenerator, Generator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db.connections import Pool, PoolReader, open_pool
from tests.clock import FrozenClock
from tests.database import TEMPLATE, make_template, running_server, temporary_database

_FOLDER = "LOUPE_TEST_FOLDER"
_OWNED = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Make the run's folder, for the workers to inherit: one that the server's user may enter."""
    if _FOLDER not in os.environ:
        folder = Path(tempfile.mkdtemp(prefix="loupe-tests-"))
        folder.chmod(0o711)
        os.environ[_FOLDER] = str(folder)
        config.stash[_OWNED] = folder


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the run's folder, once all workers have left."""
    folder = config.stash.get(_OWNED, None)
    if folder is not None:
        del os.environ[_FOLDER]
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def server() -> Generator[str]:
    """URL of the run's server."""
    folder = Path(os.environ[_FOLDER])
    with running_server(folder) as url:
        make_template(url, folder)
        yield url


@pytest.fixture
async def database(server: str) -> AsyncGenerator[str]:
    """URL of a migrated, empty database."""
    async with temporary_database(server, TEMPLATE) as url:
        yield url


@pytest.fixture
async def pool(database: str) -> AsyncGenerator[Pool]:
    opened = await open_pool(database)
    yield opened
    await opened.close()


@pytest.fixture
def reader(pool: Pool) -> PoolReader:
    return PoolReader(pool)


@pytest.fixture
def clock() -> FrozenClock:
    """A clock at noon UTC of a Tuesday."""
    return FrozenClock(datetime(2026, 3, 10, 12, tzinfo=UTC))
