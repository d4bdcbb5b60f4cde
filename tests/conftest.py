"""Fixtures for all tests: a new database for each on a real PostgreSQL, and a frozen clock."""

import signal
from collections.abc import AsyncGenerator, Generator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import cast

import pytest

from db.connections import Pool
from db.pools import open_pool
from db.readers import PoolReader
from tests.support.clock import FrozenClock
from tests.support.database import TEMPLATE, empty_database, make_template, running_server, temporary_database
from tests.support.folders import folder_of_run, run_folder
from tests.support.graphiql import graphiql, unbuilt

__all__ = ["graphiql", "unbuilt"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rounds", type=int, default=1, help="how often each test of kills and races runs")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Repeat the tests of kills and races."""
    rounds = cast("int", metafunc.config.getoption("--rounds"))
    if rounds > 1 and metafunc.definition.get_closest_marker("races") is not None:
        metafunc.fixturenames.append("round_number")
        metafunc.parametrize("round_number", range(rounds))


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Hold the run's folder, in each worker too, until the end; pytest's temporary folders are in it.

    A shell starts what runs in its background with SIGINT ignored, which the programs of tests would inherit.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    run = ExitStack()
    folder = run.enter_context(run_folder())
    config.add_cleanup(run.close)
    config.option.basetemp = config.option.basetemp or str(folder / "pytest")


@pytest.fixture(scope="session")
def server() -> Generator[str]:
    """URL of the run's server."""
    folder = folder_of_run()
    with running_server(folder) as url:
        make_template(url, folder)
        yield url


@pytest.fixture
async def database(server: str) -> AsyncGenerator[str]:
    """URL of a migrated database without rows."""
    async with empty_database(server) as url:
        yield url


@pytest.fixture
async def new_database(server: str) -> AsyncGenerator[str]:
    """URL of a migrated database in which nothing ever was: its planner remembers no rows."""
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
