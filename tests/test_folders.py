"""That a test run leaves nothing, however it ends, and that runs leave each other alone."""

import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from db.embedded.cluster import server_of
from tests.db.test_embedded import PATIENCE, fresh_folder, wait_until

ROOT = Path(__file__).parents[1]
# A process that is a run until its standard input ends.
RUN = """
import sys
from tests.support.folders import run_folder
with run_folder() as folder:
    print(folder, flush=True)
    sys.stdin.read()
"""
RUN_WITH_SERVER = """
import sys
from db.embedded.server import embedded_server
from tests.support.folders import run_folder
with run_folder() as folder, embedded_server(folder, settings={"fsync": "off"}):
    print(folder, flush=True)
    sys.stdin.read()
"""


def outside(within: Path) -> dict[str, str]:
    """Return the environment of a run of its own, which has its folder in this one."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("TEST_RUN", "PYTEST_"))}
    return {**inherited, "TMPDIR": str(within)}


def keeper_of(process: "subprocess.Popen[str]") -> int:
    """Return the process id of the keeper that a run has started."""
    for each in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            is_child = int((each / "stat").read_text().rpartition(")")[2].split()[1]) == process.pid
            if is_child and b"keep(" in (each / "cmdline").read_bytes():
                return int(each.name)
    raise AssertionError


@contextmanager
def run(within: Path, code: str = RUN) -> Generator[tuple[subprocess.Popen[str], Path]]:
    """Begin a run that has its folder in this one."""
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=outside(within),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield process, Path(process.stdout.readline().strip())
        finally:
            process.kill()


def has_ended(process: int) -> bool:
    """Return whether a process has ended; its new parent may not have asked for its exit code yet."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes() == b""
    except FileNotFoundError:
        return True


def is_empty(folder: Path) -> bool:
    return not [*folder.iterdir()]


def test_folders_of_runs_whose_keepers_were_killed_are_removed_and_those_of_live_ones_are_not() -> None:
    with fresh_folder() as within, run(within) as (_, living), run(within, RUN_WITH_SERVER) as (doomed, left):
        os.kill(keeper_of(doomed), signal.SIGKILL)
        doomed.kill()
        doomed.wait()
        data = left / "18" / "data"
        assert server_of(data) is not None
        with run(within) as (_, following):
            assert {*within.iterdir()} == {living, following}
            assert server_of(data) is None


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_ended_leaves_neither_servers_nor_processes_nor_folders(ending: signal.Signals) -> None:
    with fresh_folder() as within, run(within, RUN_WITH_SERVER) as (process, folder):
        server = server_of(folder / "18" / "data")
        with subprocess.Popen(["sleep", "60"], env={"TEST_RUN_FOLDER": str(folder)}) as child:  # noqa: S607
            process.send_signal(ending)
            assert child.wait(PATIENCE) == -signal.SIGKILL
        wait_until(lambda: is_empty(within))
        assert server is not None
        wait_until(lambda: has_ended(server))


def test_a_run_whose_workers_are_killed_with_it_leaves_nothing() -> None:
    with fresh_folder() as within:
        command = [sys.executable, "-m", "pytest", "-n", "1", "tests/db/test_writes.py"]
        with subprocess.Popen(  # noqa: S603
            command, cwd=ROOT, env=outside(within), stdout=subprocess.DEVNULL, start_new_session=True
        ) as process:
            wait_until(lambda: any(within.glob("loupe-run-*/18/data/postmaster.pid")))
            os.killpg(process.pid, signal.SIGKILL)
        wait_until(lambda: is_empty(within))


def test_a_run_leaves_nothing_when_it_ends() -> None:
    with fresh_folder() as within, run(within) as (process, folder):
        assert folder.is_dir()
        process.communicate("")
        assert process.returncode == 0
        assert is_empty(within)
