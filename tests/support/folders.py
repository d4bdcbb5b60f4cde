"""The folder of a test run, in which all servers of the run have their data.

A process of its own, the keeper, outlives the run, however that ends, then ends what is left of it and removes the
folder. Each process of the run holds a lock on the folder, which the system releases when the process ends; so the next
run finds the folders whose keepers were killed, too.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from db.embedded.cluster import server_of

_OF_RUN = "TEST_RUN_FOLDER"  # without LOUPE_, since commands of the tests get no settings of this process
_ROOT = Path(__file__).parents[2]
_PREFIX = "loupe-run-"
_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - of Linux; folders made there have random names
_ENOUGH = 4 * 1024**3  # bytes
_PATIENCE = 10.0  # seconds for a server to end
_PAUSE = 0.02  # seconds


@contextmanager
def run_folder(within: Path | None = None) -> Generator[Path]:
    """Hold the folder of this run: that of the parent process, or a new one."""
    if _OF_RUN in os.environ:
        folder = folder_of_run()
        with _held(folder):
            yield folder
        return
    parent = within or parent_of_runs()
    remove_orphaned(parent)
    side = Path(tempfile.mkdtemp(prefix=f"new-{_PREFIX}", dir=parent))
    side.chmod(0o711)  # as root the servers run as another user, who has to enter it
    with _kept(parent / side.name.removeprefix("new-")) as folder, _held(side):
        side.rename(folder)  # so it has been held ever since it has its name
        os.environ[_OF_RUN] = str(folder)
        try:
            yield folder
        finally:
            del os.environ[_OF_RUN]


def parent_of_runs() -> Path:
    """Choose the parent of the folders of runs: shared memory if there is enough, since nothing of them is kept.

    Tests mostly create files, which is five times faster there than on a disk. TMPDIR overrides it.
    """
    if "TMPDIR" not in os.environ and _SHARED_MEMORY.is_dir() and os.access(_SHARED_MEMORY, os.W_OK):
        is_executable = not os.statvfs(_SHARED_MEMORY).f_flag & os.ST_NOEXEC  # for the server's programs
        if is_executable and shutil.disk_usage(_SHARED_MEMORY).free >= _ENOUGH:
            return _SHARED_MEMORY
    return Path(tempfile.gettempdir())


def folder_of_run() -> Path:
    """Return the folder that this run holds."""
    return Path(os.environ[_OF_RUN])


def remove_orphaned(within: Path) -> None:
    """Remove this user's folders of killed runs, none of whose processes is left, and end the servers in them."""
    for folder in within.glob(f"{_PREFIX}*"):
        with suppress(OSError):  # a process holds it, it is another user's, or it is gone
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(lock).st_uid == os.geteuid():
                    remove(folder)
            finally:
                os.close(lock)


def keep(folder: Path) -> None:
    """Wait until the standard input ends, as it does with the run, and leave nothing of the run then."""
    sys.stdin.read()
    for _ in range(3):  # a process that is just being started has no environment for a moment
        for process in _processes_of(folder):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        time.sleep(_PAUSE)
    remove(folder)


def remove(folder: Path) -> None:
    """Remove a folder after ending the servers whose data are in it."""
    for pid_file in [*folder.rglob("postmaster.pid")]:
        sockets = Path((pid_file.read_text().splitlines() + [""] * 5)[4])
        _end_server(pid_file.parent)
        if sockets.name.startswith("loupe-"):  # elsewhere, where the path of the data is too long for one
            shutil.rmtree(sockets, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _kept(folder: Path) -> Generator[Path]:
    """Start a keeper, which no signal to the run reaches; it is done when the context is left."""
    command = [sys.executable, "-c", "from tests.support.folders import *; keep(Path(sys.argv[1]))", str(folder)]
    nowhere = subprocess.DEVNULL
    with subprocess.Popen(  # noqa: S603 - this interpreter
        command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=nowhere, stderr=nowhere, start_new_session=True
    ):
        yield folder


def _processes_of(folder: Path) -> Iterator[int]:
    """Yield the processes that inherited the folder of the run, but for servers, which end in order."""
    wanted = os.fsencode(f"{_OF_RUN}={folder}")
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended, or is another user's
            is_server = (process / "comm").read_text() == "postgres\n"
            if not is_server and wanted in (process / "environ").read_bytes().split(b"\0"):
                yield int(process.name)


@contextmanager
def _held(folder: Path) -> Generator[None]:
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield
    finally:
        os.close(lock)


def _end_server(data: Path) -> None:
    """End a server at once: its data are not needed, and it frees its shared memory."""
    for kind in (signal.SIGQUIT, signal.SIGKILL):
        deadline = time.monotonic() + _PATIENCE
        if (pid := server_of(data)) is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, kind)
        while server_of(data) is not None and time.monotonic() < deadline:
            time.sleep(_PAUSE)
