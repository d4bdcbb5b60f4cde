"""That a test run which was killed leaves nothing once the next one begins, and that runs leave each other alone."""

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from db.embedded.cluster import server_of
from tests.db.test_embedded import fresh_folder

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


@contextmanager
def run(within: Path, code: str = RUN) -> Generator[tuple[subprocess.Popen[str], Path]]:
    """Begin a run that has its folder in this one."""
    inherited = {name: value for name, value in os.environ.items() if name != "LOUPE_TEST_FOLDER"}
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**inherited, "TMPDIR": str(within)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield process, Path(process.stdout.readline().strip())
        finally:
            process.kill()


def test_folders_of_killed_runs_are_removed_and_those_of_live_ones_are_not() -> None:
    with fresh_folder() as within, run(within) as (_, living), run(within, RUN_WITH_SERVER) as (doomed, left):
        doomed.kill()
        doomed.wait()
        data = left / "18" / "data"
        assert server_of(data) is not None
        with run(within) as (_, following):
            assert {*within.iterdir()} == {living, following}
            assert server_of(data) is None


def test_a_run_leaves_nothing_when_it_ends() -> None:
    with fresh_folder() as within, run(within) as (process, folder):
        assert folder.is_dir()
        process.communicate("")
        assert process.returncode == 0
        assert not [*within.iterdir()]
