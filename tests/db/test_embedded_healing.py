"""The embedded server is restarted by one of its holders after its main process was killed."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event

import pytest

from db.embedded.binaries import EmbeddedServerError
from db.embedded.cluster import server_of
from db.embedded.server import embedded_server
from db.failures import is_outage
from tests.db.test_embedded import MAJOR, PATIENCE, accepts, fresh_folder, postmaster, url_from, wait_until
from tests.support.database import execute

# A process that holds the server of the folder it is given, and heals it, until its standard input ends.
HOLDER = """
import sys
from pathlib import Path
from db.embedded.server import embedded_server
with embedded_server(Path(sys.argv[1]), when_lost=lambda: None) as url:
    print(url, flush=True)
    sys.stdin.read()
"""
STARTED_AGAIN = "The embedded PostgreSQL is gone; it is started again.\n"
ENDLESS = (
    "SET statement_timeout = '45s'",  # longer than a start waits
    "SELECT count(*) FROM pg_class a, pg_class b, pg_class c, pg_class d, pg_class e",
)


@pytest.fixture(scope="module")
def folder() -> Generator[Path]:
    """A folder whose data are created once; each test leaves its server stopped."""
    with fresh_folder() as made:
        yield made


@contextmanager
def holder(folder: Path) -> Generator[subprocess.Popen[str]]:
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", HOLDER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def kill_main_process(folder: Path) -> int:
    killed = postmaster(folder)
    os.kill(killed, signal.SIGKILL)
    return killed


def is_served_again(folder: Path, killed: int) -> bool:
    return server_of(folder / str(MAJOR) / "data") not in {None, killed}


def test_a_killed_server_is_restarted_once_by_one_of_its_users(folder: Path) -> None:
    with holder(folder) as one, holder(folder) as other:
        [url] = {url_from(one), url_from(other)}
        asyncio.run(execute(url, "CREATE TABLE kept ()"))
        killed = kill_main_process(folder)
        wait_until(lambda: is_served_again(folder, killed) and accepts(url))
        asyncio.run(execute(url, "DROP TABLE kept"))
        printed = [process.communicate("")[1] for process in (one, other)]
        assert sorted(printed) == ["", STARTED_AGAIN]
    assert not accepts(url)


def test_a_removed_socket_is_created_again(folder: Path) -> None:
    with embedded_server(folder, when_lost=lambda: None) as url:
        (folder / str(MAJOR) / "run" / ".s.PGSQL.5432").unlink()
        wait_until(lambda: accepts(url))


def test_a_statement_that_outlives_the_main_process_keeps_no_server_from_starting(folder: Path) -> None:
    with embedded_server(folder) as url, ThreadPoolExecutor(1) as thread:
        endless = thread.submit(asyncio.run, execute(url, *ENDLESS))
        wait_until(lambda: len(statements(folder)) == 1)
        kill_main_process(folder)
        with embedded_server(folder):
            assert accepts(url)
            assert statements(folder) == []
        error = endless.exception(PATIENCE)
        assert error is not None
        assert is_outage(error)


def statements(folder: Path) -> list[str]:
    """Return the statements in the titles of the server's processes."""
    titles: list[str] = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").samefile(folder / str(MAJOR) / "data"):
                titles.append((process / "cmdline").read_text())
    return [title for title in titles if "SELECT" in title]


@contextmanager
def moved_away(path: Path) -> Generator[Path]:
    """Move a file or a folder away for a while; yields its temporary path."""
    elsewhere = path.rename(path.with_name(f"{path.name}-elsewhere"))
    try:
        yield elsewhere
    finally:
        elsewhere.rename(path)


def reason_for_leaving(folder: Path, missing: Path) -> str:
    """Return the error that the holder of a server gets after it could not be restarted."""
    lost, killed = Event(), None

    def hold_until_lost() -> Generator[None]:
        nonlocal killed
        with embedded_server(folder, when_lost=lost.set):
            killed = postmaster(folder)
            yield
            assert lost.wait(PATIENCE)

    holding = hold_until_lost()
    next(holding)
    assert killed is not None
    with moved_away(missing):
        os.kill(killed, signal.SIGKILL)
        with pytest.raises(EmbeddedServerError) as reason:
            next(holding)
    return str(reason.value)


def test_a_server_that_cannot_be_restarted_reports_the_reason_as_it_is_released(folder: Path) -> None:
    reason = reason_for_leaving(folder, folder / str(MAJOR) / "data" / "global" / "pg_control")
    assert reason == f"PostgreSQL does not start in {folder}/18/data: could not find the database system."


def test_a_missing_folder_is_reported_in_one_sentence(folder: Path) -> None:
    reason = reason_for_leaving(folder, folder / str(MAJOR))
    assert reason.startswith(f"The data folder {folder} cannot be used (No such file or directory)")
